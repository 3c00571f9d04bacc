/* SPDX-License-Identifier: MIT */
#include "making.h"

#include "base/text.h"
#include "data/npy.h"

#include <math.h>
#include <unistd.h>

static const dsc_type types[] = {DSC_U8, DSC_I8, DSC_I16, DSC_I32, DSC_F32, DSC_F64};
enum { TYPES = sizeof types / sizeof *types };
static const size_t shape[4] = {3, 5, 2, 7};

static dsc_array make_array(dsc_type type, size_t rank) {
    dsc_array array;
    dsc_error error;
    ASSERT_OK(dsc_array_create(&array, type, rank, shape, &error), error);
    for (size_t i = 0; i < dsc_array_count(&array); i++) {
        int v = (int)(i * 3) - 100;
        if (type == DSC_U8) ((uint8_t *)array.data)[i] = (uint8_t)v;
        if (type == DSC_I8) ((int8_t *)array.data)[i] = (int8_t)v;
        if (type == DSC_I16) ((int16_t *)array.data)[i] = (int16_t)(v * 100);
        if (type == DSC_I32) ((int32_t *)array.data)[i] = v * 1000000;
        if (type == DSC_F32) ((float *)array.data)[i] = (float)v / 8;
        if (type == DSC_F64) ((double *)array.data)[i] = v / 1024.0;
    }
    return array;
}

static void assert_same(const dsc_array *a, const dsc_array *b) {
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->rank, b->rank);
    assert_memory_equal(a->shape, b->shape, a->rank * sizeof *a->shape);
    assert_memory_equal(a->data, b->data, dsc_array_count(a) * dsc_type_size(a->type));
}

static void every_type_and_rank_comes_back_from_npy_and_npz(void **state) {
    (void)state;
    const char *npy = make_path(testing_folder(), "a.npy"), *npz = make_path(testing_folder(), "a.npz");
    dsc_error error;
    for (size_t t = 0; t < TYPES; t++)
        for (size_t rank = 1; rank <= 4; rank++) {
            dsc_array a = make_array(types[t], rank), b = make_array(types[TYPES - 1 - t], 5 - rank), back;
            ASSERT_OK(dsc_npy_write(npy, &a, &error), error);
            ASSERT_OK(dsc_npy_read(&back, npy, &error), error);
            assert_same(&a, &back);
            dsc_array_clear(&back);
            const dsc_npz_entry entries[] = {{"weights_1", &a}, {"Gewicht ß", &b}};
            ASSERT_OK(dsc_npz_write(npz, entries, 2, &error), error);
            for (size_t i = 0; i < 2; i++) {
                ASSERT_OK(dsc_npz_read(&back, npz, entries[i].name, &error), error);
                assert_same(entries[i].array, &back);
                dsc_array_clear(&back);
            }
            dsc_array_clear(&a);
            dsc_array_clear(&b);
        }
}

static void an_archive_in_memory_is_the_file_that_is_written(void **state) {
    (void)state;
    const char *path = make_path(testing_folder(), "same.npz");
    dsc_array a = make_array(DSC_F32, 2), b = make_array(DSC_U8, 1);
    const dsc_npz_entry entries[] = {{"a", &a}, {"b", &b}}, twice[] = {{"a", &a}, {"a", &b}};
    dsc_error error;
    unsigned char *made, *written;
    size_t made_size, written_size;
    ASSERT_OK(dsc_npz_write(path, entries, 2, &error), error);
    ASSERT_OK(dsc_npz_make(&made, &made_size, entries, 2, "memory", &error), error);
    ASSERT_OK(dsc_file_read(&written, &written_size, path, 1 << 20, &error), error);
    assert_int_equal(made_size, written_size);
    assert_memory_equal(made, written, made_size);
    free(made);
    free(written);
    assert_int_equal(dsc_npz_make(&made, &made_size, twice, 2, "memory", &error), DSC_ERROR_ARGUMENT);
    assert_null(made);
    ASSERT_MESSAGE(error, "memory: ");
    dsc_array_clear(&a);
    dsc_array_clear(&b);
}

static void run_python(const char *script, const char *folder) {
    dsc_text command = {0};
    dsc_text_append(&command, "cd '%s' && %s - <<'END'\n%s\nEND", folder, testing_numpy(), script);
    assert_false(command.failed);
    if (system(command.data)) fail_msg("NumPy disagrees: %s", script);
    dsc_text_free(&command);
}

static void numpy_reads_what_is_written_and_writes_the_same_bytes(void **state) {
    (void)state;
    if (!testing_numpy()) TEST_SKIP("needs python3-numpy");
    const char *folder = testing_folder();
    dsc_error error;
    dsc_array arrays[TYPES], empty;
    dsc_npz_entry entries[TYPES + 1];
    static const char *const names[TYPES] = {"u1", "i1", "i2", "i4", "f4", "f8"};
    for (size_t t = 0; t < TYPES; t++) {
        arrays[t] = make_array(types[t], 1 + t % 4);
        entries[t] = (dsc_npz_entry){names[t], &arrays[t]};
        char name[16];
        (void)snprintf(name, sizeof name, "%s.npy", names[t]);
        ASSERT_OK(dsc_npy_write(make_path(folder, name), &arrays[t], &error), error);
    }
    const size_t none[2] = {0, 3};
    ASSERT_OK(dsc_array_create(&empty, DSC_F32, 2, none, &error), error);
    entries[TYPES] = (dsc_npz_entry){"nothing", &empty};
    ASSERT_OK(dsc_npz_write(make_path(folder, "all.npz"), entries, TYPES + 1, &error), error);
    run_python("import numpy as np, zipfile\n"
               "assert zipfile.ZipFile('all.npz').testzip() is None\n"
               "z = np.load('all.npz')\n"
               "assert sorted(z.files) == ['f4', 'f8', 'i1', 'i2', 'i4', 'nothing', 'u1'], z.files\n"
               "assert z['nothing'].shape == (0, 3) and z['nothing'].dtype == np.float32\n"
               "for k, name in enumerate(['u1', 'i1', 'i2', 'i4', 'f4', 'f8']):\n"
               "    a = np.load(name + '.npy')\n"
               "    s = (3, 5, 2, 7)[:1 + k % 4]\n"
               "    v = np.arange(np.prod(s)) * 3 - 100\n"
               "    v = {'i2': v * 100, 'i4': v * 1000000, 'f4': v / 8, 'f8': v / 1024}.get(name, v)\n"
               "    v = v.astype(np.int64).astype(name) if name in ('u1', 'i1') else v.astype(name)\n"
               "    v = v.reshape(s)\n"
               "    assert a.dtype == np.dtype(name) and a.shape == s and (a == v).all(), name\n"
               "    assert z[name].dtype == a.dtype and (z[name] == a).all(), name\n"
               "    np.save('again.npy', v)\n"
               "    assert open('again.npy', 'rb').read() == open(name + '.npy', 'rb').read(), name\n",
               folder);
    for (size_t t = 0; t < TYPES; t++) dsc_array_clear(&arrays[t]);
    dsc_array_clear(&empty);
}

static void what_numpy_writes_is_read(void **state) {
    (void)state;
    if (!testing_numpy()) TEST_SKIP("needs python3-numpy");
    const char *folder = testing_folder();
    run_python("import numpy as np\n"
               "a = np.arange(12).reshape(3, 4)\n"
               "np.savez('s.npz', x=a.astype('f4'), y=a.astype('>i2'))\n"
               "np.savez_compressed('c.npz', x=a.astype('f4'), y=a.astype('>i2'))\n"
               "np.save('fortran.npy', np.asfortranarray(a.astype('f4')))\n"
               "np.save('vector.npy', np.asfortranarray(np.arange(5, dtype='f8')))\n"
               "np.save('long.npy', a)\n"
               "np.save('scalar.npy', np.float32(1))\n"
               "np.save('five.npy', np.zeros((1, 1, 1, 1, 2), 'u1'))\n"
               "np.save('fields.npy', np.zeros(3, [('a', 'f4'), ('b', 'i4')]))\n"
               "np.lib.format.write_array(open('two.npy', 'wb'), a.astype('i1'), version=(2, 0))\n",
               folder);
    dsc_error error;
    dsc_array array;
    static const char *const archives[] = {"s.npz", "c.npz"};
    for (size_t k = 0; k < 2; k++) {
        ASSERT_OK(dsc_npz_read(&array, make_path(folder, archives[k]), "x", &error), error);
        assert_int_equal(array.type, DSC_F32);
        assert_true(((float *)array.data)[11] == 11.0F);
        dsc_array_clear(&array);
        ASSERT_OK(dsc_npz_read(&array, make_path(folder, archives[k]), "y", &error), error);
        assert_int_equal(array.type, DSC_I16);
        assert_int_equal(((int16_t *)array.data)[11], 11);
        dsc_array_clear(&array);
        assert_int_equal(dsc_npz_read(&array, make_path(folder, archives[k]), "z", &error),
                         DSC_ERROR_MISMATCH);
        ASSERT_MESSAGE(error, "called z, found: x.npy, y.npy");
    }
    ASSERT_OK(dsc_npy_read(&array, make_path(folder, "vector.npy"), &error), error);
    assert_int_equal(dsc_array_count(&array), 5);
    dsc_array_clear(&array);
    ASSERT_OK(dsc_npy_read(&array, make_path(folder, "fortran.npy"), &error), error);
    for (size_t i = 0; i < 12; i++) assert_true(((float *)array.data)[i] == (float)i);
    dsc_array_clear(&array);
    ASSERT_OK(dsc_npy_read(&array, make_path(folder, "two.npy"), &error), error);
    assert_int_equal(((int8_t *)array.data)[7], 7);
    dsc_array_clear(&array);
    static const struct {
        const char *file, *part, *remedy;
    } refused[] = {{"long.npy", "found <i8", "astype"},
                   {"scalar.npy", "found 0", "reshape"},
                   {"five.npy", "found 5", "reshape"},
                   {"fields.npy", "found fields", "astype"}};
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        assert_int_equal(dsc_npy_read(&array, make_path(folder, refused[k].file), &error),
                         DSC_ERROR_UNSUPPORTED);
        assert_null(array.data);
        ASSERT_MESSAGE(error, refused[k].file);
        ASSERT_MESSAGE(error, refused[k].part);
        ASSERT_MESSAGE(error, refused[k].remedy);
    }
}

static void refuse_npy(const void *bytes, size_t size, const char *part) {
    dsc_array array;
    dsc_error error;
    void *copy = malloc(size ? size : 1); /* exact, for the address sanitizer */
    if (size) memcpy(copy, bytes, size);
    assert_int_not_equal(dsc_npy_parse(&array, copy, size, "the-file", &error), DSC_OK);
    free(copy);
    assert_null(array.data);
    ASSERT_MESSAGE(error, "the-file");
    ASSERT_MESSAGE(error, part);
}

/* A version 1 file with this dictionary and `content` bytes of zeros. */
static void refuse_header(const char *dictionary, size_t content, const char *part) {
    unsigned char file[512] = "\x93NUMPY\1";
    size_t length = strlen(dictionary);
    file[8] = (unsigned char)length;
    memcpy(file + 10, dictionary, length);
    refuse_npy(file, 10 + length + content, part);
}

/* --- images of any type --- */

/* Reads a file that was made by hand: true, with its bytes, or false with the error's message. */
static bool as_bytes(uint8_t out[16], char message[DSC_MESSAGE_SIZE], const char *type, const char *order,
                     const char *dimensions, const void *elements, size_t size) {
    unsigned char file[512] = "\x93NUMPY\1";
    int length = snprintf((char *)file + 10, 400, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }",
                          type, order, dimensions);
    file[8] = (unsigned char)length;
    memcpy(file + 10 + length, elements, size);
    size_t whole = 10 + (size_t)length + size;
    void *copy = malloc(whole); /* exact, for the address sanitizer */
    memcpy(copy, file, whole);
    dsc_array array;
    dsc_error error = {0};
    dsc_status status = dsc_npy_parse_bytes(&array, copy, whole, "f.npy", &error);
    free(copy);
    (void)snprintf(message, DSC_MESSAGE_SIZE, "%s", error.message);
    if (status) {
        assert_null(array.data);
        return false;
    }
    assert_int_equal(array.type, DSC_U8);
    memcpy(out, array.data, dsc_array_count(&array));
    dsc_array_clear(&array);
    return true;
}

#define READ(type, shape, elements, ...)                                                                     \
    do {                                                                                                     \
        const uint8_t expected[] = {__VA_ARGS__};                                                            \
        uint8_t out[16] = {0};                                                                               \
        char message[DSC_MESSAGE_SIZE];                                                                      \
        if (!as_bytes(out, message, type, "False", shape, elements, sizeof elements))                        \
            fail_msg("%s", message);                                                                         \
        assert_memory_equal(out, expected, sizeof expected);                                                 \
    } while (0)

#define REFUSED(type, shape, elements, part)                                                                 \
    do {                                                                                                     \
        uint8_t out[16];                                                                                     \
        char message[DSC_MESSAGE_SIZE];                                                                      \
        assert_false(as_bytes(out, message, type, "False", shape, elements, sizeof elements));               \
        if (!strstr(message, part)) fail_msg("'%s' does not contain '%s'", message, part);                   \
    } while (0)

static void numbers_without_doubt_become_bytes(void **state) {
    (void)state;
    READ("|u1", "2, 2", ((const uint8_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("|u1", "2, 2", ((const uint8_t[]){0, 1, 0, 1}), 0, 1, 0, 1);
    READ("|b1", "2, 2", ((const uint8_t[]){0, 1, 0, 1}), 0, 255, 0, 255);
    READ("|i1", "2, 2", ((const int8_t[]){0, 1, 100, 127}), 0, 1, 100, 127);
    READ("<u2", "2, 2", ((const uint16_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<i2", "2, 2", ((const int16_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<u4", "2, 2", ((const uint32_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<i4", "2, 2", ((const int32_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<u8", "2, 2", ((const uint64_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<i8", "2, 2", ((const int64_t[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<i8", "2, 2", ((const int64_t[]){0, 0, 0, 0}), 0, 0, 0, 0);
    READ("<f4", "2, 2", ((const float[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<f8", "2, 2", ((const double[]){0, 1, 200, 255}), 0, 1, 200, 255);
    READ("<f4", "2, 2", ((const float[]){0, 1.0F / 255, 0.5F, 1}), 0, 1, 128, 255);
    READ("<f8", "2, 2", ((const double[]){0, 1, 0, 1}), 0, 255, 0, 255);
    READ("<f4", "2, 2", ((const float[]){-0.0F, 0, 0.25F, 0.25F}), 0, 0, 64, 64);
    READ("<f2", "2, 2", ((const uint16_t[]){0, 0x3C00, 0x3800, 1}), 0, 255, 128, 0); /* 0, 1, 1/2, 2^-24 */
    READ("<f2", "2, 2", ((const uint16_t[]){0, 0x3C00, 0x5A40, 0x5BF8}), 0, 1, 200, 255);
    /* The other byte order. */
    READ(">i4", "2, 2", ((const uint8_t[]){0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 200, 0, 0, 0, 255}), 1, 2, 200,
         255);
    READ(">f4", "1, 2", ((const uint8_t[]){0x3F, 0x80, 0, 0, 0x43, 0x48, 0, 0}), 1, 200);
}

static void an_array_in_fortrans_order_is_read_in_ours(void **state) {
    (void)state;
    uint8_t out[16];
    char message[DSC_MESSAGE_SIZE];
    const uint8_t flat[6] = {1, 4, 2, 5, 3, 6}, expected[6] = {1, 2, 3, 4, 5, 6};
    assert_true(as_bytes(out, message, "|u1", "True", "2, 3", flat, 6));
    assert_memory_equal(out, expected, 6);
    /* (2, 3, 2), element [i][j][k] = 6i + 2j + k at i + 2j + 6k */
    int32_t deep[12];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 2; k++) deep[i + 2 * j + 6 * k] = 6 * i + 2 * j + k;
    assert_true(as_bytes(out, message, "<i4", "True", "2, 3, 2", deep, sizeof deep));
    for (int i = 0; i < 12; i++) assert_int_equal(out[i], i);
}

static void numbers_in_doubt_are_refused_with_what_to_save(void **state) {
    (void)state;
    REFUSED("<i8", "2, 2", ((const int64_t[]){0, 1, 0, 1}),
            "save (array * 255).astype('u1'), otherwise array.astype('u1')");
    REFUSED("<i8", "2, 2", ((const int64_t[]){0, 1, 0, 256}), "numbers from 0 to 256");
    REFUSED("<i8", "2, 2", ((const int64_t[]){INT64_MIN, 1, 0, INT64_MAX}), "array.min()");
    REFUSED("<u8", "2, 2", ((const uint64_t[]){0, 1, 0, UINT64_MAX}), "array.min()");
    REFUSED("|i1", "2, 2", ((const int8_t[]){0, 1, -1, 127}), "numbers from -1 to 127");
    REFUSED("<f4", "2, 2", ((const float[]){0, 0.5F, 0, 255}), "array.round().astype('u1')");
    REFUSED("<f4", "2, 2", ((const float[]){-1, 0, 1, 0.5F}), "numbers from -1 to 1");
    REFUSED("<f4", "2, 2", ((const float[]){0, 0, 1, NAN}), "not finite");
    REFUSED("<f8", "2, 2", ((const double[]){0, 0, 1, INFINITY}), "nan_to_num");
    REFUSED("<f2", "2, 2", ((const uint16_t[]){0, 0, 0, 0x7C00}), "not finite");
    REFUSED("<f2", "2, 2", ((const uint16_t[]){0, 0x3C00, 0xBC00, 0}), "numbers from -1 to 1");
    REFUSED("<c8", "1, 2", ((const float[]){0, 0, 1, 0}), "save numpy.abs(array)");
    REFUSED("|O", "1, 2", ((const float[]){0, 0}), "save numpy.array(array.tolist())");
    REFUSED("<U1", "1, 2", ((const float[]){0, 0}), "array.astype('f4')");
    REFUSED("<f16", "1, 1", ((const double[]){0, 0}), "array.astype('f8')");
    REFUSED("|u2", "1, 2", ((const uint16_t[]){0, 0}), "found |u2");
    REFUSED("<u2", "1, 3", ((const uint16_t[]){0, 0}), "1 x 3 elements of 2 bytes");
    REFUSED("|u1", "1, 1, 1, 1, 2", ((const uint8_t[]){0, 0}), "reshape");
    REFUSED("<f8", "4611686018427387904, 8", ((const uint8_t[]){0, 0}), "found 2");
}

static void a_damaged_npy_file_is_refused(void **state) {
    (void)state;
    const char *path = make_path(testing_folder(), "a.npy");
    dsc_array a = make_array(DSC_I16, 2);
    dsc_error error;
    ASSERT_OK(dsc_npy_write(path, &a, &error), error);
    dsc_array_clear(&a);
    unsigned char *file;
    size_t size;
    ASSERT_OK(dsc_file_read(&file, &size, path, 1 << 20, &error), error);
    for (size_t n = 0; n < size; n++) refuse_npy(file, n, "");
    refuse_npy(file, 0, "empty");
    refuse_npy(file, size - 1, "3 x 5 16-bit integers at offset 128, found 29 bytes");
    refuse_npy("<html></html>", 13, "web page");
    file[6] = 9;
    refuse_npy(file, size, "found 9");
    free(file);
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 7, "found 7 bytes");
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 9, "found 9 bytes");
    refuse_header("{'descr': '<f4', 'fortran_order': False}", 4, "cannot be understood");
    refuse_header("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}", 4, "offset 44");
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}", 8, "cannot be understood");
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 4, "cannot be understood");
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4, "cannot be understood");
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", 4, "cannot be");
    refuse_header("{'descr': '|f4', 'fortran_order': False, 'shape': (1,)}", 4, "found |f4");
    refuse_header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}", 4,
                  "cannot be");
    refuse_header("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 8)}", 0,
                  "found 0");
    refuse_header("{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,)}", 8, "found 8 bytes");
}

static void a_damaged_archive_is_refused(void **state) {
    (void)state;
    const char *path = make_path(testing_folder(), "a.npz");
    dsc_array a = make_array(DSC_U8, 1), back;
    const dsc_npz_entry entries[] = {{"a", &a}};
    dsc_error error;
    ASSERT_OK(dsc_npz_write(path, entries, 1, &error), error);
    unsigned char *file;
    size_t size, accepted = 0;
    ASSERT_OK(dsc_file_read(&file, &size, path, 1 << 20, &error), error);
    for (size_t n = 0; n < size; n++) {
        void *copy = malloc(n ? n : 1);
        memcpy(copy, file, n);
        assert_int_not_equal(dsc_npz_parse(&back, copy, n, "f", "a", &error), DSC_OK);
        assert_null(back.data);
        ASSERT_MESSAGE(error, "f:");
        free(copy);
    }
    for (size_t bit = 0; bit < 8 * size; bit++) { /* accepted only with the correct content */
        file[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (!dsc_npz_parse(&back, file, size, "f", "a", &error)) {
            assert_same(&a, &back);
            dsc_array_clear(&back);
            accepted++;
        }
        file[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_true(accepted < 8 * 72); /* times, versions, attributes, what the local header repeats */
    free(file);
    assert_int_equal(dsc_npz_parse(&back, "", 0, "f", "a", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "empty");
    assert_int_equal(dsc_npz_parse(&back, "\x93NUMPY", 6, "f", "a", &error), DSC_ERROR_FORMAT);
    ASSERT_MESSAGE(error, "starts with PK");
    dsc_array_clear(&a);
}

static void impossible_arrays_and_names_are_not_written(void **state) {
    (void)state;
    const char *path = make_path(testing_folder(), "a");
    static const char *const names[] = {"", "a/b", "a\nb"};
    dsc_array a = make_array(DSC_U8, 1), wrong = {.type = DSC_U8, .rank = 5, .data = a.data};
    dsc_error error;
    assert_int_equal(dsc_npy_write(path, &wrong, &error), DSC_ERROR_ARGUMENT);
    for (size_t i = 0; i < 3; i++) {
        const dsc_npz_entry entry = {names[i], &a};
        assert_int_equal(dsc_npz_write(path, &entry, 1, &error), DSC_ERROR_ARGUMENT);
    }
    const dsc_npz_entry twice[] = {{"a", &a}, {"a", &a}}, bad[] = {{"a", &a}, {"b", &wrong}};
    assert_int_equal(dsc_npz_write(path, twice, 2, &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "\"a\"");
    assert_int_equal(dsc_npz_write(path, bad, 2, &error), DSC_ERROR_ARGUMENT);
    assert_int_not_equal(access(path, F_OK), 0);
    dsc_array_clear(&a);
}

static void npy_and_npz_survive_every_failed_allocation(void **state) {
    (void)state;
    const char *npy = make_path(testing_folder(), "a.npy"), *npz = make_path(testing_folder(), "a.npz");
    dsc_array a = make_array(DSC_F64, 3);
    const dsc_npz_entry entries[] = {{"x", &a}, {"y", &a}};
    for (int kind = 0; kind < 5; kind++) {
        bool failed = true;
        for (long n = 0; failed; n++) {
            dsc_array back = {0};
            dsc_error error;
            dsc_status status = DSC_OK, expected = kind == 4 ? DSC_ERROR_MISMATCH : DSC_OK;
            testing_fail_allocation(n);
            if (kind == 0) status = dsc_npy_write(npy, &a, &error);
            if (kind == 1) status = dsc_npy_read(&back, npy, &error);
            if (kind == 2) status = dsc_npz_write(npz, entries, 2, &error);
            if (kind == 3) status = dsc_npz_read(&back, npz, "y", &error);
            if (kind == 4) status = dsc_npz_read(&back, npz, "z", &error);
            failed = testing_allocation_failed();
            assert_true(status == expected || (failed && status == DSC_ERROR_MEMORY));
            if (status) assert_null(back.data);
            dsc_array_clear(&back);
        }
    }
    dsc_array_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_and_rank_comes_back_from_npy_and_npz),
        cmocka_unit_test(an_archive_in_memory_is_the_file_that_is_written),
        cmocka_unit_test(numpy_reads_what_is_written_and_writes_the_same_bytes),
        cmocka_unit_test(what_numpy_writes_is_read),
        cmocka_unit_test(numbers_without_doubt_become_bytes),
        cmocka_unit_test(an_array_in_fortrans_order_is_read_in_ours),
        cmocka_unit_test(numbers_in_doubt_are_refused_with_what_to_save),
        cmocka_unit_test(a_damaged_npy_file_is_refused),
        cmocka_unit_test(a_damaged_archive_is_refused),
        cmocka_unit_test(impossible_arrays_and_names_are_not_written),
        cmocka_unit_test(npy_and_npz_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
