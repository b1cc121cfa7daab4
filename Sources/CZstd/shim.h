// Debian's libzstd-dev: the compression of the extracts that Kith writes and reads.
#include <zstd.h>
