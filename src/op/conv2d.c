/* SPDX-License-Identifier: MIT */
/* conv2d.c: two-dimensional convolution (cross-correlation, as the field has it).
 *
 *   x (C, H, W), w (K, C, R, S), b (K)  ->  y (K, OH, OW),  OH = (H + 2 padding - dilation (R - 1) - 1) / stride + 1
 *   y[k, i, j] = b[k] + sum over c, r, s of w[k, c, r, s] x[c, i stride - padding + r dilation, j ... + s dilation]
 *
 * All three products are matrix products over patches, packed on the fly (Chellapilla et al., 2006); those of
 * stride 1 are in conv2d_wide.c:
 *   y (K, pixels)         = w (K, CRS)  patches of x (CRS, pixels)
 *   dw (K, CRS)           = dy (K, pixels)  patches of x, transposed (pixels, CRS)
 *   dx (C, input pixels)  = w turned (C, K R' S')  patches of dy with gaps of stride (K R' S', input pixels)
 * Each lane sums its samples' dw; the engine adds the lanes' in order.
 */
#include "op/conv2d_wide.h"
#include "op/window.h"

typedef struct conv_values {
    int64_t stride[2], padding[2], dilation[2];
} conv_values;

static const dsc_param params[] = {
    {"stride", DSC_PARAM_PAIR, offsetof(conv_values, stride), "1", 1, 64, NULL,
     "pixels from one output to the next"},
    {"padding", DSC_PARAM_PAIR, offsetof(conv_values, padding), "0", 0, 64, NULL, "zeros around the image"},
    {"dilation", DSC_PARAM_PAIR, offsetof(conv_values, dilation), "1", 1, 64, NULL,
     "pixels between the kernel's"},
    {0}};

typedef dsc_conv_sizes sizes;

static sizes sizes_of(const dsc_shape *in, const dsc_shape *out, const conv_values *v) {
    sizes z = {.c = in[0].size[0],
               .h = in[0].size[1],
               .w = in[0].size[2],
               .k = in[1].size[0],
               .r = in[1].size[2],
               .s = in[1].size[3],
               .oh = out->size[1],
               .ow = out->size[2]};
    z.patch = z.c * z.r * z.s;
    z.pixels = z.oh * z.ow;
    z.input_pixels = z.h * z.w;
    for (size_t i = 0; i < 2; i++) {
        z.stride[i] = (size_t)v->stride[i];
        z.padding[i] = (size_t)v->padding[i];
        z.dilation[i] = (size_t)v->dilation[i];
    }
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
    status = dsc_expect_role(rule, 0, DSC_ROLE_SAMPLE, "the input", error);
    if (!status) status = dsc_expect_role(rule, 1, DSC_ROLE_PARAMETER, "the weight", error);
    if (!status && rule->input_count == 3)
        status = dsc_expect_role(rule, 2, DSC_ROLE_PARAMETER, "the bias", error);
    return status;
}

/* --- what the products are of --- */

static dsc_packer_patches patches_of_x(const dsc_real *x, const sizes *z, const conv_values *v,
                                       bool transposed) {
    dsc_packer_patches p;
    dsc_pack_patches_init(&p);
    p.images = x;
    p.image_stride = (ptrdiff_t)(z->c * z->input_pixels);
    p.channel_stride = (ptrdiff_t)z->input_pixels;
    p.row_stride = (ptrdiff_t)z->w;
    p.column_stride = 1;
    p.channels = z->c;
    p.height = z->h;
    p.width = z->w;
    p.kernel_height = z->r;
    p.kernel_width = z->s;
    p.output_height = z->oh;
    p.output_width = z->ow;
    p.stride_y = (size_t)v->stride[0];
    p.stride_x = (size_t)v->stride[1];
    p.dilation_y = (size_t)v->dilation[0];
    p.dilation_x = (size_t)v->dilation[1];
    p.padding_y = (ptrdiff_t)v->padding[0];
    p.padding_x = (ptrdiff_t)v->padding[1];
    p.packer.transposed = transposed;
    return p;
}

static dsc_packer_patches patches_of_dy(const dsc_real *dy, const sizes *z, const conv_values *v) {
    dsc_packer_patches p;
    dsc_pack_patches_init(&p);
    p.images = dy;
    p.image_stride = (ptrdiff_t)(z->k * z->pixels);
    p.channel_stride = (ptrdiff_t)z->pixels;
    p.row_stride = (ptrdiff_t)z->ow;
    p.column_stride = 1;
    p.channels = z->k;
    p.height = z->oh;
    p.width = z->ow;
    p.kernel_height = z->r;
    p.kernel_width = z->s;
    p.output_height = z->h;
    p.output_width = z->w;
    p.gap_y = (size_t)v->stride[0];
    p.gap_x = (size_t)v->stride[1];
    p.dilation_y = (size_t)v->dilation[0];
    p.dilation_x = (size_t)v->dilation[1];
    p.padding_y = (ptrdiff_t)(v->dilation[0] * (int64_t)(z->r - 1) - v->padding[0]);
    p.padding_x = (ptrdiff_t)(v->dilation[1] * (int64_t)(z->s - 1) - v->padding[1]);
    return p;
}

/* The weight as dx needs it: vector c, depth (k, r', s') with the kernel turned half around. */
typedef struct turned_weight {
    dsc_packer packer;
    const dsc_real *w;
    size_t c, rs;
} turned_weight;

static void fill_turned(const dsc_packer *packer, const dsc_vector_kernels *kernels, dsc_real *out,
                        ptrdiff_t vector_step, ptrdiff_t depth_step, size_t vector, size_t vectors,
                        size_t depth, size_t depths) {
    (void)kernels;
    const turned_weight *t = (const turned_weight *)(const void *)packer;
    for (size_t d = 0; d < depths; d++) {
        size_t k = (depth + d) / t->rs, rs = (depth + d) % t->rs;
        const dsc_real *w = t->w + k * t->c * t->rs + (t->rs - 1 - rs);
        dsc_real *to = out + (ptrdiff_t)d * depth_step;
        for (size_t v = 0; v < vectors; v++) to[(ptrdiff_t)v * vector_step] = w[(vector + v) * t->rs];
    }
}

/* --- preparing: both forms of the weight, packed --- */

static size_t packed_y_size(const dsc_gemm_kernels *product, const sizes *z) {
    size_t bytes = dsc_pack_size(product, DSC_SIDE_A, z->k, z->patch);
    return (bytes + DSC_ALIGNMENT - 1) / DSC_ALIGNMENT * DSC_ALIGNMENT;
}

static size_t prepare_tiles(const dsc_call *call) { return call->wants & 1 ? 2 : 1; }

static void prepare(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->out_shape, call->values);
    if (call->tile == 0) {
        dsc_packer w = dsc_pack_matrix(call->in[1], (ptrdiff_t)z.patch, 1);
        dsc_pack(call->shared, call->product, DSC_SIDE_A, &w, z.k, z.patch, 0,
                 dsc_pack_panels(call->product, DSC_SIDE_A, z.k));
        return;
    }
    turned_weight turned = {.packer = {.fill = fill_turned}, .w = call->in[1], .c = z.c, .rs = z.r * z.s};
    dsc_pack((unsigned char *)call->shared + packed_y_size(call->product, &z), call->product, DSC_SIDE_A,
             &turned.packer, z.c, z.k * z.r * z.s, 0, dsc_pack_panels(call->product, DSC_SIDE_A, z.c));
}

/* --- the products of one sample --- */

static dsc_gemm product_y(const sizes *z, const void *packed, const dsc_packer *patches, dsc_real *y,
                          const dsc_real *bias) {
    return (dsc_gemm){.rows = z->k,
                      .columns = z->pixels,
                      .depth = z->patch,
                      .a = {.packed = packed},
                      .b = {.packer = patches},
                      .c = y,
                      .c_row = (ptrdiff_t)z->pixels,
                      .bias_rows = bias};
}

static dsc_gemm product_dw(const sizes *z, const dsc_packer *dy, const dsc_packer *patches, dsc_real *dw,
                           bool more) {
    return (dsc_gemm){.rows = z->k,
                      .columns = z->patch,
                      .depth = z->pixels,
                      .a = {.packer = dy},
                      .b = {.packer = patches},
                      .c = dw,
                      .c_row = (ptrdiff_t)z->patch,
                      .accumulate = more};
}

static dsc_gemm product_dx(const sizes *z, const void *packed, const dsc_packer *patches, dsc_real *dx) {
    return (dsc_gemm){.rows = z->c,
                      .columns = z->input_pixels,
                      .depth = z->k * z->r * z->s,
                      .a = {.packed = packed},
                      .b = {.packer = patches},
                      .c = dx,
                      .c_row = (ptrdiff_t)z->input_pixels};
}

static size_t run_whole(const dsc_gemm_kernels *product, const dsc_gemm *gemm, void *workspace) {
    dsc_gemm_plan plan;
    dsc_gemm_plan_make(&plan, product, gemm, 1);
    if (workspace) dsc_gemm_run(&plan, gemm, 0, plan.tiles, workspace);
    return plan.workspace;
}

static void needs(dsc_needs *needs) {
    sizes z = sizes_of(needs->in, needs->out, needs->values);
    static const unsigned char packed_later;
    needs->saved_shared = packed_y_size(needs->product, &z);
    if (needs->wants & 1)
        needs->saved_shared += dsc_pack_size(needs->product, DSC_SIDE_A, z.c, z.k * z.r * z.s);
    if (dsc_conv_is_wide(&z)) {
        needs->scratch = dsc_conv_wide_scratch(needs->product, &z, needs->goes_back);
        return;
    }
    dsc_packer_patches x = patches_of_x(NULL, &z, needs->values, false),
                       xt = patches_of_x(NULL, &z, needs->values, true);
    dsc_packer_patches dy = patches_of_dy(NULL, &z, needs->values);
    dsc_packer dy_rows = dsc_pack_matrix(NULL, (ptrdiff_t)z.pixels, 1);
    dsc_gemm y = product_y(&z, &packed_later, &x.packer, NULL, NULL);
    dsc_gemm dw = product_dw(&z, &dy_rows, &xt.packer, NULL, true);
    dsc_gemm dx = product_dx(&z, &packed_later, &dy.packer, NULL);
    needs->scratch =
        dsc_larger(run_whole(needs->product, &y, NULL),
                   dsc_larger(run_whole(needs->product, &dw, NULL), run_whole(needs->product, &dx, NULL)));
}

static void forward(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->out_shape, call->values);
    const dsc_real *bias = call->input_count == 3 ? call->in[2] : NULL;
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *x = call->in[0] + n * z.c * z.input_pixels;
        dsc_real *y = call->out[0] + n * z.k * z.pixels;
        if (dsc_conv_is_wide(&z)) {
            dsc_conv_wide_forward(call, &z, y, x, call->shared, bias);
            continue;
        }
        dsc_packer_patches patches = patches_of_x(x, &z, call->values, false);
        dsc_gemm gemm = product_y(&z, call->shared, &patches.packer, y, bias);
        run_whole(call->product, &gemm, call->scratch);
    }
}

static void backward_b(const dsc_call *call, const sizes *z) {
    call->kernels->vector->fill(call->d_in[2], 0, z->k);
    for (size_t n = 0; n < call->count; n++)
        for (size_t k = 0; k < z->k; k++)
            call->d_in[2][k] +=
                call->kernels->vector->sum(call->d_out[0] + (n * z->k + k) * z->pixels, z->pixels);
}

static void backward_w(const dsc_call *call, const sizes *z) {
    if (dsc_conv_is_wide(z)) {
        dsc_conv_wide_dw(call, z, call->d_in[1], call->in[0], call->d_out[0]);
        return;
    }
    for (size_t n = 0; n < call->count; n++) {
        dsc_packer dy = dsc_pack_matrix(call->d_out[0] + n * z->k * z->pixels, (ptrdiff_t)z->pixels, 1);
        dsc_packer_patches x = patches_of_x(call->in[0] + n * z->c * z->input_pixels, z, call->values, true);
        dsc_gemm gemm = product_dw(z, &dy, &x.packer, call->d_in[1], n > 0);
        run_whole(call->product, &gemm, call->scratch);
    }
}

static void backward_x(const dsc_call *call, const sizes *z) {
    const void *turned = (unsigned char *)call->shared + packed_y_size(call->product, z);
    for (size_t n = 0; n < call->count; n++) {
        const dsc_real *dy = call->d_out[0] + n * z->k * z->pixels;
        dsc_real *dx = call->d_in[0] + n * z->c * z->input_pixels;
        if (dsc_conv_is_wide(z)) {
            dsc_conv_wide_dx(call, z, dx, dy, turned);
            continue;
        }
        dsc_packer_patches patches = patches_of_dy(dy, z, call->values);
        dsc_gemm gemm = product_dx(z, turned, &patches.packer, dx);
        run_whole(call->product, &gemm, call->scratch);
    }
}

static void backward(const dsc_call *call) {
    sizes z = sizes_of(call->in_shape, call->out_shape, call->values);
    if (call->d_in[1]) backward_w(call, &z);
    if (call->input_count == 3 && call->d_in[2]) backward_b(call, &z);
    if (call->d_in[0]) backward_x(call, &z);
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
    .keeps_inputs = 1,
    .shapes = shapes,
    .needs = needs,
    .prepare = prepare_stages,
    .forward = forward_stages,
    .backward = backward_stages,
    .examples = examples,
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
