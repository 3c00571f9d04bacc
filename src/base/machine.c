/* SPDX-License-Identifier: MIT */
/* machine.c: reads the processor's name from Linux. */
#include "base/machine.h"

#include <stdio.h>
#include <string.h>

void dsc_processor_name(char out[DSC_PROCESSOR_NAME]) {
    *out = '\0';
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (!file) return;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "model name", 10) != 0) continue;
        const char *value = strchr(line, ':');
        if (value)
            (void)snprintf(out, DSC_PROCESSOR_NAME, "%.*s", (int)strcspn(value + 1, "\n") - 1, value + 2);
        break;
    }
    (void)fclose(file);
}
