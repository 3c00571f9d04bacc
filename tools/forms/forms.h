/* SPDX-License-Identifier: MIT */
/* forms.h: all data forms that the program reads: the library's, and those that need other libraries. */
#ifndef FORMS_FORMS_H
#define FORMS_FORMS_H

#include "base/registry.h"

extern const dsc_registry forms_registry;

#endif
