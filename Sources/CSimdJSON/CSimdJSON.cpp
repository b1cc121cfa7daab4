#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <unordered_set>

struct kith_json_parser {
  simdjson::dom::parser parser;
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
  for (size_t at = 1; at < end;) {
    const auto type = tape[at] >> 56;
    if (type != '{') {
      at = (type == 'l' || type == 'u' || type == 'd') ? at + 2 : at + 1;
      continue;
    }
    // A set of small hashes of the keys: an object where none meets another has no repeated key.
    uint64_t seen[4] = {0, 0, 0, 0};
    bool met = false;
    const size_t close = uint32_t(tape[at]);
    for (size_t key = at + 1; key < close - 1; key = after(tape, key + 1)) {
      Text text = text_at(strings, tape[key]);
      uint64_t head = 0;
      // The string buffer goes on after every string, at least by its final zero.
      std::memcpy(&head, text.bytes, text.count < 8 ? text.count : 8);
      uint64_t hash = (head ^ (uint64_t(text.count) << 56) ^
                       (text.count ? text.bytes[text.count - 1] : 0)) *
                      0x9E3779B97F4A7C15ull;
      uint64_t bit = 1ull << ((hash >> 56) & 63);
      met |= (seen[hash >> 62] & bit) != 0;
      seen[hash >> 62] |= bit;
    }
    if (met) {
      size_t found = repeated_in(tape, strings, at, close);
      if (found) return found;
    }
    ++at;
  }
  return 0;
}
