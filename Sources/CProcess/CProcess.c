#define _GNU_SOURCE
#include "CProcess.h"
#include <dlfcn.h>
#include <errno.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

int kith_forbid_core_dumps(void) {
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return errno;
#ifdef __linux__
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
#endif
  return 0;
}

const char *kith_image_path(const void *address) {
  Dl_info image;
  return dladdr(address, &image) ? image.dli_fname : 0;
}

const char *kith_commit(void) {
#ifdef KITH_COMMIT
  return KITH_COMMIT;
#else
  return "";
#endif
}
