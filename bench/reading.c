/* SPDX-License-Identifier: MIT */
/* reading.c: the share of correctly read pictures beyond data-set images: MNIST's test digits as synthetic
 * crops, photos and rows of digits (bench/drawn), with fixed seeds, read by the built-in model or another.
 *
 *   bench-reading [--train | --hands world|print] [--one] [--model FILE] [COUNT] [KIND]
 *
 * COUNT pictures of each kind (500).
 *
 * "right": `predict` prints the digits of the picture and no others. "unrefused": the same, if it also
 * printed the marks that it refuses as no digit. "nothing": it prints none.
 *
 * --one reads each picture as one digit, as `predict --one` does; it measures only kinds of one digit.
 * --train uses the last 10,000 training images: use it for experiments. --hands uses built-in digits of a
 * seed that no model here was trained with. Otherwise needs the real MNIST in $DESCENDER_DATA, ./data or the
 * cache. DESCENDER_SHOW=FOLDER saves misread pictures there. */
#include "drawn/drawn.h"

#include "base/clock.h"
#include "image/image.h"
#include "shipped/shipped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static dsc_dataset *digits;
static dsc_model *model;
static dsc_predictor *predictor;
static dsc_workspace *workspace;
static bool as_one; /* each picture has one digit */

static dsc_status find(dsc_digit **found, size_t *count, dsc_digit *single, const canvas *c,
                       dsc_error *error) {
    if (!as_one)
        return dsc_read_digits(found, count, NULL, c->grey, c->height, c->width, 1, predictor, workspace,
                               error);
    *found = single;
    *count = 1;
    return dsc_prepare_digit(single, NULL, c->grey, c->height, c->width, 1, error);
}

enum { TEXT_MOST = 64 };

/* The reading that `predict` prints, without marks that the model refuses, and the one with all marks. */
typedef struct reading {
    char printed[TEXT_MOST], all[TEXT_MOST];
} reading;

static void read_all(reading *r, const canvas *c) {
    dsc_digit *found, single;
    size_t count, length = 0;
    dsc_error error;
    *r = (reading){0};
    if (find(&found, &count, &single, c, &error)) return;
    for (size_t i = 0; i < count && i + 1 < TEXT_MOST; i++) {
        float shares[10];
        if (dsc_predict(shares, predictor, workspace, found[i].pixels, 1, &error)) exit(1);
        size_t best = 0;
        for (size_t k = 1; k < 10; k++)
            if (shares[k] > shares[best]) best = k;
        r->all[i] = (char)('0' + best);
        if (shares[best] >= dsc_digit_refuse_below(model, found[i].marks))
            r->printed[length++] = (char)('0' + best);
    }
    if (!as_one) dsc_digits_free(found);
}

/* Percentages of the pictures. */
typedef struct result {
    double right, unrefused, blank; /* printed right; right with the refused marks; nothing printed */
} result;

static result measure(size_t k, size_t count) {
    static canvas c;
    size_t right = 0, unrefused = 0, blank = 0;
    if (!c.ink) drawn_canvas_make(&c);
    drawn_seed(1000 + k);
    for (size_t i = 0; i < count; i++) {
        char expected[DRAWN_DIGITS_MOST + 1];
        reading r;
        drawn_kinds[k].make(&c, expected);
        read_all(&r, &c);
        right += !strcmp(expected, r.printed);
        unrefused += !strcmp(expected, r.all);
        blank += !*r.printed;
        const char *folder = getenv("DESCENDER_SHOW"); /* for misread pictures */
        if (folder && strcmp(expected, r.printed) != 0) {
            char path[512];
            (void)snprintf(path, sizeof path, "%s/%zu-%zu-%s-%s.pgm", folder, k, i, expected, r.printed);
            const dsc_image image = {c.width, c.height, 1, c.grey};
            dsc_error error;
            if (dsc_pnm_write(path, &image, &error)) (void)fprintf(stderr, "%s\n", error.message);
        }
    }
    const double share = 100 / (double)count;
    return (result){share * (double)right, share * (double)unrefused, share * (double)blank};
}

enum { DRAWN = 10000, DRAWN_SEED = 77 };

static void draw_digits(const char *hands) {
    char text[64];
    dsc_error error;
    (void)snprintf(text, sizeof text, "digits hands=%.30s", hands);
    if (dsc_dataset_draw(&digits, text, DRAWN, DRAWN_SEED, 0, &error)) {
        (void)fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    drawn_digits_from(digits, 0, DRAWN);
}

static void open_digits(bool training) {
    dsc_dataset *train, *test;
    dsc_error error;
    if (dsc_mnist_open(&train, &test, NULL, &error)) {
        (void)fprintf(stderr, "skipped: %s\n", error.message);
        exit(0);
    }
    digits = training ? train : test;
    dsc_dataset_free(training ? test : train);
    const size_t count = training ? 10000 : dsc_dataset_count(digits);
    drawn_digits_from(digits, dsc_dataset_count(digits) - count, count);
}

int main(int argc, char **argv) {
    size_t count = 500;
    const char *only = NULL, *file = NULL, *hands = NULL;
    bool training = false;
    for (int i = 1; i < argc; i++) {
        char *end;
        const unsigned long number = strtoul(argv[i], &end, 10);
        if (!strcmp(argv[i], "--train"))
            training = true;
        else if (!strcmp(argv[i], "--one"))
            as_one = true;
        else if (!strcmp(argv[i], "--model") && i + 1 < argc)
            file = argv[++i];
        else if (!strcmp(argv[i], "--hands") && i + 1 < argc)
            hands = argv[++i];
        else if (number && !*end)
            count = number;
        else
            only = argv[i];
    }
    dsc_error error;
    if (hands)
        draw_digits(hands);
    else
        open_digits(training);
    if ((file ? dsc_model_load(&model, file, &error) : shipped_model(&model, &error)) ||
        dsc_predictor_create(&predictor, model, NULL, &error) ||
        dsc_workspace_create(&workspace, predictor, 1, &error))
        return (void)fprintf(stderr, "%s\n", error.message), 1;
    printf("%zu pictures of each kind, of %s\n%-28s %8s %10s %8s %9s\n", count,
           hands      ? dsc_dataset_name(digits)
           : training ? "MNIST's last 10,000 training images"
                      : "MNIST's test images",
           "", "right", "unrefused", "nothing", "ms each");
    bool of_one = false; /* an indented name continues the kinds above it */
    for (size_t k = 0; k < drawn_kind_count; k++) {
        if (strncmp(drawn_kinds[k].name, "  ", 2) != 0) of_one = !strncmp(drawn_kinds[k].name, "one ", 4);
        if ((as_one && !of_one) || (only && !strstr(drawn_kinds[k].name, only))) continue;
        const double begun = dsc_clock();
        const result r = measure(k, count);
        printf("%-28s %6.1f %% %8.1f %% %6.1f %% %9.2f", drawn_kinds[k].name, r.right, r.unrefused, r.blank,
               1e3 * (dsc_clock() - begun) / (double)count);
        if (drawn_kinds[k].floor > 0 && !hands) printf("   (at least %.1f %%)", drawn_kinds[k].floor);
        printf("\n");
        (void)fflush(stdout);
    }
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    dsc_model_free(model);
    dsc_dataset_free(digits);
    return 0;
}
