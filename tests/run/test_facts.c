/* SPDX-License-Identifier: MIT */
/* The facts that a log states about a whole run. */
#include "testing.h"

#include "base/file.h"
#include "run/facts.h"

static void a_log_tells_of_the_whole_run(void **state) {
    (void)state;
    static const char log[] = "{\"event\":\"start\",\"step\":0,\"recipe\":\"r\",\"threads\":2}\n"
                              "{\"event\":\"step\",\"step\":3,\"epoch\":0.5,\"seconds\":1.5}\n"
                              "not JSON\n"
                              "{\"event\":\"warning\",\"step\":3,\"message\":\"hot\"}\n"
                              "{\"event\":\"resume\",\"step\":3}\n"
                              "{\"event\":\"epoch\",\"step\":6,\"epoch\":1,\"seconds\":2.5}\n"
                              "{\"event\":\"end\",\"step\":6,\"seconds\":2.75}\n"
                              "{\"event\":\"test\",\"step\":6,\"accuracy\":0.25}\n"
                              "{\"event\":\"test\",\"step\":6,\"accuracy\":0.5}\n"
                              "{\"event\":\"resume\"";
    const char *folder = testing_folder();
    char *path = dsc_path_join(folder, "log.jsonl");
    dsc_error error;
    dsc_run_facts facts;
    ASSERT_OK(dsc_file_write(path, log, sizeof log - 1, &error), error);
    ASSERT_OK(dsc_run_facts_read(&facts, folder, &error), error);
    assert_string_equal(json_string_value(json_object_get(facts.start, "recipe")), "r");
    assert_int_equal(facts.resumed, 1);
    assert_true(facts.ended && facts.epochs == 1 && facts.seconds == 2.75);
    assert_int_equal(json_array_size(facts.warnings), 1);
    assert_true(json_number_value(json_object_get(facts.test, "accuracy")) == 0.5);
    dsc_run_facts_clear(&facts);
    assert_int_equal(dsc_run_facts_read(&facts, "/nowhere", &error), DSC_ERROR_IO);
    dsc_run_facts_clear(&facts);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_tells_of_the_whole_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
