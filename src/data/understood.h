/* SPDX-License-Identifier: MIT */
/* understood.h: how data were interpreted, line by line, for display. */
#ifndef DSC_DATA_UNDERSTOOD_H
#define DSC_DATA_UNDERSTOOD_H

#include <descender.h>

/* "labels": "column 1, \"label\"". Long texts are truncated. */
enum { DSC_UNDERSTOOD_MOST = 12, DSC_UNDERSTOOD_TEXT = 256 };
typedef struct dsc_understood {
    size_t count;
    struct {
        const char *what; /* a constant */
        char how[DSC_UNDERSTOOD_TEXT];
    } line[DSC_UNDERSTOOD_MOST];
} dsc_understood;
void dsc_understand(dsc_understood *understood, const char *what, const char *format, ...) DSC_PRINTF(3, 4);

#endif
