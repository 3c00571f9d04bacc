/* SPDX-License-Identifier: MIT */
/* warp.c: bilinear warps.
 *
 * Each plane has a border of zeros, one pixel before and two behind, so that the loops need no test for the
 * image's edge. The source positions of a row are computed once for all channels. */
#include "augment/warp.h"

#include "base/elementary.h"

#define DSC_MULTIVERSION "augment/warp_loops.h"
#include "kernel/multiversion.h"

static void (*const line[])(float *, float, float, size_t) = DSC_ISA_TABLE(line);
static void (*const displaced[])(float *, const float *, size_t) = DSC_ISA_TABLE(displaced);
static void (*const displaced_from[])(float *, const float *, float, size_t) = DSC_ISA_TABLE(displaced_from);
static void (*const place[])(int32_t *, float *, float *, const float *, const float *, size_t, int32_t,
                             float, float) = DSC_ISA_TABLE(place);
static void (*const gather[])(float *, const float *, const int32_t *, const float *, const float *, size_t,
                              int32_t) = DSC_ISA_TABLE(gather);

typedef struct work {
    const dsc_augment_call *call;
    float *x, *y, *left_x, *left_y; /* (W) */
    int32_t *index;                 /* (W) */
    float *planes;                  /* (C, H + 3, W + 3) */
} work;

static size_t plane_size(const size_t shape[3]) { return (shape[1] + 3) * (shape[2] + 3); }

size_t dsc_warp_scratch(const size_t shape[3]) { return 5 * shape[2] + shape[0] * plane_size(shape); }

static work begin(const dsc_augment_call *call) {
    const size_t height = call->shape[1], width = call->shape[2], stride = width + 3;
    float *s = call->scratch;
    work w = {call,         s, s + width, s + 2 * width, s + 3 * width, (int32_t *)(void *)(s + 4 * width),
              s + 5 * width};
    float *to = w.planes;
    const float *from = call->in;
    for (size_t c = 0; c < call->shape[0]; c++) {
        memset(to, 0, stride * sizeof *to);
        to += stride;
        for (size_t y = 0; y < height; y++, to += stride, from += width) {
            to[0] = to[width + 1] = to[width + 2] = 0;
            memcpy(to + 1, from, width * sizeof *to);
        }
        memset(to, 0, 2 * stride * sizeof *to);
        to += 2 * stride;
    }
    return w;
}

/* Writes row `row` of all channels from the positions in w->x and w->y. */
static void finish_row(const work *w, size_t row) {
    const size_t *shape = w->call->shape;
    const unsigned isa = w->call->kernels->isa;
    const int32_t stride = (int32_t)shape[2] + 3;
    place[isa](w->index, w->left_x, w->left_y, w->x, w->y, shape[2], stride, (float)(shape[2] + 1),
               (float)(shape[1] + 1));
    for (size_t c = 0; c < shape[0]; c++)
        gather[isa](w->call->out + (c * shape[1] + row) * shape[2], w->planes + c * plane_size(shape),
                    w->index, w->left_x, w->left_y, shape[2], stride);
}

void dsc_warp_affine(const dsc_augment_call *call, const double m[6]) {
    const work w = begin(call);
    const unsigned isa = call->kernels->isa;
    for (size_t row = 0; row < call->shape[1]; row++) {
        line[isa](w.x, (float)(m[1] * (double)row + m[2]), (float)m[0], call->shape[2]);
        line[isa](w.y, (float)(m[4] * (double)row + m[5]), (float)m[3], call->shape[2]);
        finish_row(&w, row);
    }
}

void dsc_warp_displace(const dsc_augment_call *call, const float *dx, const float *dy, size_t stride) {
    const work w = begin(call);
    const unsigned isa = call->kernels->isa;
    const size_t width = call->shape[2];
    for (size_t row = 0; row < call->shape[1]; row++) {
        displaced[isa](w.x, dx + row * stride, width);
        displaced_from[isa](w.y, dy + row * stride, (float)row, width);
        finish_row(&w, row);
    }
}

/* With coordinates relative to the centre the change is  out = R S Z in + shift,
 *
 *   Z = diag(scale_x, scale_y),  S = (1 -tan(shear); 0 1),  R = (cos sin; -sin cos)  as y points down,
 *
 * and its inverse is  in = Z^-1 S^-1 R^-1 (out - shift). */
void dsc_affine_back(double m[6], const dsc_affine *change, size_t height, size_t width) {
    const double turn = change->degrees / 180, lean = change->shear / 180;
    const double cosine = dsc_cos_pi(turn), sine = dsc_cos_pi(turn - 0.5);
    const double slope = dsc_cos_pi(lean - 0.5) / dsc_cos_pi(lean);
    m[0] = (cosine + slope * sine) / change->scale_x;
    m[1] = (slope * cosine - sine) / change->scale_x;
    m[3] = sine / change->scale_y;
    m[4] = cosine / change->scale_y;
    const double x = (double)(width - 1) / 2, y = (double)(height - 1) / 2;
    m[2] = x - m[0] * (x + change->shift_x) - m[1] * (y + change->shift_y);
    m[5] = y - m[3] * (x + change->shift_x) - m[4] * (y + change->shift_y);
}
