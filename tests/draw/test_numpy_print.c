/* SPDX-License-Identifier: MIT */
#include "testing.h"

#include "base/file.h"
#include "draw/numpy_print.h"

#include <locale.h>
#include <math.h>

static void check_array(const dsc_array *array, const char *expected) {
    dsc_text text = {0};
    draw_numpy_print(&text, array);
    assert_false(text.failed);
    assert_string_equal(text.data, expected);
    dsc_text_free(&text);
}

static void check_vector(const double *values, size_t count, const char *expected) {
    dsc_text text = {0};
    draw_numpy_print_vector(&text, values, count);
    assert_string_equal(text.data, expected);
    dsc_text_free(&text);
}

static void a_one_hot_row_is_printed_as_in_the_tutorial(void **state) {
    (void)state;
    double row[10] = {[5] = 1};
    check_vector(row, 10, "[0. 0. 0. 0. 0. 1. 0. 0. 0. 0.]");
}

static void vectors_are_printed_as_by_numpy(void **state) {
    (void)state;
    check_vector((double[]){0.1, 0.25, 3}, 3, "[0.1  0.25 3.  ]");
    check_vector((double[]){-1, 100, 0.5}, 3, "[ -1.  100.    0.5]");
    check_vector((double[]){1e-9, 1.00000005, 2.5, 0.5, 100}, 5,
                 "[1.00000000e-09 1.00000005e+00 2.50000000e+00 5.00000000e-01\n 1.00000000e+02]");
    check_vector((double[]){9007199254740993.0, 2e23, 0x1p-1074}, 3,
                 "[9.00719925e+015 2.00000000e+023 4.94065646e-324]");
    check_vector((double[]){NAN, 1, -INFINITY}, 3, "[ nan   1. -inf]");
    check_vector((double[]){NAN, NAN}, 2, "[nan nan]");
    check_vector((double[]){-0.0, 0}, 2, "[-0.  0.]");
    check_vector((double[]){1.0 / 3, 2.0 / 3}, 2, "[0.33333333 0.66666667]");
    check_vector(NULL, 0, "[]");
}

static void axes_are_separated_by_blank_lines(void **state) {
    (void)state;
    uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 100};
    dsc_array array = {.type = DSC_U8, .rank = 3, .shape = {2, 2, 2}, .data = bytes};
    check_array(&array, "[[[  1   2]\n  [  3   4]]\n\n [[  5   6]\n  [  7 100]]]");
}

static void more_than_a_thousand_elements_are_cut(void **state) {
    (void)state;
    uint8_t bytes[1001] = {[0] = 1, [500] = 100, [1000] = 3};
    dsc_array array = {.type = DSC_U8, .rank = 1, .shape = {1001}, .data = bytes};
    check_array(&array, "[1 0 0 ... 0 0 3]");
}

/* NumPy made the file: a = (arange(784) * 7 % 256).astype(uint8).reshape(28, 28); a[:, :9] = 0; then
 * print(a), print(a / 255), print(a[:1]) and print((a / 255)[14]). */
static void an_image_is_printed_as_by_numpy_raw_and_scaled(void **state) {
    (void)state;
    uint8_t a[28 * 28];
    double row[28];
    for (size_t i = 0; i < 28 * 28; i++) a[i] = i % 28 < 9 ? 0 : (uint8_t)(i * 7);
    for (size_t i = 0; i < 28; i++) row[i] = a[14 * 28 + i] / 255.0;
    dsc_text text = {0};
    draw_numpy_print_bytes(&text, a, 28, 28, DRAW_NUMPY_LINE);
    dsc_text_append(&text, "\n");
    draw_numpy_print_scaled(&text, a, 28, 28, 255, DRAW_NUMPY_LINE);
    dsc_text_append(&text, "\n");
    draw_numpy_print_bytes(&text, a, 1, 28, DRAW_NUMPY_LINE);
    dsc_text_append(&text, "\n");
    draw_numpy_print_vector(&text, row, 28);
    dsc_text_append(&text, "\n");
    unsigned char *expected;
    size_t size;
    dsc_error error;
    ASSERT_OK(dsc_file_read(&expected, &size, testing_golden("numpy-print-28x28.txt"), 1 << 20, &error),
              error);
    assert_string_equal(text.data, (char *)expected);
    free(expected);
    dsc_text_free(&text);
}

/* numpy.set_printoptions(linewidth=20); print(array(...)) */
static void lines_are_as_long_as_asked(void **state) {
    (void)state;
    dsc_text text = {0};
    draw_numpy_print_bytes(&text, (uint8_t[]){100, 101, 102, 103, 104, 105}, 1, 6, 20);
    assert_string_equal(text.data, "[[100 101 102 103\n  104 105]]");
    dsc_text_free(&text);
}

static void the_same_in_every_locale(void **state) {
    (void)state;
    if (!testing_set_comma_locale()) TEST_SKIP("needs a locale with a decimal comma (package locales)");
    check_vector((double[]){0.5, 1e-9}, 2, "[5.e-01 1.e-09]");
    check_vector((double[]){0.5, 1.25}, 2, "[0.5  1.25]");
    setlocale(LC_ALL, "C");
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    uint8_t bytes[28 * 28] = {[99] = 7};
    for (long n = 0;; n++) {
        dsc_text text = {0};
        testing_fail_allocation(n);
        draw_numpy_print_scaled(&text, bytes, 28, 28, 255, DRAW_NUMPY_LINE);
        bool failed = testing_allocation_failed();
        assert_int_equal(text.failed, failed);
        dsc_text_free(&text);
        if (!failed) break;
    }
}

/* --- against NumPy itself: both print the same files of raw values --- */

static const struct {
    dsc_type type;
    const char *name;
} types[] = {{DSC_U8, "uint8"},  {DSC_I8, "int8"},     {DSC_I16, "int16"},
             {DSC_I32, "int32"}, {DSC_F32, "float32"}, {DSC_F64, "float64"}};

static uint32_t random_word(uint64_t *rng) {
    *rng = *rng * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*rng >> 32);
}

static size_t size_of(dsc_type type) {
    return type == DSC_F64 ? 8 : type == DSC_F32 || type == DSC_I32 ? 4 : type == DSC_I16 ? 2 : 1;
}

static size_t count_of(const dsc_array *array) {
    size_t count = 1;
    for (size_t i = 0; i < array->rank; i++) count *= array->shape[i];
    return count;
}

/* A value of one of the kinds that determine how an array is printed. */
static double any_value(uint64_t *rng, unsigned kind) {
    double u = ldexp(random_word(rng), -32) + ldexp(random_word(rng), -64);
    switch (kind) {
    case 0:
        return floor(u * 256) / 255;
    case 1:
        return u * 2 - 1;
    case 2:
        return floor(u * 2000 - 1000) / 8;
    case 3:
        return ldexp(u - 0.5, (int)(random_word(rng) % 200) - 100);
    case 4:
        return ldexp(1, (int)(random_word(rng) % 240) -
                            120); /* powers of two, whose neighbours are at different distances */
    case 5:
        return u < 0.1 ? NAN : u < 0.2 ? INFINITY : u < 0.25 ? -INFINITY : u * 10;
    case 6:
        return floor(u * 1e9) / 1e8;
    case 7:
        return floor(u * 1000) / 1e7 + 1e-4;
    default:
        return floor(u * 3);
    }
}

static size_t fill(dsc_array *array, uint64_t *rng) {
    unsigned kind = random_word(rng) % 9;
    size_t count = count_of(array);
    for (size_t i = 0; i < count; i++) {
        if (array->type == DSC_F64)
            ((double *)array->data)[i] = any_value(rng, kind);
        else if (array->type == DSC_F32)
            ((float *)array->data)[i] = (float)any_value(rng, kind);
        else
            for (size_t b = 0; b < size_of(array->type); b++)
                ((uint8_t *)array->data)[i * size_of(array->type) + b] =
                    (uint8_t)(kind < 4 ? random_word(rng) : random_word(rng) % 2);
    }
    return count * size_of(array->type);
}

static void random_arrays_are_printed_as_by_numpy(void **state) {
    (void)state;
    const char *python = testing_numpy();
    if (!python) TEST_SKIP("needs Python with NumPy");
    static const size_t shapes[][4] = {{1},      {7},        {10},     {200},         {1000},
                                       {1001},   {3, 4},     {28, 28}, {2, 3, 4},     {40, 40},
                                       {3, 500}, {9, 3, 50}, {0, 3},   {2, 2, 3, 2},  {7, 8, 9, 10},
                                       {600, 2}, {1, 1, 1},  {6, 400}, {400, 1, 7, 1}};
    uint64_t rng = 20240607;
    const char *folder = testing_folder();
    dsc_text ours = {0}, script = {0};
    dsc_text_append(&script, "import numpy as np\nout = []\n");
    char *values = dsc_path_join(folder, "values"), *expected = dsc_path_join(folder, "expected");
    dsc_text raw = {0};
    for (int round = 0; round < 40; round++)
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            size_t t = random_word(&rng) % 8;
            dsc_array array = {.type = types[t < 6 ? t : 5].type};
            dsc_text_append(&script, "out.append((%zu, '%s', (", raw.length, types[t < 6 ? t : 5].name);
            for (size_t d = 0; d < 4 && (d == 0 || shapes[s][d]); d++) {
                array.shape[array.rank++] = shapes[s][d];
                dsc_text_append(&script, "%zu,", shapes[s][d]);
            }
            dsc_text_append(&script, ")))\n");
            array.data = calloc(count_of(&array) + 1, 8);
            dsc_text_append_bytes(&raw, array.data, fill(&array, &rng));
            draw_numpy_print(&ours, &array);
            dsc_text_append(&ours, "\n");
            free(array.data);
        }
    dsc_text_append(&script,
                    "raw = open('%s', 'rb').read()\n"
                    "f = open('%s', 'w')\n"
                    "for offset, kind, shape in out:\n"
                    "    n = int(np.prod(shape))\n"
                    "    print(np.frombuffer(raw, kind, n, offset).reshape(shape), file=f)\n",
                    values, expected);
    dsc_error error;
    char *path = dsc_path_join(folder, "script.py");
    ASSERT_OK(dsc_file_write(path, script.data, script.length, &error), error);
    ASSERT_OK(dsc_file_write(values, raw.data, raw.length, &error), error);
    char command[512];
    (void)snprintf(command, sizeof command, "%s %s", python, path);
    assert_int_equal(system(command), 0);
    unsigned char *theirs;
    size_t size;
    ASSERT_OK(dsc_file_read(&theirs, &size, expected, SIZE_MAX, &error), error);
    for (size_t i = 0; i < size && i < ours.length; i++)
        if (theirs[i] != (unsigned char)ours.data[i]) {
            size_t from = i < 200 ? 0 : i - 200;
            fail_msg("NumPy prints\n%.300s\nwe print\n%.300s", theirs + from, ours.data + from);
        }
    assert_int_equal(size, ours.length);
    free(theirs);
    free(path);
    free(values);
    free(expected);
    dsc_text_free(&raw);
    dsc_text_free(&ours);
    dsc_text_free(&script);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_one_hot_row_is_printed_as_in_the_tutorial),
        cmocka_unit_test(vectors_are_printed_as_by_numpy),
        cmocka_unit_test(axes_are_separated_by_blank_lines),
        cmocka_unit_test(more_than_a_thousand_elements_are_cut),
        cmocka_unit_test(an_image_is_printed_as_by_numpy_raw_and_scaled),
        cmocka_unit_test(lines_are_as_long_as_asked),
        cmocka_unit_test(the_same_in_every_locale),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(random_arrays_are_printed_as_by_numpy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
