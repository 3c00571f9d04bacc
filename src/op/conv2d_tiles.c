/* SPDX-License-Identifier: MIT */
/* conv2d_tiles.c: y, dx and dw of a convolution that is computed in tiles (conv2d_winograd.h); see
 * conv2d_plan.h. */
#include "op/conv2d_plan.h"

/* A result: y of x, or dx of dy. */
typedef struct result {
    const dsc_winograd *w;
    const unsigned char *packed; /* the weight's operands */
    size_t operand;
    dsc_winograd_end end;
    /* Where images come from: `made` if there is one, otherwise they are made in `image`. */
    const dsc_conv_image *layout;
    const void *made;
    const dsc_real *from;
    size_t from_each;
    dsc_real *image, *source;
    dsc_conv_target target; /* without `to` */
    dsc_real *to, *out;     /* `out`: one result, if the target has another form */
    size_t to_each, rows;   /* rows before pooling */
} result;

static const void *image_of(const dsc_call *call, const result *r, size_t n) {
    if (r->made) return r->made;
    return dsc_conv_image_make(r->image, r->layout, dsc_sample_in(r->from, r->layout->form, n, r->from_each),
                               call->count - n - 1, call->product, r->source);
}

/* Stores number `i` of a strip that begins at row `row`, of sample n. */
static void store(const dsc_call *call, const result *r, size_t i, size_t row, size_t some, size_t n,
                  const dsc_winograd_room *room) {
    dsc_conv_target target = r->target;
    target.to = dsc_sample_out(r->to, target.form, n, r->to_each);
    const bool straight = target.form != DSC_FORM_REALS;
    const size_t done = (r->end.pool ? row / 2 : row) * target.width * target.channels * r->w->element;
    dsc_winograd_write((unsigned char *)(straight ? target.to : r->out) + done, r->w, i, some, &r->end, room);
    if (!straight && row + some == r->rows) dsc_conv_deliver(&target, r->out, call->kernels->vector);
}

/* Computes the result of `count` samples. */
static void compute(const dsc_call *call, const result *r, size_t count, const dsc_winograd_room *room) {
    const dsc_winograd *w = r->w;
    const unsigned char *image = NULL;
    for (size_t n = 0; n < count; n += w->images) {
        const size_t together = dsc_smaller(w->images, count - n);
        for (size_t row = 0; row < r->rows; row += 2 * w->strip) {
            const size_t tile_rows = dsc_winograd_rows(w, row, r->rows);
            for (size_t i = 0; i < together; i++) {
                if (row == 0) image = image_of(call, r, n + i);
                dsc_winograd_read(w, i, image + row * w->image_row * w->element, tile_rows, room);
            }
            dsc_winograd_multiply(w, together, tile_rows, r->packed, r->operand, room);
            const size_t some = dsc_smaller(2 * tile_rows, r->rows - row);
            for (size_t i = 0; i < together; i++) store(call, r, i, row, some, n + i, room);
        }
    }
}

/* --- y --- */

static void compute_y(const dsc_call *call, dsc_real *to, const void *made, size_t rows, size_t count) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const size_t pool = p->pool ? 2 : 1, height = rows / pool, width = z->ow / pool;
    dsc_real *scratch = call->scratch;
    const dsc_winograd_room room = {scratch + p->room.tiles, scratch + p->room.workspace};
    const result y = {.w = &p->y_tiles,
                      .packed = call->shared,
                      .operand = p->y_weight.bytes,
                      .end = {call->input_count == 3 ? call->in[2] : NULL, p->relu, p->pool},
                      .layout = &p->x,
                      .made = made,
                      .from = call->in[0],
                      .from_each = z->c * z->input_pixels,
                      .image = scratch + p->room.image,
                      .source = scratch + p->room.source,
                      .target = {.form = p->y_form,
                                 .height = height,
                                 .width = width,
                                 .channels = z->k,
                                 .apart = width,
                                 .plane = call->out_shape[0].size[1] * call->out_shape[0].size[2]},
                      .to = to,
                      .out = scratch + p->room.out,
                      .to_each = dsc_shape_count(&call->out_shape[0]),
                      .rows = height * pool};
    compute(call, &y, count, &room);
}

void dsc_conv_tiles_y(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    compute_y(call, call->out[0], NULL, p->z.oh, call->count);
}

void dsc_conv_tiles_rows(const dsc_call *call, dsc_real *to, const void *image, size_t rows) {
    compute_y(call, to, image, rows, 1);
}

/* --- dx --- */

void dsc_conv_tiles_dx(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    dsc_real *scratch = call->scratch;
    const dsc_winograd_room room = {scratch + p->room.back_tiles, scratch + p->room.back_workspace};
    const result dx = {.w = &p->dx_tiles,
                       .packed = (const unsigned char *)call->shared + p->packed_dx,
                       .operand = p->dx_weight.bytes,
                       .layout = &p->dy,
                       .from = call->d_out[0],
                       .from_each = z->k * z->pixels,
                       .image = scratch + p->room.back_image,
                       .source = scratch + p->room.back_source,
                       .target = {.form = p->x_form,
                                  .height = z->h,
                                  .width = z->w,
                                  .channels = z->c,
                                  .apart = z->w,
                                  .plane = z->input_pixels},
                       .to = call->d_in[0],
                       .out = scratch + p->room.back_out,
                       .to_each = z->c * z->input_pixels,
                       .rows = z->h};
    compute(call, &dx, call->count, &room);
}

/* --- dw --- */

void dsc_conv_tiles_dw(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_winograd *w = &p->dw_tiles;
    dsc_real *scratch = call->scratch, *sums = scratch + p->room.sums;
    const dsc_winograd_room room = {scratch + p->room.back_tiles, scratch + p->room.back_workspace};
    const unsigned char *x = NULL, *dy = NULL;
    const size_t dy_row = p->dy_alone.width * z->k;
    for (size_t n = 0; n < call->count; n += w->images) {
        const size_t together = dsc_smaller(w->images, call->count - n);
        for (size_t row = 0; row < z->oh; row += 2 * w->strip) {
            const size_t tile_rows = dsc_winograd_rows(w, row, z->oh);
            for (size_t i = 0; i < together; i++) {
                const size_t behind = call->count - n - i - 1;
                if (row == 0) {
                    x = dsc_conv_image_make(
                        scratch + p->room.x_image, &p->x,
                        dsc_sample_in(call->in[0], p->x_form, n + i, z->c * z->input_pixels), behind,
                        call->product, scratch + p->room.x_source);
                    dy =
                        dsc_conv_image_make(scratch + p->room.dy, &p->dy_alone,
                                            dsc_sample_in(call->d_out[0], p->y_form, n + i, z->k * z->pixels),
                                            behind, call->product, scratch + p->room.rounded);
                }
                dsc_winograd_read(w, i, x + row * w->image_row * w->element, tile_rows, &room);
                dsc_winograd_read_gradient(w, i, dy + row * dy_row * w->element, dy_row, tile_rows, &room);
            }
            dsc_winograd_add(sums, n + row > 0, w, together, tile_rows, &room);
        }
    }
    dsc_winograd_finish(call->d_in[1], sums, z->c, z->k, call->product->vector);
}
