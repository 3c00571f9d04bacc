/* SPDX-License-Identifier: MIT */
/* Claim files: a written claim is read back, each changed byte is detected, and another run is compared by
 * its bits, or else by its answers. */
#include "testing.h"

#include "report/claim.h"

#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { IMAGES = 203 };

static const char hex_a[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const char hex_b[] = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/* The images from `first` on are answered correctly. */
static void make(report_run_claim *c, size_t first, const char *weights) {
    dsc_error error;
    *c = (report_run_claim){.bf16 = true, .version = "1.2.3", .architecture = "x86_64", .parameters = 7};
    ASSERT_OK(dsc_recipe_initialise(&c->recipe, &error), error);
    ASSERT_OK(dsc_text_replace(&c->recipe_name, "mine", &error), error);
    ASSERT_OK(dsc_text_replace(&c->data_name, "letters", &error), error);
    ASSERT_OK(dsc_text_replace(&c->kernels, "portable", &error), error);
    c->recipe.epochs = 17;
    c->training = (report_claim_data){.count = 1000};
    c->test = (report_claim_data){.count = IMAGES};
    (void)strcpy(c->training.sha256, hex_a);
    (void)strcpy(c->test.sha256, hex_a);
    (void)strcpy(c->kernels_sha256, hex_a);
    (void)strcpy(c->model_sha256, hex_a);
    (void)strcpy(c->weights_sha256, weights);
    c->answers = calloc(IMAGES / 8 + 1, 1);
    for (size_t i = first; i < IMAGES; i++) c->answers[i / 8] |= (unsigned char)(1 << i % 8);
    c->right = IMAGES - first;
    c->loss = 0.25;
}

static void write_one(char path[512], unsigned char **bytes, size_t *size) {
    report_run_claim c;
    dsc_error error;
    (void)snprintf(path, 512, "%s/claim.json", testing_folder());
    make(&c, 5, hex_a);
    ASSERT_OK(report_claim_write(&c, path, &error), error);
    report_claim_clear(&c);
    if (bytes) ASSERT_OK(dsc_file_read(bytes, size, path, 1 << 20, &error), error);
}

static void what_is_written_is_read(void **state) {
    (void)state;
    if (!fetch_sha256_available()) skip();
    char path[512];
    report_run_claim c, again;
    dsc_error error;
    write_one(path, NULL, NULL);
    make(&c, 5, hex_a);
    ASSERT_OK(report_claim_read(&again, path, &error), error);
    assert_string_equal(again.recipe_name, "mine");
    assert_string_equal(again.data_name, "letters");
    assert_string_equal(again.kernels, "portable");
    assert_string_equal(again.version, "1.2.3");
    assert_string_equal(again.program_sha256, "");
    assert_string_equal(again.weights_sha256, hex_a);
    assert_int_equal(again.recipe.epochs, 17);
    assert_true(again.bf16);
    assert_false(again.has_others);
    assert_int_equal(again.right, IMAGES - 5);
    assert_memory_equal(again.answers, c.answers, IMAGES / 8 + 1);
    report_claim_clear(&c);
    report_claim_clear(&again);
}

static void each_changed_byte_is_found(void **state) {
    (void)state;
    if (!fetch_sha256_available()) skip();
    char path[512];
    unsigned char *bytes;
    size_t size;
    write_one(path, &bytes, &size);
    for (size_t i = 0; i < size; i++) {
        for (int bit = 0; bit < 8; bit += 3) {
            report_run_claim c;
            dsc_error error;
            bytes[i] ^= (unsigned char)(1 << bit);
            const dsc_status status = report_claim_parse(&c, bytes, size, "claim", &error);
            if (status != DSC_ERROR_FORMAT && status != DSC_ERROR_UNSUPPORTED)
                fail_msg("byte %zu, bit %d: status %d", i, bit, (int)status);
            report_claim_clear(&c);
            bytes[i] ^= (unsigned char)(1 << bit);
        }
    }
    for (size_t cut = 0; cut < size; cut += 7) {
        report_run_claim c;
        assert_int_equal(report_claim_parse(&c, bytes, cut, "claim", NULL), DSC_ERROR_FORMAT);
        report_claim_clear(&c);
    }
    free(bytes);
}

/* A valid seal on other JSON. */
static void what_is_sealed_but_makes_no_sense_is_refused(void **state) {
    (void)state;
    if (!fetch_sha256_available()) skip();
    char path[512];
    report_run_claim c;
    dsc_error error;
    (void)snprintf(path, sizeof path, "%s/odd.json", testing_folder());
    make(&c, 5, hex_a);
    c.right++; /* the answers disagree */
    ASSERT_OK(report_claim_write(&c, path, &error), error);
    report_claim_clear(&c);
    assert_int_equal(report_claim_read(&c, path, &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "no complete claim");
    report_claim_clear(&c);
    static const char *const others[] = {"{}", "[]", "{\"claim\": 1}", "{\"claim\": 1, \"sha256\": \"00\"}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(report_claim_parse(&c, others[i], strlen(others[i]), "claim", &error),
                         DSC_ERROR_FORMAT);
        ASSERT_MESSAGE(error, "is no claim");
        report_claim_clear(&c);
    }
    static const char newer[] = "{\"claim\": 2}";
    assert_int_equal(report_claim_parse(&c, newer, sizeof newer - 1, "claim", &error), DSC_ERROR_UNSUPPORTED);
    report_claim_clear(&c);
}

/* The seal proves nothing about the author, so a claim that no command makes can come from anybody. */
static void a_sealed_recipe_that_needs_another_model_is_refused(void **state) {
    (void)state;
    if (!fetch_sha256_available()) skip();
    char path[512];
    (void)snprintf(path, sizeof path, "%s/other-model.json", testing_folder());
    for (int i = 0; i < 3; i++) {
        report_run_claim c;
        dsc_error error;
        make(&c, 5, hex_a);
        if (i == 0) ASSERT_OK(dsc_text_replace(&c.recipe.from, "model.safetensors", &error), error);
        if (i == 1) ASSERT_OK(dsc_text_replace(&c.recipe.teacher, "model.safetensors", &error), error);
        if (i == 2) c.recipe.members = 2;
        ASSERT_OK(report_claim_write(&c, path, &error), error);
        report_claim_clear(&c);
        assert_int_equal(report_claim_read(&c, path, &error), DSC_ERROR_UNSUPPORTED);
        ASSERT_MESSAGE(error, i == 2 ? "an ensemble" : "another model");
        report_claim_clear(&c);
    }
}

static int verdict_with(size_t first, size_t other, const char *weights, const char *kernels) {
    report_run_claim a, b;
    make(&a, first, hex_a);
    make(&b, other, weights);
    (void)strcpy(b.kernels_sha256, kernels);
    const report_claim_verdict v = report_claim_compare(&a, &b);
    assert_int_equal(v.paired.first, other > first ? other - first : 0);
    assert_int_equal(v.paired.second, first > other ? first - other : 0);
    report_claim_clear(&a);
    report_claim_clear(&b);
    return v.verdict;
}

static int verdict(size_t first, size_t other, const char *weights) {
    return verdict_with(first, other, weights, hex_a);
}

/* With n images that one alone has right, p is 2 / 2^n: below 0.01 from n = 8 on. */
static void bits_decide_and_else_what_chance_allows(void **state) {
    (void)state;
    assert_int_equal(verdict(5, 5, hex_a), REPORT_CLAIM_SAME_BITS);
    assert_int_equal(verdict(5, 5, hex_b), REPORT_CLAIM_SAME_FIGURE);
    assert_int_equal(verdict(5, 12, hex_b), REPORT_CLAIM_SAME_FIGURE);
    assert_int_equal(verdict(5, 13, hex_b), REPORT_CLAIM_OTHER_FIGURE);
    assert_int_equal(verdict(13, 5, hex_b), REPORT_CLAIM_OTHER_FIGURE);
}

/* One network has one score: a claim with its weights and another score is wrong, however near. Kernels that
 * round differently may turn an answer. */
static void the_same_weights_with_other_answers_refute_the_claim(void **state) {
    (void)state;
    assert_int_equal(verdict(5, 6, hex_a), REPORT_CLAIM_OTHER_ANSWERS);
    assert_int_equal(verdict_with(5, 5, hex_a, hex_b), REPORT_CLAIM_SAME_BITS);
    assert_int_equal(verdict_with(5, 6, hex_a, hex_b), REPORT_CLAIM_SAME_FIGURE);
    assert_int_equal(verdict_with(5, 13, hex_a, hex_b), REPORT_CLAIM_OTHER_FIGURE);
}

static void hash_small(report_claim_data *print, const char *name, uint8_t label, uint8_t pixel,
                       size_t height) {
    dsc_error error;
    dsc_dataset *data;
    const char *const names[] = {"a", name};
    const uint8_t images[2][4] = {{1, 2, 3, 4}, {5, 6, 7, pixel}}, labels[2] = {0, label};
    dsc_dataset_options options = dsc_dataset_options_defaults();
    options.count = options.classes = 2;
    options.shape[1] = height;
    options.shape[2] = 4 / height;
    options.images = images;
    options.labels = labels;
    options.class_names = names;
    ASSERT_OK(dsc_dataset_create(&data, &options, &error), error);
    ASSERT_OK(report_claim_hash_data(print, data, &error), error);
    dsc_dataset_free(data);
}

static void data_differ_by_an_image_a_label_a_name_or_the_shape(void **state) {
    (void)state;
    if (!fetch_sha256_available()) skip();
    report_claim_data x, y;
    hash_small(&x, "b", 1, 8, 2);
    assert_int_equal(x.count, 2);
    hash_small(&y, "b", 1, 8, 2);
    assert_string_equal(x.sha256, y.sha256);
    hash_small(&y, "c", 1, 8, 2);
    assert_string_not_equal(x.sha256, y.sha256);
    hash_small(&y, "b", 0, 8, 2);
    assert_string_not_equal(x.sha256, y.sha256);
    hash_small(&y, "b", 1, 9, 2);
    assert_string_not_equal(x.sha256, y.sha256);
    hash_small(&y, "b", 1, 8, 1);
    assert_string_not_equal(x.sha256, y.sha256);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(each_changed_byte_is_found),
        cmocka_unit_test(what_is_sealed_but_makes_no_sense_is_refused),
        cmocka_unit_test(a_sealed_recipe_that_needs_another_model_is_refused),
        cmocka_unit_test(bits_decide_and_else_what_chance_allows),
        cmocka_unit_test(the_same_weights_with_other_answers_refute_the_claim),
        cmocka_unit_test(data_differ_by_an_image_a_label_a_name_or_the_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
