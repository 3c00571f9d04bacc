/* SPDX-License-Identifier: MIT */
/* data_show.c: `descender data show`: shows images in the terminal, as a picture, or as numbers. */
#include "command.h"

#include "augment/augment.h"
#include "base/memory.h"
#include "base/seed.h"
#include "data/dataset.h"
#include "draw/grid.h"
#include "draw/numpy_print.h"
#include "model/title.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SHOWN_OF_LABEL = 10,
    SHOWN_MOST = 1000,
    TITLE = 80,
    CHANGED = 9,
    AUGMENTED_MOST = SHOWN_MOST / (CHANGED + 1)
};

typedef struct values {
    command_source source;
    char *label, *out, *augment;
    int64_t index, random;
    dsc_seed seed;
    int set;
    bool raw, scaled, json, quiet;
} values;

/* The images shown, as numbers of the set. */
typedef struct chosen {
    const dsc_dataset *data;
    int64_t *index;
    size_t count;
} chosen;

static dsc_status find_label(size_t *label, const dsc_dataset *data, const char *name, dsc_error *error) {
    const char *names[256];
    size_t classes = dsc_dataset_classes(data);
    for (*label = 0; *label < classes; ++*label) {
        names[*label] = dsc_dataset_class_name(data, *label);
        if (!strcmp(names[*label], name)) return DSC_OK;
    }
    const char *nearest = dsc_nearest_name(name, names, classes);
    return dsc_fail(error, DSC_ERROR_ARGUMENT, "--label: %s has no class '%s'%s%s%s", dsc_dataset_name(data),
                    name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* Finds the images to choose from: all, or those of a label. */
static dsc_status candidates(chosen *from, const char *label_name, dsc_error *error) {
    size_t count = dsc_dataset_count(from->data), label = 0;
    const uint8_t *labels = dsc_dataset_labels(from->data);
    dsc_status status = label_name ? find_label(&label, from->data, label_name, error) : DSC_OK;
    if (status) return status;
    from->index = dsc_allocate(count, sizeof *from->index);
    if (!from->index) return dsc_fail_memory(error, count * sizeof *from->index, "the list of images");
    for (size_t i = 0; i < count; i++)
        if (!label_name || labels[i] == label) from->index[from->count++] = (int64_t)i;
    if (!from->count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "--label: %s has no image of class '%s'",
                        dsc_dataset_name(from->data), label_name);
    return DSC_OK;
}

/* Chooses as NumPy's rng.choice(number of candidates, size=K, replace=False): the tutorial's five for its
 * seed. */
static dsc_status choose_random(chosen *shown, const values *how, dsc_error *error) {
    size_t count = (size_t)how->random;
    if (count > shown->count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT,
                        "--random: only %zu images match, but %zu were asked for; ask for fewer",
                        shown->count, count);
    int64_t *picked = dsc_allocate(count, sizeof *picked);
    if (!picked) return dsc_fail_memory(error, count * sizeof *picked, "the list of images");
    dsc_rng rng;
    dsc_rng_seed_with(&rng, &how->seed);
    dsc_status status = dsc_rng_choice(&rng, picked, count, (int64_t)shown->count, error);
    for (size_t i = 0; !status && i < count; i++) picked[i] = shown->index[picked[i]];
    free(shown->index);
    shown->index = picked;
    shown->count = count;
    return status;
}

static dsc_status choose(command_call *call, chosen *shown, const values *how, dsc_error *error) {
    dsc_status status = candidates(shown, how->label, error);
    if (status) return status;
    if (command_given(call, "random")) return choose_random(shown, how, error);
    if (how->label) {
        if (shown->count > SHOWN_OF_LABEL) shown->count = SHOWN_OF_LABEL;
        return DSC_OK;
    }
    if ((uint64_t)how->index >= shown->count)
        return dsc_fail(error, DSC_ERROR_ARGUMENT, "--index: expected 0 to %zu, found %lld", shown->count - 1,
                        (long long)how->index);
    shown->index[0] = how->index;
    shown->count = 1;
    return DSC_OK;
}

/* ---- output ---- */

static dsc_status show_raw(const chosen *shown, const values *how, dsc_error *error) {
    size_t shape[3];
    dsc_dataset_shape(shown->data, shape);
    dsc_text text = {0};
    const size_t line = command_room(STDOUT_FILENO, DRAW_NUMPY_LINE);
    for (size_t i = 0; i < shown->count; i++) {
        const uint8_t *image = dsc_dataset_image(shown->data, (size_t)shown->index[i]);
        if (i) dsc_text_append(&text, "\n");
        /* One array per channel. */
        for (size_t c = 0; c < shape[0]; c++, image += shape[1] * shape[2]) {
            if (how->scaled)
                draw_numpy_print_scaled(&text, image, shape[1], shape[2], 255, line);
            else
                draw_numpy_print_bytes(&text, image, shape[1], shape[2], line);
            dsc_text_append(&text, "\n");
        }
    }
    return command_print_text(&text, error);
}

static json_t *image_json(const chosen *shown, size_t index, const size_t shape[3], const values *how) {
    const uint8_t *pixel = dsc_dataset_image(shown->data, index);
    json_t *channels = json_array();
    for (size_t c = 0; c < shape[0]; c++) {
        json_t *rows = json_array();
        for (size_t y = 0; y < shape[1]; y++) {
            json_t *row = json_array();
            for (size_t x = 0; x < shape[2]; x++, pixel++)
                (void)json_array_append_new(row,
                                            how->scaled ? json_real(*pixel / 255.0) : json_integer(*pixel));
            (void)json_array_append_new(rows, row);
        }
        (void)json_array_append_new(channels, rows);
    }
    uint8_t label = dsc_dataset_label(shown->data, index);
    return json_pack("{s:I, s:i, s:s, s:o}", "index", (json_int_t)index, "label", (int)label, "class",
                     dsc_dataset_class_name(shown->data, label), "pixels", channels);
}

static dsc_status show_json(const chosen *shown, const command_data *data, const values *how,
                            dsc_error *error) {
    size_t shape[3];
    dsc_dataset_shape(shown->data, shape);
    json_t *images = json_array();
    for (size_t i = 0; i < shown->count; i++)
        (void)json_array_append_new(images, image_json(shown, (size_t)shown->index[i], shape, how));
    return command_print_json(json_pack("{s:o, s:s, s:[I, I, I], s:o}", "data", dsc_json_text(data->name),
                                        "set", how->set ? "test" : "train", "shape", (json_int_t)shape[0],
                                        (json_int_t)shape[1], (json_int_t)shape[2], "images", images),
                              error);
}

/* The parts of a grid of images. */
typedef struct tiles {
    draw_tile *tile;
    char (*title)[TITLE];
    uint8_t *changed; /* augmented images */
    size_t count, columns;
} tiles;

static void tiles_free(tiles *t) {
    free(t->tile);
    free(t->title);
    free(t->changed);
}

static dsc_status tiles_allocate(tiles *t, size_t count, size_t changed_bytes, dsc_error *error) {
    t->tile = dsc_allocate(count, sizeof *t->tile);
    t->title = dsc_allocate(count, sizeof *t->title);
    t->changed = dsc_allocate(changed_bytes, 1);
    t->count = count;
    if (t->tile && t->title && t->changed) return DSC_OK;
    return dsc_fail_memory(error, count * sizeof *t->title + changed_bytes, "the grid of images");
}

static void title_image(tiles *t, size_t at, const dsc_dataset *data, size_t index) {
    (void)snprintf(t->title[at], TITLE, "%zu: %s", index,
                   dsc_dataset_class_name(data, dsc_dataset_label(data, index)));
    t->tile[at] = (draw_tile){dsc_dataset_image(data, index), t->title[at]};
}

/* Lays out the images with their labels. */
static dsc_status lay_out(tiles *t, const chosen *shown, dsc_error *error) {
    dsc_status status = tiles_allocate(t, shown->count, 0, error);
    for (size_t i = 0; !status && i < shown->count; i++)
        title_image(t, i, shown->data, (size_t)shown->index[i]);
    return status;
}

/* Lays out each image with its label, followed by its augmented versions of the first epochs. */
static dsc_status lay_out_changed(tiles *t, const chosen *shown, const values *how, dsc_error *error) {
    const dsc_dataset *data = shown->data;
    size_t size = data->image_size, all = shown->count * (CHANGED + 1);
    dsc_augment_chain *chain;
    dsc_status status = dsc_augment_chain_create(&chain, how->augment, error);
    if (status) return dsc_error_context(error, status, "--augment");
    status = tiles_allocate(t, all, all * size, error);
    void *scratch = dsc_allocate(1, dsc_augment_scratch(chain, data->shape));
    if (!status && !scratch) status = dsc_fail_memory(error, size, "augmentation");
    for (size_t i = 0; !status && i < all; i++) {
        size_t index = (size_t)shown->index[i / (CHANGED + 1)], epoch = i % (CHANGED + 1);
        if (epoch == 0) {
            title_image(t, i, data, index);
            continue;
        }
        dsc_augment_image(chain, t->changed + i * size, dsc_dataset_image(data, index), data->shape,
                          dsc_seed_key(&how->seed), epoch - 1, index, scratch);
        (void)snprintf(t->title[i], TITLE, "epoch %zu", epoch);
        t->tile[i] = (draw_tile){t->changed + i * size, t->title[i]};
    }
    t->columns = CHANGED + 1;
    free(scratch);
    dsc_augment_chain_free(chain);
    return status;
}

static bool ends_in(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a > b && !strcmp(text + a - b, end);
}

static dsc_status show_grid(const command_call *call, const draw_grid *grid, const values *how,
                            dsc_error *error) {
    if (how->out) {
        dsc_status status = draw_grid_save(how->out, grid, error);
        if (!status) command_remark(call, "Saved: %s (%s)", how->out, grid->title);
        return status;
    }
    draw_terminal terminal = draw_terminal_detect(1);
    dsc_text text = {0};
    dsc_status status = draw_grid_text(&text, grid, &terminal, error);
    if (!status) return command_print_text(&text, error);
    dsc_text_free(&text);
    return status;
}

static dsc_status show(const command_call *call, const chosen *shown, const command_data *data,
                       const values *how, dsc_error *error) {
    if (call->json) return show_json(shown, data, how, error);
    if (how->raw) return show_raw(shown, how, error);
    tiles t = {0};
    dsc_status status = how->augment ? lay_out_changed(&t, shown, how, error) : lay_out(&t, shown, error);
    if (!status) status = command_go_on(error);
    if (!status) {
        dsc_text title = {0};
        dsc_public_name(&title, data->name);
        dsc_text_append(&title, ", %s set%s%.200s", how->set ? "test" : "training", how->augment ? ": " : "",
                        how->augment ? how->augment : "");
        const draw_grid grid = {.title = title.data,
                                .tiles = t.tile,
                                .count = t.count,
                                .width = shown->data->shape[2],
                                .height = shown->data->shape[1],
                                .channels = shown->data->shape[0],
                                .columns = t.columns};
        status = show_grid(call, &grid, how, error);
        dsc_text_free(&title);
    }
    tiles_free(&t);
    return status;
}

static dsc_status check_options(command_call *call, const values *how, dsc_error *error) {
    if (command_given(call, "index") && (command_given(call, "random") || how->label))
        return command_wrong_usage(call, error, "--index names one image; omit --random and --label");
    if (command_given(call, "seed") && !command_given(call, "random") && !how->augment)
        return command_wrong_usage(call, error, "--seed needs --random or --augment");
    if (how->augment && (how->raw || call->json))
        return command_wrong_usage(call, error, "--augment shows a picture; omit --raw and --json");
    if (how->augment && how->random > AUGMENTED_MOST)
        return command_wrong_usage(call, error,
                                   "--augment: expected at most %d images, because each becomes %d",
                                   AUGMENTED_MOST, CHANGED + 1);
    if (how->scaled && !how->raw && !call->json)
        return command_wrong_usage(call, error, "--scaled needs --raw or --json");
    if (how->out && (how->raw || call->json))
        return command_wrong_usage(call, error, "--out writes a picture; omit --raw and --json");
    if (how->out && !ends_in(how->out, ".png") && !ends_in(how->out, ".svg") && !ends_in(how->out, ".pgm") &&
        !ends_in(how->out, ".ppm"))
        return command_wrong_usage(call, error,
                                   "--out: expected a name that ends in .png, .svg, .pgm or .ppm, found '%s'",
                                   how->out);
    return DSC_OK;
}

static dsc_status run(command_call *call, dsc_error *error) {
    const values *how = call->values;
    command_data data = {0};
    chosen shown = {0};
    dsc_status status = check_options(call, how, error);
    command_source source = how->source;
    source.may_be_untested = !how->set;
    if (!status) status = command_data_open(&data, call, &source, error);
    if (!status) status = command_rehearse(call, how->out, error);
    if (!status) status = command_go_on(error);
    shown.data = how->set ? data.test : data.train;
    if (!status) status = choose(call, &shown, how, error);
    if (!status) status = show(call, &shown, &data, how, error);
    if (!status) status = command_go_on(error);
    free(shown.index);
    command_data_close(&data);
    return status;
}

static const dsc_param options[] = {
    {"index", DSC_PARAM_INT, offsetof(values, index), "0", 0, 9e15, NULL, "show the image with this number"},
    {"random", DSC_PARAM_INT, offsetof(values, random), NULL, 1, SHOWN_MOST, NULL,
     "show this many random images"},
    {"seed", DSC_PARAM_SEED, offsetof(values, seed), "147197952744", 0, 0, NULL,
     "seed for --random and --augment; default: the tutorial's"},
    {"label", DSC_PARAM_TEXT, offsetof(values, label), NULL, 0, 0, NULL,
     "show only images of this class: the first ten, or random ones with --random"},
    {"set", DSC_PARAM_CHOICE, offsetof(values, set), "train", 0, 0, "train|test", "set to choose from"},
    {"out", DSC_PARAM_TEXT, offsetof(values, out), NULL, 0, 0, NULL,
     "write a picture: FILE must end in .png, .svg, .pgm or .ppm"},
    {"augment", DSC_PARAM_TEXT, offsetof(values, augment), NULL, 0, 0, NULL,
     "show beside each image nine augmented copies of it: 'affine rotate=10 shift=2, elastic p=0.5'"},
    {"raw", DSC_PARAM_SWITCH, offsetof(values, raw), "off", 0, 0, NULL,
     "print the numbers, as NumPy prints them"},
    {"scaled", DSC_PARAM_SWITCH, offsetof(values, scaled), "off", 0, 0, NULL,
     "with --raw or --json: divide the numbers by 255"},
    COMMAND_SOURCE(values),
    COMMAND_JSON(values),
    COMMAND_QUIET(values),
    {0},
};

static const command_option extras[] = {
    {"index", 'i', NULL, false},
    {"random", 'r', "K", true},
    {"label", 'l', "NAME", false},
    {"out", 'o', "FILE", false},
    {"augment", 0, "CHAIN", false},
    COMMAND_SOURCE_EXTRA,
    {0},
};

static const command_example examples[] = {
    {"data show --index 59999", "Show the image that the tutorial looks at."},
    {"data show --random 5 --label 7 --set test", "Show five random sevens of the test set."},
    {"data show --index 59999 --raw", "Print its pixels as numbers."},
    {"data show --random 8 --augment elastic --out elastic.png",
     "Show what elastic deformation does to eight images."},
    {0},
};

const command command_data_show = {
    .name = "show",
    .help = "show images as a picture or as numbers",
    .about = "Shows one image, random images, or images of one class, each with its number and its class.",
    .options = options,
    .extras = extras,
    .examples = examples,
    .values_size = sizeof(values),
    .stops = true,
    .run = run,
};
