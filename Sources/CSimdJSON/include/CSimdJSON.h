// A thin C face of simdjson (Debian's libsimdjson-dev): one document parsed at a time to its tape, which
// Swift reads in place. https://github.com/simdjson/simdjson/blob/master/doc/tape.md says how it is laid
// out.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser and the document it parsed last.
typedef struct kith_json_parser kith_json_parser;

/// A new parser, or NULL where memory is short. Documents may nest `max_depth` deep.
kith_json_parser *_Nullable kith_json_parser_create(size_t max_depth);
void kith_json_parser_destroy(kith_json_parser *_Nonnull parser);

/// Bytes that must be readable, whatever they hold, after the last byte of a document.
extern const size_t kith_json_padding;

/// Parses one document; the parser owns what it made of it until the next call.
///
/// Returns 0, or the number of an error that `kith_json_error_message` names.
int32_t kith_json_parse(kith_json_parser *_Nonnull parser, const uint8_t *_Nonnull bytes,
                        size_t count);

/// The tape of the document parsed last, and the strings it points into.
const uint64_t *_Nullable kith_json_tape(const kith_json_parser *_Nonnull parser);
const uint8_t *_Nullable kith_json_strings(const kith_json_parser *_Nonnull parser);

/// The place on the tape of the first object key that its object has twice; 0 where there is none.
size_t kith_json_repeated_key(const kith_json_parser *_Nonnull parser);

/// What the error means, in simdjson's words.
const char *_Nonnull kith_json_error_message(int32_t error);

#ifdef __cplusplus
}
#endif
