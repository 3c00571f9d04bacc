/* SPDX-License-Identifier: MIT */
/* functions.c: the functions of exported models for WebAssembly, all exported: CMakeLists.txt generates the
 * list of their declarations and files. */
#include <stdint.h>
#include <string.h>

#define static /* the files declare them static */

#include "exchange_functions_all.h"
