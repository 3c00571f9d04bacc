/* SPDX-License-Identifier: MIT */
/* test_formats.c: the contract of every format of the registry: a written file is recognised by its bytes,
 * is read as the same model, and is refused if it is truncated. */
#include "onnx_testing.h"

enum { SHAPE = 4, CLASSES = 3, IMAGES = 5 };

static dsc_error error;

static const exchange_format *format_at(size_t i) {
    return (const void *)dsc_registry_at(&exchange_registry, i);
}

static dsc_model *make_model(void) {
    dsc_model_options options = dsc_model_options_defaults();
    dsc_model *model;
    options.text = "flatten, dense 5, relu, dense";
    options.shape[0] = 1;
    options.shape[1] = options.shape[2] = SHAPE;
    options.classes = CLASSES;
    ASSERT_OK(dsc_model_create(&model, &options, &error), error);
    return model;
}

/* False: this build lacks a library for the format. */
static bool write_model(exchange_output *output, const exchange_format *format, const dsc_model *model) {
    *output = (exchange_output){.stem = "net"};
    const dsc_status status = onnx_export(output, model, format->name, &error);
    if (status == DSC_ERROR_UNSUPPORTED) return false;
    if (status) fail_msg("%s: %s", format->name, error.message);
    return true;
}

static dsc_status read_bytes(dsc_model **model, const char **format, const unsigned char *bytes,
                             size_t size) {
    exchange_source source = {.bytes = bytes, .size = size, .name = "net"};
    const dsc_status status = exchange_read(model, &source, NULL, &error);
    *format = source.format;
    dsc_text_free(&source.notes);
    dsc_text_free(&source.table);
    return status;
}

static void every_format_reads_or_writes_and_has_a_suffix(void **state) {
    (void)state;
    const exchange_format *format;
    for (size_t i = 0; (format = format_at(i)); i++) {
        if (!format->read && !format->write) fail_msg("%s: neither read nor written", format->name);
        if (format->recognise && format->recognise((const unsigned char *)"", 0))
            fail_msg("%s: takes an empty file for its own", format->name);
        assert_int_equal(format->suffix[0], '.');
    }
}

enum { BYTES = IMAGES * SHAPE * SHAPE, LOGITS = IMAGES * CLASSES };

/* The logits of some images; to be freed. */
static float *answer(const dsc_model *model) {
    uint8_t images[BYTES];
    for (size_t i = 0; i < BYTES; i++) images[i] = (uint8_t)(i * 37);
    return onnx_logits(model, images, NULL, IMAGES);
}

static bool same_answers(const dsc_model *model, const float *expected) {
    float *logits = answer(model);
    bool same = true;
    for (size_t k = 0; k < LOGITS; k++)
        same = same && fabsf(logits[k] - expected[k]) <= 1e-5f * (1 + fabsf(expected[k]));
    free(logits);
    return same;
}

static void what_every_format_writes_comes_back_as_the_same_model(void **state) {
    (void)state;
    const exchange_format *format;
    dsc_model *model = make_model();
    float *expected = answer(model);
    size_t tried = 0;
    for (size_t i = 0; (format = format_at(i)); i++) {
        exchange_output output;
        dsc_model *back;
        const char *found;
        if (!format->read || !format->write || !write_model(&output, format, model)) continue;
        assert_string_equal(output.files[0].suffix, format->suffix);
        if (read_bytes(&back, &found, output.files[0].bytes, output.files[0].size))
            fail_msg("%s: %s", format->name, error.message);
        if (strcmp(found, format->name) != 0 && strcmp(output.files[0].suffix, ".safetensors") != 0)
            fail_msg("what %s writes is taken for %s", format->name, found);
        if (!same_answers(back, expected))
            fail_msg("%s: answers otherwise when it is read again", format->name);
        dsc_model_free(back);
        exchange_output_clear(&output);
        tried++;
    }
    free(expected);
    dsc_model_free(model);
    assert_true(tried >= 3);
}

/* The last fields of an ONNX file describe the model; without them it is still valid. */
static void what_every_format_writes_is_refused_or_answers_the_same_if_it_is_cut_short(void **state) {
    (void)state;
    const exchange_format *format;
    dsc_model *model = make_model();
    float *expected = answer(model);
    for (size_t i = 0; (format = format_at(i)); i++) {
        exchange_output output;
        if (!format->read || !format->write || !write_model(&output, format, model)) continue;
        const size_t size = output.files[0].size;
        for (size_t n = 0; n < size; n += 1 + size / 200) {
            dsc_model *back = (void *)&output;
            const char *found;
            unsigned char *exact = malloc(n ? n : 1);
            memcpy(exact, output.files[0].bytes, n);
            const dsc_status status = read_bytes(&back, &found, exact, n);
            assert_true((back != NULL) == (status == DSC_OK));
            if (!status && (n < size / 2 || !same_answers(back, expected)))
                fail_msg("%s: the first %zu of %zu bytes are another model", format->name, n, size);
            dsc_model_free(back);
            free(exact);
        }
        exchange_output_clear(&output);
    }
    free(expected);
    dsc_model_free(model);
}

static void every_format_survives_every_failed_allocation(void **state) {
    (void)state;
    const exchange_format *format;
    dsc_model *model = make_model();
    for (size_t i = 0; (format = format_at(i)); i++) {
        exchange_output output;
        if (!format->read || !format->write || !write_model(&output, format, model)) continue;
        exchange_output_clear(&output);
        bool reached = true;
        for (long n = 0; reached; n++) {
            dsc_model *back = NULL;
            const char *found;
            output = (exchange_output){.stem = "net"};
            testing_fail_allocation(n);
            dsc_status status = onnx_export(&output, model, format->name, &error);
            if (!status) status = read_bytes(&back, &found, output.files[0].bytes, output.files[0].size);
            reached = testing_allocation_failed();
            if (status && (!reached || status != DSC_ERROR_MEMORY))
                fail_msg("%s, allocation %ld: %s", format->name, n, error.message);
            assert_true((back != NULL) == (status == DSC_OK));
            dsc_model_free(back);
            exchange_output_clear(&output);
        }
    }
    dsc_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_reads_or_writes_and_has_a_suffix),
        cmocka_unit_test(what_every_format_writes_comes_back_as_the_same_model),
        cmocka_unit_test(what_every_format_writes_is_refused_or_answers_the_same_if_it_is_cut_short),
        cmocka_unit_test(every_format_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
