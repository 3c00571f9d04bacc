/* SPDX-License-Identifier: MIT */
/* conv2d.c: two-dimensional convolution (cross-correlation).
 *
 *   x (C, H, W), w (K, C, R, S), b (K)  ->  y (K, OH, OW)
 *   OH = (H + 2 padding - dilation (R - 1) - 1) / stride + 1
 *   y[k, i, j] = b[k] + sum over c, r, s of w[k, c, r, s]
 *                                           x[c, i stride - padding + r dilation, j ... + s dilation]
 *
 * All three products are matrix products over patches (Chellapilla et al., 2006). Patches are read in place
 * from an image with its channels last (conv2d_images.h), one sample at a time:
 *   y (pixels, K)         = patches of x (pixels, R S C)         w (R S C, K)
 *   dx (input pixels, C)  = patches of dy with gaps of stride (input pixels, R' S' K)   w turned (R' S' K, C)
 *   dw (R S C, K)         = places of x (R S C, pixels)          dy (pixels, K)
 * Each lane sums dw over its samples; the engine adds the sums of the lanes in order. Most convolutions of 3
 * x 3 are computed in another way, in tiles, with fewer multiplications: conv2d_winograd.h. */
#include "op/conv2d_plan.h"

#include "base/thresholds.h"
#include "op/window.h"
#include "op/writing.h"

extern const dsc_op dsc_op_max_pool;

/* Fuses a ReLU or a 2 x 2 max pool. The two commute, so they may come in either order. */
static bool absorb(void *values, const dsc_op *next, const void *next_values) {
    dsc_conv_values *v = values;
    if (next->flags & DSC_OP_RELU) return v->relu = true;
    if (next != &dsc_op_max_pool || v->pool) return false;
    const dsc_pool_values *pool = next_values;
    for (size_t i = 0; i < 2; i++)
        if (pool->size[i] != 2 || (pool->stride[i] && pool->stride[i] != 2) || pool->padding[i]) return false;
    return v->pool = true;
}

static const dsc_param params[] = {
    DSC_PAIR(dsc_conv_values, stride, "1", 1, 64, "pixels between neighbouring outputs"),
    DSC_PAIR(dsc_conv_values, padding, "0", 0, 64, "zeros around the image"),
    DSC_PAIR(dsc_conv_values, dilation, "1", 1, 64, "distance in pixels between the kernel's taps"),
    {0},
};

/* Sizes before a fused pool. */
static dsc_conv_sizes sizes_of(const dsc_shape *in, const dsc_conv_values *v) {
    dsc_conv_sizes z = {.c = in[0].size[0],
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

static dsc_status output_size(size_t *out, size_t in, size_t kernel, const dsc_conv_values *v, size_t axis,
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
    const size_t each = dsc_shape_count(w) / w->size[0]; /* terms in the sum of one output */
    rule->multiply_adds = (double)dsc_shape_count(&rule->out[0]) * (double)each;
    if (((const dsc_conv_values *)rule->values)->pool) rule->out[0].size[1] /= 2, rule->out[0].size[2] /= 2;
    status = dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
    if (!status) status = dsc_expect_role(rule, 1, DSC_ROLE_PARAMETER, "the weight", error);
    if (!status && rule->input_count == 3)
        status = dsc_expect_role(rule, 2, DSC_ROLE_PARAMETER, "the bias", error);
    return status;
}

/* --- the plan --- */

enum { LINE = DSC_ALIGNMENT / sizeof(dsc_real) };

/* Reserves `numbers` reals of scratch; returns their offset. */
static size_t take(size_t *used, size_t numbers) {
    const size_t here = *used;
    *used += (numbers + LINE - 1) / LINE * LINE;
    return here;
}

static dsc_conv_room room_of(const dsc_conv_plan *p, const dsc_gemm_kernels *product, bool back) {
    const dsc_conv_sizes *z = &p->z;
    dsc_conv_room room = {0};
    size_t used = 0, again;
    room.image = take(&used, dsc_conv_image_numbers(&p->x, product));
    room.source = take(&used, dsc_conv_image_scratch(&p->x, product));
    room.tiles = take(&used, z->in_tiles ? dsc_winograd_scratch(&p->y_tiles) : 0);
    room.out = take(&used, z->in_tiles ? z->pixels * z->k : p->y.rows * z->k);
    room.pooled = take(&used, p->pool ? z->pixels * z->k / 4 : 0);
    room.workspace = used;
    if (!back) return room;
    used = 0;
    room.sums = take(&used, z->in_tiles ? DSC_WINOGRAD_PLANES * z->c * z->k : z->patch * z->k);
    again = used;
    room.back_image = take(&used, dsc_conv_image_numbers(&p->dy, product));
    room.back_source = take(&used, dsc_conv_image_scratch(&p->dy, product));
    if (z->in_tiles) {
        room.x_image = take(&again, dsc_conv_image_numbers(&p->x, product));
        room.x_source = take(&again, dsc_conv_image_scratch(&p->x, product));
        room.dy = take(&again, dsc_conv_image_numbers(&p->dy_alone, product));
        room.rounded = take(&again, dsc_conv_image_scratch(&p->dy_alone, product));
        used = again = dsc_larger(used, again);
        room.back_tiles =
            take(&used, dsc_larger(dsc_winograd_scratch(&p->dx_tiles), dsc_winograd_scratch(&p->dw_tiles)));
        room.back_out = take(&used, z->input_pixels * z->c);
        room.back_workspace = used;
        return room;
    }
    room.back_out = take(&used, p->dx.rows * p->dx.columns);
    room.scattered = take(&used, p->scatters ? z->input_pixels * z->c : 0);
    room.planes = take(&again, dsc_conv_planes_numbers(&p->planes, z, product));
    room.rounded = take(&again, dsc_conv_planes_scratch(&p->planes, z, product));
    room.dy = take(&again, product->elements_per_word == 2 ? (z->k * p->planes.depth + 1) / 2 : 0);
    room.packed = take(&again, dsc_pack_size(product, DSC_SIDE_B, z->k, p->planes.depth) / sizeof(dsc_real));
    room.back_workspace = dsc_larger(used, again);
    return room;
}

/* Returns the workspace bytes of the product. */
static size_t plan_y(const dsc_needs *needs, dsc_conv_plan *p) {
    const dsc_conv_sizes *z = &p->z;
    p->x = dsc_conv_image_of_x(z, p->x_form, needs->product);
    p->y_weight = dsc_conv_weight_for_y(z, p->x.filled, needs->product);
    if (z->in_tiles) {
        dsc_winograd_plan_result(&p->y_tiles, &p->x, z->k, z->oh, z->ow, needs->lane_batch, needs->product);
        return p->y_tiles.plan.workspace;
    }
    p->y_rows = dsc_conv_patches_for_y(z, &p->x, needs->product);
    p->y_apart = dsc_conv_apart(&p->y_rows);
    p->y = (dsc_gemm){.rows = dsc_conv_lines(z->oh, p->y_apart, z->ow),
                      .columns = z->k,
                      .depth = p->y_weight.depth,
                      .a = {.packer = &p->y_rows.packer},
                      .b = {.is_packed = true},
                      .c_row = (ptrdiff_t)z->k,
                      .relu = p->relu};
    dsc_gemm_plan_make(&p->y_plan, needs->product, &p->y, p->pool ? 1 : dsc_conv_tiles(p->y_form, &p->y));
    return p->y_plan.workspace;
}

static const dsc_stage single_stages[];

/* Rows of y that a thread computes at least: a row, or one of tiles. */
static size_t single_unit(const dsc_conv_plan *p) { return p->z.in_tiles && !p->pool ? 2 : 1; }
static size_t single_units(const dsc_conv_plan *p, size_t rows) {
    const size_t unit = single_unit(p);
    return (rows + unit - 1) / unit;
}

static void needs(dsc_needs *needs) {
    dsc_conv_plan *p = needs->plan;
    const dsc_conv_values *values = needs->values;
    const dsc_gemm_kernels *product = needs->product;
    p->z = sizes_of(needs->in, values);
    p->relu = values->relu;
    p->pool = values->pool;
    p->x_form = needs->in_form[0];
    p->y_form = needs->out_form[0];
    p->z.in_tiles = dsc_winograd_pays(&p->z, needs);
    const size_t workspace = plan_y(needs, p);
    p->packed_dx = needs->saved_shared = p->y_weight.operands * p->y_weight.bytes;
    const size_t back_workspace = needs->goes_back ? dsc_conv_plan_backward(needs, p) : 0;
    if (p->dx_weight.panels) needs->saved_shared += p->dx_weight.operands * p->dx_weight.bytes;
    /* Threads share a single image: each computes some of its rows. */
    if (!needs->goes_back && needs->batch == 1 && p->z.pixels * p->z.k * p->z.patch >= DSC_SINGLE_CONV_FROM) {
        p->single_tiles = dsc_smaller(single_units(p, needs->out[0].size[1]), DSC_SINGLE_TILES);
        needs->forward = single_stages;
        needs->saved_per_lane = dsc_conv_image_numbers(&p->x, product) * sizeof(dsc_real);
    }
    p->room = room_of(p, product, needs->goes_back);
    needs->scratch = dsc_larger(p->room.workspace * sizeof(dsc_real) + workspace,
                                p->room.back_workspace * sizeof(dsc_real) + back_workspace);
    const size_t packing = dsc_larger(p->y_weight.scratch, p->dx_weight.scratch) * sizeof(dsc_real);
    needs->scratch = dsc_larger(needs->scratch, packing);
}

/* --- prepare: packs both forms of the weight; a tile packs one panel --- */

static size_t prepare_tiles(const void *plan) {
    const dsc_conv_plan *p = plan;
    return p->y_weight.panels + p->dx_weight.panels;
}

static void prepare(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    const size_t of_y = p->y_weight.panels;
    if (call->tile < of_y)
        dsc_conv_weight_pack(call->shared, &p->y_weight, call->in[1], call->tile, call->product,
                             call->scratch);
    else
        dsc_conv_weight_pack((unsigned char *)call->shared + p->packed_dx, &p->dx_weight, call->in[1],
                             call->tile - of_y, call->product, call->scratch);
}

/* --- y --- */

/* Max pooling: each 2 x 2 pixels of `out` become one of the target. */
static void deliver_pooled(const dsc_call *call, const dsc_conv_target *t, const dsc_real *out, size_t rows) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    const dsc_vector_kernels *vector = call->kernels->vector;
    dsc_real *pooled = t->form == DSC_FORM_PIXELS ? t->to : (dsc_real *)call->scratch + p->room.pooled;
    for (size_t y = 0; y + 1 < rows; y += 2) {
        const dsc_real *above = out + y * p->y_apart * z->k;
        vector->pool_pixels(pooled + y / 2 * (z->ow / 2) * z->k, above, above + p->y_apart * z->k, z->ow / 2,
                            z->k);
    }
    if (pooled != t->to) dsc_conv_deliver(t, pooled, vector);
}

/* Computes rows of the product from `image` and stores them to y from `to`. */
static void make_y(const dsc_call *call, dsc_real *to, const void *image, size_t rows) {
    const dsc_conv_plan *p = call->plan;
    const dsc_conv_sizes *z = &p->z;
    dsc_real *scratch = call->scratch, *out = scratch + p->room.out;
    dsc_packer_patches patches = p->y_rows;
    dsc_gemm gemm = p->y;
    dsc_conv_target target = {.form = p->y_form,
                              .to = to,
                              .height = rows,
                              .width = z->ow,
                              .channels = z->k,
                              .apart = p->y_apart,
                              .plane = call->out_shape[0].size[1] * call->out_shape[0].size[2]};
    gemm.rows = dsc_conv_lines(rows, p->y_apart, z->ow);
    patches.elements = image;
    gemm.a.packer = &patches.packer;
    gemm.b.packed = call->shared;
    gemm.bias_columns = call->input_count == 3 ? call->in[2] : NULL;
    if (!p->pool) {
        dsc_conv_product(&p->y_plan, &gemm, &target, out, scratch + p->room.workspace, call->kernels->vector);
        return;
    }
    gemm.c = out;
    dsc_conv_run(&p->y_plan, &gemm, scratch + p->room.workspace);
    target.height = rows / 2;
    target.width = target.apart = z->ow / 2;
    deliver_pooled(call, &target, out, rows);
}

static void forward(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    if (p->z.in_tiles) {
        dsc_conv_tiles_y(call);
        return;
    }
    dsc_real *scratch = call->scratch, *room = scratch + p->room.image;
    const size_t in = p->z.c * p->z.input_pixels, out = dsc_shape_count(&call->out_shape[0]);
    for (size_t n = 0; n < call->count; n++) {
        const void *image = dsc_conv_image_make(room, &p->x, dsc_sample_in(call->in[0], p->x_form, n, in),
                                                call->count - n - 1, call->product, scratch + p->room.source);
        make_y(call, dsc_sample_out(call->out[0], p->y_form, n, out), image, p->z.oh);
    }
}

/* --- y of a single image --- */

static size_t single_tiles(const void *plan) { return ((const dsc_conv_plan *)plan)->single_tiles; }

static void make_single_image(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    (void)dsc_conv_image_make(call->lane_saved, &p->x, call->in[0], 0, call->product,
                              (dsc_real *)call->scratch + p->room.source);
}

static void forward_single(const dsc_call *call) {
    const dsc_conv_plan *p = call->plan;
    const size_t rows = call->out_shape[0].size[1], pool = p->pool ? 2 : 1;
    const size_t unit = single_unit(p), units = single_units(p, rows);
    const size_t first = call->tile * units / call->tiles * unit;
    const size_t last = dsc_smaller((call->tile + 1) * units / call->tiles * unit, rows);
    const size_t skipped = first * call->out_shape[0].size[2];
    const bool direct = p->x.direct && !dsc_conv_beyond(call->product);
    const unsigned char *image = direct ? (const void *)call->in[0] : call->lane_saved;
    (p->z.in_tiles ? dsc_conv_tiles_rows : make_y)(
        call,
        p->y_form == DSC_FORM_REALS ? call->out[0] + skipped
                                    : dsc_sample_out(call->out[0], p->y_form, skipped, p->z.k),
        image + first * pool * p->z.stride[0] * dsc_conv_image_row(&p->x), (last - first) * pool);
}

static void write_c(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_conv_values *v = at->values;
    const dsc_conv_sizes z = sizes_of(at->in, v);
    const size_t pool = v->pool ? 2 : 1;
    dsc_write_line(writing,
                   "conv2d(out0, in0, in1@2310, %s, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, "
                   "%zu, %zu, %zu, %zu, %d, %zu)",
                   at->input_count == 3 ? "in2" : "0", z.c, z.h, z.w, z.k, z.r, z.s, z.stride[0], z.stride[1],
                   z.padding[0], z.padding[1], z.dilation[0], z.dilation[1], z.oh / pool, z.ow / pool,
                   dsc_written_block(z.patch), v->relu, pool);
}

static void write_c_whole(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_conv_values *v = at->values;
    const dsc_conv_sizes z = sizes_of(at->in, v);
    dsc_write_line(writing,
                   "conv2d_whole(out0, wide, from, in0, wide0, from0, packed1@2310, bits1, %s, multiplier, "
                   "shift, low, high, "
                   "%zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu, %zu)",
                   at->input_count == 3 ? "in2" : "0", z.c, z.h, z.w, z.k, z.r, z.s, z.stride[0], z.stride[1],
                   z.padding[0], z.padding[1], z.dilation[0], z.dilation[1], z.oh, z.ow);
}

static void write_onnx(dsc_writing *writing, const dsc_shape_rule *at) {
    const dsc_conv_values *v = at->values;
    dsc_conv_write_onnx(writing, at, v->pool || v->relu ? "a" : "out0", 1, v->stride, v->padding,
                        v->dilation);
    if (v->pool)
        dsc_write_line(writing, "%s = MaxPool(a) kernel_shape=2,2 strides=2,2", v->relu ? "b" : "out0");
    if (v->relu) dsc_write_line(writing, "out0 = Relu(%s)", v->pool ? "b" : "a");
}

static const dsc_stage single_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = make_single_image},
    {.kind = DSC_STAGE_TILES, .run = forward_single, .tiles = single_tiles},
    {0}};
static const dsc_stage prepare_stages[] = {{.kind = DSC_STAGE_TILES, .run = prepare, .tiles = prepare_tiles},
                                           {0}};
static const dsc_stage forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = forward}, {0}};
static const dsc_stage backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = dsc_conv_backward, .writes = 1 | 2 | 4}, {0}};
static const dsc_op_example examples[] = {
    {.roles = "spp", .in = {{3, {1, 5, 5}}, {4, {2, 1, 3, 3}}, {1, {2}}}},
    {.roles = "sp", .in = {{3, {3, 7, 6}}, {4, {5, 3, 1, 1}}}},
    {.roles = "spp", .in = {{3, {2, 9, 7}}, {4, {3, 2, 3, 2}}, {1, {3}}}, .values = "stride=2x3 padding=1x2"},
    {.roles = "spp",
     .in = {{3, {2, 11, 11}}, {4, {4, 2, 3, 3}}, {1, {4}}},
     .values = "dilation=2 padding=2 stride=2"},
    {.roles = "sp", .in = {{3, {2, 3, 4}}, {4, {2, 2, 1, 1}}}, .values = "stride=1x2 padding=0x2"},
    {.roles = "spp", .in = {{3, {2, 8, 9}}, {4, {3, 2, 3, 2}}, {1, {3}}}, .values = "padding=2x1 dilation=2"},
    {.roles = "spp", .in = {{3, {2, 6, 7}}, {4, {3, 2, 3, 3}}, {1, {3}}}, .values = "padding=3"},
    {.roles = "spp", .in = {{3, {3, 17, 19}}, {4, {7, 3, 5, 5}}, {1, {7}}}, .values = "padding=2"},
    /* in tiles: whole ones, with padding, and cut at the edges */
    {.roles = "spp", .in = {{3, {16, 6, 8}}, {4, {17, 16, 3, 3}}, {1, {17}}}},
    {.roles = "spp", .in = {{3, {17, 5, 7}}, {4, {16, 17, 3, 3}}, {1, {16}}}, .values = "padding=1"},
    {.roles = "sp", .in = {{3, {16, 4, 5}}, {4, {16, 16, 3, 3}}}, .values = "padding=2x1"},
    {.roles = "spp",
     .in = {{3, {2, 3, 4}}, {4, {2, 2, 2, 2}}, {1, {2}}},
     .values = "stride=2x1 padding=1x0 dilation=1x2",
     .given = DSC_NUMBERS(1.5, 2, -1.5, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1, -0.5, -0.25, 0.75, 0.25,
                          0.5, 2.5, 2.5, 3, -0.5, -1, 1.125, 0.25, -2, 0.125, -0.75, -1.25, 1.75, 3, -3, 4, 1,
                          -0.5, -0.25, 0.75, 0.25, 0.5, 2.5, 1.5, 0.25, -0.75),
     .expected = DSC_NUMBERS(5.5, 3, 6.96875, 20.34375, -2.375, -3, 4.0625, -0.875)},
    {0},
};

const dsc_op dsc_op_conv2d = {
    .size = sizeof(dsc_op),
    .name = "conv2d",
    .help = "convolution with a weight (K, C, height, width), plus an optional bias (K)",
    .onnx = write_onnx,
    .c = write_c,
    .c_whole = write_c_whole,
    .whole = dsc_whole_linear,
    .params = params,
    .values_size = sizeof(dsc_conv_values),
    .least_inputs = 2,
    .most_inputs = 3,
    .flags = DSC_OP_LINEAR | DSC_OP_PIXELS_EACH,
    .keeps_inputs = 1,
    .shapes = shapes,
    .plan_size = sizeof(dsc_conv_plan),
    .needs = needs,
    .prepare = prepare_stages,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
    .absorb = absorb,
};

dsc_node *dsc_conv2d(dsc_node *x, dsc_node *weight, dsc_node *bias, const size_t stride[2],
                     const size_t padding[2], const size_t dilation[2]) {
    dsc_conv_values values = {.stride = {1, 1}, .dilation = {1, 1}};
    for (size_t i = 0; i < 2; i++) {
        if (stride) values.stride[i] = (int64_t)stride[i];
        if (padding) values.padding[i] = (int64_t)padding[i];
        if (dilation) values.dilation[i] = (int64_t)dilation[i];
    }
    return dsc_apply(&dsc_op_conv2d, (dsc_node *[]){x, weight, bias}, bias ? 3 : 2, &values);
}
