/* SPDX-License-Identifier: MIT */
/* scatter.h: points in a plane, each of a group, as SVG or PNG. A group is told by colour and by shape, and
 * its name stands in its middle. */
#ifndef DRAW_SCATTER_H
#define DRAW_SCATTER_H

#include "draw/canvas.h"

enum { DRAW_SCATTER_GROUPS = 256, DRAW_SCATTER_POINTS = 100000 };

typedef struct draw_scatter {
    const char *title;       /* NULL: none */
    const char *description; /* SVG alone */
    const double *places;    /* (count, 2): x, y */
    const size_t *groups;    /* (count), below group_count */
    const bool *ringed;      /* (count): has a black ring; NULL: none */
    size_t count;
    const char *const *group_names;
    size_t group_count;
    const char *x_label, *y_label; /* NULL: not said */
    const char *note;              /* below: what a ring means; NULL: nothing */
} draw_scatter;

dsc_status draw_scatter_check(const draw_scatter *scatter, dsc_error *error);
dsc_status draw_scatter_save(const char *path, const draw_scatter *scatter, dsc_error *error);
draw_picture draw_scatter_picture(const draw_scatter *scatter);

#endif
