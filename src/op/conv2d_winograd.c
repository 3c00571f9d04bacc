/* SPDX-License-Identifier: MIT */
/* conv2d_winograd.c: 3 x 3 convolutions in tiles; see conv2d_winograd.h. */
#include "op/conv2d_winograd.h"

#include "base/thresholds.h"

static size_t half_up(size_t size) { return (size + 1) / 2; }

/* Whether values have the form that the product's transforms read and write. */
static bool forms_fit(const dsc_conv_sizes *z, const dsc_needs *needs) {
    const dsc_form x = needs->in_form[0], y = needs->out_form[0];
    if (needs->product->elements_per_word == 1) return x != DSC_FORM_PIXELS_BF16 && y != DSC_FORM_PIXELS_BF16;
    return x == DSC_FORM_PIXELS_BF16 && y == DSC_FORM_PIXELS_BF16 && z->c % 2 == 0 && z->k % 2 == 0;
}

bool dsc_winograd_pays(const dsc_conv_sizes *z, const dsc_needs *needs) {
    if (needs->exact || !needs->product->tiles || !forms_fit(z, needs) || z->r != 3 || z->s != 3)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (z->stride[i] != 1 || z->dilation[i] != 1 || z->padding[i] > 2) return false;
    const size_t tiles = half_up(z->oh) * half_up(z->ow);
    return dsc_smaller(z->c, z->k) >= DSC_WINOGRAD_CHANNELS && DSC_WINOGRAD_COST * tiles <= 9 * z->pixels;
}

/* --- the plan --- */

/* Elements between planes of `count` elements: an odd number of cache lines, so that planes do not compete
 * for the same few lines of the cache. */
static size_t plane_of(size_t count, size_t element) {
    const size_t line = DSC_ALIGNMENT / element, lines = (count + line - 1) / line;
    return (lines | 1) * line;
}

/* Elements between tiles of an operand that may be read in place (reads_b_in_place in kernel/gemm.c): an odd
 * number of cache lines if there are many. */
static size_t right_row_of(size_t columns, size_t element) {
    const size_t line = DSC_ALIGNMENT / element;
    return columns % line == 0 && columns > 4 * line ? plane_of(columns, element) : columns;
}

static size_t numbers_of(size_t elements, size_t element) {
    return (elements * element + sizeof(dsc_real) - 1) / sizeof(dsc_real);
}

static dsc_winograd sizes_of(const dsc_conv_image *image, size_t right_bytes, size_t height, size_t width,
                             size_t samples, const dsc_gemm_kernels *product) {
    dsc_winograd w = {.tiles = product->tiles,
                      .element = sizeof(dsc_real) / product->elements_per_word,
                      .channels = image->channels,
                      .height = height,
                      .width = width,
                      .tile_columns = half_up(width),
                      .images = 1,
                      .image_row = image->width * image->channels};
    const size_t rows = half_up(height);
    const size_t row = DSC_WINOGRAD_PLANES * w.tile_columns * (w.channels * w.element + right_bytes);
    const size_t most = dsc_larger(1, DSC_WINOGRAD_STRIP / row), strips = (rows + most - 1) / most;
    w.strip = (rows + strips - 1) / strips;
    if (strips == 1) w.images = dsc_larger(1, dsc_smaller(most / rows, samples));
    w.left_plane = plane_of(w.images * w.strip * w.tile_columns * w.channels, w.element);
    w.left_numbers = numbers_of(DSC_WINOGRAD_PLANES * w.left_plane, w.element);
    return w;
}

static size_t tiles_of(const dsc_winograd *w, size_t images, size_t tile_rows) {
    return images * tile_rows * w->tile_columns;
}

static dsc_packer matrix_of(const dsc_winograd *w, size_t vector_stride, size_t depth_stride) {
    const ptrdiff_t vector = (ptrdiff_t)vector_stride, depth = (ptrdiff_t)depth_stride;
    dsc_packer packer = w->element == sizeof(dsc_real) ? dsc_pack_matrix(NULL, vector, depth)
                                                       : dsc_pack_halves(NULL, vector, depth);
    packer.rounded = w->element != sizeof(dsc_real);
    return packer;
}

void dsc_winograd_plan_result(dsc_winograd *w, const dsc_conv_image *image, size_t columns, size_t height,
                              size_t width, size_t samples, const dsc_gemm_kernels *product) {
    *w = sizes_of(image, columns * sizeof(dsc_real), height, width, samples, product);
    w->columns = columns;
    w->plane = plane_of(tiles_of(w, w->images, w->strip) * columns, sizeof(dsc_real));
    w->left = matrix_of(w, w->channels, 1);
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
    const size_t element = sizeof(dsc_real) / product->elements_per_word;
    const size_t right_row = right_row_of(columns, element);
    *w = sizes_of(image, right_row * element, height, width, samples, product);
    w->columns = columns;
    w->right_row = right_row;
    w->plane = plane_of(tiles_of(w, w->images, w->strip) * right_row, element);
    w->left = matrix_of(w, 1, w->channels);
    w->right = matrix_of(w, 1, right_row);
    w->product = (dsc_gemm){.rows = w->channels,
                            .columns = columns,
                            .depth = tiles_of(w, w->images, w->strip),
                            .a = {.packer = &w->left},
                            .b = {.packer = &w->right},
                            .c_row = (ptrdiff_t)columns};
    dsc_gemm_plan_make(&w->plan, product, &w->product, 1);
}

size_t dsc_winograd_scratch(const dsc_winograd *w) {
    return w->left_numbers +
           numbers_of(DSC_WINOGRAD_PLANES * w->plane, w->right_row ? w->element : sizeof(dsc_real));
}

/* Element `i` of the transformed image; of dw's transformed dy; and the sums of y or dx. */
static unsigned char *left_at(const dsc_winograd *w, const dsc_winograd_room *room, size_t i) {
    return (unsigned char *)room->scratch + i * w->element;
}
static unsigned char *right_at(const dsc_winograd *w, const dsc_winograd_room *room, size_t i) {
    return (unsigned char *)(room->scratch + w->left_numbers) + i * w->element;
}
static dsc_real *sums_of(const dsc_winograd *w, const dsc_winograd_room *room) {
    return room->scratch + w->left_numbers;
}

/* --- strips --- */

size_t dsc_winograd_rows(const dsc_winograd *w, size_t row, size_t rows) {
    return dsc_smaller(w->strip, half_up(rows - row));
}

void dsc_winograd_read(const dsc_winograd *w, size_t i, const void *image, size_t tile_rows,
                       const dsc_winograd_room *room) {
    for (size_t t = 0; t < tile_rows; t++)
        w->tiles->values(left_at(w, room, (tiles_of(w, i, tile_rows) + t * w->tile_columns) * w->channels),
                         w->left_plane, (const unsigned char *)image + 2 * t * w->image_row * w->element,
                         w->image_row, w->tile_columns, w->channels);
}

void dsc_winograd_multiply(const dsc_winograd *w, size_t images, size_t tile_rows,
                           const unsigned char *packed, size_t operand, const dsc_winograd_room *room) {
    dsc_packer left = w->left;
    dsc_gemm gemm = w->product;
    gemm.rows = tiles_of(w, images, tile_rows);
    gemm.a.packer = &left;
    for (size_t plane = 0; plane < DSC_WINOGRAD_PLANES; plane++) {
        left.matrix = left_at(w, room, plane * w->left_plane);
        gemm.b.packed = packed + plane * operand;
        gemm.c = sums_of(w, room) + plane * w->plane;
        dsc_gemm_run(&w->plan, &gemm, 0, w->plan.tiles, room->workspace);
    }
}

void dsc_winograd_write(void *to, const dsc_winograd *w, size_t i, size_t rows, const dsc_winograd_end *end,
                        const dsc_winograd_room *room) {
    const size_t row = w->width * w->columns, tile_row = w->tile_columns * w->columns;
    const dsc_real *in = sums_of(w, room) + tiles_of(w, i, half_up(rows)) * w->columns;
    unsigned char *out = to;
    if (end->pool)
        for (size_t y = 0; y + 1 < rows;
             y += 2, in += tile_row, out += w->width / 2 * w->columns * w->element)
            w->tiles->pooled(out, in, w->plane, end->bias, end->relu, w->width / 2, w->columns);
    else
        for (size_t y = 0; y < rows; y += 2, in += tile_row, out += 2 * row * w->element)
            w->tiles->sums(out, row, in, w->plane, end->bias, end->relu, dsc_smaller(2, rows - y), w->width,
                           w->columns);
}

/* --- dw --- */

void dsc_winograd_read_gradient(const dsc_winograd *w, size_t i, const void *dy, size_t dy_row,
                                size_t tile_rows, const dsc_winograd_room *room) {
    for (size_t t = 0; t < tile_rows; t++)
        w->tiles->gradients(
            right_at(w, room, (tiles_of(w, i, tile_rows) + t * w->tile_columns) * w->right_row), w->plane,
            w->right_row, (const unsigned char *)dy + 2 * t * dy_row * w->element, dy_row, w->tile_columns,
            w->columns);
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
        left.matrix = left_at(w, room, plane * w->left_plane);
        right.matrix = right_at(w, room, plane * w->plane);
        gemm.c = sums + plane * w->channels * w->columns;
        dsc_gemm_run(&w->plan, &gemm, 0, w->plan.tiles, room->workspace);
    }
}

/* --- the weight --- */

static const dsc_real g[4][3] = {{1, 0, 0},
                                 {(dsc_real)0.5, (dsc_real)0.5, (dsc_real)0.5},
                                 {(dsc_real)0.5, (dsc_real)-0.5, (dsc_real)0.5},
                                 {0, 0, 1}};

size_t dsc_winograd_terms(dsc_winograd_term terms[9], size_t plane, bool turned) {
    size_t count = 0;
    for (size_t place = 0; place < 9; place++) {
        const dsc_real factor = g[plane / 4][place / 3] * g[plane % 4][place % 3];
        if (factor != 0) terms[count++] = (dsc_winograd_term){turned ? 8 - place : place, factor};
    }
    return count;
}

enum { TOGETHER = 64, CHANNELS = 8 }; /* output and input channels whose dw is stored together */

/* out[place][k] = G' sums G for `count` neighbouring output channels. */
static void finish_some(dsc_real (*restrict out)[TOGETHER], const dsc_real *restrict sums, size_t plane,
                        size_t count) {
    dsc_real half[3][4][TOGETHER]; /* G' sums */
    for (size_t j = 0; j < 4; j++) {
        const dsc_real *s0 = sums + j * plane, *s1 = s0 + 4 * plane, *s2 = s1 + 4 * plane,
                       *s3 = s2 + 4 * plane;
        for (size_t k = 0; k < count; k++) {
            half[0][j][k] = s0[k] + (s1[k] + s2[k]) / 2;
            half[1][j][k] = (s1[k] - s2[k]) / 2;
            half[2][j][k] = (s1[k] + s2[k]) / 2 + s3[k];
        }
    }
    for (size_t r = 0; r < 3; r++)
        for (size_t k = 0; k < count; k++) {
            const dsc_real h0 = half[r][0][k], h1 = half[r][1][k], h2 = half[r][2][k], h3 = half[r][3][k];
            out[3 * r][k] = h0 + (h1 + h2) / 2;
            out[3 * r + 1][k] = (h1 - h2) / 2;
            out[3 * r + 2][k] = (h1 + h2) / 2 + h3;
        }
}

void dsc_winograd_finish(dsc_real *dw, const dsc_real *sums, size_t channels, size_t columns,
                         const dsc_vector_kernels *vector) {
    dsc_real out[CHANNELS][9][TOGETHER];
    for (size_t first = 0; first < columns; first += TOGETHER)
        for (size_t c = 0; c < channels; c += CHANNELS) {
            const size_t count = dsc_smaller(TOGETHER, columns - first);
            const size_t some = dsc_smaller(CHANNELS, channels - c);
            for (size_t i = 0; i < some; i++)
                finish_some(out[i], sums + (c + i) * columns + first, channels * columns, count);
            vector->transpose(dw + (first * channels + c) * 9, (ptrdiff_t)channels * 9, out[0][0], TOGETHER,
                              some * 9, count);
        }
}
