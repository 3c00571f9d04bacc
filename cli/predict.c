/* SPDX-License-Identifier: MIT */
/* predict.c: `descender predict`: reads digits from the user's images. */
#include "command.h"

#include "base/recognise.h"
#include "draw/canvas.h"
#include "members.h"
#include "predict_show.h"
#include "predict_tell.h"
#include "progress.h"
#include "shipped/shipped.h"
#include "subject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    char *model, *out;
    int64_t top, shifts;
    double certain;
    int fit; /* dsc_fit; NONE: the model's */
    bool raw, prepare, one, show, json, quiet;
} values;

typedef struct session {
    command_call *call;
    const values *how;
    predict_reader reader;
    read_list files;
    size_t read, failed;       /* files or pages; those that could not be read */
    bool pages;                /* some file has several pages */
    size_t answers, no_answer; /* images; answers that are not finite */
    size_t refused;            /* answers below the threshold */
    dsc_error nothing;         /* reason why a single picture has no digit */
    json_t *json;
    command_progress progress;
} session;

static dsc_status open_model(session *s, dsc_error *error) {
    dsc_model *model = NULL;
    dsc_status status;
    const predict_manner manner = s->how->raw       ? PREDICT_RAW
                                  : s->how->prepare ? PREDICT_PREPARE
                                                    : PREDICT_AS_TRAINED;
    if (s->how->raw && s->how->prepare)
        return command_wrong_usage(s->call, error,
                                   "--raw and --prepare exclude each other; give one of them");
    if (s->how->fit && manner != PREDICT_AS_TRAINED)
        return command_wrong_usage(s->call, error,
                                   "--fit takes the whole picture, %s does not; give one of them",
                                   s->how->raw ? "--raw" : "--prepare");
    if (s->how->model) {
        command_subject subject;
        status = command_subject_open(&subject, s->how->model, error);
        if (!status) status = command_reads(s->call, subject.model_path, error);
        model = subject.model;
        subject.model = NULL;
        command_subject_close(&subject);
    } else {
        status = shipped_model(&model, error);
    }
    if (!status && s->how->shifts) {
        dsc_model *shifted;
        status = dsc_model_shift(&shifted, model, (size_t)s->how->shifts, error);
        dsc_model_free(model);
        model = shifted;
    }
    if (!status)
        status = predict_reader_make(&s->reader, model, manner, (dsc_fit)s->how->fit, s->how->show, error);
    s->reader.only_sure = command_given(s->call, "certain");
    s->reader.certain = s->how->certain;
    return status;
}

/* A run in place of pictures: its folder has charts, which would be read. */
static dsc_status refuse_run(const char *path, dsc_error *error) {
    char advice[DSC_COMMAND], *recipe = dsc_path_join(path, "recipe.json");
    const bool is_run = recipe && access(recipe, F_OK) == 0;
    free(recipe);
    if (!is_run) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "%s: expected images, found a run; name %s", path,
                    dsc_command(advice, "it with --model @", path, NULL));
}

static dsc_status list_files(session *s, dsc_error *error) {
    dsc_status status = DSC_OK;
    for (size_t i = 0; i < s->call->operand_count && !status; i++) {
        status = refuse_run(s->call->operands[i], error);
        if (!status) status = read_list_add(&s->files, s->call->operands[i], error);
    }
    for (size_t i = 0; i < s->files.count && !status; i++)
        status = command_reads(s->call, s->files.paths[i], error);
    if (!status && s->how->out && s->files.count > 1)
        return command_wrong_usage(
            s->call, error, "--out draws on one picture, but there are %zu files; give one", s->files.count);
    draw_format format; /* fails early for an unknown picture format */
    return status || !s->how->out ? status : draw_format_of(&format, s->how->out, error);
}

static dsc_status print_result(session *s, const predict_result *result, dsc_error *error) {
    const size_t top = (size_t)s->how->top;
    s->answers += result->count;
    for (size_t i = 0; i < result->count; i++) {
        s->no_answer += result->answers[i].failed;
        s->refused += predict_is_refused(&result->answers[i], &s->reader);
    }
    if (s->how->json) {
        json_t *json = predict_json(result, &s->reader, top);
        if (!json || json_array_append_new(s->json, json)) return dsc_fail_memory(error, 0, "the answers");
        return DSC_OK;
    }
    dsc_text text = {0};
    dsc_status status = s->how->show ? predict_append_pictures(&text, result, &s->reader, error) : DSC_OK;
    predict_append(&text, result, &s->reader, top);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

/* Reports what was left out of a picture or of an array's images. */
static void remark_notes(session *s, const predict_result *result) {
    dsc_text text = {0};
    dsc_notes_remark(&text, &result->notes);
    dsc_notes_sum_remark(&text, &result->sum, result->count);
    if (text.length && !text.failed) command_remark(s->call, "%s: %s", result->name, text.data);
    dsc_text_free(&text);
}

static dsc_status draw(session *s, const predict_result *result, dsc_error *error) {
    if (!s->how->out) return DSC_OK;
    if (result->content.is_array || !s->reader.digits)
        return command_wrong_usage(s->call, error,
                                   "--out needs a picture in which digits are searched for; omit --out");
    dsc_status status = predict_draw(s->how->out, result, &s->reader, error);
    if (!status) command_remark(s->call, "Saved the picture with the answers: %s", s->how->out);
    return status;
}

static bool is_alone(const session *s) { return s->files.count == 1 && !s->pages; }

/* Reports a file that cannot be read; the other files are still read. */
static dsc_status tell_failure(session *s, const dsc_error *its, dsc_error *error) {
    if (is_alone(s) || its->code == DSC_ERROR_MEMORY) return dsc_fail(error, its->code, "%s", its->message);
    command_complain("%s", its->message);
    s->failed++;
    return DSC_OK;
}

/* Treats a picture whose marks are all refused like one without marks. */
static dsc_status tell_nothing(session *s, const predict_result *result, dsc_error *error) {
    char number[32];
    const size_t marks = result->count;
    if (!s->reader.digits || result->content.is_array || s->reader.only_sure || !marks ||
        predict_no_digits(result, &s->reader) < marks)
        return DSC_OK;
    dsc_error its;
    (void)dsc_fail(&its, DSC_ERROR_FORMAT,
                   "%s: no digit found: there %s %zu mark%s, but the network is less sure of %s than %s",
                   result->name, marks == 1 ? "is" : "are", marks, marks == 1 ? "" : "s",
                   marks == 1 ? "it" : "each",
                   dsc_format_shortest(number, dsc_model_refuse_below(s->reader.model)));
    if (!is_alone(s)) return tell_failure(s, &its, error);
    s->nothing = its; /* answers are printed first */
    return DSC_OK;
}

static dsc_status read_one(session *s, const read_source *source, size_t page, dsc_error *error) {
    predict_result result;
    dsc_error its;
    dsc_status status = predict_read(&result, &s->reader, source, page, s->how->one, &its);
    command_progress_wipe(&s->progress);
    s->read++;
    if (status) {
        status = tell_failure(s, &its, error);
    } else {
        status = print_result(s, &result, error);
        remark_notes(s, &result);
        if (!status) status = draw(s, &result, error);
        if (!status) status = tell_nothing(s, &result, error);
    }
    predict_result_clear(&result);
    return status;
}

static dsc_status read_pages(session *s, const read_source *source, dsc_error *error) {
    dsc_status status = DSC_OK;
    s->pages = true;
    if (s->how->out)
        return command_wrong_usage(s->call, error, "--out draws on one picture, but %s has %zu%s pages",
                                   dsc_source_name(source->path), source->pages,
                                   source->more ? " and more" : "");
    if (source->more)
        command_complain("%s: only the first %zu pages are read; the file has more",
                         dsc_source_name(source->path), source->pages);
    command_progress_end(&s->progress);
    command_progress_start(&s->progress, s->call, "reading", "pages", source->pages);
    for (size_t i = 0; i < source->pages && !status && !command_should_stop(); i++) {
        status = read_one(s, source, i, error);
        command_progress_show(&s->progress, i + 1);
    }
    command_progress_end(&s->progress);
    command_progress_start(&s->progress, s->call, "reading", "files", s->files.count);
    return status;
}

static dsc_status read_all(session *s, dsc_error *error) {
    dsc_status status = DSC_OK;
    command_progress_start(&s->progress, s->call, "reading", "files", s->files.count);
    for (size_t i = 0; i < s->files.count && !status && !command_should_stop(); i++) {
        read_source source;
        dsc_error its;
        if (read_open(&source, s->files.paths[i], &its)) {
            command_progress_wipe(&s->progress);
            s->read++;
            status = tell_failure(s, &its, error);
        } else {
            status = source.pages > 1 ? read_pages(s, &source, error) : read_one(s, &source, 0, error);
        }
        read_close(&source);
        if (s->files.count > 1) command_progress_show(&s->progress, i + 1);
    }
    command_progress_end(&s->progress);
    if (!status) predict_tell(s->call, &s->reader);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    session s = {.call = call, .how = call->values, .json = json_array()};
    command_warn_of_kernels();
    dsc_status status = list_files(&s, error);
    if (!status) status = open_model(&s, error);
    if (!status) status = command_rehearse(call, s.how->out, error);
    if (!status) status = read_all(&s, error);
    if (!status && s.how->json) {
        status = command_print_json(json_pack("{s:o, s:O}", "model",
                                              dsc_json_text(s.how->model ? s.how->model : SHIPPED_NAME),
                                              "files", s.json),
                                    error);
    }
    if (!status && s.files.passed_over)
        command_remark(call, "%zu other file%s skipped", s.files.passed_over,
                       s.files.passed_over == 1 ? "" : "s");
    if (!status && s.nothing.code) status = dsc_fail(error, s.nothing.code, "%s", s.nothing.message);
    if (!status && s.failed)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%zu of %zu %s could not be read", s.failed, s.read,
                          s.pages ? "files and pages" : "files");
    if (!status && s.no_answer)
        status = dsc_fail(error, DSC_ERROR_DIVERGED,
                          "%zu of %zu answers are not finite: the network's numbers exceeded the range of "
                          "floats; train the model again with a smaller learning rate",
                          s.no_answer, s.answers);
    if (!status && s.reader.only_sure && s.refused) {
        char number[32];
        const double below = fmax(s.reader.certain, dsc_model_refuse_below(s.reader.model));
        status = dsc_fail(error, DSC_ERROR_MISMATCH, "%zu of %zu answers %s less sure than %s", s.refused,
                          s.answers, s.refused == 1 ? "is" : "are", dsc_format_shortest(number, below));
    }
    if (!status) status = command_go_on(error);
    json_decref(s.json);
    predict_reader_clear(&s.reader);
    read_list_clear(&s.files);
    return status;
}

static const dsc_param options[] = {
    {"model", DSC_PARAM_TEXT, offsetof(values, model), NULL, 0, 0, NULL,
     "a run's folder or a model's file; default: the model inside the program"},
    {"top", DSC_PARAM_INT, offsetof(values, top), "3", 1, 65536, NULL,
     "number of answers to show, the likeliest first"},
    {"certain", DSC_PARAM_REAL, offsetof(values, certain), "0", 0, 1, NULL,
     "print only answers with at least this probability; the exit status is 1 if any answer has less"},
    COMMAND_SHIFTS(values),
    {"show", DSC_PARAM_SWITCH, offsetof(values, show), "off", 0, 0, NULL,
     "show what the network saw, and which pixels led to its answer"},
    {"one", DSC_PARAM_SWITCH, offsetof(values, one), "off", 0, 0, NULL,
     "each picture shows one digit, even if it has several pieces"},
    {"raw", DSC_PARAM_SWITCH, offsetof(values, raw), "off", 0, 0, NULL,
     "images are already as the model expects them: do not prepare or invert anything"},
    {"prepare", DSC_PARAM_SWITCH, offsetof(values, prepare), "off", 0, 0, NULL,
     "find digits and prepare them as MNIST's were, whatever the model was trained on"},
    {"fit", DSC_PARAM_CHOICE, offsetof(values, fit), "as-trained", 0, 0, "as-trained|crop|pad|stretch",
     "take each picture as one image and bring it to the model's size in this way, whatever the model was "
     "trained on"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "save the picture with boxes and answers, .png or .svg"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    {"model", 'm', "RUN|MODEL", true}, {"top", 'k', "K", false}, {"out", 'o', "FILE", true}, {0}};

static const command_operand operands[] = {
    {.name = "FILE|FOLDER|-",
     .many = true,
     .help = "pictures (PNG, JPEG, HEIC and others: `descender help pictures`), PDF files (page by page), "
             "arrays of images (IDX, NPY), folders of them, or - for standard input"},
    {0},
};

static const command_example examples[] = {
    {"predict photo.png", "Read the digits on a photo with the model inside the program."},
    {"predict --show three.png", "Show what the network saw, and which pixels led to its answer."},
    {"predict --certain 0.99 meter.png",
     "For scripts: print certain answers only, exit status 1 if any is not certain."},
    {"predict --model runs/0001-mnist-cnn-109k scans/ --json",
     "Read a folder with your own model; print JSON."},
    {0},
};

const command command_predict = {
    .name = "predict",
    .help = "read digits from pictures",
    .about =
        "Finds digits anywhere on a picture, of any size, light on dark or dark on light, and prepares them "
        "as MNIST's were: cut out, fitted into 20 x 20 pixels, and centred by mass in 28 x 28. Several "
        "digits are read line by line, from left to right. Touching digits are cut apart where the network "
        "is most certain. A page on its side or upside down is turned. `descender predict` reports what it "
        "leaves out: points, ruled lines, marks at the edge.\n\nA model reads images as it was trained. If "
        "its training images were not prepared as digits, each picture is one image: it is cropped, padded "
        "or stretched to the model's size as the training images were. If the training images were all of "
        "one size, the picture is scaled, and inverted if its ground is the opposite. Arrays whose images "
        "have the model's size are not changed, unless their ground is the opposite of the model's. "
        "`descender predict` reports what it changes. --raw, --prepare and --fit override all of this.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
