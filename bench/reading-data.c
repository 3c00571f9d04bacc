/* SPDX-License-Identifier: MIT */
/* reading-data.c: writes the training data of the built-in model: MNIST's training images, twice; the same
 * digits in synthetic pictures and photos (bench/drawn), found and prepared like pictures; digits in more
 * handwriting styles of the world, and printed ones; and images that are not digits: touching digits left
 * whole, and digits that lie on their side or are upside down.
 *
 *   bench-reading-data FOLDER [COUNT [MODEL]]
 *
 * FOLDER/digits gets COUNT (60,000) synthetic digits, two fifths as many in world styles and a fifth as many
 * printed ones in addition to MNIST's, and MNIST's test set; FOLDER/others a training set of one class, about
 * a seventh as many. MODEL (the built-in one) finds the digits. Needs the real MNIST in $DESCENDER_DATA,
 * ./data or the cache. */
#include "drawn/drawn.h"

#include "shipped/shipped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PIXELS = DRAWN_SIDE * DRAWN_SIDE,
    LEARNED_KINDS = 34 /* the built-in model's data are of the first kinds; later ones would change them */
};

/* A label with a lower probability is doubted. */
#define LEAST_LIKELY 0.05f

typedef struct reader {
    dsc_predictor *predictor;
    dsc_workspace *workspace;
} reader;

/* Images and labels, up to the capacity. */
typedef struct images {
    uint8_t *pixels, *labels;
    size_t count, most;
} images;

static images images_make(size_t most) {
    images made = {malloc(most * PIXELS), malloc(most), 0, most};
    if (!made.pixels || !made.labels) abort();
    return made;
}

static void add(images *to, const uint8_t *pixels, uint8_t label) {
    if (to->count == to->most) return;
    memcpy(to->pixels + to->count * PIXELS, pixels, PIXELS);
    to->labels[to->count++] = label;
}

/* Rotates clockwise in quarter turns. */
static void turn(uint8_t out[PIXELS], const uint8_t *in, size_t quarters) {
    for (size_t y = 0; y < DRAWN_SIDE; y++)
        for (size_t x = 0; x < DRAWN_SIDE; x++) {
            size_t to_x = x, to_y = y;
            for (size_t q = 0; q < quarters; q++) {
                const size_t before = to_x;
                to_x = DRAWN_SIDE - 1 - to_y;
                to_y = before;
            }
            out[to_y * DRAWN_SIDE + to_x] = in[y * DRAWN_SIDE + x];
        }
}

/* Whether the label still looks like a digit after the rotation. 0, 1 and 8 look like themselves or like
 * strokes; 2, 5, 6 and 9 upside down look like digits. */
static bool stays_a_digit(unsigned label, size_t quarters) {
    return label == 0 || label == 1 || label == 8 ||
           (quarters == 2 && label != 3 && label != 4 && label != 7);
}

static void add_turned(images *to, const uint8_t *pixels, unsigned label) {
    uint8_t turned[PIXELS];
    const size_t quarters = 1 + (size_t)(3 * drawn_uniform());
    if (stays_a_digit(label, quarters)) return;
    turn(turned, pixels, quarters);
    add(to, turned, 0);
}

/* Whether each digit found is the one drawn at its position. A single digit is. Pieces of touching digits may
 * be cut elsewhere; the network then finds their labels improbable, and the picture is skipped. */
static bool are_labelled(const dsc_digit *found, const char *text, size_t count, const reader *by) {
    for (size_t i = 0; count > 1 && i < count; i++) {
        float shares[10];
        if (dsc_predict(shares, by->predictor, by->workspace, found[i].pixels, 1, NULL)) abort();
        if (shares[text[i] - '0'] < LEAST_LIKELY) return false;
    }
    return true;
}

static void draw_one(images *digits, images *others, canvas *c, const drawn_kind *kind, const reader *by) {
    char text[DRAWN_DIGITS_MOST + 1];
    dsc_digit *found;
    size_t count;
    kind->make(c, text);
    const size_t expected = strlen(text);
    /* Digits can be identified only if all were found. */
    if (!dsc_read_digits(&found, &count, NULL, c->grey, c->height, c->width, 1, by->predictor, by->workspace,
                         NULL)) {
        const bool known = count == expected && are_labelled(found, text, count, by);
        for (size_t i = 0; i < count && known; i++) {
            add(digits, found[i].pixels, (uint8_t)(text[i] - '0'));
            if (drawn_uniform() < 0.25) add_turned(others, found[i].pixels, (unsigned)(text[i] - '0'));
        }
        dsc_digits_free(found);
    }
    /* Without the network's help all touching digits are one. */
    if (expected > 1 && !dsc_find_digits(&found, &count, NULL, c->grey, c->height, c->width, 1, NULL)) {
        if (count == 1) add(others, found->pixels, 0);
        dsc_digits_free(found);
    }
}

static int failed(const dsc_error *error) { return (void)fprintf(stderr, "%s\n", error->message), 1; }

static dsc_status write_pair(const char *folder, const char *which, const images *all, dsc_error *error) {
    char path[4096];
    dsc_array array = {.type = DSC_U8, .rank = 3, .shape = {all->count, DRAWN_SIDE, DRAWN_SIDE}};
    array.data = all->pixels;
    (void)snprintf(path, sizeof path, "%s/%s-images-idx3-ubyte", folder, which);
    dsc_status status = dsc_idx_write(path, &array, error);
    array.rank = 1;
    array.data = all->labels;
    (void)snprintf(path, sizeof path, "%s/%s-labels-idx1-ubyte", folder, which);
    return status ? status : dsc_idx_write(path, &array, error);
}

static void add_all(images *to, const dsc_dataset *from) {
    for (size_t i = 0; i < dsc_dataset_count(from); i++)
        add(to, dsc_dataset_images(from) + i * PIXELS, (uint8_t)dsc_dataset_labels(from)[i]);
}

int main(int argc, char **argv) {
    dsc_dataset *train, *test, *world, *print;
    dsc_model *model;
    reader by;
    dsc_error error;
    char folder[2][4000];
    const size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 60000;
    if (argc < 2) return (void)fprintf(stderr, "usage: bench-reading-data FOLDER [COUNT [MODEL]]\n"), 2;
    if (dsc_mnist_open(&train, &test, NULL, &error) ||
        dsc_dataset_draw(&world, "digits hands=world", count / 5 * 2, 0, 0, &error) ||
        dsc_dataset_draw(&print, "digits hands=print", count / 5, 0, 0, &error) ||
        (argc > 3 ? dsc_model_load(&model, argv[3], &error) : shipped_model(&model, &error)) ||
        dsc_predictor_create(&by.predictor, model, NULL, &error) ||
        dsc_workspace_create(&by.workspace, by.predictor, 1, &error))
        return failed(&error);
    (void)mkdir(argv[1], 0777);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(folder[i], sizeof folder[i], "%s/%s", argv[1], i ? "others" : "digits");
        (void)mkdir(folder[i], 0777);
    }
    canvas c;
    static images digits, others, tests;
    digits = images_make(2 * dsc_dataset_count(train) + count + count / 5 * 3);
    others = images_make(count / 4);
    tests = images_make(dsc_dataset_count(test));
    add_all(&digits, train);
    add_all(&tests, test);
    drawn_canvas_make(&c);
    drawn_digits_from(train, 0, dsc_dataset_count(train));
    drawn_seed(1);
    while (digits.count < dsc_dataset_count(train) + count) {
        const drawn_kind *kind = &drawn_kinds[(size_t)(drawn_uniform() * (double)LEARNED_KINDS)];
        draw_one(&digits, &others, &c, kind, &by);
    }
    digits.count = dsc_dataset_count(train) + count; /* the last picture may have had more */
    add_all(&digits, train);
    add_all(&digits, world);
    add_all(&digits, print);
    if (write_pair(folder[0], "train", &digits, &error) || write_pair(folder[0], "t10k", &tests, &error) ||
        write_pair(folder[1], "train", &others, &error))
        return failed(&error);
    printf("%zu digits and %zu others in %s\n", digits.count, others.count, argv[1]);
    return 0;
}
