// What Swift cannot ask of the system itself.
#pragma once

/// Keeps what is in memory out of core dumps, and other programs of the same user from reading it.
/// Returns 0, or the error's number.
int kith_forbid_core_dumps(void);

/// The file of the program or library that has what is at an address; null where it is not known.
const char *kith_image_path(const void *address);

/// The commit that a release was built from; empty for other builds.
const char *kith_commit(void);
