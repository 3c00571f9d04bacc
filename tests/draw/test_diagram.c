/* SPDX-License-Identifier: MIT */
/* Diagrams of layers in characters: the connections can be read from them. */
#include "testing.h"

#include "draw/diagram.h"

static void check_text(const draw_block *blocks, size_t count, unsigned width, const char *expected) {
    dsc_text text = {0};
    dsc_error error;
    draw_diagram diagram = {.blocks = blocks, .count = count};
    draw_terminal terminal = {.utf8 = true, .width = width};
    ASSERT_OK(draw_diagram_text(&text, &diagram, &terminal, &error), error);
    assert_string_equal(text.data, expected);
    dsc_text_free(&text);
}

/* a -> b -> d, a -> d; d -> (e | f) -> g */
static const draw_block branches[] = {
    {.name = "aa", .note = "1"},
    {.name = "bb", .note = "2", .inputs = {0}, .input_count = 1},
    {.name = "dd", .note = "3", .inputs = {1, 0}, .input_count = 2},
    {.name = "ee", .note = "4", .inputs = {2}, .input_count = 1},
    {.name = "ff", .note = "5", .inputs = {2}, .input_count = 1},
    {.name = "gg", .note = "6", .inputs = {3, 4}, .input_count = 2},
};

static void shortcuts_and_branches_lie_beside_the_trunk(void **state) {
    (void)state;
    check_text(branches, 6, 80,
               "aa  1\n"
               " ├───────┐\n"
               " │       │\n"
               "bb  2    │\n"
               " │       │\n"
               " ├───────┘\n"
               "dd  3\n"
               " ├───────┐\n"
               " │       │\n"
               "ee  4   ff  5\n"
               " │       │\n"
               " ├───────┘\n"
               "gg  6\n");
}

static void notes_are_left_out_where_the_terminal_is_narrow(void **state) {
    (void)state;
    check_text(branches, 2, 4, "aa\n │\n │\nbb\n");
}

static void wires_pass_each_other_in_lanes_of_their_own(void **state) {
    (void)state;
    static const draw_block nested[] = {
        {.name = "aa"},
        {.name = "bb", .inputs = {0}, .input_count = 1},
        {.name = "cc", .inputs = {1}, .input_count = 1},
        {.name = "dd", .inputs = {2, 1}, .input_count = 2},
        {.name = "ee", .inputs = {3, 0}, .input_count = 2},
    };
    check_text(nested, 5, 80,
               "aa\n"
               " ├───────┐\n"
               " │       │\n"
               "bb       │\n"
               " ├────┐  │\n"
               " │    │  │\n"
               "cc    │  │\n"
               " │    │  │\n"
               " ├────┘  │\n"
               "dd       │\n"
               " │       │\n"
               " ├───────┘\n"
               "ee\n");
}

static void impossible_diagrams_are_refused(void **state) {
    (void)state;
    dsc_text text = {0};
    dsc_error error;
    draw_terminal terminal = {.utf8 = true, .width = 80};
    draw_block wrong[] = {{.name = "a"}, {.name = "b", .inputs = {1}, .input_count = 1}};
    draw_diagram diagram = {.blocks = wrong, .count = 2};
    assert_int_equal(draw_diagram_text(&text, &diagram, &terminal, &error), DSC_ERROR_ARGUMENT);
    diagram.count = 0;
    assert_int_equal(draw_diagram_text(&text, &diagram, &terminal, &error), DSC_ERROR_UNSUPPORTED);
    ASSERT_MESSAGE(error, "1 to 170 layers, not 0");
}

static void every_failed_allocation_is_survived(void **state) {
    (void)state;
    dsc_error error;
    draw_diagram diagram = {.blocks = branches, .count = 6};
    draw_terminal terminal = {.utf8 = true, .width = 80};
    bool failed = true;
    for (long n = 0; failed; n++) {
        dsc_text text = {0};
        testing_fail_allocation(n);
        dsc_status status = draw_diagram_text(&text, &diagram, &terminal, &error);
        failed = testing_allocation_failed();
        assert_int_equal(status, failed ? DSC_ERROR_MEMORY : DSC_OK);
        dsc_text_free(&text);
    }
}

static void a_diagram_is_saved_as_a_picture(void **state) {
    (void)state;
#if DESCENDER_WITH_CAIRO
    char path[512], line[16] = "";
    dsc_error error;
    draw_diagram diagram = {.title = "net", .blocks = branches, .count = 6};
    (void)snprintf(path, sizeof path, "%s/net.svg", testing_folder());
    ASSERT_OK(draw_diagram_save(path, &diagram, &error), error);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(line, 1, 5, file), 5);
    assert_string_equal(line, "<?xml");
    assert_int_equal(fclose(file), 0);
#else
    TEST_SKIP("needs cairo");
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortcuts_and_branches_lie_beside_the_trunk),
        cmocka_unit_test(notes_are_left_out_where_the_terminal_is_narrow),
        cmocka_unit_test(wires_pass_each_other_in_lanes_of_their_own),
        cmocka_unit_test(impossible_diagrams_are_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
        cmocka_unit_test(a_diagram_is_saved_as_a_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
