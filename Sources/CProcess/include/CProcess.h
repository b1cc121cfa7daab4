// What Swift cannot ask of the system itself.
#pragma once

/// Keeps what is in memory out of core dumps, and other programs of the same user from reading it.
/// Returns 0, or the error's number.
int kith_forbid_core_dumps(void);
