/* SPDX-License-Identifier: MIT */
/* conv2d.c: two-dimensional convolution (cross-correlation, as the field has it).
 *
 *   x (C, H, W), w (K, C, R, S), b (K)  ->  y (K, OH, OW),  OH = (H + 2 padding - dilation (R - 1) - 1) / stride + 1
 *   y[k, i, j] = b[k] + sum over c, r, s of w[k, c, r, s] x[c, i stride - padding + r dilation, j ... + s dilation]
 *
 * All three products are matrix products over patches (Chellapilla et al., 2006), which are read where they lie in an image
 * that was turned (conv2d_images.h), one sample at a time:
 *   y (pixels, K)         = patches of x (pixels, R S C)         w (R S C, K)
 *   dx (input pixels, C)  = patches of dy with gaps of stride (input pixels, R' S' K)   w turned (R' S' K, C)
 *   dw (R S C, K)         = places of x (R S C, pixels)          dy (pixels, K)
 * Each lane sums its samples' dw; the engine adds the lanes' in order.
 */
#include "base/limits.h"
#include "op/conv2d_images.h"
#include "op/window.h"

typedef struct conv_values {
    int64_t stride[2], padding[2], dilation[2];
    bool relu,
        pool; /* no parameters: set for inference alone, by absorb. The pool is of 2 x 2, side by side */
} conv_values;

extern const dsc_op dsc_op_max_pool;

/* A maximum and a ReLU may change places, so any order of them will do. */
static bool absorb(void *values, const dsc_op *next, const void *next_values) {
    conv_values *v = values;
    if (next->flags & DSC_OP_RELU) return v->relu = true;
    if (next != &dsc_op_max_pool || v->pool) return false;
    const dsc_pool_values *pool = next_values;
    for (size_t i = 0; i < 2; i++)
        if (pool->size[i] != 2 || (pool->stride[i] && pool->stride[i] != 2) || pool->padding[i]) return false;
    return v->pool = true;
}

static const dsc_param params[] = {
    {"stride", DSC_PARAM_PAIR, offsetof(conv_values, stride), "1", 1, 64, NULL,
     "pixels from one output to the next"},
    {"padding", DSC_PARAM_PAIR, offsetof(conv_values, padding), "0", 0, 64, NULL, "zeros around the image"},
    {"dilation", DSC_PARAM_PAIR, offsetof(conv_values, dilation), "1", 1, 64, NULL,
     "pixels between the kernel's"},
    {0}};

typedef dsc_conv_sizes sizes;

/* Before any pool. */
static sizes sizes_of(const dsc_shape *in, const conv_values *v) {
    sizes z = {.c = in[0].size[0],
               .h = in[0].size[1],
               .w = in[0].size[2],
               .k = in[1].size[0],
               .r = in[1].size[2],
               .s = in[1].size[3]};
    for (size_t i = 0; i < 2; i++) {
        z.stride[i] = (size_t)v->stride[i];
        z.padding[i] = (size_t)v->padding[i];
        z.dilation[i] = (size_t)v->dilation[i];
    }
    z.oh = (z.h + 2 * z.padding[0] - z.dilation[0] * (z.r - 1) - 1) / z.stride[0] + 1;
    z.ow = (z.w + 2 * z.padding[1] - z.dilation[1] * (z.s - 1) - 1) / z.stride[1] + 1;
    z.patch = z.c * z.r * z.s;
    z.pixels = z.oh * z.ow;
    z.input_pixels = z.h * z.w;
    return z;
}

static dsc_status output_size(size_t *out, size_t in, size_t kernel, const conv_values *v, size_t axis,
                              dsc_error *error) {
    dsc_window window = {.in = in,
                         .size = kernel,
                         .stride = (size_t)v->stride[axis],
                         .padding = (size_t)v->padding[axis],
                         .dilation = (size_t)v->dilation[axis]};
    dsc_status status = dsc_window_fit(&window, error);
    *out = window.out;
    return status;
}

static dsc_status shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *x = &rule->in[0], *w = &rule->in[1];
    if (x->rank != 3 || w->rank != 4 || x->size[0] != w->size[1])
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected values (C, H, W) and a weight (K, C, height, width)");
    if (rule->input_count == 3 && (rule->in[2].rank != 1 || rule->in[2].size[0] != w->size[0]))
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "expected a bias (%zu), found %s", w->size[0],
                        DSC_SHAPE_TEXT(&rule->in[2]));
    rule->out[0] = (dsc_shape){.rank = 3, .size = {w->size[0]}};
    dsc_status status = output_size(&rule->out[0].size[1], x->size[1], w->size[2], rule->values, 0, error);
    if (!status) status = output_size(&rule->out[0].size[2], x->size[2], w->size[3], rule->values, 1, error);
    if (status) return status;
    const size_t each = dsc_shape_count(w) / w->size[0]; /* what one output is the sum of */
    rule->multiply_adds = (double)dsc_shape_count(&rule->out[0]) * (double)each;
    if (((const conv_values *)rule->values)->pool) rule->out[0].size[1] /= 2, rule->out[0].size[2] /= 2;
    status = dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
    if (!status) status = dsc_expect_role(rule, 1, DSC_ROLE_PARAMETER, "the weight", error);
    if (!status && rule->input_count == 3)
        status = dsc_expect_role(rule, 2, DSC_ROLE_PARAMETER, "the bias", error);
    return status;
}

/* --- preparing: both forms of the weight, packed --- */

/* The weight as a product's right side: vector k, depth (r, s, c) for y; vector c, depth (r', s', k) with the kernel turned half
 * around for dx, or vector (r, s, c), depth k where dx is scattered. `filled` channels of depth, those that are not there zero. */
typedef struct weight_packer {
    dsc_packer packer;
    size_t vectors, depth; /* of the operand */
    const dsc_real *w;
    size_t channels, filled, rs, vector_channels;
    size_t vector_stride, channel_stride; /* in w */
    bool turned;
} weight_packer;

static void fill_weight(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    (void)kernels;
    const weight_packer *p = (const weight_packer *)(const void *)packer;
    for (size_t v = vector; v < vector + vectors; v++, out += vector_step) {
        const dsc_real *of_vector = p->w + v % p->vector_channels * p->vector_stride + v / p->vector_channels;
        size_t place = depth / p->filled, channel = depth % p->filled;
        dsc_real *to = out;
        for (size_t d = 0; d < depths; d++, to += depth_step) {
            *to = channel < p->channels
                      ? of_vector[channel * p->channel_stride + (p->turned ? p->rs - 1 - place : place)]
                      : 0;
            if (++channel == p->filled) channel = 0, place++;
        }
    }
}

static weight_packer weight_for_y(const sizes *z, const dsc_real *w, const dsc_gemm_kernels *product) {
    const size_t rs = z->r * z->s, filled = dsc_conv_image_of_x(z, product).filled;
    return (weight_packer){.packer = {.fill = fill_weight},
                           .vectors = z->k,
                           .depth = rs * filled,
                           .w = w,
                           .channels = z->c,
                           .filled = filled,
                           .rs = rs,
                           .vector_channels = z->k,
                           .vector_stride = z->patch,
                           .channel_stride = rs};
}

static weight_packer weight_for_dx(const sizes *z, const dsc_real *w, const dsc_gemm_kernels *product) {
    const size_t rs = z->r * z->s, filled = dsc_conv_image_of_dy(z, product).filled;
    const bool scattered = dsc_conv_scatters(z);
    return (weight_packer){.packer = {.fill = fill_weight},
                           .vectors = scattered ? z->patch : z->c,
                           .depth = scattered ? filled : rs * filled,
                           .w = w,
                           .channels = z->k,
                           .filled = filled,
                           .rs = rs,
                           .vector_channels = z->c,
                           .vector_stride = rs,
                           .channel_stride = z->patch,
                           .turned = !scattered};
}

static size_t packed_size(const dsc_gemm_kernels *product, const weight_packer *w) {
    return dsc_pack_size(product, DSC_SIDE_B, w->vectors, w->depth);
}

static const void *packed_dx(const dsc_call *call, const sizes *z) {
    const weight_packer y = weight_for_y(z, NULL, call->product);
    return (const unsigned char *)call->shared + packed_size(call->product, &y);
}

/* A tile packs one panel. */
static size_t panels_of(const dsc_gemm_kernels *product, const weight_packer *w) {
    return dsc_pack_panels(product, DSC_SIDE_B, w->vectors);
}

static size_t prepare_tiles(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->values);
    const weight_packer y = weight_for_y(&z, NULL, call->product),
                        dx = weight_for_dx(&z, NULL, call->product);
    return panels_of(call->product, &y) + (call->wants & 1 ? panels_of(call->product, &dx) : 0);
}

static void prepare(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->values);
    weight_packer w = weight_for_y(&z, call->in[1], call->product);
    unsigned char *packed = call->shared;
    size_t panel = call->tile;
    if (panel >= panels_of(call->product, &w)) {
        panel -= panels_of(call->product, &w);
        packed += packed_size(call->product, &w);
        w = weight_for_dx(&z, call->in[1], call->product);
    }
    dsc_pack(packed, call->product, DSC_SIDE_B, &w.packer, w.vectors, w.depth, panel, panel + 1);
}

/* --- the products of one sample --- */

static dsc_gemm product_y(const sizes *z, const dsc_gemm_kernels *product, const dsc_packer *patches,
                          const void *packed, dsc_real *y, const dsc_real *bias) {
    return (dsc_gemm){.rows = z->pixels,
                      .columns = z->k,
                      .depth = weight_for_y(z, NULL, product).depth,
                      .a = {.packer = patches},
                      .b = {.packed = packed},
                      .c = y,
                      .c_row = (ptrdiff_t)z->k,
                      .bias_columns = bias};
}

static dsc_gemm product_dx(const sizes *z, const dsc_gemm_kernels *product, const dsc_packer *patches,
                           const void *packed, dsc_real *dx) {
    const weight_packer w = weight_for_dx(z, NULL, product);
    return (dsc_gemm){.rows = dsc_conv_scatters(z) ? z->pixels : z->input_pixels,
                      .columns = w.vectors,
                      .depth = w.depth,
                      .a = {.packer = patches},
                      .b = {.packed = packed},
                      .c = dx,
                      .c_row = (ptrdiff_t)w.vectors};
}

/* dy as the left side of dx: its patches, or where dx is scattered its pixels. */
typedef union dy_rows {
    dsc_packer packer;
    dsc_packer_patches patches;
} dy_rows;

static dsc_conv_image image_of_dy(const sizes *z, const dsc_gemm_kernels *product) {
    return dsc_conv_scatters(z) ? dsc_conv_image_of_dy_alone(z, product) : dsc_conv_image_of_dy(z, product);
}

static dy_rows rows_of_dy(const sizes *z, const dsc_conv_image *image, const dsc_real *data,
                          const dsc_gemm_kernels *product) {
    dy_rows rows;
    const ptrdiff_t pixel = (ptrdiff_t)image->filled;
    if (!dsc_conv_scatters(z)) {
        rows.patches = dsc_conv_patches_for_dx(z, image, data, product);
        return rows;
    }
    rows.packer = product->elements_per_word == 2
                      ? dsc_pack_halves((const uint16_t *)(const void *)data, pixel, 1)
                      : dsc_pack_matrix(data, pixel, 1);
    rows.packer.rounded = true;
    return rows;
}

/* Depth: the pixels of the output, each row of it filled up to whole words. */
static dsc_gemm product_dw(const sizes *z, const dsc_conv_planes *planes, const dsc_packer *places,
                           const void *packed, dsc_real *dw, bool more) {
    return (dsc_gemm){.rows = z->patch,
                      .columns = z->k,
                      .depth = z->oh * planes->run,
                      .a = {.packer = places},
                      .b = {.packed = packed},
                      .c = dw,
                      .c_row = (ptrdiff_t)z->k,
                      .accumulate = more};
}

static size_t run_whole(const dsc_gemm_kernels *product, const dsc_gemm *gemm, void *workspace) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, product, gemm, 1);
    if (workspace) dsc_gemm_run(&plan, gemm, 0, plan.tiles, workspace);
    return plan.workspace;
}

/* --- scratch: an image or planes, what they are made from, and what comes out --- */

enum { LINE = DSC_ALIGNMENT / sizeof(dsc_real) };

typedef struct parts {
    dsc_real *sums; /* (R S C, K): dw of the samples so far */
    /* y and dx */
    dsc_real *image, *source, *out, *scattered, *pooled;
    /* dw, in the same place */
    dsc_real *planes, *rounded, *dy, *packed;
    void *workspace;
    size_t numbers; /* before the workspace */
} parts;

/* The next `numbers` of the scratch at `base`; with base NULL they are only counted. */
static dsc_real *take(dsc_real *base, size_t *used, size_t numbers) {
    dsc_real *here = base ? base + *used : NULL;
    *used += (numbers + LINE - 1) / LINE * LINE;
    return here;
}

static parts parts_of(const sizes *z, const dsc_gemm_kernels *product, bool back, dsc_real *base) {
    const dsc_conv_image x = dsc_conv_image_of_x(z, product), dy = image_of_dy(z, product);
    const dsc_conv_planes planes = dsc_conv_planes_of_x(z, product);
    const size_t image = dsc_conv_image_numbers(&x, product),
                 back_image = dsc_conv_image_numbers(&dy, product);
    const size_t source = dsc_conv_image_scratch(&x, product),
                 back_source = dsc_conv_image_scratch(&dy, product);
    size_t used = 0;
    parts p = {.sums = take(base, &used, back ? z->patch * z->k : 0)};
    size_t again = used;
    p.image = take(base, &used, back ? dsc_larger(image, back_image) : image);
    p.source = take(base, &used, back ? dsc_larger(source, back_source) : source);
    const bool scatters = dsc_conv_scatters(z);
    const size_t dx = scatters ? z->pixels * z->patch : z->input_pixels * z->c;
    p.out = take(base, &used, dsc_larger(z->pixels * z->k, back ? dx : 0));
    if (!back) p.pooled = take(base, &used, z->pixels * z->k / 4);
    if (back) {
        p.scattered = take(base, &used, scatters ? z->input_pixels * z->c : 0);
        p.planes = take(base, &again, dsc_conv_planes_numbers(&planes, z, product));
        p.rounded = take(base, &again, dsc_conv_planes_scratch(z, product));
        p.dy = take(base, &again, product->elements_per_word == 2 ? z->k * z->oh * planes.run / 2 : 0);
        p.packed = take(base, &again,
                        dsc_pack_size(product, DSC_SIDE_B, z->k, z->oh * planes.run) / sizeof(dsc_real));
        used = dsc_larger(used, again);
    }
    p.workspace = base ? base + used : NULL;
    p.numbers = used;
    return p;
}

/* --- one image alone, shared by threads: its rows are cut --- */

enum { SINGLE_TILES = 8, WORTH_SHARING = DSC_USUALLY(1000000, 1) /* multiply-adds */ };

static void make_single_image(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->values);
    const parts p = parts_of(&z, call->product, false, call->scratch);
    const dsc_conv_image image = dsc_conv_image_of_x(&z, call->product);
    dsc_conv_image_make(call->lane_saved, &image, call->in[0], call->product, p.source);
}

static size_t single_tiles(const dsc_call *call) {
    const size_t rows = call->out_shape[0].size[1];
    return rows < SINGLE_TILES ? rows : SINGLE_TILES;
}

/* From `pixels` of the product, whole rows of it, to the output. */
static void put_out(const dsc_call *call, const sizes *z, dsc_real *y, const parts *p, size_t pixels) {
    const bool pool = ((const conv_values *)call->values)->pool;
    if (pool) pixels = dsc_conv_pool(p->pooled, p->out, pixels / z->ow, z->ow, z->k, call->kernels->isa);
    call->kernels->vector->transpose(y, (ptrdiff_t)(call->out_shape[0].size[1] * call->out_shape[0].size[2]),
                                     pool ? p->pooled : p->out, (ptrdiff_t)z->k, pixels, z->k);
}

static void forward_single(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->values);
    const conv_values *values = call->values;
    const parts p = parts_of(&z, call->product, false, call->scratch);
    const dsc_conv_image image = dsc_conv_image_of_x(&z, call->product);
    const size_t rows = call->out_shape[0].size[1], pool = values->pool ? 2 : 1;
    const size_t first = call->tile * rows / call->tiles, last = (call->tile + 1) * rows / call->tiles;
    const size_t row = image.width * image.filled / call->product->elements_per_word;
    const dsc_real *from = (const dsc_real *)call->lane_saved + first * pool * z.stride[0] * row;
    dsc_packer_patches patches = dsc_conv_patches_for_y(&z, &image, from, call->product);
    dsc_gemm gemm = product_y(&z, call->product, &patches.packer, call->shared, p.out,
                              call->input_count == 3 ? call->in[2] : NULL);
    gemm.rows = (last - first) * pool * z.ow;
    gemm.relu = values->relu;
    run_whole(call->product, &gemm, p.workspace);
    put_out(call, &z, call->out[0] + first * call->out_shape[0].size[2], &p, gemm.rows);
}

static const dsc_stage single_stages[] = {
    {DSC_STAGE_SAMPLES, make_single_image, NULL, 0}, {DSC_STAGE_TILES, forward_single, single_tiles, 0}, {0}};

static void needs(dsc_needs *needs) {
    sizes z = sizes_of(needs->in, needs->values);
    const dsc_gemm_kernels *product = needs->product;
    const weight_packer w = weight_for_y(&z, NULL, product), dx = weight_for_dx(&z, NULL, product);
    needs->saved_shared = packed_size(product, &w) + (needs->wants & 1 ? packed_size(product, &dx) : 0);
    static const unsigned char packed_later;
    const dsc_conv_image x = dsc_conv_image_of_x(&z, product), dy = image_of_dy(&z, product);
    const dsc_conv_planes planes = dsc_conv_planes_of_x(&z, product);
    dsc_packer_patches for_y = dsc_conv_patches_for_y(&z, &x, NULL, product);
    dy_rows for_dx = rows_of_dy(&z, &dy, NULL, product);
    dsc_conv_places places = dsc_conv_places_of(&planes, &z, NULL, product);
    dsc_gemm gemm = product_y(&z, product, &for_y.packer, &packed_later, NULL, NULL);
    size_t workspace = run_whole(product, &gemm, NULL);
    if (needs->goes_back) {
        gemm = product_dx(&z, product, &for_dx.packer, &packed_later, NULL);
        workspace = dsc_larger(workspace, run_whole(product, &gemm, NULL));
        gemm = product_dw(&z, &planes, &places.packer, &packed_later, NULL, true);
        workspace = dsc_larger(workspace, run_whole(product, &gemm, NULL));
    }
    if (!needs->goes_back && needs->batch == 1 && z.pixels * z.k * z.patch >= WORTH_SHARING) {
        needs->forward = single_stages;
        needs->saved_per_lane = dsc_conv_image_numbers(&x, product) * sizeof(dsc_real);
    }
    size_t numbers = parts_of(&z, product, false, NULL).numbers; /* forward's, in training too */
    if (needs->goes_back) numbers = dsc_larger(numbers, parts_of(&z, product, true, NULL).numbers);
    needs->scratch = numbers * sizeof(dsc_real) + workspace;
}

static void forward(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->values);
    const parts p = parts_of(&z, call->product, false, call->scratch);
    const dsc_conv_image image = dsc_conv_image_of_x(&z, call->product);
    const dsc_real *bias = call->input_count == 3 ? call->in[2] : NULL;
    const dsc_packer_patches patches = dsc_conv_patches_for_y(&z, &image, p.image, call->product);
    dsc_gemm gemm = product_y(&z, call->product, &patches.packer, call->shared, p.out, bias);
    gemm.relu = ((const conv_values *)call->values)->relu;
    const size_t each = dsc_shape_count(&call->out_shape[0]);
    for (size_t n = 0; n < call->count; n++) {
        dsc_conv_image_make(p.image, &image, call->in[0] + n * z.c * z.input_pixels, call->product, p.source);
        run_whole(call->product, &gemm, p.workspace);
        put_out(call, &z, call->out[0] + n * each, &p, z.pixels);
    }
}

/* --- backward --- */

static void backward_x(const dsc_call *call, const sizes *z, const parts *p, size_t n) {
    const dsc_conv_image image = image_of_dy(z, call->product);
    const dy_rows rows = rows_of_dy(z, &image, p->image, call->product);
    const dsc_gemm gemm = product_dx(z, call->product, &rows.packer, packed_dx(call, z), p->out);
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_conv_image_make(p->image, &image, call->d_out[0] + n * z->k * z->pixels, call->product, p->source);
    run_whole(call->product, &gemm, p->workspace);
    if (dsc_conv_scatters(z)) dsc_conv_scatter(p->scattered, p->out, z, vector);
    vector->transpose(call->d_in[0] + n * z->c * z->input_pixels, (ptrdiff_t)z->input_pixels,
                      dsc_conv_scatters(z) ? p->scattered : p->out, (ptrdiff_t)z->c, z->input_pixels, z->c);
}

/* dy (K, OH, OW) as the right side (pixels, K), packed. */
static void pack_dy(const dsc_call *call, const sizes *z, const parts *p, const dsc_real *dy, size_t run) {
    const dsc_gemm_kernels *product = call->product;
    const size_t depth = z->oh * run, panels = dsc_pack_panels(product, DSC_SIDE_B, z->k);
    dsc_packer packer = dsc_pack_matrix(dy, (ptrdiff_t)z->pixels, 1);
    if (product->elements_per_word == 2) {
        uint16_t *halves = (uint16_t *)(void *)p->dy;
        if (run == z->ow)
            product->round_row(halves, dy, z->k * z->pixels);
        else
            for (size_t row = 0; row < z->k * z->oh; row++) {
                product->round_row(halves + row * run, dy + row * z->ow, z->ow);
                /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a call has its scratch */
                halves[row * run + z->ow] = 0;
            }
        packer = dsc_pack_halves(halves, (ptrdiff_t)depth, 1);
    }
    dsc_pack(p->packed, product, DSC_SIDE_B, &packer, z->k, depth, 0, panels);
}

static void backward_w(const dsc_call *call, const sizes *z, const parts *p, size_t n) {
    const dsc_conv_planes planes = dsc_conv_planes_of_x(z, call->product);
    const dsc_real *x = call->in[0] + n * z->c * z->input_pixels;
    if (!planes.direct) dsc_conv_planes_make(p->planes, &planes, z, x, call->product, p->rounded);
    const dsc_conv_places places =
        dsc_conv_places_of(&planes, z, planes.direct ? x : p->planes, call->product);
    pack_dy(call, z, p, call->d_out[0] + n * z->k * z->pixels, planes.run);
    const dsc_gemm gemm = product_dw(z, &planes, &places.packer, p->packed, p->sums, n > 0);
    run_whole(call->product, &gemm, p->workspace);
}

/* dw (K, C, R, S) from the sums (R S C, K). */
static void finish_w(const dsc_call *call, const sizes *z, const parts *p) {
    const size_t rs = z->r * z->s;
    for (size_t place = 0; place < rs; place++)
        for (size_t c = 0; c < z->c; c++) {
            const dsc_real *sums = p->sums + (place * z->c + c) * z->k;
            dsc_real *dw = call->d_in[1] + c * rs + place;
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a call has its scratch */
            for (size_t k = 0; k < z->k; k++) dw[k * z->patch] = sums[k];
        }
}

static void add_b(const dsc_call *call, const sizes *z, size_t n) {
    for (size_t k = 0; k < z->k; k++)
        call->d_in[2][k] +=
            call->kernels->vector->sum(call->d_out[0] + (n * z->k + k) * z->pixels, z->pixels);
}

static void backward(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->values);
    const parts p = parts_of(&z, call->product, true, call->scratch);
    const bool bias = call->input_count == 3 && call->d_in[2];
    if (bias) call->kernels->vector->fill(call->d_in[2], 0, z.k);
    for (size_t n = 0; n < call->count; n++) {
        if (call->d_in[1]) backward_w(call, &z, &p, n);
        if (bias) add_b(call, &z, n);
        if (call->d_in[0]) backward_x(call, &z, &p, n);
    }
    if (call->d_in[1]) finish_w(call, &z, &p);
}

static const dsc_stage prepare_stages[] = {{DSC_STAGE_TILES, prepare, prepare_tiles, 0}, {0}};
static const dsc_stage forward_stages[] = {{DSC_STAGE_SAMPLES, forward, NULL, 0}, {0}};
static const dsc_stage backward_stages[] = {{DSC_STAGE_SAMPLES, backward, NULL, 7}, {0}};
static const dsc_op_example examples[] = {
    {"spp", {{3, {1, 5, 5}}, {4, {2, 1, 3, 3}}, {1, {2}}}, NULL},
    {"sp", {{3, {3, 7, 6}}, {4, {5, 3, 1, 1}}}, NULL},
    {"spp", {{3, {2, 9, 7}}, {4, {3, 2, 3, 2}}, {1, {3}}}, "stride=2x3 padding=1x2"},
    {"spp", {{3, {2, 11, 11}}, {4, {4, 2, 3, 3}}, {1, {4}}}, "dilation=2 padding=2 stride=2"},
    {"spp", {{3, {2, 8, 9}}, {4, {3, 2, 3, 2}}, {1, {3}}}, "padding=2x1 dilation=2"},
    {"spp", {{3, {2, 6, 7}}, {4, {3, 2, 3, 3}}, {1, {3}}}, "padding=3"},
    {"spp", {{3, {3, 17, 19}}, {4, {7, 3, 5, 5}}, {1, {7}}}, "padding=2"},
    {0},
};

const dsc_op dsc_op_conv2d = {
    .name = "conv2d",
    .help = "convolution with a weight (K, C, height, width), plus a bias (K) if there is one",
    .params = params,
    .values_size = sizeof(conv_values),
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LINEAR,
    .keeps_inputs = 1,
    .shapes = shapes,
    .needs = needs,
    .prepare = prepare_stages,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
    .absorb = absorb,
};

dsc_node *dsc_conv2d(dsc_node *x, dsc_node *weight, dsc_node *bias, const size_t stride[2],
                     const size_t padding[2], const size_t dilation[2]) {
    conv_values values = {.stride = {1, 1}, .dilation = {1, 1}};
    for (size_t i = 0; i < 2; i++) {
        if (stride) values.stride[i] = (int64_t)stride[i];
        if (padding) values.padding[i] = (int64_t)padding[i];
        if (dilation) values.dilation[i] = (int64_t)dilation[i];
    }
    return dsc_apply(&dsc_op_conv2d, (dsc_node *[]){x, weight, bias}, bias ? 3 : 2, &values);
}
