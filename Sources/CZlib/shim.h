// Debian's zlib1g-dev: gzip, in which FHIR servers and others send their files.
#include <zlib.h>
