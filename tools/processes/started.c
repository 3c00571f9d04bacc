/* SPDX-License-Identifier: MIT */
/* started.c: reads from the environment how this process was started; see processes.h. */
#include "processes/processes.h"

#include <stdlib.h>

static bool number_of(unsigned *number, const char *name) {
    const char *text = getenv(name);
    char *end;
    if (!text || *text < '0' || *text > '9') return false;
    const unsigned long value = strtoul(text, &end, 10);
    *number = (unsigned)value;
    return !*end && value <= 1u << 20;
}

bool processes_are_several(unsigned *rank, unsigned *count) {
    static const char *const names[][2] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                           {"PMI_SIZE", "PMI_RANK"}};
    for (size_t i = 0; i < 2; i++)
        if (number_of(count, names[i][0]) && number_of(rank, names[i][1]) && *rank < *count)
            return *count > 1;
    *rank = 0;
    *count = 1;
    return false;
}
