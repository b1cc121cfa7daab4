// This module is a header; the empty translation unit lets the package manager build it.
#include "cadbc.h"
