#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the counting of scripts/test.sh, on programs that end in every possible way.
set -u
source "$(dirname "$0")/../shell.sh"

cat >"$folder/CTestTestfile.cmake" <<END
add_test(good "/bin/sh" "-c" "echo 'ok - one'; echo 'ok - two'; echo 'skip - three: needs a moon'")
END
"$top/scripts/test.sh" "$folder" >"$folder/out" 2>&1
is "all_good_is_success" "$?" 0
is "all_good_is_counted" "$(tail -n 1 "$folder/out")" "2 passed, 0 failed, 1 skipped"
contains "a_skipped_test_is_listed_with_its_reason" "$(cat "$folder/out")" "good: three: needs a moon"

cat >"$folder/cmocka" <<'END'
[==========] Running 4 test(s).
[ RUN      ] a
[       OK ] a
[ RUN      ] b
[  ERROR   ] --- 1 != 2
[  FAILED  ] b
[ RUN      ] c
skipped: c: needs the sea
[  SKIPPED ] c
[==========] 4 test(s) run.
[  PASSED  ] 1 test(s).
[  FAILED  ] tests: 1 test(s), listed below:
[  FAILED  ] b
END
cat >"$folder/CTestTestfile.cmake" <<END
add_test(cmocka "/bin/sh" "-c" "cat $folder/cmocka; exit 1")
add_test(script "/bin/sh" "-c" "echo 'not ok - x'; exit 1")
add_test(crash "/bin/sh" "-c" "echo '[ RUN      ] m'; kill -SEGV \$\$")
add_test(leak "/bin/sh" "-c" "echo 'ok - n'; exit 23")
add_test(empty "/bin/sh" "-c" "exit 0")
add_test(slow "/bin/sh" "-c" "echo 'ok - s'; exec sleep 30")
set_tests_properties(slow PROPERTIES TIMEOUT 1)
add_test(absent "$folder/no-such-program")
END
"$top/scripts/test.sh" "$folder" >"$folder/out" 2>&1
is "a_failure_is_a_failure" "$?" 1
is "every_way_to_fail_is_counted" "$(tail -n 1 "$folder/out")" "3 passed, 7 failed, 1 skipped"
contains "a_failed_test_is_named" "$(cat "$folder/out")" "cmocka: b"
contains "a_failed_tests_output_is_shown" "$(cat "$folder/out")" "--- 1 != 2"
contains "a_crash_is_named_with_its_test" "$(cat "$folder/out")" "crash: m (the program ended in the middle of it)"
contains "a_leak_found_at_the_end_is_named" "$(cat "$folder/out")" "leak: ended badly outside of its tests"
contains "a_program_without_tests_is_a_failure" "$(cat "$folder/out")" "empty: ran no test"

# cmocka's exit status is 0 after a crash in the setup or the teardown of a group.
cat >"$folder/teardown" <<'END'
[==========] Running 1 test(s).
[ RUN      ] a
[       OK ] a
[  ERROR   ] --- Test failed with exception: Segmentation fault(11)
[  FAILED  ] GROUP TEARDOWN
[  ERROR   ] grp
[==========] 1 test(s) run.
[  PASSED  ] 1 test(s).
END
sed -e '/ a$/d' -e s/TEARDOWN/SETUP/ -e s/1/0/ "$folder/teardown" >"$folder/setup"
cat >"$folder/CTestTestfile.cmake" <<END
add_test(teardown "/bin/sh" "-c" "cat $folder/teardown")
END
"$top/scripts/test.sh" "$folder" >"$folder/out" 2>&1
is "a_crash_in_a_groups_teardown_is_a_failure" "$?" 1
is "a_crash_in_a_groups_teardown_is_counted" "$(tail -n 1 "$folder/out")" "1 passed, 1 failed, 0 skipped"
contains "a_crash_in_a_groups_teardown_is_named" "$(cat "$folder/out")" "teardown: group teardown"
echo 'add_test(setup "/bin/sh" "-c" "cat '"$folder/setup"'")' >"$folder/CTestTestfile.cmake"
"$top/scripts/test.sh" "$folder" >"$folder/out" 2>&1
is "a_crash_in_a_groups_setup_is_counted" "$(tail -n 1 "$folder/out")" "0 passed, 1 failed, 0 skipped"
contains "a_crash_in_a_groups_setup_is_named" "$(cat "$folder/out")" "setup: group setup"

cat >"$folder/CTestTestfile.cmake" <<END
add_test(emulator "/bin/sh" "-c" "echo 'ok - e'; echo 'kernels b: emulated'; echo 'kernels c: emulated'")
add_test(hardware "/bin/sh" "-c" "printf 'ok - h\\nkernels a: hardware\\nkernels b: absent\\nkernels c: hardware\\nkernels d-2: absent\\n'")
END
"$top/scripts/test.sh" "$folder" >"$folder/out" 2>&1
is "the_last_line_says_how_kernel_sets_were_tested" "$(tail -n 1 "$folder/out")" \
    "Kernel sets tested on this processor: a, c; under emulation: b; not at all: d-2"

: >"$folder/CTestTestfile.cmake"
"$top/scripts/test.sh" "$folder" >"$folder/out" 2>&1
is "no_test_at_all_is_a_failure" "$?" 1
finish
