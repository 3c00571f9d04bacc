/* SPDX-License-Identifier: MIT */
/* scatter.h: points in a plane, each of a group, as SVG or PNG. Groups differ in colour and shape; their
 * names are at their centres. */
#ifndef DRAW_SCATTER_H
#define DRAW_SCATTER_H

#include "draw/canvas.h"

enum { DRAW_SCATTER_GROUPS = 256, DRAW_SCATTER_POINTS = 100000 };

typedef struct draw_scatter {
    const char *title;       /* NULL: none */
    const char *description; /* SVG only */
    const double *places;    /* (count, 2): x, y */
    const size_t *groups;    /* (count), below group_count */
    const bool *ringed;      /* (count): draw a black ring; NULL: none */
    size_t count;
    const char *const *group_names;
    size_t group_count;
    const char *x_label, *y_label; /* NULL: none */
    const char *note;              /* below the plot: the meaning of a ring; NULL: none */
} draw_scatter;

dsc_status draw_scatter_check(const draw_scatter *scatter, dsc_error *error);
dsc_status draw_scatter_save(const char *path, const draw_scatter *scatter, dsc_error *error);
draw_picture draw_scatter_picture(const draw_scatter *scatter);

#endif
