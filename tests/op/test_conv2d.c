/* SPDX-License-Identifier: MIT */
/* A convolution of any size, stride, padding and dilation gives what its definition gives: y, dx, dw and db,
 * in every set of kernels, whatever form its values have.
 *
 * Tolerance: 1e-5 of the largest possible sum in f32, 0.03 in bfloat16, which has 8 bits. */
#include "testing.h"

#include "kernel/choose.h"

#include <math.h>

static const double TOLERANCE = 1e-5, TOLERANCE_BF16 = 0.03;
enum { CASES = 600, MOST = 8 /* the largest input number */ };
static dsc_error error;

typedef struct layer {
    size_t samples, c, h, w, k, size[2], oh, ow; /* oh, ow: of the result */
    size_t stride[2], padding[2], dilation[2];
    bool between, bf16; /* between: other convolutions stand before and after it, so values may be pixels */
} layer;

typedef struct numbers {
    float *x, *weight, *bias, *dy; /* dy: of all samples */
    double *y, *dx, *dw, *db;      /* by the definition */
    const float *own[4];           /* what the session gives */
    size_t count[4];               /* of y, dx, dw and db */
} numbers;

static size_t below(size_t n) {
    static uint32_t state = 2026;
    state = state * 1664525u + 1013904223u;
    return state / 65536 % n;
}

static void fill(float *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = (float)below(2 * MOST + 1) - MOST;
}

/* One in three is a plain one of 3 x 3, as most are. */
static layer any_layer(void) {
    static const size_t channels[] = {1, 2, 3, 5, 8, 9, 16, 17, 24, 33};
    layer l = {.samples = 1 + below(4),
               .c = channels[below(10)],
               .k = channels[below(10)],
               .h = 1 + below(9),
               .w = 1 + below(9),
               .between = below(2)};
    const bool plain = below(3) == 0;
    for (size_t i = 0; i < 2; i++) {
        l.size[i] = plain ? 3 : 1 + below(4);
        l.stride[i] = plain || below(2) ? 1 : 1 + below(3);
        l.dilation[i] = plain || below(2) ? 1 : 1 + below(3);
        const size_t given = i ? l.w : l.h, reach = l.dilation[i] * (l.size[i] - 1) + 1;
        const size_t same = ((given - 1) * l.stride[i] + reach + 1 - given) / 2; /* a result as large as x */
        l.padding[i] = below(2) ? 0 : below(2) ? below(6) : same;
    }
    return l;
}

static bool possible(layer *l) {
    const size_t size[2] = {l->h + 2 * l->padding[0], l->w + 2 * l->padding[1]};
    size_t out[2];
    for (size_t i = 0; i < 2; i++) {
        const size_t reach = l->dilation[i] * (l->size[i] - 1) + 1;
        if (reach > size[i]) return false;
        out[i] = (size[i] - reach) / l->stride[i] + 1;
    }
    l->oh = out[0];
    l->ow = out[1];
    return true;
}

/* The place in x that place (r, s) of the kernel meets for result (i, j); false: in the padding. */
static bool place_in_x(size_t *at, const layer *l, size_t i, size_t j, size_t r, size_t s) {
    const size_t y = i * l->stride[0] + r * l->dilation[0], x = j * l->stride[1] + s * l->dilation[1];
    if (y < l->padding[0] || x < l->padding[1]) return false;
    if (y - l->padding[0] >= l->h || x - l->padding[1] >= l->w) return false;
    *at = (y - l->padding[0]) * l->w + x - l->padding[1];
    return true;
}

/* The loss is the sum of y times dy, averaged over the samples. */
static void define(numbers *n, const layer *l) {
    const size_t pixels = l->h * l->w;
    for (size_t q = 0, out = 0; q < l->samples; q++)
        for (size_t k = 0; k < l->k; k++)
            for (size_t i = 0; i < l->oh; i++)
                for (size_t j = 0; j < l->ow; j++, out++) {
                    const double dy = (double)n->dy[out] / (double)l->samples;
                    n->y[out] = (double)n->bias[k];
                    n->db[k] += dy;
                    for (size_t w = 0, at; w < l->c * l->size[0] * l->size[1]; w++) {
                        const size_t of_k = k * l->c * l->size[0] * l->size[1] + w;
                        const size_t c = w / (l->size[0] * l->size[1]);
                        if (!place_in_x(&at, l, i, j, w / l->size[1] % l->size[0], w % l->size[1])) continue;
                        at += (q * l->c + c) * pixels;
                        n->y[out] += (double)n->x[at] * (double)n->weight[of_k];
                        n->dx[at] += dy * (double)n->weight[of_k];
                        n->dw[of_k] += dy * (double)n->x[at];
                    }
                }
}

static dsc_node *identity(dsc_graph *graph, const char *name, size_t channels) {
    const dsc_shape shape = {.rank = 4, .size = {channels, channels, 1, 1}};
    return dsc_parameter(graph, name, shape, DSC_INIT_ZEROS, 1, 1, false);
}

static void set_identity(dsc_session *session, const dsc_node *node) {
    const size_t channels = dsc_node_shape(node)->size[0];
    float *to = dsc_session_parameter(session, node);
    for (size_t i = 0; i < channels; i++) to[i * channels + i] = 1;
}

static void expect_near(const numbers *n, const layer *l, const char *kernels) {
    static const char *const names[4] = {"y", "dx", "dw", "db"};
    const double *const right[4] = {n->y, n->dx, n->dw, n->db};
    const size_t patch = l->c * l->size[0] * l->size[1], pixels = l->oh * l->ow;
    const size_t terms[4] = {patch + 1, l->k * l->size[0] * l->size[1], pixels, pixels};
    for (size_t part = 0; part < 4; part++)
        for (size_t i = 0; i < n->count[part]; i++) {
            const double off = fabs((double)n->own[part][i] - right[part][i]);
            if (!(off <= (l->bf16 ? TOLERANCE_BF16 : TOLERANCE) * MOST * MOST * (double)terms[part]))
                fail_msg("%s%s: %zu images %zu x %zu x %zu, weight %zu x %zu x %zu, stride %zux%zu, padding "
                         "%zux%zu, dilation %zux%zu: %s[%zu] is %g, not %g",
                         kernels, l->bf16 ? ", bf16" : "", l->samples, l->c, l->h, l->w, l->k, l->size[0],
                         l->size[1], l->stride[0], l->stride[1], l->padding[0], l->padding[1], l->dilation[0],
                         l->dilation[1], names[part], i, (double)n->own[part][i], right[part][i]);
        }
}

static void compare(const layer *l, numbers *n, const char *kernels) {
    dsc_graph *graph;
    dsc_session *session;
    ASSERT_OK(dsc_graph_create(&graph, &error), error);
    dsc_node *x = dsc_input(graph, "x", (dsc_shape){.rank = 3, .size = {l->c, l->h, l->w}});
    dsc_node *dy = dsc_input(graph, "dy", (dsc_shape){.rank = 3, .size = {l->k, l->oh, l->ow}});
    dsc_node *before = identity(graph, "before", l->c), *after = identity(graph, "after", l->k);
    const dsc_shape shape = {.rank = 4, .size = {l->k, l->c, l->size[0], l->size[1]}};
    dsc_node *weight = dsc_parameter(graph, "weight", shape, DSC_INIT_ZEROS, 1, 1, false);
    dsc_node *bias =
        dsc_parameter(graph, "bias", (dsc_shape){.rank = 1, .size = {l->k}}, DSC_INIT_ZEROS, 1, 1, false);
    dsc_node *from = l->between ? dsc_conv2d(x, before, NULL, NULL, NULL, NULL) : x;
    dsc_node *y = dsc_conv2d(from, weight, bias, l->stride, l->padding, l->dilation);
    dsc_node *end = l->between ? dsc_conv2d(y, after, NULL, NULL, NULL, NULL) : y;
    dsc_session_options options = dsc_session_options_defaults();
    options.batch = l->samples;
    options.lanes = 2;
    options.kernels = kernels;
    options.precision = l->bf16 ? "bf16" : "f32";
    options.training = true;
    options.loss = dsc_sum(dsc_mul(end, dy));
    options.saliency = x;
    options.kept[0] = y;
    ASSERT_OK(dsc_session_create(&session, graph, &options, &error), error);
    memcpy(dsc_session_parameter(session, weight), n->weight, n->count[2] * sizeof(float));
    memcpy(dsc_session_parameter(session, bias), n->bias, n->count[3] * sizeof(float));
    if (l->between) {
        set_identity(session, before);
        set_identity(session, after);
    }
    ASSERT_OK(dsc_session_set_input(session, x, n->x, &error), error);
    ASSERT_OK(dsc_session_set_input(session, dy, n->dy, &error), error);
    ASSERT_OK(dsc_session_run(session, l->samples, 0, &error), error);
    n->own[0] = dsc_session_value(session, y);
    n->own[1] = dsc_session_gradient(session, x);
    n->own[2] = dsc_session_gradient(session, weight);
    n->own[3] = dsc_session_gradient(session, bias);
    expect_near(n, l, kernels);
    dsc_session_free(session);
    dsc_graph_free(graph);
}

static void any_convolution_gives_what_its_definition_gives(void **unused) {
    (void)unused;
    const dsc_kernels *kernels;
    for (int i = 0; i < CASES; i++) {
        layer l = any_layer();
        if (!possible(&l)) continue;
        numbers n = {.count = {l.samples * l.k * l.oh * l.ow, l.samples * l.c * l.h * l.w,
                               l.k * l.c * l.size[0] * l.size[1], l.k}};
        float *given = calloc(n.count[0] + n.count[1] + n.count[2] + n.count[3], sizeof *given);
        double *right = calloc(n.count[0] + n.count[1] + n.count[2] + n.count[3], sizeof *right);
        assert_true(given && right);
        fill(given, n.count[0] + n.count[1] + n.count[2] + n.count[3]);
        n.bias = (n.weight = (n.x = (n.dy = given) + n.count[0]) + n.count[1]) + n.count[2];
        n.db = (n.dw = (n.dx = (n.y = right) + n.count[0]) + n.count[1]) + n.count[2];
        define(&n, &l);
        for (size_t k = 0; (kernels = dsc_kernels_at(k)); k++)
            for (int bf16 = 0; bf16 < 2; bf16++) {
                l.bf16 = bf16;
                compare(&l, &n, kernels->name);
            }
        free(given);
        free(right);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_convolution_gives_what_its_definition_gives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
