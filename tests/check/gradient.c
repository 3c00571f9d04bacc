/* SPDX-License-Identifier: MIT */
/* gradient.c: builds a graph around one op, runs it forward and backward, and compares the gradient with
 * finite differences.
 *
 * The loss is L = sum over outputs of (output . c), with fixed random numbers c. It is made by an op in
 * this file, which also shows that ops from outside work. The error is relative to the largest gradient of
 * the input: |numeric - analytic| <= 1e-6 * max(1, largest).
 *  */
#include "check/gradient.h"

#include "others.h"
#include "testing.h"

#include "base/memory.h"
#include "base/param.h"
#include "base/random.h"
#include "graph/executor.h"
#include "kernel/pack.h"

#include <math.h>

enum { SAMPLES = 5, LANES = 3, INPUTS = 6 };
static const double STEP = 1e-5;

/* --- the loss: a fixed linear combination --- */

static dsc_real coefficient(size_t i) {
    return (dsc_real)(0.3 + 0.7 * (double)((i * 2654435761u) % 1000) / 1000);
}

static dsc_status combine_shapes(dsc_shape_rule *rule, dsc_error *error) {
    (void)error;
    rule->out[0] = (dsc_shape){0};
    return DSC_OK;
}

static void combine(const dsc_call *call) {
    for (size_t n = 0; n < call->count; n++) {
        dsc_real sum = 0;
        for (size_t i = 0; i < call->input_count; i++) {
            size_t count = dsc_shape_count(&call->in_shape[i]);
            for (size_t k = 0; k < count; k++)
                sum += call->in[i][n * count + k] * coefficient(((call->first + n) * 7 + i) * count + k);
        }
        call->out[0][n] = sum;
    }
}

static void combine_back(const dsc_call *call) {
    for (size_t n = 0; n < call->count; n++)
        for (size_t i = 0; i < call->input_count; i++) {
            size_t count = dsc_shape_count(&call->in_shape[i]);
            for (size_t k = 0; k < count && call->d_in[i]; k++)
                call->d_in[i][n * count + k] =
                    call->d_out[0][n] * coefficient(((call->first + n) * 7 + i) * count + k);
        }
}

static const dsc_stage combine_stages[] = {{.kind = DSC_STAGE_SAMPLES, .run = combine}, {0}};
static const dsc_stage combine_back_stages[] = {
    {.kind = DSC_STAGE_SAMPLES, .run = combine_back, .writes = 15}, {0}};
static const dsc_op combination = {
    .size = sizeof(dsc_op),
    .name = "test-combination",
    .least_inputs = 1,
    .most_inputs = 4,
    .shapes = combine_shapes,
    .forward = combine_stages,
    .backward = combine_back_stages,
};

/* --- the graph around an op --- */

typedef struct rig {
    dsc_graph *graph;
    dsc_executor *executor;
    dsc_node *nodes[INPUTS], *out, *loss;
    size_t inputs;
    dsc_real *data[INPUTS]; /* of inputs that each sample has: (SAMPLES, shape) */
    size_t load_order[INPUTS], loaded;
    dsc_real *values, *gradients;
    dsc_real *after; /* the buffers after a run */
} rig;

static dsc_form_choice rig_forms = DSC_FORMS_PLANNED;
static bool rig_bf16 = false;

void gradient_in(dsc_form_choice forms, bool bf16) {
    rig_forms = forms;
    rig_bf16 = bf16;
}

static void load(void *context, dsc_real *const *inputs, size_t first, size_t count, unsigned worker) {
    (void)worker;
    const rig *r = context;
    for (size_t i = 0; i < r->loaded; i++) {
        size_t each = dsc_shape_count(dsc_node_shape(r->nodes[r->load_order[i]]));
        memcpy(inputs[i], r->data[r->load_order[i]] + first * each, count * each * sizeof(dsc_real));
    }
}

static void fill_data(rig *r, const dsc_op_example *example) {
    dsc_rng rng;
    dsc_rng_seed(&rng, 42);
    for (size_t i = 0; i < r->inputs; i++) {
        char role = example->roles[i];
        size_t each = dsc_shape_count(&example->in[i]),
               n = role == 's' || role == 't' ? SAMPLES * each : each;
        dsc_real *to = role == 's' || role == 't' ? (r->data[i] = malloc(n * sizeof(dsc_real)))
                                                  : r->values + r->nodes[i]->offset;
        size_t classes = dsc_shape_count(&example->in[0]);
        for (size_t k = 0; k < n; k++) {
            to[k] = (dsc_real)dsc_rng_normal(&rng);
            if (role == 'b') to[k] = (dsc_real)(0.5 + dsc_rng_random(&rng));
            if (role == 't' && each == 1 && classes > 1) to[k] = (dsc_real)(k % classes);
            if (role == 't' && (each > 1 || classes == 1)) to[k] = (dsc_real)dsc_rng_random(&rng);
            /* Otherwise the largest of several values would depend on rounding. */
            if (rig_bf16) to[k] = (dsc_real)dsc_bf16_to_float(dsc_bf16_from_float((float)to[k]));
        }
    }
}

static void *parse_values(const dsc_op *op, const char *text) {
    void *values = calloc(1, op->values_size + 1);
    dsc_error error;
    ASSERT_OK(dsc_params_initialise(op->params, values, &error), error);
    char copy[256], *rest = NULL;
    (void)snprintf(copy, sizeof copy, "%s", text ? text : "");
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(word, '=');
        assert_non_null(equals);
        *equals = '\0';
        const dsc_param *param = dsc_param_find(op->params, word);
        if (!param) fail_msg("%s has no parameter %s", op->name, word);
        ASSERT_OK(dsc_param_parse(param, values, equals + 1, &error), error);
    }
    return values;
}

/* Builds the graph; false if the example's values are refused. */
static bool try_graph(rig *r, const dsc_op *op, const dsc_op_example *example, dsc_error *error_of) {
    dsc_error error;
    memset(r, 0, sizeof *r);
    ASSERT_OK(dsc_graph_create(&r->graph, &error), error);
    r->inputs = strlen(example->roles);
    for (size_t i = 0; i < r->inputs; i++) {
        char name[8] = {'i', (char)('0' + i)};
        if (example->roles[i] == 'p')
            r->nodes[i] = dsc_parameter(r->graph, name, example->in[i], DSC_INIT_ZEROS, 1, 1, true);
        else if (example->roles[i] == 'b')
            r->nodes[i] = dsc_buffer(r->graph, name, example->in[i], 1);
        else {
            r->nodes[i] = dsc_input(r->graph, name, example->in[i]);
            r->load_order[r->loaded++] = i;
        }
    }
    void *values = parse_values(op, example->values);
    r->out = dsc_apply(op, r->nodes, r->inputs, values);
    free(values);
    dsc_node *outputs[4];
    size_t count = op->outputs ? op->outputs : 1;
    for (size_t i = 0; i < count; i++) outputs[i] = dsc_node_output(r->out, i);
    r->loss = dsc_apply(&combination, outputs, count, NULL);
    return dsc_graph_check(r->graph, error_of) == DSC_OK;
}

static void make_rig(rig *r, const dsc_op *op, const dsc_op_example *example, bool training, size_t input,
                     unsigned threads, const struct dsc_kernels *kernels) {
    dsc_error error;
    if (!try_graph(r, op, example, &error)) fail_msg("%s: %s", op->name, error.message);
    dsc_executor_options options = {
        .batch = SAMPLES, .lanes = LANES, .training = training, .loss = r->loss, .kernels = kernels};
    options.forms = rig_forms;
    options.bf16 = rig_bf16;
    options.kept[options.kept_count++] = r->loss;
    options.kept[options.kept_count++] = r->out;
    if (input < r->inputs && example->roles[input] == 's') options.input_gradient = r->nodes[input];
    ASSERT_OK(dsc_executor_create(&r->executor, r->graph, &options, threads, &error), error);
    size_t numbers = dsc_graph_value_numbers(r->graph) + 1;
    r->values = dsc_allocate(numbers, sizeof(dsc_real));
    r->gradients = dsc_allocate(numbers, sizeof(dsc_real));
    r->after = dsc_allocate(numbers, sizeof(dsc_real));
    fill_data(r, example);
}

static void free_rig(rig *r) {
    for (size_t i = 0; i < r->inputs; i++) free(r->data[i]);
    free(r->values);
    free(r->gradients);
    free(r->after);
    dsc_executor_free(r->executor);
    dsc_graph_free(r->graph);
}

/* Returns the sum of the samples' losses; restores the buffers. */
static double run(rig *r) {
    dsc_error error;
    size_t from = dsc_graph_parameter_numbers(r->graph), all = dsc_graph_value_numbers(r->graph);
    dsc_real *before = malloc((all - from + 1) * sizeof *before);
    memcpy(before, r->values + from, (all - from) * sizeof *before);
    dsc_run how = {.count = SAMPLES,
                   .load = load,
                   .context = r,
                   .seed = 7,
                   .epoch = 3,
                   .values = r->values,
                   .gradients = r->gradients,
                   .loss_scale = 1};
    ASSERT_OK(dsc_executor_run(r->executor, &how, &error), error);
    dsc_executor_gather(r->executor, r->gradients, 0, from);
    memcpy(r->after, r->values + from, (all - from) * sizeof *before);
    memcpy(r->values + from, before, (all - from) * sizeof *before);
    free(before);
    double sum = 0;
    for (size_t n = 0; n < SAMPLES; n++) sum += (double)dsc_executor_value(r->executor, r->loss)[n];
    return sum;
}

/* --- the check --- */

static double largest(const dsc_real *x, size_t n) {
    double most = 1;
    for (size_t i = 0; i < n; i++) /* no fmax: GCC 12 for aarch64 crashes when it vectorises the call */
        if (fabs((double)x[i]) > most) most = fabs((double)x[i]);
    return most;
}

/* Returns the first element of the input whose gradient is wrong, or -1. */
static long wrong_number(rig *r, const dsc_op_example *example, size_t input, double found[2]) {
    bool parameter = example->roles[input] == 'p';
    size_t each = dsc_shape_count(&example->in[input]), n = parameter ? each : SAMPLES * each;
    dsc_real *x = parameter ? r->values + r->nodes[input]->offset : r->data[input];
    run(r);
    dsc_real *analytic = malloc(n * sizeof *analytic);
    memcpy(analytic,
           parameter ? r->gradients + r->nodes[input]->offset : dsc_executor_input_gradient(r->executor),
           n * sizeof *analytic);
    double allowed = 1e-6 * largest(analytic, n);
    long wrong = -1;
    /* All elements of a small input, a selection of a large one. */
    for (size_t i = 0; i < n && wrong < 0; i += 1 + n / 150) {
        dsc_real kept = x[i];
        x[i] = kept + (dsc_real)STEP;
        double above = run(r);
        x[i] = kept - (dsc_real)STEP;
        double below = run(r);
        x[i] = kept;
        found[0] = (double)analytic[i];
        found[1] = (above - below) / (2 * STEP);
        if (!(fabs(found[0] - found[1]) <= allowed)) wrong = (long)i;
    }
    free(analytic);
    return wrong;
}

void gradient_check(const dsc_op *op, const dsc_op_example *example, bool training) {
    for (size_t i = 0; example->roles[i]; i++) {
        bool wanted = example->roles[i] == 's' || (example->roles[i] == 'p' && training);
        if (!wanted) continue;
        rig r;
        make_rig(&r, op, example, training, i, 1, NULL);
        double found[2];
        long wrong = wrong_number(&r, example, i, found);
        free_rig(&r);
        if (wrong >= 0)
            fail_msg("%s (%s, %s, %s), input %zu, number %ld: gradient %.9g, differences say %.9g", op->name,
                     example->roles, example->values ? example->values : "",
                     training ? "training" : "inference", i, wrong, found[0], found[1]);
    }
}

void gradient_check_threads(const dsc_op *op, const dsc_op_example *example) {
    dsc_real *first = NULL;
    for (unsigned threads = 1; threads <= 4; threads++) {
        rig r;
        make_rig(&r, op, example, true, INPUTS, threads, NULL);
        size_t n = dsc_graph_parameter_numbers(r.graph);
        run(&r);
        dsc_real *all = calloc(n + SAMPLES, sizeof *all);
        memcpy(all, r.gradients, n * sizeof *all);
        memcpy(all + n, dsc_executor_value(r.executor, r.loss), SAMPLES * sizeof *all);
        if (!first)
            first = all;
        else {
            if (memcmp(first, all, (n + SAMPLES) * sizeof *all))
                fail_msg("%s: %u threads differ from one", op->name, threads);
            free(all);
        }
        free_rig(&r);
    }
    free(first);
}

/* --- values, and effects of parameters --- */

/* Returns the first element of output 0 that differs from the expected one, or -1. */
static long wrong_output(const dsc_op *op, const dsc_op_example *example, double found[2]) {
    rig r;
    make_rig(&r, op, example, example->training, INPUTS, 1, NULL);
    const double *given = example->given;
    for (size_t i = 0; i < r.inputs; i++) {
        const char role = example->roles[i];
        const bool each_sample = role == 's' || role == 't';
        const size_t each = dsc_shape_count(&example->in[i]), copies = each_sample ? SAMPLES : 1;
        dsc_real *to = each_sample ? r.data[i] : r.values + r.nodes[i]->offset;
        for (size_t k = 0; k < copies * each; k++) to[k] = (dsc_real)given[k % each];
        given += each;
    }
    run(&r);
    const dsc_real *out = dsc_executor_value(r.executor, r.out);
    const size_t each = dsc_shape_count(dsc_node_shape(r.out));
    long wrong = -1;
    for (size_t k = 0; k < SAMPLES * each && wrong < 0; k++) {
        found[0] = (double)out[k];
        found[1] = example->expected[k % each];
        if (!(fabs(found[0] - found[1]) <= 1e-6 * (1 + fabs(found[1])))) wrong = (long)(k % each);
    }
    free_rig(&r);
    return wrong;
}

bool gradient_check_numbers(const dsc_op *op, const dsc_op_example *example) {
    double found[2];
    if (!example->given || !example->expected) return false;
    const long wrong = wrong_output(op, example, found);
    if (wrong >= 0)
        fail_msg("%s (%s, %s): number %ld of the output is %.9g, expected %.9g", op->name, example->roles,
                 example->values ? example->values : "", wrong, found[0], found[1]);
    return true;
}

/* The complete result of a run: the output's shape, the samples' losses, gradients of parameters, changes
 * of buffers. NULL: the op refuses. */
static double *outcome(size_t *count, const dsc_op *op, const dsc_op_example *example, bool training,
                       size_t changed) {
    rig r;
    dsc_error error;
    const bool possible = try_graph(&r, op, example, &error);
    dsc_graph_free(r.graph);
    if (!possible) return NULL;
    make_rig(&r, op, example, training, INPUTS, 1, NULL);
    if (changed < r.inputs) {
        const char role = example->roles[changed];
        const bool each_sample = role == 's' || role == 't';
        const size_t each = dsc_shape_count(&example->in[changed]),
                     classes = dsc_shape_count(&example->in[0]);
        dsc_real *to = each_sample ? r.data[changed] : r.values + r.nodes[changed]->offset;
        for (size_t k = 0; k < (each_sample ? SAMPLES : 1) * each; k++)
            if (role == 't' && each == 1 && classes > 1)
                to[k] = (dsc_real)(((size_t)to[k] + 1) % classes);
            else
                to[k] = (dsc_real)0.75 * to[k] + (dsc_real)0.01 * (dsc_real)k;
    }
    run(&r);
    const size_t parameters = dsc_graph_parameter_numbers(r.graph), all = dsc_graph_value_numbers(r.graph);
    const dsc_shape *shape = dsc_node_shape(r.out);
    *count = 1 + DSC_RANK_MOST + SAMPLES + all;
    double *out = calloc(*count, sizeof *out), *next = out;
    *next++ = (double)shape->rank;
    for (size_t i = 0; i < DSC_RANK_MOST; i++) *next++ = i < shape->rank ? (double)shape->size[i] : 0;
    for (size_t n = 0; n < SAMPLES; n++) *next++ = (double)dsc_executor_value(r.executor, r.loss)[n];
    for (size_t i = 0; training && i < parameters; i++) next[i] = (double)r.gradients[i];
    for (size_t i = parameters; i < all; i++) next[i] = (double)(r.after[i - parameters] - r.values[i]);
    free_rig(&r);
    return out;
}

static bool same_outcome(const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i]) return false;
    return true;
}

/* Returns whether these values, or that change of an input, give another result than the example, or none. */
static bool differs(const dsc_op *op, const dsc_op_example *example, const char *values, size_t changed) {
    dsc_op_example other = *example;
    other.values = values;
    bool differs = false;
    for (int training = 0; training < 2 && !differs; training++) {
        size_t n, m = 0;
        double *a = outcome(&n, op, example, training, INPUTS),
               *b = outcome(&m, op, &other, training, changed);
        differs = !b || n != m || !same_outcome(a, b, n); /* a refusal is an effect, too */
        free(a);
        free(b);
    }
    return differs;
}

static bool parameter_matters(const dsc_op *op, const dsc_param *p) {
    for (const dsc_op_example *example = op->examples; example->roles; example++) {
        void *values = parse_values(op, example->values);
        char other[64], text[192];
        bool found = false;
        for (size_t i = 0; !found && others_text(other, p, values, i); i++) {
            (void)snprintf(text, sizeof text, "%s %s=%s", example->values ? example->values : "", p->name,
                           other);
            found = differs(op, example, text, INPUTS);
        }
        free(values);
        if (found) return true;
    }
    return false;
}

static bool has_input(const dsc_op_example *example, size_t input, char role) {
    return input < strlen(example->roles) && example->roles[input] == role;
}

/* An input of one role. If it may be omitted, another input takes its place (a loss with class weights). */
static bool input_matters(const dsc_op *op, size_t input, char role) {
    bool there = false;
    for (const dsc_op_example *example = op->examples; example->roles; example++) {
        if (!has_input(example, input, role)) continue;
        if (differs(op, example, example->values, input)) return true;
        there = true;
    }
    return !there;
}

void gradient_check_all_matters(const dsc_op *op) {
    for (const dsc_param *p = op->params; p && p->name; p++)
        if (!parameter_matters(op, p)) fail_msg("%s: its parameter '%s' changes nothing", op->name, p->name);
    size_t most = 0;
    for (const dsc_op_example *example = op->examples; example->roles; example++)
        if (strlen(example->roles) > most) most = strlen(example->roles);
    const size_t wanted = op->most_inputs < INPUTS ? op->most_inputs : op->least_inputs;
    if (most < wanted) fail_msg("%s: no example has all of its %zu inputs", op->name, wanted);
    for (size_t i = 0; i < most; i++)
        for (const char *role = "spbt"; *role; role++)
            if (!input_matters(op, i, *role))
                fail_msg("%s: its input %zu, role '%c', changes nothing", op->name, i, *role);
}

/* --- kernel sets --- */

/* The samples' losses, then all gradients of parameters, or the gradient of one input; to be freed. */
static dsc_real *results(size_t *count, const dsc_op *op, const dsc_op_example *example, bool training,
                         size_t input, const struct dsc_kernels *kernels) {
    rig r;
    make_rig(&r, op, example, training, input, 1, kernels);
    run(&r);
    size_t parameters = training ? dsc_graph_parameter_numbers(r.graph) : 0;
    bool has_input = input < r.inputs && example->roles[input] == 's';
    size_t inputs = has_input ? SAMPLES * dsc_shape_count(&example->in[input]) : 0;
    *count = SAMPLES + parameters + inputs;
    dsc_real *all = malloc(*count * sizeof *all);
    memcpy(all, dsc_executor_value(r.executor, r.loss), SAMPLES * sizeof *all);
    memcpy(all + SAMPLES, r.gradients, parameters * sizeof *all);
    if (has_input)
        memcpy(all + SAMPLES + parameters, dsc_executor_input_gradient(r.executor), inputs * sizeof *all);
    free_rig(&r);
    return all;
}

static void compare(const dsc_op *op, const dsc_op_example *example, bool training, size_t input,
                    const char *name, const dsc_real *found, const dsc_real *expected, size_t n,
                    double tolerance) {
    double allowed = tolerance * largest(expected, n);
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)found[i] - (double)expected[i]) <= allowed))
            fail_msg("%s (%s, %s, %s), input %zu, number %zu: %s gives %.9g, the reference %.9g", op->name,
                     example->roles, example->values ? example->values : "",
                     training ? "training" : "inference", input, i, name, (double)found[i],
                     (double)expected[i]);
}

void gradient_check_kernels(const dsc_op *op, const dsc_op_example *example, bool training,
                            const struct dsc_kernels *kernels, const struct dsc_kernels *reference,
                            const char *name, double tolerance) {
    for (size_t input = 0; example->roles[input]; input++) {
        size_t n, same;
        dsc_real *found = results(&n, op, example, training, input, kernels);
        dsc_real *expected = results(&same, op, example, training, input, reference);
        assert_int_equal(n, same);
        compare(op, example, training, input, name, found, expected, n, tolerance);
        free(found);
        free(expected);
    }
}

void gradient_check_forms(const dsc_op *op, const dsc_op_example *example, bool training, bool bf16,
                          const struct dsc_kernels *kernels, double tolerance) {
    for (size_t input = 0; example->roles[input]; input++) {
        size_t n, same;
        gradient_in(DSC_FORMS_REALS, bf16);
        dsc_real *expected = results(&n, op, example, training, input, kernels);
        gradient_in(DSC_FORMS_PIXELS, bf16);
        dsc_real *found = results(&same, op, example, training, input, kernels);
        gradient_in(DSC_FORMS_PLANNED, false);
        assert_int_equal(n, same);
        char name[64];
        (void)snprintf(name, sizeof name, "%s in pixels%s", kernels->name, bf16 ? " of bfloat16" : "");
        compare(op, example, training, input, name, found, expected, n, tolerance);
        free(found);
        free(expected);
    }
}

/* --- tests of the check itself --- */

static dsc_status same_shape(dsc_shape_rule *rule, dsc_error *error) {
    (void)error;
    rule->out[0] = rule->in[0];
    return DSC_OK;
}

static void square(const dsc_call *call) {
    for (size_t i = 0; i < call->count * dsc_shape_count(call->in_shape); i++)
        call->out[0][i] = call->in[0][i] * call->in[0][i];
}

static void square_back_wrongly(const dsc_call *call) {
    for (size_t i = 0; i < call->count * dsc_shape_count(call->in_shape); i++)
        call->d_in[0][i] = (dsc_real)2.002 * call->in[0][i] * call->d_out[0][i];
}

bool gradient_finds_wrong_ops(void) {
    static const dsc_stage forward[] = {{.kind = DSC_STAGE_SAMPLES, .run = square}, {0}};
    static const dsc_stage backward[] = {{.kind = DSC_STAGE_SAMPLES, .run = square_back_wrongly, .writes = 1},
                                         {0}};
    static const dsc_op_example example = {.roles = "s", .in = {{1, {7}}}};
    static const dsc_op wrong = {.size = sizeof(dsc_op),
                                 .name = "test-wrong-square",
                                 .least_inputs = 1,
                                 .most_inputs = 1,
                                 .keeps_inputs = 1,
                                 .shapes = same_shape,
                                 .forward = forward,
                                 .backward = backward};
    rig r;
    double found[2];
    make_rig(&r, &wrong, &example, true, 0, 1, NULL);
    long number = wrong_number(&r, &example, 0, found);
    free_rig(&r);
    return number >= 0;
}

/* x^2 with the gradient of x^3. */
static void square_back(const dsc_call *call) {
    for (size_t i = 0; i < call->count * dsc_shape_count(call->in_shape); i++)
        call->d_in[0][i] = 2 * call->in[0][i] * call->d_out[0][i];
}

static const dsc_stage squaring[] = {{.kind = DSC_STAGE_SAMPLES, .run = square}, {0}};
static const dsc_stage squaring_back[] = {{.kind = DSC_STAGE_SAMPLES, .run = square_back, .writes = 1}, {0}};
typedef struct square_values {
    double unused;
} square_values;
static const dsc_param square_params[] = {DSC_REAL(square_values, unused, "0.5", 0, 1, "nothing"), {0}};
static const double cube_of[] = {2}, cube[] = {8};
static const dsc_op_example cubes[] = {{.roles = "s", .in = {{1, {1}}}, .given = cube_of, .expected = cube},
                                       {0}};
static const dsc_op squares = {.size = sizeof(dsc_op),
                               .name = "test-square",
                               .params = square_params,
                               .values_size = sizeof(square_values),
                               .least_inputs = 1,
                               .most_inputs = 1,
                               .keeps_inputs = 1,
                               .shapes = same_shape,
                               .forward = squaring,
                               .backward = squaring_back,
                               .examples = cubes};

bool gradient_finds_wrong_formulas(void) {
    double found[2];
    gradient_check(&squares, cubes, true); /* the gradient belongs to this formula */
    return wrong_output(&squares, cubes, found) >= 0;
}

bool gradient_finds_ignored_parameters(void) { return !parameter_matters(&squares, square_params); }

bool gradient_finds_ignored_inputs(void) {
    static const dsc_op_example with_weights[] = {{.roles = "sb", .in = {{1, {3}}, {1, {3}}}}, {0}};
    dsc_op op = squares;
    op.most_inputs = 2;
    op.examples = with_weights;
    return !input_matters(&op, 1, 'b') && input_matters(&op, 0, 's');
}
