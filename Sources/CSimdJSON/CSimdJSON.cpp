#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace {
// An object or array that has begun and not ended, while keys are compared.
struct Open {
  uint64_t seen[4];
  uint64_t met;
  size_t start;
};
} // namespace

struct kith_json_parser {
  simdjson::dom::parser parser;
  std::vector<Open> open;
};

const size_t kith_json_padding = simdjson::SIMDJSON_PADDING;

kith_json_parser *kith_json_parser_create(size_t max_depth) {
  auto *made = new (std::nothrow) kith_json_parser;
  if (made && made->parser.allocate(1 << 16, max_depth) != simdjson::SUCCESS) {
    delete made;
    return nullptr;
  }
  return made;
}

void kith_json_parser_destroy(kith_json_parser *parser) { delete parser; }

int32_t kith_json_parse(kith_json_parser *parser, const uint8_t *bytes, size_t count) {
  // The caller keeps padding after the bytes, so there is nothing to copy.
  return int32_t(parser->parser.parse(bytes, count, false).error());
}

const uint64_t *kith_json_tape(const kith_json_parser *parser) {
  return parser->parser.doc.tape.get();
}

const uint8_t *kith_json_strings(const kith_json_parser *parser) {
  return parser->parser.doc.string_buf.get();
}

const char *kith_json_error_message(int32_t error) {
  return simdjson::error_message(simdjson::error_code(error));
}

namespace {

struct Text {
  const uint8_t *bytes;
  uint32_t count;
};

Text text_at(const uint8_t *strings, uint64_t entry) {
  const uint8_t *at = strings + (entry & 0x00FFFFFFFFFFFFFF);
  uint32_t count;
  std::memcpy(&count, at, 4);
  return {at + 4, count};
}

// The place after the value at `at`.
size_t after(const uint64_t *tape, size_t at) {
  switch (tape[at] >> 56) {
  case '{':
  case '[':
    return uint32_t(tape[at]);
  case 'l':
  case 'u':
  case 'd':
    return at + 2;
  default:
    return at + 1;
  }
}

// The first key of one object that its object has already.
size_t repeated_in(const uint64_t *tape, const uint8_t *strings, size_t start, size_t end) {
  if (((tape[start] >> 32) & 0xFFFFFF) <= 32) {
    for (size_t one = start + 1; one < end - 1; one = after(tape, one + 1)) {
      const Text a = text_at(strings, tape[one]);
      for (size_t other = after(tape, one + 1); other < end - 1; other = after(tape, other + 1)) {
        const Text b = text_at(strings, tape[other]);
        if (a.count == b.count && std::memcmp(a.bytes, b.bytes, a.count) == 0) return other;
      }
    }
    return 0;
  }
  std::unordered_set<std::string_view> seen;
  for (size_t key = start + 1; key < end - 1; key = after(tape, key + 1)) {
    Text text = text_at(strings, tape[key]);
    if (!seen.insert({reinterpret_cast<const char *>(text.bytes), text.count}).second) return key;
  }
  return 0;
}

} // namespace

size_t kith_json_repeated_key(const kith_json_parser *parser) {
  const uint64_t *tape = kith_json_tape(parser);
  const uint8_t *strings = kith_json_strings(parser);
  const size_t end = uint32_t(tape[0]);
  auto &open = const_cast<kith_json_parser *>(parser)->open;
  open.clear();
  bool in_object = false, at_key = false;
  // One pass over the tape. Each open object keeps a set of small hashes of its keys: an object where
  // none meets another has no repeated key.
  for (size_t at = 1; at < end;) {
    const uint64_t word = tape[at];
    const auto type = word >> 56;
    if (at_key && type == '"') {
      const uint8_t *entry = strings + (word & 0x00FFFFFFFFFFFFFF);
      // The string buffer goes on after every string, so that twelve bytes can always be read.
      uint32_t count;
      uint64_t head;
      std::memcpy(&count, entry, 4);
      std::memcpy(&head, entry + 4, 8);
      head &= count >= 8 ? ~0ull : (1ull << (8 * count)) - 1;
      const uint64_t last = count > 8 ? entry[4 + count - 1] : 0;
      const uint64_t hash = (head ^ (uint64_t(count) << 40) ^ (last << 48)) * 0x9E3779B97F4A7C15ull;
      const uint64_t bit = 1ull << ((hash >> 56) & 63);
      auto &object = open.back();
      object.met |= object.seen[hash >> 62] & bit;
      object.seen[hash >> 62] |= bit;
      at_key = false;
      ++at;
      continue;
    }
    switch (type) {
    case '{':
    case '[':
      open.push_back({{0, 0, 0, 0}, 0, at});
      in_object = at_key = type == '{';
      ++at;
      break;
    case '}':
      if (open.back().met) {
        size_t found = repeated_in(tape, strings, open.back().start, at + 1);
        if (found) return found;
      }
      [[fallthrough]];
    case ']':
      open.pop_back();
      in_object = at_key = !open.empty() && tape[open.back().start] >> 56 == '{';
      ++at;
      break;
    case 'l':
    case 'u':
    case 'd':
      at += 2;
      at_key = in_object;
      break;
    default:
      ++at;
      at_key = in_object;
    }
  }
  return 0;
}
