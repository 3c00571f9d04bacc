/* SPDX-License-Identifier: MIT */
/* import.c: `descender import`: makes a model of a network that was trained by another program. */
#include "command.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "evaluation.h"
#include "exchange/exchange.h"
#include "import_show.h"
#include "measure/score.h"
#include "model/model.h"
#include "model/title.h"
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NORMALISE_UNIT, NORMALISE_STANDARD, NORMALISE_BYTES };

typedef struct values {
    command_source source;
    char *model, *loss, *weights, *as, *map, *names, *mean, *std, *out;
    int normalise;
    int64_t channels, classes, threads;
    bool force, json, quiet;
} values;

typedef struct session {
    command_call *call;
    const values *how;
    const char *path; /* the file to import */
    unsigned char *bytes;
    exchange_source source;
    command_data data; /* with --data */
    bool has_data;
    dsc_model *model;
    dsc_metrics metrics;
    char *out;
} session;

/* ---- options ---- */

static dsc_status find_file(session *s, dsc_error *error) {
    const values *how = s->how;
    if (s->call->operand_count && how->weights)
        return command_wrong_usage(s->call, error, "FILE and --weights are the same; give one of them");
    s->path = s->call->operand_count ? s->call->operands[0] : how->weights;
    if (!s->path) return command_wrong_usage(s->call, error, "the file to import is missing");
    dsc_status status = command_reads(s->call, s->path, error);
    return status || !how->map ? status : command_reads(s->call, how->map, error);
}

/* net.onnx -> net.safetensors in the current folder; the same name -> net-imported.safetensors. */
static dsc_status find_out(session *s, dsc_error *error) {
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): find_file has set the path */
    const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path, *dot = strrchr(name, '.');
    const int stem = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
    dsc_text text = {0};
    if (s->how->out)
        dsc_text_append(&text, "%s", s->how->out);
    else
        dsc_text_append(&text, "%.*s%s.safetensors", stem, name,
                        dot && !strcmp(dot, ".safetensors") ? "-imported" : "");
    s->out = text.data;
    if (text.failed) return dsc_fail_memory(error, text.length, "a path");
    if (!s->how->force && access(s->out, F_OK) == 0)
        return dsc_fail(error, DSC_ERROR_IO,
                        "%s: already exists; give --force to replace it, or --out for another name", s->out);
    return command_rehearse(s->call, s->out, error);
}

/* Parses "0.485, 0.456, 0.406". */
static dsc_status read_numbers(double *numbers, size_t *count, const char *text, const char *option,
                               session *s, dsc_error *error) {
    if (dsc_parse_reals(numbers, count, DSC_CHANNELS_MOST, text)) return DSC_OK;
    return command_wrong_usage(s->call, error,
                               "--%s: expected numbers separated by commas, one per channel, found '%s'",
                               option, text);
}

static dsc_status normalise_as_given(session *s, dsc_error *error) {
    double mean[DSC_CHANNELS_MOST], deviation[DSC_CHANNELS_MOST];
    size_t means, deviations;
    dsc_status status = read_numbers(mean, &means, s->how->mean, "mean", s, error);
    if (!status) status = read_numbers(deviation, &deviations, s->how->std, "std", s, error);
    if (status) return status;
    if (means != deviations)
        return command_wrong_usage(s->call, error,
                                   "--mean has %zu numbers and --std has %zu; give the same number of each",
                                   means, deviations);
    status = dsc_model_normalise_by(s->model, "given", mean, deviation, means, error);
    return status ? dsc_error_context(error, status, "--mean, --std") : DSC_OK;
}

static dsc_status normalise(session *s, dsc_error *error) {
    const double zero = 0, byte = 1.0 / 255;
    if (s->how->mean) return normalise_as_given(s, error);
    if (!command_given(s->call, "normalise")) {
        if (s->source.needs_model)
            dsc_text_append(
                &s->source.notes,
                "the images' bytes are divided by 255 and not normalised further; if the network was trained "
                "on normalised images, say how: for instance --mean 0.1307 --std 0.3081\n");
        return DSC_OK;
    }
    if (s->how->normalise == NORMALISE_BYTES)
        return dsc_model_normalise_by(s->model, "bytes", &zero, &byte, 1, error);
    const bool standard = s->how->normalise == NORMALISE_STANDARD;
    return dsc_model_normalise(s->model, standard ? "standard" : "unit", standard ? s->data.train : NULL,
                               error);
}

static dsc_status name_classes(session *s, dsc_error *error) {
    if (!s->how->names)
        return s->has_data ? dsc_model_take_class_names(s->model, s->data.train, error) : DSC_OK;
    char *copy = strdup(s->how->names);
    const char **names = dsc_allocate(s->model->classes + 1, sizeof *names);
    size_t count = 0;
    dsc_status status = copy && names ? DSC_OK : dsc_fail_memory(error, strlen(s->how->names), "names");
    for (char *word = copy, *end; word && names && count <= s->model->classes; word = end) {
        end = strchr(word, ',');
        if (end) *end++ = '\0';
        names[count++] = word + strspn(word, " ");
    }
    if (!status && count != s->model->classes)
        status = command_wrong_usage(s->call, error,
                                     "--names: the network has %zu classes; give one name per class",
                                     s->model->classes);
    if (!status) status = dsc_class_names_check(names, count, error);
    char **own = status ? NULL : dsc_class_names_copy(names, count);
    if (!status && !own) status = dsc_fail_memory(error, count, "the names of classes");
    if (own) {
        free(s->model->class_names);
        s->model->class_names = own;
    }
    free(names);
    free(copy);
    return status;
}

static dsc_status check_options(session *s, dsc_error *error) {
    const values *how = s->how;
    if (!how->mean != !how->std)
        return command_wrong_usage(s->call, error, "--mean and --std belong together; give both");
    if (how->mean && command_given(s->call, "normalise"))
        return command_wrong_usage(s->call, error, "--normalise, or --mean and --std; give one of them");
    if (command_given(s->call, "data") &&
        (command_given(s->call, "channels") || command_given(s->call, "classes")))
        return command_wrong_usage(s->call, error,
                                   "--data determines the number of channels and classes; omit --%s",
                                   command_given(s->call, "channels") ? "channels" : "classes");
    if (how->normalise == NORMALISE_STANDARD && !command_given(s->call, "data"))
        return command_wrong_usage(
            s->call, error,
            "--normalise standard needs the images that the network was trained on; give them with --data");
    return DSC_OK;
}

/* ---- the work ---- */

static dsc_status open_data(session *s, dsc_error *error) {
    s->has_data = command_given(s->call, "data");
    return s->has_data ? command_data_open(&s->data, s->call, &s->how->source, error) : DSC_OK;
}

static dsc_status read_file(session *s, dsc_error *error) {
    const values *how = s->how;
    const int64_t *size = how->source.reading.size;
    dsc_status status = dsc_file_read(&s->bytes, &s->source.size, s->path, EXCHANGE_BYTES_MOST, error);
    if (status) return status;
    s->source.bytes = s->bytes;
    s->source.name = s->path;
    s->source.model = how->model;
    s->source.loss = how->loss;
    s->source.map = how->map;
    s->source.images = s->has_data ? s->data.train : NULL;
    if (command_given(s->call, "channels")) s->source.shape[0] = (size_t)how->channels;
    for (size_t i = 0; i < 2 && !s->has_data; i++) s->source.shape[i + 1] = (size_t)size[i];
    s->source.classes = (size_t)how->classes;
    return exchange_read(&s->model, &s->source, how->as, error);
}

/* Describes the origin of the model, without the path, and the images it expects. */
static dsc_status describe(session *s, dsc_error *error) {
    dsc_text name = {0};
    dsc_images images;
    dsc_public_name(&name, s->path);
    dsc_status status = name.failed ? dsc_fail_memory(error, name.length, "a name")
                                    : dsc_model_set_about(s->model, "imported", name.data, error);
    dsc_text_free(&name);
    size_t shape[3], found[3];
    dsc_model_shape(s->model, shape);
    if (status || !s->has_data) return status;
    dsc_dataset_shape(s->data.train, found);
    if (memcmp(shape, found, sizeof shape) != 0) return DSC_OK; /* the match reports it */
    dsc_dataset_describe(&images, s->data.train);
    return dsc_model_expect(s->model, &images, error);
}

/* Stops the evaluation if asked to. */
static int on_answer(void *user, const dsc_answer *answer) {
    (void)user;
    (void)answer;
    return command_should_stop();
}

static dsc_status evaluate(session *s, dsc_error *error) {
    dsc_dataset *matched;
    dsc_remarks remarks = {0};
    if (!s->has_data) return DSC_OK;
    command_warn_of_kernels();
    dsc_status status =
        dsc_dataset_match(&matched, &remarks, s->data.test ? s->data.test : s->data.train, s->model, error);
    if (status) return dsc_error_context(error, status, "%s", s->path);
    command_tell_remarks(&remarks);
    status =
        dsc_model_measure(&s->metrics, s->model, matched, (unsigned)s->how->threads, on_answer, NULL, error);
    dsc_dataset_free(matched);
    return status;
}

static dsc_status report(session *s, dsc_error *error) {
    const import_shown shown = {.file = s->path,
                                .out = s->out,
                                .model = s->model,
                                .source = &s->source,
                                .data_name = s->data.name,
                                .metrics = s->has_data ? &s->metrics : NULL};
    if (s->call->json) return command_print_json(import_json(&shown), error);
    dsc_text text = {0};
    char word[DSC_SHELL_WORD];
    import_append(&text, &shown, s->call->quiet);
    dsc_status status = command_print_text(&text, error);
    command_remark(s->call, "Next: descender predict IMAGE --model %s", dsc_shell_word(word, s->out));
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values};
    dsc_status status = find_file(&s, error);
    if (!status) status = check_options(&s, error);
    if (!status) status = find_out(&s, error);
    if (!status) status = open_data(&s, error);
    if (!status) status = read_file(&s, error);
    if (!status) status = name_classes(&s, error);
    if (!status) status = normalise(&s, error);
    if (!status) status = describe(&s, error);
    if (!status) status = evaluate(&s, error);
    if (!status) status = command_go_on(error);
    if (!status) status = dsc_model_save(s.model, s.out, error);
    if (!status && s.source.notes.failed) status = dsc_fail_memory(error, 0, "what is said of a model");
    if (!status && !call->json) command_tell_notes(&s.source.notes);
    if (!status) status = report(&s, error);
    if (!status && s.has_data) command_warn_of_answers(&s.metrics);
    dsc_metrics_clear(&s.metrics);
    dsc_model_free(s.model);
    dsc_text_free(&s.source.notes);
    dsc_text_free(&s.source.table);
    if (s.has_data) command_data_close(&s.data);
    free(s.bytes);
    free(s.out);
    return status;
}

static const dsc_param options[] = {
    {"model", DSC_PARAM_TEXT, offsetof(values, model), NULL, 0, 0, NULL,
     "network as text, for a file that holds only weights: 'conv 32 3x3, relu, flatten, dense'"},
    {"loss", DSC_PARAM_TEXT, offsetof(values, loss), NULL, 0, 0, NULL,
     "that it was trained with, for --model: its outputs become probabilities by sigmoid if it is "
     "binary-cross-entropy; unset: softmax-cross-entropy"},
    {"weights", DSC_PARAM_TEXT, offsetof(values, weights), NULL, 0, 0, NULL,
     "file to import, instead of FILE"},
    {"as", DSC_PARAM_TEXT, offsetof(values, as), NULL, 0, 0, NULL,
     "format of the file with its options, such as 'npz layout=keras' (`descender help formats`); default: "
     "detected from the file"},
    {"map", DSC_PARAM_TEXT, offsetof(values, map), NULL, 0, 0, NULL,
     "file that maps arrays to parameters, one pair per line: 'fc1.weight dense1.weight'; '-' skips an "
     "array"},
    {"channels", DSC_PARAM_INT, offsetof(values, channels), "1", 1, DSC_CHANNELS_MOST, NULL,
     "channels of an image, for --model without --data; --size gives height and width, default 28x28"},
    {"classes", DSC_PARAM_INT, offsetof(values, classes), "0", 0, DSC_CLASSES_MOST, NULL,
     "number of classes, for --model without --data; 0: as many as fit the weights"},
    {"names", DSC_PARAM_TEXT, offsetof(values, names), NULL, 0, 0, NULL,
     "names of the classes, separated by commas; default: those of --data, or 0, 1, 2, ..."},
    {"normalise", DSC_PARAM_CHOICE, offsetof(values, normalise), "unit", 0, 0, "unit|standard|bytes",
     "normalisation the network was trained with: unit: byte / 255; standard: subtract the mean of --data's "
     "training images and divide by their deviation; bytes: no change. A file that states its normalisation "
     "keeps it"},
    {"mean", DSC_PARAM_TEXT, offsetof(values, mean), NULL, 0, 0, NULL,
     "with --std, as in PyTorch's Normalize: one number, or one per channel: (byte / 255 - mean) / std"},
    {"std", DSC_PARAM_TEXT, offsetof(values, std), NULL, 0, 0, NULL, "see --mean"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "file of the model; default: FILE's name with .safetensors, in this folder"},
    {"force", DSC_PARAM_SWITCH, offsetof(values, force), "off", 0, 0, NULL, "replace an existing file"},
    COMMAND_SOURCE(values),
    {"threads", DSC_PARAM_INT, offsetof(values, threads), "0", 0, 1024, NULL,
     "number of threads; 0: all cores"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    COMMAND_SOURCE_EXTRA,
    {"model", 'm', "TEXT", true},
    {"loss", 0, "TEXT", true},
    {"weights", 0, "FILE", true},
    {"as", 0, "FORMAT", true},
    {"map", 0, "FILE", true},
    {"names", 0, "NAMES", true},
    {"mean", 0, "NUMBERS", true},
    {"std", 0, "NUMBERS", true},
    {"out", 'o', "FILE", true},
    {"force", 'f', NULL, false},
    {"threads", 't', NULL, false},
    {0},
};

static const command_operand operands[] = {
    {.name = "FILE",
     .optional = true,
     .help = "network in a supported format, or a file of weights (`descender help formats`)"},
    {0},
};

static const command_example examples[] = {
    {"import weights.safetensors --model 784-100-10 --mean 0.1307 --std 0.3081 --data mnist",
     "Import a PyTorch state_dict: see how arrays map to parameters, and test the answers."},
    {"import weights.npz --model 'flatten, dense 100, relu, dense' --as 'npz layout=keras'",
     "Import arrays as returned by Keras' get_weights()."},
    {"import net.onnx --out net.safetensors", "Import a whole network."},
    {0},
};

const command command_import = {
    .name = "import",
    .help = "import a network that was trained by another program",
    .about =
        "Reads a network, or the weights of the network that --model describes. Prints which array became "
        "which parameter, and writes a model that every other command accepts. Arrays are matched by --map, "
        "then by Descender's own names, then layer by layer by order and shape. The command refuses an array "
        "that does not fit, and names it.\n\nWith --data, the model answers the test set, so you can see "
        "whether it answers as it did before. If it does not, check the normalisation of the images first.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
