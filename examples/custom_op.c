/* SPDX-License-Identifier: MIT */
/* custom_op.c: an operation of your own, with the public header alone.
 *
 *     cc custom_op.c -o custom_op $(pkg-config --cflags --libs descender)
 *
 * The operation is PReLU (He et al., "Delving deep into rectifiers", 2015): a rectifier whose negative
 * side has a learned slope for each channel.
 *
 *     y = x if x > 0, else slope_c x
 *     dx = dy if x > 0, else slope_c dy        dslope_c = the sum of x dy where x <= 0
 *
 * The program builds a graph with the operation, compares its gradient with finite differences, and trains
 * it to compute |x|, for which all slopes must become -1. */
#include <descender.h>
#include <stdio.h>

/* --- the operation --- */

/* Checks the shapes of the inputs and sets the shape of the output. */
static dsc_status prelu_shapes(dsc_shape_rule *rule, dsc_error *error) {
    const dsc_shape *x = &rule->in[0], *slope = &rule->in[1];
    if (!x->rank || slope->rank != 1 || slope->size[0] != x->size[0] || rule->role[1] != DSC_ROLE_PARAMETER)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "expected values (C, ...) and a parameter (C), a slope for each channel");
    rule->out[0] = *x;
    return DSC_OK;
}

/* Called for `count` samples of the batch; other threads have the other samples. */
static void prelu_forward(const dsc_call *call) {
    size_t channels = call->in_shape[1].size[0], pixels = dsc_shape_count(&call->in_shape[0]) / channels;
    for (size_t n = 0; n < call->count * channels; n++)
        for (size_t i = n * pixels; i < (n + 1) * pixels; i++)
            call->out[0][i] =
                call->in[0][i] > 0 ? call->in[0][i] : call->in[1][n % channels] * call->in[0][i];
}

static void prelu_backward(const dsc_call *call) {
    size_t channels = call->in_shape[1].size[0], pixels = dsc_shape_count(&call->in_shape[0]) / channels;
    const dsc_real *x = call->in[0], *slope = call->in[1], *dy = call->d_out[0];
    dsc_real *dx = call->d_in[0], *dslope = call->d_in[1]; /* NULL if no gradient is needed */
    for (size_t c = 0; c < channels && dslope; c++) dslope[c] = 0;
    for (size_t n = 0; n < call->count * channels; n++)
        for (size_t i = n * pixels; i < (n + 1) * pixels; i++) {
            if (dx) dx[i] = x[i] > 0 ? dy[i] : slope[n % channels] * dy[i];
            /* The library adds the results of the calls for all samples. */
            if (dslope && !(x[i] > 0)) dslope[n % channels] += x[i] * dy[i];
        }
}

static const dsc_stage prelu_forward_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = prelu_forward},
                                                 {.kind = DSC_STAGE_END}};
static const dsc_stage prelu_backward_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = prelu_backward, .writes = 1 | 2}, {.kind = DSC_STAGE_END}};
static const double prelu_given[] = {1, -2, 4, -0.5, /* the slopes */ 0.5, 0.25, 0.75, 2};
static const double prelu_expected[] = {1, -0.5, 4, -1};
static const dsc_op_example prelu_examples[] = {
    {.roles = "sp", .in = {{1, {7}}, {1, {7}}}},
    {.roles = "sp", .in = {{3, {3, 5, 2}}, {1, {3}}}},
    {.roles = "sp", .in = {{1, {4}}, {1, {4}}}, .given = prelu_given, .expected = prelu_expected},
    {.roles = NULL},
};

/* For `descender export`: the slopes lie along the second dimension; the first is the batch. */
static void prelu_write(dsc_writing *writing, const dsc_shape_rule *at) {
    const bool channels = at->in[0].rank == 3 && at->in[1].rank == 1;
    if (channels) dsc_write_line(writing, "slopes = Unsqueeze(in1, [1,2])");
    dsc_write_line(writing, "out0 = PRelu(in0, %s)", channels ? "slopes" : "in1");
}

/* For networks of integers: if the slopes are integers, so is the output. Its bounds are among the outputs
 * for the input's lower bound, its upper bound, and 0 if 0 lies between them. */
static bool prelu_whole(double *low, double *high, const dsc_whole_rule *rule) {
    const double x[] = {rule->low[0], rule->high[0], 0};
    const size_t points = x[0] <= 0 && x[1] >= 0 ? 3 : 2;
    if (!rule->numbers[1]) return false;
    for (size_t c = 0; c < rule->in[1].size[0]; c++)
        for (size_t i = 0; i < points; i++) {
            const double y = x[i] > 0 ? x[i] : x[i] * (double)rule->numbers[1][c];
            if ((!c && !i) || y < *low) *low = y;
            if ((!c && !i) || y > *high) *high = y;
        }
    return true;
}

static const dsc_op prelu_op = {
    .size = sizeof(dsc_op),
    .name = "prelu",
    .help = "a rectifier whose negative side has a learned slope",
    .least_inputs = 2,
    .most_inputs = 2,
    .keeps_inputs = 1, /* the backward pass reads input 0 */
    .shapes = prelu_shapes,
    .forward = prelu_forward_stages,
    .backward = prelu_backward_stages,
    .examples = prelu_examples,
    .onnx = prelu_write,
    .whole = prelu_whole,
};

static dsc_node *prelu(dsc_node *x, dsc_node *slope) {
    return dsc_apply(&prelu_op, (dsc_node *[]){x, slope}, 2, NULL);
}

/* --- the program --- */

enum { CHANNELS = 2, SAMPLES = 16 };

static double mean_loss(dsc_session *session, const dsc_node *loss, dsc_status *status, dsc_error *error) {
    double sum = 0;
    if (!*status) *status = dsc_session_run(session, SAMPLES, 0, error);
    for (size_t n = 0; n < SAMPLES && !*status; n++) sum += dsc_session_value(session, loss)[n];
    return sum / SAMPLES;
}

/* Returns the largest difference between the gradient of the slopes and finite differences. */
static double gradient_error(dsc_session *session, const dsc_node *loss, const dsc_node *slope,
                             dsc_status *status, dsc_error *error) {
    dsc_real *value = dsc_session_parameter(session, slope);
    const dsc_real step = (dsc_real)0.01;
    double worst = 0;
    for (size_t c = 0; c < CHANNELS && !*status; c++) {
        dsc_real kept = value[c];
        value[c] = kept + step;
        double above = mean_loss(session, loss, status, error);
        value[c] = kept - step;
        double below = mean_loss(session, loss, status, error);
        value[c] = kept;
        (void)mean_loss(session, loss, status, error);
        if (*status) break;
        double difference = (above - below) / (2 * step) - dsc_session_gradient(session, slope)[c];
        if (difference < 0) difference = -difference;
        if (difference > worst) worst = difference;
    }
    return worst;
}

int main(void) {
    dsc_error error = {DSC_OK, ""};
    dsc_graph *graph = NULL;
    dsc_session *session = NULL;
    dsc_real x[SAMPLES * CHANNELS], target[SAMPLES * CHANNELS];
    for (int i = 0; i < SAMPLES * CHANNELS; i++) {
        x[i] = (dsc_real)(i * 7 % 32 - 16) / 8; /* from -2 to 2 */
        target[i] = x[i] < 0 ? -x[i] : x[i];
    }

    dsc_status status = dsc_graph_create(&graph, &error);
    if (status) return fprintf(stderr, "custom_op: %s\n", error.message), 1;
    dsc_shape shape = dsc_shape_of(1, CHANNELS, 0, 0, 0);
    dsc_node *in = dsc_input(graph, "x", shape), *wanted = dsc_input(graph, "target", shape);
    dsc_node *slope = dsc_parameter(graph, "slope", shape, DSC_INIT_ZEROS, CHANNELS, CHANNELS, false);
    dsc_session_options options = dsc_session_options_defaults();
    options.batch = SAMPLES;
    options.training = true;
    options.loss = dsc_squared_error(prelu(in, slope), wanted, true);
    status = dsc_session_create(&session, graph, &options, &error); /* also reports errors of the graph */
    if (!status) status = dsc_session_set_input(session, in, x, &error);
    if (!status) status = dsc_session_set_input(session, wanted, target, &error);

    double worst = 0;
    if (!status) {
        worst = gradient_error(session, options.loss, slope, &status, &error);
        printf("the gradient %s what differences say\n", worst < 1e-3 ? "agrees with" : "DIFFERS from");
    }
    for (int step = 0; step < 100 && !status; step++) {
        double loss = mean_loss(session, options.loss, &status, &error);
        if (status) break;
        for (size_t c = 0; c < CHANNELS; c++)
            dsc_session_parameter(session, slope)[c] -=
                (dsc_real)0.5 * dsc_session_gradient(session, slope)[c];
        if (step % 33 == 0)
            printf("step %2d: loss %.4f, slopes %.3f %.3f\n", step, loss,
                   (double)dsc_session_parameter(session, slope)[0],
                   (double)dsc_session_parameter(session, slope)[1]);
    }
    if (status) fprintf(stderr, "custom_op: %s\n", error.message);
    dsc_session_free(session);
    dsc_graph_free(graph);
    return status || !(worst < 1e-3);
}
