// Finds the bytes that structure a CSV file, many at a time; Swift reads what lies between.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Writes the positions of `separator`, line feeds and quotation marks among `count` bytes to
/// `positions`, which must have room for `count` of them. Returns how many there are.
///
/// `count` must be under 4 GiB. `has_high` is set to 1 where a byte is not ASCII, and to 0 otherwise;
/// `has_quote` likewise where one is a quotation mark.
size_t kith_scan_csv(const uint8_t *_Nonnull bytes, size_t count, uint8_t separator,
                     uint32_t *_Nonnull positions, int *_Nonnull has_high,
                     int *_Nonnull has_quote);
