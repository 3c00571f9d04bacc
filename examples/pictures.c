/* SPDX-License-Identifier: MIT */
/* pictures.c: reads your own digits from a picture.
 *
 *     cc pictures.c -o pictures $(pkg-config --cflags --libs descender)
 *     ./pictures                                    a page that it draws, and a network that it trains
 *     ./pictures page.pgm model.safetensors         a grey picture (binary PGM) and your own model
 *
 * A network reads images like those that it was trained on. So the program asks the model which images it
 * expects, and prepares pictures accordingly: digits are found, cut out, fitted and centred as MNIST's
 * are. */
#include <descender.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct picture {
    uint8_t *pixels; /* (height, width), grey */
    size_t height, width;
} picture;

/* Draws four digits side by side, dark on light paper, at twice their size. */
static dsc_status draw(picture *page, dsc_error *error) {
    enum { DIGITS = 4, SIDE = 28 * 2, GAP = 12 };
    dsc_dataset *digits = NULL;
    dsc_status status = dsc_digits_create(&digits, DIGITS, 5, 1, error);
    if (status) return status;
    page->height = SIDE + 2 * GAP;
    page->width = DIGITS * (SIDE + GAP) + GAP;
    page->pixels = malloc(page->height * page->width);
    if (!page->pixels) {
        dsc_dataset_free(digits);
        return dsc_fail(error, DSC_ERROR_MEMORY, "no memory for the page");
    }
    memset(page->pixels, 240, page->height * page->width);
    for (size_t d = 0; d < DIGITS; d++)
        for (size_t y = 0; y < SIDE; y++)
            for (size_t x = 0; x < SIDE; x++) {
                const uint8_t ink = dsc_dataset_images(digits)[(d * 28 + y / 2) * 28 + x / 2];
                page->pixels[(GAP + y) * page->width + GAP + d * (SIDE + GAP) + x] =
                    (uint8_t)(240 - ink * 4 / 5);
            }
    dsc_dataset_free(digits);
    return DSC_OK;
}

static dsc_status load(picture *page, const char *path, dsc_error *error) {
    FILE *file = fopen(path, "rb");
    if (!file) return dsc_fail(error, DSC_ERROR_IO, "%s: cannot be opened", path);
    unsigned width = 0, height = 0, most = 0;
    dsc_status status = DSC_OK;
    if (fscanf(file, "P5 %5u %5u %3u", &width, &height, &most) != 3 || most != 255 || !width || !height)
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: expected a binary PGM file of 256 greys", path);
    (void)fgetc(file);
    page->width = width;
    page->height = height;
    page->pixels = status ? NULL : malloc((size_t)width * height);
    if (!status && (!page->pixels || fread(page->pixels, width, height, file) != height))
        status = dsc_fail(error, DSC_ERROR_FORMAT, "%s: ends too early", path);
    (void)fclose(file);
    return status;
}

static dsc_status train(dsc_model **model, dsc_error *error) {
    dsc_dataset *digits = NULL;
    dsc_training_options how = dsc_training_options_defaults();
    how.epochs = 8;
    dsc_status status = dsc_digits_create(&digits, 3000, 1, 0, error);
    if (!status)
        status = dsc_model_create_for(model, "conv 8 5x5, relu, max-pool 2, flatten, dense", digits, error);
    if (!status) status = dsc_train(*model, digits, &how, error);
    dsc_dataset_free(digits);
    return status;
}

/* Prints the answer to `image`, which has the form that the model expects; none below a probability. */
static dsc_status answer(const dsc_predictor *predictor, dsc_workspace *workspace, const uint8_t *image,
                         double refuse_below, dsc_error *error) {
    float probabilities[256];
    const size_t classes = dsc_predictor_classes(predictor);
    if (classes > 256) return dsc_fail(error, DSC_ERROR_UNSUPPORTED, "more than 256 classes");
    dsc_status status = dsc_predict(probabilities, predictor, workspace, image, 1, error);
    if (status) return status;
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (probabilities[k] > probabilities[best]) best = k;
    if ((double)probabilities[best] < refuse_below) printf("no digit, perhaps ");
    printf("%s (%.0f %%)\n", dsc_predictor_class_name(predictor, best), 100 * (double)probabilities[best]);
    return DSC_OK;
}

static dsc_status read_page(const dsc_model *model, const picture *page, dsc_error *error) {
    dsc_predictor *predictor = NULL;
    dsc_workspace *workspace = NULL;
    dsc_digit *digits = NULL, largest;
    dsc_picture_notes notes;
    size_t count = 0;
    dsc_status status = dsc_predictor_create(&predictor, model, NULL, error);
    if (!status) status = dsc_workspace_create(&workspace, predictor, 1, error);

    /* Finds all digits that do not touch; needs no network. */
    if (!status)
        status = dsc_find_digits(&digits, &count, &notes, page->pixels, page->height, page->width, 1, error);
    if (!status) printf("%zu digits; left out: %zu specks, %zu lines\n", count, notes.small, notes.lines);
    dsc_digits_free(digits);
    digits = NULL;

    /* Reads all digits of a page in reading order; with a network's help, also digits that touch. */
    if (!status)
        status = dsc_read_digits(&digits, &count, &notes, page->pixels, page->height, page->width, 1,
                                 predictor, workspace, error);
    for (size_t i = 0; i < count && !status; i++) {
        printf("line %u, at %zu, %zu%s: ", (unsigned)digits[i].line + 1, digits[i].left, digits[i].top,
               digits[i].marks & DSC_DIGIT_CUT ? ", cut from its neighbour" : "");
        status = answer(predictor, workspace, digits[i].pixels,
                        dsc_digit_refuse_below(model, digits[i].marks), error);
    }

    /* A picture of one thing: here a strip of the page. If the model expects prepared digits, its digit is
     * prepared. */
    dsc_images expected;
    dsc_model_describe(&expected, model);
    const size_t width = page->height < page->width ? page->height : page->width;
    uint8_t *strip = malloc(page->height * width);
    uint8_t *image = malloc(expected.shape[0] * expected.shape[1] * expected.shape[2]);
    unsigned did = 0;
    if (!status && (!strip || !image)) status = dsc_fail(error, DSC_ERROR_MEMORY, "no memory for an image");
    for (size_t y = 0; y < page->height && !status; y++)
        memcpy(strip + y * width, page->pixels + y * page->width, width);
    if (!status)
        status = dsc_prepare_image(image, &did, &notes, &expected, strip, page->height, width, 1, error);
    if (!status) printf("the strip, %s: ", did & DSC_DID_PREPARE ? "its digit prepared" : "brought to size");
    if (!status) status = answer(predictor, workspace, image, dsc_model_refuse_below(model), error);

    /* The two steps of the function above, called separately. */
    uint8_t small[20 * 20];
    if (!status) status = dsc_prepare_digit(&largest, NULL, strip, page->height, width, 1, error);
    if (!status) printf("its digit is %zu x %zu pixels large\n", largest.width, largest.height);
    if (!status)
        status = dsc_fit_image(small, (size_t[3]){1, 20, 20}, DSC_FIT_PAD, page->pixels, page->height,
                               page->width, 1, error);
    if (!status) printf("the page as 20 x 20 pixels begins with a grey of %d\n", small[0]);
    free(image);
    free(strip);
    dsc_digits_free(digits);
    dsc_workspace_free(workspace);
    dsc_predictor_free(predictor);
    return status;
}

int main(int argc, char **argv) {
    dsc_error error;
    dsc_model *model = NULL;
    picture page = {0};
    dsc_status status = argc > 1 ? load(&page, argv[1], &error) : draw(&page, &error);
    if (!status) status = argc > 2 ? dsc_model_load(&model, argv[2], &error) : train(&model, &error);
    if (!status) status = read_page(model, &page, &error);
    if (status) (void)fprintf(stderr, "pictures: %s\n", error.message);
    free(page.pixels);
    dsc_model_free(model);
    return status != DSC_OK;
}
