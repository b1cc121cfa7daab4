#include "CScan.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Bit i of each mask says whether byte i of the sixteen is one that is looked for, or is not ASCII.
typedef struct {
  uint32_t found;
  uint32_t high;
  uint32_t quote;
} masks;

#if defined(__SSE2__)
static inline masks look(const uint8_t *at, uint8_t separator) {
  const __m128i block = _mm_loadu_si128((const __m128i *)at);
  __m128i hit = _mm_cmpeq_epi8(block, _mm_set1_epi8((char)separator));
  hit = _mm_or_si128(hit, _mm_cmpeq_epi8(block, _mm_set1_epi8('\n')));
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  hit = _mm_or_si128(hit, quote);
  masks result = {(uint32_t)_mm_movemask_epi8(hit), (uint32_t)_mm_movemask_epi8(block),
                  (uint32_t)_mm_movemask_epi8(quote)};
  return result;
}
#else
static inline masks look(const uint8_t *at, uint8_t separator) {
  masks result = {0, 0, 0};
  for (int i = 0; i < 16; ++i) {
    const uint8_t byte = at[i];
    result.found |= (uint32_t)(byte == separator || byte == '\n' || byte == '"') << i;
    result.high |= (uint32_t)(byte >> 7) << i;
    result.quote |= (uint32_t)(byte == '"') << i;
  }
  return result;
}
#endif

size_t kith_scan_csv(const uint8_t *bytes, size_t count, uint8_t separator, uint32_t *positions,
                     int *has_high, int *has_quote) {
  size_t made = 0;
  uint32_t high = 0;
  uint32_t quote = 0;
  size_t at = 0;
  for (; at + 16 <= count; at += 16) {
    masks found = look(bytes + at, separator);
    high |= found.high;
    quote |= found.quote;
    while (found.found) {
      positions[made++] = (uint32_t)at + (uint32_t)__builtin_ctz(found.found);
      found.found &= found.found - 1;
    }
  }
  for (; at < count; ++at) {
    const uint8_t byte = bytes[at];
    high |= byte >> 7;
    quote |= byte == '"';
    if (byte == separator || byte == '\n' || byte == '"') positions[made++] = (uint32_t)at;
  }
  *has_high = high != 0;
  *has_quote = quote != 0;
  return made;
}
