/* SPDX-License-Identifier: MIT */
/* data_pack.c: `descender data pack`: folders of images, named by class, into the four IDX files that every
 * command reads with --data.
 *
 * The images are shuffled, since a network that learns image by image goes astray when all of one class come
 * first. Of each class the same share goes to the test set. Both by NumPy's generator, from one seed. */
#include "command.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/seed.h"
#include "data_pack_out.h"
#include "progress.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    double test_share;
    int64_t size[2];
    dsc_seed seed;
    bool prepare, keep_order, gzip, force, json, quiet;
} values;

typedef struct packing {
    command_call *call;
    const values *how;
    const char *out;
    pack_list train_list, test_list; /* test_list: only where the folder is split already */
    pack_part train, test;
    size_t size[2];
    dsc_notes_sum left_out; /* with --prepare */
} packing;

/* Gives the images of `test` the labels that their classes have in `train`. */
static dsc_status match_classes(pack_list *test, const pack_list *train, const char *folder,
                                dsc_error *error) {
    for (size_t i = 0; i < test->count; i++) {
        const char *name = test->classes[test->entries[i].label];
        size_t label = 0;
        while (label < train->class_count && strcmp(train->classes[label], name) != 0) label++;
        if (label == train->class_count)
            return dsc_fail(error, DSC_ERROR_MISMATCH, "%s: has the class '%s', which train/ has not", folder,
                            name);
        test->entries[i].label = (uint8_t)label;
    }
    return DSC_OK;
}

/* The lists of images: of FOLDER/train and FOLDER/test where there are both, else of FOLDER. */
static dsc_status make_lists(packing *p, const char *folder, dsc_error *error) {
    char *train = dsc_path_join(folder, "train"), *test = dsc_path_join(folder, "test");
    dsc_status status = train && test ? DSC_OK : dsc_fail_memory(error, strlen(folder) + 8, folder);
    if (!status && dsc_is_folder(train) && dsc_is_folder(test)) {
        status = pack_list_make(&p->train_list, train, error);
        if (!status) status = pack_list_make(&p->test_list, test, error);
        if (!status) status = match_classes(&p->test_list, &p->train_list, test, error);
    } else if (!status) {
        status = pack_list_make(&p->train_list, folder, error);
    }
    free(train);
    free(test);
    return status;
}

/* Divides the entries of one class, `first` to `end`, whose order `order` may be shuffled: the last
 * `share` of them, rounded, go to the test set; but the training set keeps one at least. */
static void divide_class(packing *p, const int64_t *order, size_t first, size_t count) {
    size_t test = (size_t)((double)count * p->how->test_share + 0.5);
    if (test >= count) test = count - 1;
    for (size_t i = 0; i < count; i++) {
        pack_part *to = i < count - test ? &p->train : &p->test;
        to->order[to->count++] = first + (size_t)order[i];
    }
}

static dsc_status divide(packing *p, dsc_rng *rng, dsc_error *error) {
    const pack_list *list = &p->train_list;
    int64_t *order = dsc_allocate(list->count, sizeof *order);
    if (!order) return dsc_fail_memory(error, list->count * sizeof *order, "the order of the images");
    for (size_t first = 0, end; first < list->count; first = end) {
        for (end = first; end < list->count && list->entries[end].label == list->entries[first].label; end++)
            order[end - first] = (int64_t)(end - first);
        if (!p->how->keep_order) dsc_rng_shuffle(rng, order, end - first);
        divide_class(p, order, first, end - first);
    }
    free(order);
    return DSC_OK;
}

static dsc_status shuffle(pack_part *set, dsc_rng *rng, dsc_error *error) {
    int64_t *order = dsc_allocate(set->count, sizeof *order);
    size_t *shuffled = dsc_allocate(set->count, sizeof *shuffled);
    if (!order || !shuffled) {
        free(order);
        free(shuffled);
        return dsc_fail_memory(error, set->count * sizeof *order, "the order of the images");
    }
    dsc_rng_permutation(rng, order, set->count);
    for (size_t i = 0; i < set->count; i++) shuffled[i] = set->order[order[i]];
    free(order);
    free(set->order);
    set->order = shuffled;
    return DSC_OK;
}

static dsc_status plan(packing *p, dsc_error *error) {
    dsc_rng rng;
    dsc_rng_seed_with(&rng, &p->how->seed);
    bool split = p->test_list.count > 0;
    p->train = (pack_part){.list = &p->train_list};
    p->test = (pack_part){.list = split ? &p->test_list : &p->train_list};
    p->train.order = dsc_allocate(p->train.list->count, sizeof *p->train.order);
    p->test.order = dsc_allocate(p->test.list->count, sizeof *p->test.order);
    if (!p->train.order || !p->test.order)
        return dsc_fail_memory(error, p->train.list->count * sizeof(size_t), "the order of the images");
    if (split) {
        while (p->train.count < p->train_list.count)
            p->train.order[p->train.count] = p->train.count, p->train.count++;
        while (p->test.count < p->test_list.count)
            p->test.order[p->test.count] = p->test.count, p->test.count++;
    } else {
        dsc_status status = divide(p, &rng, error);
        if (status) return status;
    }
    if (p->how->keep_order) return DSC_OK;
    dsc_status status = shuffle(&p->train, &rng, error);
    return status ? status : shuffle(&p->test, &rng, error);
}

static int watch(void *user, size_t done, size_t count) {
    command_progress *progress = user;
    (void)count;
    command_progress_show(progress, done);
    return command_should_stop_saving();
}

/* What was not prepared here may have been elsewhere: then the images show it. */
static void look_at(pack_part *set, bool prepared) {
    const size_t shape[3] = {1, set->images.shape[1], set->images.shape[2]};
    dsc_images_examine(&set->looks, set->images.data, set->count, shape);
    if (prepared) set->looks.preparation = DSC_PREPARATION_DIGITS;
}

static dsc_status read_part(packing *p, pack_part *set, dsc_error *error) {
    if (!set->count) return DSC_OK;
    command_progress progress;
    command_progress_start(&progress, p->call, "reading", "images", set->count);
    dsc_status status = pack_read(&set->images, &set->labels, p->size, set->list, set->order, set->count,
                                  p->how->prepare ? &p->left_out : NULL, watch, &progress, error);
    command_progress_end(&progress);
    if (!status) look_at(set, p->how->prepare);
    return status;
}

/* ---- telling ---- */

static void tell_ground(const packing *p) {
    const dsc_images *train = &p->train.looks;
    if (train->ground == DSC_GROUND_LIGHT)
        command_complain(
            "these images are %s, the other way round than MNIST's. A model that is trained on them "
            "will read only such images. If they are digits, --prepare makes of them what `descender "
            "predict` makes of a picture: light on dark, fitted and centred",
            dsc_ground_words(train->ground));
    if (!p->how->prepare && train->preparation == DSC_PREPARATION_DIGITS)
        command_remark(p->call,
                       "These images look like digits that were prepared as MNIST's, and are noted as such.");
    if (p->test.count) command_compare_images(train, &p->test.looks);
}

/* Nothing of the pictures is left out without a word. */
static void tell_left_out(const packing *p) {
    dsc_text text = {0};
    dsc_notes_sum_remark(&text, &p->left_out, p->train.count + p->test.count);
    if (text.length && !text.failed) command_remark(p->call, "%s", text.data);
    dsc_text_free(&text);
}

/* {"images": 3, "at_edge": 1, ...}; null without --prepare. */
static json_t *left_out_json(const packing *p) {
    if (!p->how->prepare) return json_null();
    json_t *json = dsc_notes_marks_json(&p->left_out.marks);
    if (json) (void)json_object_set_new(json, "images", json_integer((json_int_t)p->left_out.pictures));
    return json;
}

static dsc_status report_json(const packing *p, dsc_error *error) {
    const dsc_images *train = &p->train.looks;
    size_t over = p->train_list.passed_over + p->test_list.passed_over;
    json_t *classes = json_array();
    for (size_t i = 0; i < p->train_list.class_count; i++)
        (void)json_array_append_new(classes, json_string(p->train_list.classes[i]));
    return command_print_json(
        json_pack("{s:o, s:I, s:I, s:I, s:I, s:s, s:s, s:o, s:I, s:o}", "folder", dsc_json_text(p->out),
                  "training_images", (json_int_t)p->train.count, "test_images", (json_int_t)p->test.count,
                  "height", (json_int_t)p->size[0], "width", (json_int_t)p->size[1], "preparation",
                  dsc_preparation_name(train->preparation), "ground", dsc_ground_name(train->ground),
                  "left_out", left_out_json(p), "files_passed_over", (json_int_t)over, "classes", classes),
        error);
}

static dsc_status report(const packing *p, dsc_error *error) {
    if (p->call->json) return report_json(p, error);
    size_t over = p->train_list.passed_over + p->test_list.passed_over;
    char shown[DSC_VISIBLE], word[DSC_SHELL_WORD];
    (void)printf("%s: %zu training images and %zu test images, %zu x %zu, %zu classes\n",
                 dsc_visible(shown, sizeof shown, p->out), p->train.count, p->test.count, p->size[0],
                 p->size[1], p->train_list.class_count);
    if (over) command_remark(p->call, "%zu files that are no PNG or PGM were passed over.", over);
    if (p->test.count)
        command_remark(p->call, "Look at them: descender data show --data %s --random 5",
                       dsc_shell_word(word, p->out));
    else
        command_remark(p->call, "There is no test set: --test-share 0.2 makes one of a fifth of the images.");
    return DSC_OK;
}

static dsc_status note_pictures(packing *p, dsc_error *error) {
    const pack_list *const lists[] = {&p->train_list, &p->test_list};
    dsc_status status = DSC_OK;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->count && !status; i++)
            status = command_reads(p->call, lists[k]->entries[i].path, error);
    return status;
}

static dsc_status run(command_call *call, dsc_error *error) {
    packing p = {.call = call, .how = call->values, .out = call->operands[1]};
    if (command_given(call, "size")) {
        p.size[0] = (size_t)p.how->size[0];
        p.size[1] = (size_t)p.how->size[1];
    }
    if (p.how->prepare && command_given(call, "size"))
        return command_wrong_usage(call, error, "--prepare makes images of 28x28; omit --size");
    dsc_status status = make_lists(&p, call->operands[0], error);
    if (!status) status = plan(&p, error);
    pack_out out = {.call = call,
                    .folder = p.out,
                    .train = &p.train,
                    .test = &p.test,
                    .gzip = p.how->gzip,
                    .force = p.how->force};
    if (!status) status = note_pictures(&p, error);
    if (!status) status = pack_out_claim(&out, error);
    if (!status) status = read_part(&p, &p.train, error);
    if (!status) status = read_part(&p, &p.test, error);
    if (!status) status = pack_out_write(&out, error);
    if (!status) tell_ground(&p);
    if (!status) tell_left_out(&p);
    if (!status) status = report(&p, error);
    free(p.train.order);
    free(p.test.order);
    pack_array_free(&p.train.images);
    pack_array_free(&p.train.labels);
    pack_array_free(&p.test.images);
    pack_array_free(&p.test.labels);
    pack_list_free(&p.train_list);
    pack_list_free(&p.test_list);
    return status;
}

static const dsc_param options[] = {
    {"prepare", DSC_PARAM_SWITCH, offsetof(values, prepare), "off", 0, 0, NULL,
     "each picture is of one digit: prepare it as `predict` does"},
    {"test-share", DSC_PARAM_REAL, offsetof(values, test_share), "0.15", 0, 0.9, NULL,
     "how much of each class becomes the test set; 0 makes none"},
    {"size", DSC_PARAM_PAIR, offsetof(values, size), NULL, 1, 65535, NULL,
     "height and width that all images must have; without it, those of the first"},
    {"seed", DSC_PARAM_SEED, offsetof(values, seed), "1", 0, 0, NULL,
     "of the shuffling, and of the choice of test images"},
    {"keep-order", DSC_PARAM_SWITCH, offsetof(values, keep_order), "off", 0, 0, NULL,
     "keep the images in the order of their classes and file names"},
    {"gzip", DSC_PARAM_SWITCH, offsetof(values, gzip), "off", 0, 0, NULL, "compress the files"},
    {"force", DSC_PARAM_SWITCH, offsetof(values, force), "off", 0, 0, NULL,
     "replace data that is in OUT already"},
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    {"size", 0, "HxW", true},
    {"force", 'f', NULL, false},
    {0},
};

static const command_operand operands[] = {
    {.name = "DIR", .help = "the folder of the class folders; or one with train/ and test/, which hold them"},
    {.name = "OUT", .help = "the folder to write; made if it is missing"},
    {0},
};

static const command_example examples[] = {
    {"data pack pictures letters", "Make data of pictures/a/*.png, pictures/b/*.png, ..."},
    {"data pack scans digits --prepare", "Scans of digits, prepared as `predict` prepares them."},
    {"tutorial --data letters", "Then let the tutorial learn them."},
    {0},
};

const command command_data_pack = {
    .name = "pack",
    .help = "make data of folders of images, named by class",
    .about = "Reads PNG and PGM images, as grey values, from one folder for each class, and writes the four "
             "IDX files, "
             "labels.txt with the names of the classes, and images.json, which says whether they were "
             "prepared. A model "
             "remembers that, and reads other images in the same way. Without --prepare nothing is scaled, "
             "cropped or "
             "turned round: all images must have one size. With --prepare each is a picture of one digit, of "
             "any size, "
             "light or dark, and becomes 28 x 28 pixels as MNIST's are, by the same steps as in `descender "
             "predict`. "
             "Classes are numbered in the order of their names; names that are whole numbers below 256 are "
             "the labels themselves. The same folder and seed give the same files.",
    .operands = operands,
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
