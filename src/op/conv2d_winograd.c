/* SPDX-License-Identifier: MIT */
/* conv2d_winograd.c: 3 x 3 convolutions in tiles; see conv2d_winograd.h. */
#include "op/conv2d_winograd.h"

#include "base/thresholds.h"

enum { LINE = DSC_ALIGNMENT / sizeof(dsc_real) };

static size_t half_up(size_t size) { return (size + 1) / 2; }

bool dsc_winograd_pays(const dsc_conv_sizes *z, const dsc_needs *needs) {
    const dsc_gemm_kernels *product = needs->product;
    if (needs->exact || product->plain || product->rounds || product->elements_per_word != 1 ||
        product->row_multiple != 1 || needs->in_form[0] == DSC_FORM_PIXELS_BF16 ||
        needs->out_form[0] == DSC_FORM_PIXELS_BF16)
        return false;
    if (z->r != 3 || z->s != 3) return false;
    for (size_t i = 0; i < 2; i++)
        if (z->stride[i] != 1 || z->dilation[i] != 1 || z->padding[i] > 2) return false;
    const size_t tiles = half_up(z->oh) * half_up(z->ow);
    return dsc_smaller(z->c, z->k) >= DSC_WINOGRAD_CHANNELS && DSC_WINOGRAD_COST * tiles <= 9 * z->pixels;
}

/* --- the plan --- */

/* Reals between planes of `count` reals: an odd number of cache lines, so that planes do not compete for the
 * same few lines of the cache. */
static size_t plane_of(size_t count) {
    const size_t lines = (count + LINE - 1) / LINE;
    return (lines | 1) * LINE;
}

/* Places between tiles of an operand that is read in place (reads_b_in_place in kernel/gemm.c): an odd number
 * of cache lines if there are many. */
static size_t right_row_of(size_t columns) {
    return columns % LINE == 0 && columns > 4 * LINE ? plane_of(columns) : columns;
}

static dsc_winograd sizes_of(const dsc_conv_image *image, size_t right_row, size_t height, size_t width,
                             size_t samples) {
    dsc_winograd w = {.channels = image->channels,
                      .height = height,
                      .width = width,
                      .tile_columns = half_up(width),
                      .images = 1,
                      .image_row = image->width * image->channels,
                      .right_row = right_row};
    const size_t rows = half_up(height);
    const size_t row = DSC_WINOGRAD_PLANES * w.tile_columns * (w.channels + right_row) * sizeof(dsc_real);
    const size_t most = dsc_larger(1, DSC_WINOGRAD_STRIP / row), strips = (rows + most - 1) / most;
    w.strip = (rows + strips - 1) / strips;
    if (strips == 1) w.images = dsc_larger(1, dsc_smaller(most / rows, samples));
    const size_t tiles = w.images * w.strip * w.tile_columns;
    w.left_plane = plane_of(tiles * w.channels);
    w.plane = plane_of(tiles * right_row);
    return w;
}

static size_t tiles_of(const dsc_winograd *w, size_t images, size_t tile_rows) {
    return images * tile_rows * w->tile_columns;
}

void dsc_winograd_plan_result(dsc_winograd *w, const dsc_conv_image *image, size_t columns, size_t height,
                              size_t width, size_t samples, const dsc_gemm_kernels *product) {
    *w = sizes_of(image, columns, height, width, samples);
    w->columns = columns;
    w->left = dsc_pack_matrix(NULL, (ptrdiff_t)w->channels, 1);
    w->product = (dsc_gemm){.rows = tiles_of(w, w->images, w->strip),
                            .columns = columns,
                            .depth = w->channels,
                            .a = {.packer = &w->left},
                            .b = {.is_packed = true},
                            .c_row = (ptrdiff_t)columns};
    dsc_gemm_plan_make(&w->plan, product, &w->product, 1);
}

void dsc_winograd_plan_weight(dsc_winograd *w, const dsc_conv_image *image, size_t columns, size_t height,
                              size_t width, size_t samples, const dsc_gemm_kernels *product) {
    *w = sizes_of(image, right_row_of(columns), height, width, samples);
    w->columns = columns;
    w->left = dsc_pack_matrix(NULL, 1, (ptrdiff_t)w->channels);
    w->right = dsc_pack_matrix(NULL, 1, (ptrdiff_t)w->right_row);
    w->product = (dsc_gemm){.rows = w->channels,
                            .columns = columns,
                            .depth = tiles_of(w, w->images, w->strip),
                            .a = {.packer = &w->left},
                            .b = {.packer = &w->right},
                            .c_row = (ptrdiff_t)columns};
    dsc_gemm_plan_make(&w->plan, product, &w->product, 1);
}

size_t dsc_winograd_scratch(const dsc_winograd *w) {
    return DSC_WINOGRAD_PLANES * (w->left_plane + w->plane);
}

static dsc_real *left_of(const dsc_winograd_room *room) { return room->scratch; }
static dsc_real *right_of(const dsc_winograd *w, const dsc_winograd_room *room) {
    return room->scratch + DSC_WINOGRAD_PLANES * w->left_plane;
}

/* --- strips --- */

size_t dsc_winograd_rows(const dsc_winograd *w, size_t row, size_t rows) {
    return dsc_smaller(w->strip, half_up(rows - row));
}

void dsc_winograd_read(const dsc_winograd *w, size_t i, const dsc_real *image, size_t tile_rows,
                       const dsc_winograd_room *room) {
    dsc_real *out = left_of(room) + tiles_of(w, i, tile_rows) * w->channels;
    for (size_t t = 0; t < tile_rows; t++, out += w->tile_columns * w->channels)
        room->vector->winograd_values(out, w->left_plane, image + 2 * t * w->image_row, w->image_row,
                                      w->tile_columns, w->channels);
}

void dsc_winograd_multiply(const dsc_winograd *w, size_t images, size_t tile_rows,
                           const unsigned char *packed, size_t operand, const dsc_winograd_room *room) {
    dsc_packer left = w->left;
    dsc_gemm gemm = w->product;
    gemm.rows = tiles_of(w, images, tile_rows);
    gemm.a.packer = &left;
    for (size_t plane = 0; plane < DSC_WINOGRAD_PLANES; plane++) {
        left.matrix = left_of(room) + plane * w->left_plane;
        gemm.b.packed = packed + plane * operand;
        gemm.c = right_of(w, room) + plane * w->plane;
        dsc_gemm_run(&w->plan, &gemm, 0, w->plan.tiles, room->workspace);
    }
}

void dsc_winograd_write(dsc_real *out, const dsc_winograd *w, size_t i, size_t rows,
                        const dsc_winograd_end *end, const dsc_winograd_room *room) {
    const size_t row = w->width * w->columns, tile_row = w->tile_columns * w->columns;
    const dsc_real *in = right_of(w, room) + tiles_of(w, i, half_up(rows)) * w->columns;
    if (end->pool)
        for (size_t y = 0; y + 1 < rows; y += 2, in += tile_row, out += w->width / 2 * w->columns)
            room->vector->winograd_pooled(out, in, w->plane, end->bias, end->relu, w->width / 2, w->columns);
    else
        for (size_t y = 0; y < rows; y += 2, in += tile_row, out += 2 * row)
            room->vector->winograd_sums(out, row, in, w->plane, end->bias, end->relu,
                                        dsc_smaller(2, rows - y), w->width, w->columns);
}

/* --- dw --- */

void dsc_winograd_read_gradient(const dsc_winograd *w, size_t i, const dsc_real *dy, size_t dy_row,
                                size_t tile_rows, const dsc_winograd_room *room) {
    dsc_real *out = right_of(w, room) + tiles_of(w, i, tile_rows) * w->right_row;
    for (size_t t = 0; t < tile_rows; t++, out += w->tile_columns * w->right_row)
        room->vector->winograd_gradients(out, w->plane, w->right_row, dy + 2 * t * dy_row, dy_row,
                                         w->tile_columns, w->columns);
}

void dsc_winograd_add(dsc_real *sums, bool accumulate, const dsc_winograd *w, size_t images, size_t tile_rows,
                      const dsc_winograd_room *room) {
    dsc_packer left = w->left, right = w->right;
    dsc_gemm gemm = w->product;
    gemm.depth = tiles_of(w, images, tile_rows);
    gemm.accumulate = accumulate;
    gemm.a.packer = &left;
    gemm.b.packer = &right;
    for (size_t plane = 0; plane < DSC_WINOGRAD_PLANES; plane++) {
        left.matrix = left_of(room) + plane * w->left_plane;
        right.matrix = right_of(w, room) + plane * w->plane;
        gemm.c = sums + plane * w->channels * w->columns;
        dsc_gemm_run(&w->plan, &gemm, 0, w->plan.tiles, room->workspace);
    }
}

/* --- the weight --- */

static const dsc_real g[4][3] = {{1, 0, 0},
                                 {(dsc_real)0.5, (dsc_real)0.5, (dsc_real)0.5},
                                 {(dsc_real)0.5, (dsc_real)-0.5, (dsc_real)0.5},
                                 {0, 0, 1}};

void dsc_winograd_coefficients(dsc_real coefficients[9], size_t plane) {
    for (size_t place = 0; place < 9; place++)
        coefficients[place] = g[plane / 4][place / 3] * g[plane % 4][place % 3];
}

void dsc_winograd_finish(dsc_real *dw, const dsc_real *sums, size_t channels, size_t columns) {
    for (size_t c = 0; c < channels; c++)
        for (size_t k = 0; k < columns; k++) {
            const dsc_real *sum = sums + c * columns + k;
            dsc_real half[3][4]; /* G' sums */
            for (size_t j = 0; j < 4; j++) {
                const size_t plane = channels * columns;
                const dsc_real s0 = sum[j * plane], s1 = sum[(4 + j) * plane], s2 = sum[(8 + j) * plane];
                half[0][j] = s0 + (s1 + s2) / 2;
                half[1][j] = (s1 - s2) / 2;
                half[2][j] = (s1 + s2) / 2 + sum[(12 + j) * plane];
            }
            dsc_real *out = dw + (k * channels + c) * 9;
            for (size_t r = 0; r < 3; r++) {
                const dsc_real *h = half[r];
                out[3 * r] = h[0] + (h[1] + h[2]) / 2;
                out[3 * r + 1] = (h[1] - h[2]) / 2;
                out[3 * r + 2] = (h[1] + h[2]) / 2 + h[3];
            }
        }
}
