/* SPDX-License-Identifier: MIT */
/* shadow.h: the straight edge of a hard shadow that crosses the whole picture.
 *
 * Lit ink can be as bright as paper in a shadow. Where ink crosses the edge, light.h then takes it for a part
 * of the shadow, and strokes break there; and light paper between strokes in a shadow seems to be light ink.
 * Where no ink is, the edge is plain to see, and gives the ground behind the ink. A second shadow that meets
 * the edge, with light again at both ends of the edge, is taken for ink. */
#ifndef DSC_IMAGE_SHADOW_H
#define DSC_IMAGE_SHADOW_H

#include <descender.h>

/* A line through a picture: the places with x * cosine + y * sine = offset, in pixels from the picture's
 * centre. Light and shadow are on its two sides. */
typedef struct dsc_shadow {
    double cosine, sine, offset;
    double from;    /* where the line enters the picture, see along() in shadow.c */
    size_t length;  /* of its part in the picture, in pixels; 0: there is no such shadow */
    unsigned limit; /* the largest grey of the ground in the shadow */
} dsc_shadow;

/* Finds the edge of a shadow in a picture `values` (height, width) whose ground for dark ink light.h found.
 * No such edge: length is 0. Fails only without memory. */
dsc_status dsc_shadow_find(dsc_shadow *shadow, const uint8_t *values, const uint8_t *ground, size_t height,
                           size_t width, dsc_error *error);

/* The distance of a place from the edge: positive on one side, negative on the other. */
static inline double dsc_shadow_beyond(const dsc_shadow *shadow, double x, double y) {
    return x * shadow->cosine + y * shadow->sine - shadow->offset;
}

/* The side of the edge on which a pixel is: 0 or 1; without an edge, 0. */
static inline unsigned dsc_shadow_side(const dsc_shadow *shadow, size_t y, size_t x, size_t height,
                                       size_t width) {
    return shadow->length > 0 && dsc_shadow_beyond(shadow, (double)x + 0.5 - (double)width / 2,
                                                   (double)y + 0.5 - (double)height / 2) > 0;
}

/* Straightens the shadow in `ground`, where it is off the edge: the ground there is interpolated along the
 * edge. Changes nothing without an edge. Fails only without memory. */
dsc_status dsc_shadow_straighten(uint8_t *ground, const dsc_shadow *shadow, size_t height, size_t width,
                                 dsc_error *error);

#endif
