/* SPDX-License-Identifier: MIT */
/* forms.h: all forms in which the program reads data: the library's, and those that need more. */
#ifndef FORMS_FORMS_H
#define FORMS_FORMS_H

#include "base/registry.h"

extern const dsc_registry forms_registry;

#endif
