/* SPDX-License-Identifier: MIT */
/* functions.c: the functions of exported models for WebAssembly, each of them exported: CMakeLists.txt makes
 * the list of their declarations and files. */
#include <stdint.h>
#include <string.h>

#define static /* as they are in the files */

#include "exchange_functions_all.h"
