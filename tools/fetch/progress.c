/* SPDX-License-Identifier: MIT */
/* progress.c: the progress of a download, as a line for a terminal. */
#include "fetch/source.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

char *fetch_format_progress(char *out, size_t size, const fetch_progress *progress, unsigned width) {
    char here[32], total[32], rate[32], left[96], line[480];
    double part = progress->total ? (double)progress->bytes / (double)progress->total : 0;
    if (part > 1) part = 1;
    (void)dsc_format_fixed(here, sizeof here, (double)progress->bytes / 1e6, 1);
    (void)dsc_format_fixed(total, sizeof total, (double)progress->total / 1e6, 1);
    (void)dsc_format_fixed(rate, sizeof rate, progress->rate / 1e6, 1);
    (void)snprintf(left, sizeof left, "[%u/%u] %.48s", progress->index + 1, progress->count, progress->name);
    char right[128];
    (void)snprintf(right, sizeof right, "%s%s%s MB%s%s%s", here, progress->total ? " of " : "",
                   progress->total ? total : "", progress->rate > 0 ? ", " : "",
                   progress->rate > 0 ? rate : "", progress->rate > 0 ? " MB/s" : "");
    if (width > 200) width = 200;
    size_t used = strlen(left) + strlen(right) + 5;
    if (used + 8 <= width) {
        char bar[201];
        size_t room = width - used < 40 ? width - used : 40, done = (size_t)(part * (double)room + 0.5);
        memset(bar, '#', done);
        memset(bar + done, '.', room - done);
        bar[room] = '\0';
        (void)snprintf(line, sizeof line, "%s [%s] %s", left, bar, right);
    } else {
        (void)snprintf(line, sizeof line, "%s %s", left, right);
    }
    (void)snprintf(out, size, "%.*s", (int)width, line);
    return out;
}
