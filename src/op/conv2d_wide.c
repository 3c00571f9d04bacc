/* SPDX-License-Identifier: MIT */
/* conv2d_wide.c: the three products of a convolution of stride 1, see conv2d_wide.h. */
#include "op/conv2d_wide.h"

enum { LINE = DSC_ALIGNMENT / sizeof(dsc_real) };

static size_t whole_lines(size_t numbers) { return (numbers + LINE - 1) / LINE * LINE; }

/* How far the kernel reaches beyond its first pixel, along each axis. */
static size_t reach_y(const dsc_conv_sizes *z) { return z->dilation[0] * (z->r - 1); }
static size_t reach_x(const dsc_conv_sizes *z) { return z->dilation[1] * (z->s - 1); }

bool dsc_conv_is_wide(const dsc_conv_sizes *z) {
    return z->stride[0] == 1 && z->stride[1] == 1 && z->padding[0] <= reach_y(z) &&
           z->padding[1] <= reach_x(z);
}

/* --- the patches: shifted runs of planes --- */

typedef struct shifted {
    dsc_packer packer;
    const dsc_real *planes; /* (channels, plane) */
    size_t plane, width;    /* numbers of a plane; of a row */
    const dsc_conv_sizes *z;
    bool vectors_are_places; /* else vectors are pixels and depth counts places */
} shifted;

static const dsc_real *run_of(const shifted *p, size_t place) {
    const dsc_conv_sizes *z = p->z;
    size_t s = place % z->s, r = place / z->s % z->r, c = place / z->s / z->r;
    return p->planes + c * p->plane + r * z->dilation[0] * p->width + s * z->dilation[1];
}

static void copy_run(dsc_real *out, ptrdiff_t step, const dsc_real *in, size_t count) {
    if (step == 1 && count == LINE)
        memcpy(out, in, LINE * sizeof *out); /* a size the compiler knows: one vector */
    else if (step == 1)
        memcpy(out, in, count * sizeof *out);
    else
        for (size_t i = 0; i < count; i++) out[(ptrdiff_t)i * step] = in[i];
}

static void fill_shifted(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                         ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                         size_t depth, size_t depths) {
    (void)kernels;
    const shifted *p = (const shifted *)(const void *)packer;
    if (p->vectors_are_places)
        for (size_t v = 0; v < vectors; v++)
            copy_run(out + (ptrdiff_t)v * vector_step, depth_step, run_of(p, vector + v) + depth, depths);
    else
        for (size_t d = 0; d < depths; d++)
            copy_run(out + (ptrdiff_t)d * depth_step, vector_step, run_of(p, depth + d) + vector, vectors);
}

static shifted patches_of(const dsc_conv_sizes *z, const dsc_real *planes, size_t height, size_t width,
                          bool places) {
    return (shifted){.packer = {.fill = fill_shifted, .transposed = !places},
                     .planes = planes,
                     .plane = height * width,
                     .width = width,
                     .z = z,
                     .vectors_are_places = places};
}

/* --- images with room around them, and rows of another width --- */

/* out (channels, h + 2 pad_y, w + 2 pad_x) = in (channels, h, w) with zeros around. */
static void pad(dsc_real *out, const dsc_real *in, size_t channels, size_t h, size_t w, size_t pad_y,
                size_t pad_x) {
    size_t width = w + 2 * pad_x;
    for (size_t c = 0; c < channels; c++) {
        memset(out, 0, pad_y * width * sizeof *out);
        out += pad_y * width;
        for (size_t y = 0; y < h; y++, out += width, in += w) {
            memset(out, 0, pad_x * sizeof *out);
            memcpy(out + pad_x, in, w * sizeof *out);
            memset(out + pad_x + w, 0, pad_x * sizeof *out);
        }
        memset(out, 0, pad_y * width * sizeof *out);
        out += pad_y * width;
    }
}

/* out (channels, rows, columns) from in (channels, stride), whose rows are `width` apart; and back, with zeros between. */
static void narrow(dsc_real *out, const dsc_real *in, size_t channels, size_t stride, size_t rows,
                   size_t columns, size_t width) {
    for (size_t c = 0; c < channels; c++)
        for (size_t y = 0; y < rows; y++, out += columns)
            memcpy(out, in + c * stride + y * width, columns * sizeof *out);
}

static void widen(dsc_real *out, const dsc_real *in, size_t channels, size_t stride, size_t rows,
                  size_t columns, size_t width) {
    for (size_t c = 0; c < channels; c++) {
        dsc_real *to = out + c * stride;
        for (size_t y = 0; y < rows; y++, in += columns) {
            memcpy(to + y * width, in, columns * sizeof *to);
            if (y + 1 < rows) memset(to + y * width + columns, 0, (width - columns) * sizeof *to);
        }
    }
}

/* --- sizes --- */

/* x with its padding, and dy with the padding that its own convolution needs. */
static size_t padded_height(const dsc_conv_sizes *z) { return z->h + 2 * z->padding[0]; }
static size_t padded_width(const dsc_conv_sizes *z) { return z->w + 2 * z->padding[1]; }
static size_t back_height(const dsc_conv_sizes *z) { return z->h + reach_y(z); }
static size_t back_width(const dsc_conv_sizes *z) { return z->w + reach_x(z); }
/* Columns of the wide products: to the last sensible pixel. */
static size_t wide_columns(const dsc_conv_sizes *z) { return (z->oh - 1) * padded_width(z) + z->ow; }
static size_t back_columns(const dsc_conv_sizes *z) { return (z->h - 1) * back_width(z) + z->w; }

static dsc_gemm product_y(const dsc_conv_sizes *z, const void *packed, const dsc_packer *patches,
                          dsc_real *wide, const dsc_real *bias) {
    return (dsc_gemm){.rows = z->k,
                      .columns = wide_columns(z),
                      .depth = z->patch,
                      .a = {.packed = packed},
                      .b = {.packer = patches},
                      .c = wide,
                      .c_row = (ptrdiff_t)whole_lines(wide_columns(z)),
                      .bias_rows = bias};
}

static dsc_gemm product_dx(const dsc_conv_sizes *z, const void *packed, const dsc_packer *patches,
                           dsc_real *wide) {
    return (dsc_gemm){.rows = z->c,
                      .columns = back_columns(z),
                      .depth = z->k * z->r * z->s,
                      .a = {.packed = packed},
                      .b = {.packer = patches},
                      .c = wide,
                      .c_row = (ptrdiff_t)whole_lines(back_columns(z))};
}

/* The gradient comes out transposed, (C R S, K): then patches are packed in long runs. */
static dsc_gemm product_dw(const dsc_conv_sizes *z, const dsc_packer *patches, const dsc_packer *dy,
                           dsc_real *dw, bool more) {
    return (dsc_gemm){.rows = z->patch,
                      .columns = z->k,
                      .depth = wide_columns(z),
                      .a = {.packer = patches},
                      .b = {.packer = dy},
                      .c = dw,
                      .c_row = (ptrdiff_t)z->k,
                      .accumulate = more};
}

static dsc_packer dy_columns(const dsc_conv_sizes *z, const dsc_real *wide) {
    return dsc_pack_matrix(wide, (ptrdiff_t)whole_lines(wide_columns(z)), 1);
}

static size_t workspace_of(const dsc_gemm_kernels *product, const dsc_gemm *gemm) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, product, gemm, 1);
    return plan.workspace;
}

static void run(const dsc_call *call, const dsc_gemm *gemm, void *workspace) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, call->product, gemm, 1);
    dsc_gemm_run(&plan, gemm, 0, plan.tiles, workspace);
}

/* The scratch: a padded image, a wide one, the transposed gradient, and the products' workspace. */
typedef struct parts {
    dsc_real *padded, *wide, *gradient;
    void *workspace;
} parts;

static size_t padded_numbers(const dsc_conv_sizes *z) {
    return whole_lines(
        dsc_larger(z->c * padded_height(z) * padded_width(z), z->k * back_height(z) * back_width(z)));
}
static size_t wide_numbers(const dsc_conv_sizes *z) {
    return dsc_larger(z->k * whole_lines(wide_columns(z)), z->c * whole_lines(back_columns(z)));
}
static size_t numbers_of(const dsc_conv_sizes *z) {
    return padded_numbers(z) + wide_numbers(z) + whole_lines(z->patch * z->k);
}

static parts parts_of(const dsc_conv_sizes *z, void *scratch) {
    parts p = {.padded = scratch};
    p.wide = p.padded + padded_numbers(z);
    p.gradient = p.wide + wide_numbers(z);
    p.workspace = p.padded + numbers_of(z);
    return p;
}

size_t dsc_conv_wide_scratch(const dsc_gemm_kernels *product, const dsc_conv_sizes *z, bool back) {
    static const unsigned char packed;
    shifted pixels = patches_of(z, NULL, 1, 1, false), places = patches_of(z, NULL, 1, 1, true);
    dsc_packer dy = dy_columns(z, NULL);
    dsc_gemm y = product_y(z, &packed, &pixels.packer, NULL, NULL),
             dx = product_dx(z, &packed, &pixels.packer, NULL);
    dsc_gemm dw = product_dw(z, &places.packer, &dy, NULL, true);
    size_t workspace = workspace_of(product, &y);
    if (back)
        workspace = dsc_larger(workspace, dsc_larger(workspace_of(product, &dx), workspace_of(product, &dw)));
    return numbers_of(z) * sizeof(dsc_real) + workspace;
}

/* --- the products --- */

static const dsc_real *padded_input(const dsc_conv_sizes *z, const parts *p, const dsc_real *x) {
    if (!z->padding[0] && !z->padding[1]) return x;
    pad(p->padded, x, z->c, z->h, z->w, z->padding[0], z->padding[1]);
    return p->padded;
}

void dsc_conv_wide_forward(const dsc_call *call, const dsc_conv_sizes *z, dsc_real *y, const dsc_real *x,
                           const void *packed, const dsc_real *bias) {
    parts p = parts_of(z, call->scratch);
    shifted patches = patches_of(z, padded_input(z, &p, x), padded_height(z), padded_width(z), false);
    dsc_gemm gemm = product_y(z, packed, &patches.packer, p.wide, bias);
    run(call, &gemm, p.workspace);
    narrow(y, p.wide, z->k, (size_t)gemm.c_row, z->oh, z->ow, padded_width(z));
}

void dsc_conv_wide_dx(const dsc_call *call, const dsc_conv_sizes *z, dsc_real *dx, const dsc_real *dy,
                      const void *packed) {
    parts p = parts_of(z, call->scratch);
    pad(p.padded, dy, z->k, z->oh, z->ow, reach_y(z) - z->padding[0], reach_x(z) - z->padding[1]);
    shifted patches = patches_of(z, p.padded, back_height(z), back_width(z), false);
    dsc_gemm gemm = product_dx(z, packed, &patches.packer, p.wide);
    run(call, &gemm, p.workspace);
    narrow(dx, p.wide, z->c, (size_t)gemm.c_row, z->h, z->w, back_width(z));
}

void dsc_conv_wide_dw(const dsc_call *call, const dsc_conv_sizes *z, dsc_real *dw, const dsc_real *x,
                      const dsc_real *dy) {
    parts p = parts_of(z, call->scratch);
    size_t stride = whole_lines(wide_columns(z));
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *image = padded_input(z, &p, x + n * z->c * z->input_pixels);
        widen(p.wide, dy + n * z->k * z->pixels, z->k, stride, z->oh, z->ow, padded_width(z));
        shifted patches = patches_of(z, image, padded_height(z), padded_width(z), true);
        dsc_packer columns = dy_columns(z, p.wide);
        dsc_gemm gemm = product_dw(z, &patches.packer, &columns, p.gradient, n > 0);
        run(call, &gemm, p.workspace);
    }
    for (size_t k = 0; k < z->k; k++)
        for (size_t i = 0; i < z->patch; i++) dw[k * z->patch + i] = p.gradient[i * z->k + k];
}
