/* SPDX-License-Identifier: MIT */
/* test_visible.c: texts from outside are shown without harm, and survive JSON unchanged. */
#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/visible.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- UTF-8 --- */

static void only_utf8_is_utf8(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t bad;
    } tries[] = {
        {"", 0},
        {"plain", 5},
        {"K\xC3\xBChe", 5},
        {"\xE2\x82\xAC \xF0\x9F\x99\x82", 8},
        {"K\xFChe", 1},               /* Latin-1 */
        {"\xC0\xAF", 0},              /* overlong */
        {"\xE0\x80\xAF", 0},          /* overlong */
        {"\xED\xA0\x80", 0},          /* a surrogate */
        {"\xF4\x90\x80\x80", 0},      /* above U+10FFFF */
        {"a\xE2\x82", 1},             /* cut short */
        {"ab\x80", 2},                /* a continuation byte at the start */
        {"a\xF8\x88\x80\x80\x80", 1}, /* five bytes */
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        assert_int_equal(dsc_utf8_check(tries[i].text, strlen(tries[i].text)), tries[i].bad);
    assert_int_equal(dsc_utf8_check("a\0b", 3), 3);
    assert_int_equal(dsc_utf8_mark("\xEF\xBB\xBFx", 4), 3);
    assert_int_equal(dsc_utf8_mark("x", 1), 0);
}

static void characters_are_written_as_they_are_read(void **state) {
    (void)state;
    static const size_t lengths[] = {0x80, 0x800, 0x10000, 0x110000};
    for (uint32_t c = 0; c < 0x110000; c += c < 0x11000 ? 1 : 97) {
        if (c >= 0xD800 && c < 0xE000) continue; /* surrogates are invalid */
        char bytes[4];
        const unsigned char *at = (const unsigned char *)bytes;
        const size_t length = dsc_utf8_put(bytes, c);
        assert_true(c < lengths[length - 1] && (length == 1 || c >= lengths[length - 2]));
        assert_true(dsc_utf8_next(&at, at + length) == c);
    }
}

static void other_encodings_are_named_with_line_and_byte(void **state) {
    (void)state;
    dsc_error error;
    assert_int_equal(dsc_utf8_expect("Hund\nK\xFChe\n", 10, "a b.txt", &error), DSC_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "a b.txt: line 2, byte 2: 0xfc is not UTF-8"));
    assert_non_null(strstr(
        error.message, "mv 'a b.txt' 'a b.txt'.orig && iconv -f LATIN1 -t UTF-8 'a b.txt'.orig > 'a b.txt'"));
    assert_int_equal(dsc_utf8_expect("\xFF\xFE{\0}\0", 6, "r.json", &error), DSC_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "is UTF-16"));
    assert_non_null(strstr(error.message, "iconv -f UTF-16 "));
    assert_int_equal(dsc_utf8_expect("\0{\0}", 4, "r.json", &error), DSC_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "iconv -f UTF-16BE "));
    assert_int_equal(dsc_utf8_expect("{\0}\0", 4, "r.json", &error), DSC_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "iconv -f UTF-16LE "));
    assert_int_equal(dsc_utf8_expect("K\xC3\xBChe", 5, "r.json", &error), DSC_OK);
    assert_int_equal(dsc_utf8_expect("", 0, "r.json", &error), DSC_OK);
}

/* --- display --- */

static const struct {
    const char *text, *shown;
} shown[] = {
    {"K\xC3\xBChe \xE2\x82\xAC", "K\xC3\xBChe \xE2\x82\xAC"},
    {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
    {"\033[31mred", "\\x1b[31mred"},
    {"\033]0;title\007", "\\x1b]0;title\\x07"},
    {"del\x7F", "del\\x7f"},
    {"csi\xC2\x9B"
     "2J",
     "csi\\x9b2J"}, /* C1, as UTF-8 */
    {"caf\xE9", "caf\\xe9"},
    {"\x9B"
     "2J",
     "\\x9b2J"},                               /* C1, as a byte */
    {"exe.\xE2\x80\xAEgnp", "exe.\\u202egnp"}, /* right-to-left text */
    {"\xE2\x81\xA6isolate\xE2\x81\xA9", "\\u2066isolate\\u2069"},
    {"line\xE2\x80\xA8separator", "line\\u2028separator"},
    {"\xEF\xBB\xBFmark", "\\ufeffmark"},
    {"arabic\xD8\x9Cmark", "arabic\\u061cmark"},
    {"left\xE2\x80\x8Eto right", "left\\u200eto right"},
    {"right\xE2\x80\x8Fto left", "right\\u200fto left"},
};

static void nothing_shown_commands_a_terminal(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        dsc_text text = {0}, again = {0};
        char buffer[64];
        dsc_text_append_visible(&text, shown[i].text);
        assert_string_equal(text.data, shown[i].shown);
        dsc_text_append_visible(&again, text.data);
        assert_string_equal(again.data, text.data);
        (void)dsc_visible(buffer, sizeof buffer, shown[i].text);
        assert_string_equal(buffer, shown[i].shown);
        for (size_t size = 1; size < sizeof buffer; size++) {
            (void)dsc_visible(buffer, size, shown[i].text);
            assert_true(strlen(buffer) < size);
            assert_int_equal(dsc_utf8_check(buffer, strlen(buffer)), strlen(buffer));
            assert_memory_equal(buffer, shown[i].shown, strlen(buffer));
        }
        dsc_text_free(&text);
        dsc_text_free(&again);
    }
}

static void every_message_is_one_visible_line(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        dsc_error error;
        (void)dsc_fail(&error, DSC_ERROR_IO, "%s", shown[i].text);
        assert_string_equal(error.message, shown[i].shown);
        (void)dsc_error_context(&error, DSC_ERROR_IO, "%s", shown[i].text);
        assert_true(strlen(error.message) > 2 * strlen(shown[i].shown));
        assert_memory_equal(error.message, shown[i].shown, strlen(shown[i].shown));
    }
    char longest[4 * DSC_MESSAGE_SIZE];
    memset(longest, '\033', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    dsc_error error;
    (void)dsc_fail(&error, DSC_ERROR_IO, "%s", longest);
    assert_int_equal(strlen(error.message), DSC_MESSAGE_SIZE - 1 - (DSC_MESSAGE_SIZE - 1) % 4);
}

static void names_are_text(void **state) {
    (void)state;
    dsc_error error;
    assert_int_equal(dsc_name_check("K\xC3\xBChe & <Co>", "class 1", &error), DSC_OK);
    assert_int_equal(dsc_name_check("K\xFChe", "class 1", &error), DSC_ERROR_ARGUMENT);
    assert_string_equal(error.message,
                        "class 1, \"K\\xfche\", is not UTF-8: byte 2 is 0xfc; convert it to UTF-8");
    assert_int_equal(dsc_name_check("", "class 1", &error), DSC_ERROR_ARGUMENT);
    static char name[DSC_NAME_MOST + 2];
    memset(name, 'a', DSC_NAME_MOST);
    assert_int_equal(dsc_name_check(name, "class 1", &error), DSC_OK);
    name[DSC_NAME_MOST] = 'a';
    assert_int_equal(dsc_name_check(name, "class 1", &error), DSC_ERROR_ARGUMENT);
    ASSERT_MESSAGE(error, "has 1001 bytes, expected at most 1000");
    for (size_t i = 1; i < sizeof shown / sizeof *shown; i++)
        assert_int_equal(dsc_name_check(shown[i].text, "class 1", &error), DSC_ERROR_ARGUMENT);
}

/* --- for a shell --- */

static const char *const paths[] = {"plain-name_1.txt",
                                    "my run",
                                    "it's",
                                    "$(touch x)",
                                    "`id`",
                                    "a\"b",
                                    "back\\slash",
                                    "a;b&c|d",
                                    "*?[x]",
                                    "~",
                                    "#x",
                                    "!!",
                                    "{a,b}",
                                    "-rf",
                                    "--resume",
                                    "- x",
                                    "",
                                    "new\nline",
                                    "tab\there",
                                    "caf\xE9",
                                    "K\xC3\xBChe",
                                    "esc\033[31m",
                                    "\xE2\x80\xAEgnp",
                                    "'\n'",
                                    "\\\n\\",
                                    "$'x'",
                                    "a=b",
                                    "x\xC2\x9B"
                                    "2J",
                                    "\x01"
                                    "1",
                                    "a^b",
                                    "%d"};

static void a_shell_reads_each_word_as_the_name(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char word[DSC_SHELL_WORD], command[DSC_SHELL_WORD + 64], read[64] = "", clean[DSC_SHELL_WORD];
        (void)dsc_shell_word(word, paths[i]);
        (void)dsc_visible(clean, sizeof clean, word);
        assert_string_equal(clean, word); /* so that it survives a message unchanged */
        /* Bash, because some shells called sh do not know $'...'. */
        (void)snprintf(command, sizeof command, "exec bash -c \"$W\"");
        char script[DSC_SHELL_WORD + 64];
        (void)snprintf(script, sizeof script, "printf %%s. %s", word);
        assert_int_equal(setenv("W", script, 1), 0);
        FILE *pipe = popen(command, "r");
        assert_non_null(pipe);
        size_t n = fread(read, 1, sizeof read - 1, pipe);
        assert_int_equal(pclose(pipe), 0);
        assert_true(n > 0 && read[n - 1] == '.');
        read[n - 1] = '\0';
        const char *expected = paths[i];
        if (*expected == '-') assert_memory_equal(read, "./", 2);
        assert_string_equal(*expected == '-' ? read + 2 : read, expected);
    }
    char word[DSC_SHELL_WORD];
    assert_string_equal(dsc_shell_word(word, "runs/0001-mnist-99"), "runs/0001-mnist-99");
    assert_string_equal(dsc_shell_word(word, "my run"), "'my run'");
    assert_string_equal(dsc_shell_word(word, "caf\xE9"), "$'caf\\351'");
    char longest[5000];
    memset(longest, '\'', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_string_equal(dsc_shell_word(word, longest), "'...'");
    longest[4096] = '\0';
    assert_true(strlen(dsc_shell_word(word, longest)) < DSC_SHELL_WORD);
}

/* In a message about a file with that path. */
static void assert_whole_or_none(const char *message, const char *path, const char *before) {
    const char *rest = strlen(message) > strlen(path) ? message + strlen(path) : "", *at;
    if ((at = strstr(rest, "aa")) == NULL) return; /* a path of one letter is always complete */
    char whole[4096 + 16];
    (void)snprintf(whole, sizeof whole, "%s%s", before, path);
    if (strlen(path) > 300 || strcmp(message + strlen(message) - strlen(whole), whole) != 0)
        fail_msg("half a command: %s", rest);
}

static void a_command_has_the_whole_path_or_says_file(void **state) {
    (void)state;
    static char path[4001], command[DSC_COMMAND];
    static const char byte[] = {'a', '\'', '\xE9'};
    for (size_t k = 0; k < sizeof byte; k++)
        for (size_t length = 1; length < sizeof path; length += length < 300 ? 1 : 37) {
            char word[DSC_SHELL_WORD], whole[2 * DSC_SHELL_WORD + 16];
            memset(path, byte[k], length);
            path[length] = '\0';
            (void)dsc_shell_word(word, path);
            (void)snprintf(whole, sizeof whole, "mv %s %s.orig", word, word);
            const bool fits = strlen(word) <= DSC_COMMAND / 3 && strlen(whole) < DSC_COMMAND;
            assert_string_equal(dsc_command(command, "mv @ @.orig", path, NULL),
                                fits ? whole : "mv FILE FILE.orig, with FILE for its path");
            (void)snprintf(whole, sizeof whole, "mv %s new", word);
            assert_string_equal(dsc_command(command, "mv @ ^", path, "new"),
                                strlen(word) <= DSC_COMMAND / 3
                                    ? whole
                                    : "mv FILE NEW, with FILE for its path and NEW for the new one");
            (void)snprintf(whole, sizeof whole, "mv old %s", word);
            assert_string_equal(dsc_command(command, "mv @ ^", "old", path),
                                strlen(word) <= DSC_COMMAND / 3
                                    ? whole
                                    : "mv FILE NEW, with FILE for its path and NEW for the new one");
        }
    path[0] = '\0';
    assert_string_equal(dsc_command(command, "cat @", path, NULL), "cat ''");
}

static void no_message_ends_in_half_a_path(void **state) {
    (void)state;
    static char path[4001];
    dsc_array array;
    dsc_error error;
    for (size_t length = 1; length < sizeof path; length++) {
        memset(path, 'a', length);
        path[length] = '\0';
        assert_int_equal(dsc_utf8_expect("Hund\nK\xFChe\n", 10, path, &error), DSC_ERROR_FORMAT);
        assert_whole_or_none(error.message, path, ".orig > ");
        assert_int_equal(dsc_utf8_expect("\xFF\xFE{\0}\0", 6, path, &error), DSC_ERROR_FORMAT);
        assert_whole_or_none(error.message, path, ".orig > ");
        assert_int_equal(dsc_idx_parse(&array, "\xFD\x37zXZ", 5, path, &error), DSC_ERROR_FORMAT);
        assert_whole_or_none(error.message, path, ".orig > ");
        if (length == 60) ASSERT_MESSAGE(error, "xz -dc < aaaaaaaa");
        if (length > 200 && length < 800) ASSERT_MESSAGE(error, "xz -dc < FILE.orig > FILE, with FILE for");
    }
}

/* --- JSON --- */

static void any_name_goes_through_json_and_back(void **state) {
    (void)state;
    static const char *const more[] = {"C:\\x5c",  "\\xe9", "\\x41",        "\\xE9",
                                       "\\x5cxe9", "\\",    "caf\xE9\\xe9", "\xFF\xFE"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths + sizeof more / sizeof *more; i++) {
        size_t count = sizeof paths / sizeof *paths;
        const char *path = i < count ? paths[i] : more[i - count];
        json_t *json = dsc_json_text(path);
        assert_non_null(json);
        char *back = strdup(json_string_value(json));
        dsc_text_undo_bytes(back);
        assert_string_equal(back, path);
        free(back);
        json_decref(json);
    }
    json_t *json = dsc_json_text("caf\xE9");
    assert_string_equal(json_string_value(json), "caf\\xe9");
    json_decref(json);
}

static void json_that_is_printed_commands_no_terminal(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        json_t *json = json_object(), *name = dsc_json_text(shown[i].text);
        assert_int_equal(json_object_set(json, json_string_value(name), name), 0);
        json_decref(name);
        dsc_text text = {0};
        dsc_json_format(&text, json);
        const unsigned char *at = (const unsigned char *)text.data, *end = at + text.length;
        while (at < end) {
            uint32_t c = dsc_utf8_next(&at, end);
            assert_true(c != DSC_UTF8_BAD && (c == '\n' || !dsc_is_hidden(c)));
        }
        json_t *back = json_loads(text.data, 0, NULL);
        assert_true(json_equal(back, json));
        json_decref(back);
        json_decref(json);
        dsc_text_free(&text);
    }
}

static void json_from_outside_is_read_or_named(void **state) {
    (void)state;
    dsc_error error;
    json_t *json;
    assert_int_equal(dsc_json_parse(&json, "\xEF\xBB\xBF{\"a\": 1}\r\n\r\n", 15, 0, "r.json", &error),
                     DSC_OK);
    assert_int_equal(json_integer_value(json_object_get(json, "a")), 1);
    json_decref(json);
    static const char numbers[] = "[18446744073709551629, 1234567890123456789, 9223372036854775807, "
                                  "-9223372036854775808, 9223372036854775808, -9223372036854775809, 5]";
    ASSERT_OK(dsc_json_parse(&json, numbers, strlen(numbers), 0, "r.json", &error), error);
    for (size_t i = 0; i < 7; i++) /* a number that is too large does not change the others */
        assert_int_equal(json_is_string(json_array_get(json, i)), i == 0 || i == 4 || i == 5);
    assert_true(json_integer_value(json_array_get(json, 2)) == INT64_MAX);
    assert_true(json_integer_value(json_array_get(json, 3)) == INT64_MIN);
    assert_string_equal(json_string_value(json_array_get(json, 5)), "-9223372036854775809");
    json_decref(json);
    assert_int_equal(dsc_json_parse(&json, "{\n\"a\": \"\xFC\"}", 11, 0, "r.json", &error), DSC_ERROR_FORMAT);
    assert_null(json);
    assert_non_null(strstr(error.message, "r.json: line 2, byte 7: 0xfc is not UTF-8"));
    assert_int_equal(dsc_json_parse(&json, "{\n\"a\": }", 8, 0, "r.json", &error), DSC_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "r.json: line 2, column 6: "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_utf8_is_utf8),
        cmocka_unit_test(characters_are_written_as_they_are_read),
        cmocka_unit_test(other_encodings_are_named_with_line_and_byte),
        cmocka_unit_test(nothing_shown_commands_a_terminal),
        cmocka_unit_test(every_message_is_one_visible_line),
        cmocka_unit_test(names_are_text),
        cmocka_unit_test(a_shell_reads_each_word_as_the_name),
        cmocka_unit_test(a_command_has_the_whole_path_or_says_file),
        cmocka_unit_test(no_message_ends_in_half_a_path),
        cmocka_unit_test(any_name_goes_through_json_and_back),
        cmocka_unit_test(json_that_is_printed_commands_no_terminal),
        cmocka_unit_test(json_from_outside_is_read_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
