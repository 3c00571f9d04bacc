/* SPDX-License-Identifier: MIT */
/* test_recognise.c: files are recognised by their first bytes, and the advice about them works. */
#include "testing.h"

#include "base/recognise.h"

#include <string.h>

static void every_type_of_idx_is_idx_and_no_more(void **state) {
    (void)state;
    static const unsigned char types[] = {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E};
    for (size_t i = 0; i < sizeof types; i++)
        for (unsigned char rank = 1; rank <= 4; rank++)
            assert_int_equal(dsc_recognise((const unsigned char[]){0, 0, types[i], rank}, 4), DSC_KIND_IDX);
    static const unsigned char others[][4] = {{0, 0, 7, 1}, {0, 0, 15, 1}, {0, 0, 8, 0},
                                              {0, 0, 8, 5}, {1, 0, 8, 1},  {0, 1, 8, 1}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(dsc_recognise(others[i], 4), DSC_KIND_UNKNOWN);
    assert_int_equal(dsc_recognise("\0\0\x08", 3), DSC_KIND_UNKNOWN);
}

static void a_byte_order_mark_hides_nothing(void **state) {
    (void)state;
    static const struct {
        const char *text;
        dsc_kind kind;
    } tries[] = {{"{\"a\": 1}", DSC_KIND_JSON},
                 {"  [1]", DSC_KIND_JSON},
                 {"<!DOCTYPE html>", DSC_KIND_HTML},
                 {"plain", DSC_KIND_TEXT},
                 {"", DSC_KIND_TEXT}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        char marked[32] = "\xEF\xBB\xBF";
        strcat(marked, tries[i].text);
        assert_int_equal(dsc_recognise(marked, strlen(marked)), tries[i].kind);
        if (*tries[i].text) assert_int_equal(dsc_recognise(marked + 3, strlen(marked) - 3), tries[i].kind);
    }
    assert_string_equal(dsc_kind_name(dsc_recognise("\1\2\3", 3)), "bytes of an unknown kind");
}

static void archives_of_pytorch_and_keras_are_told_by_their_first_entry(void **state) {
    (void)state;
    static const struct {
        const char *name, *part;
        dsc_kind kind;
    } tries[] = {{"archive/data.pkl", "torch.load", DSC_KIND_TORCH},
                 {"net/data.pkl", "torch.load", DSC_KIND_TORCH},
                 {"metadata.json", "keras.models.load_model", DSC_KIND_KERAS},
                 {"weights.npy", NULL, DSC_KIND_ZIP},
                 {"data.pkl.npy", NULL, DSC_KIND_ZIP}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        char zip[64] = "PK\3\4", command[DSC_MESSAGE_SIZE];
        const size_t length = strlen(tries[i].name);
        zip[26] = (char)length;
        memcpy(zip + 30, tries[i].name, length);
        assert_int_equal(dsc_recognise(zip, 30 + length), tries[i].kind);
        assert_int_equal(dsc_recognise(zip, 29 + length), DSC_KIND_ZIP); /* the name is truncated */
        (void)dsc_kind_weights(command, tries[i].kind, "a b");
        if (!tries[i].part) {
            assert_string_equal(command, "");
        } else if (!strstr(command, tries[i].part) || !strstr(command, "\" 'a b'")) {
            fail_msg("%s", command);
        }
    }
}

static void an_onnx_model_is_told_whichever_field_follows_its_version(void **state) {
    (void)state;
    static const unsigned char fields[] = {0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42};
    size_t found = 0;
    for (unsigned field = 0; field < 256; field++) {
        const unsigned char bytes[] = {8, 8, (unsigned char)field, 2, 'a', 'b'};
        const bool is = dsc_recognise(bytes, sizeof bytes) == DSC_KIND_ONNX;
        if (is != (memchr(fields, (int)field, sizeof fields) != NULL)) fail_msg("%#x: %d", field, is);
        found += is;
    }
    assert_int_equal(found, 7);
    assert_int_equal(dsc_recognise("\x08\x20\x12\x02hm", 6), DSC_KIND_UNKNOWN); /* version 32 */
    assert_int_equal(dsc_recognise("\x10\x08\x12\x02hm", 6), DSC_KIND_UNKNOWN);
}

static void what_is_packed_is_unpacked_by_a_command_or_on_its_way(void **state) {
    (void)state;
    static const struct {
        dsc_kind kind;
        const char *program;
    } tries[] = {
        {DSC_KIND_GZIP, "gzip"}, {DSC_KIND_BZIP2, "bzip2"}, {DSC_KIND_XZ, "xz"}, {DSC_KIND_ZSTD, "zstd"}};
    char remedy[DSC_MESSAGE_SIZE], expected[DSC_MESSAGE_SIZE];
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        (void)snprintf(expected, sizeof expected,
                       "; unpack it: mv 'a b' 'a b'.orig && %s -dc < 'a b'.orig > 'a b'", tries[i].program);
        assert_string_equal(dsc_kind_remedy(remedy, tries[i].kind, "a b"), expected);
        (void)snprintf(expected, sizeof expected, "; unpack it while piping, with %s -dc", tries[i].program);
        assert_string_equal(dsc_kind_remedy(remedy, tries[i].kind, NULL), expected);
    }
    assert_string_equal(dsc_kind_remedy(remedy, DSC_KIND_LFS, NULL), "; fetch the file: git lfs pull");
    assert_string_equal(dsc_kind_remedy(remedy, DSC_KIND_PNG, "x"), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_of_idx_is_idx_and_no_more),
        cmocka_unit_test(a_byte_order_mark_hides_nothing),
        cmocka_unit_test(archives_of_pytorch_and_keras_are_told_by_their_first_entry),
        cmocka_unit_test(an_onnx_model_is_told_whichever_field_follows_its_version),
        cmocka_unit_test(what_is_packed_is_unpacked_by_a_command_or_on_its_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
