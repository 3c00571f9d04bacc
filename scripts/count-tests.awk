# SPDX-License-Identifier: MIT
# count-tests.awk: reads ctest's LastTest.log and reports every test in it; see scripts/test.sh.

function fail(name) {
    failures = failures "  " program ": " name "\n"
    failed++
    program_failed++
}

function start_program(name) {
    program = name
    current = ""
    output = ""
    reason = ""
    reading = 0
    program_passed = program_failed = program_skipped = 0
}

function skip_test(text) {
    skips = skips "  " program ": " text "\n"
    skipped++
    program_skipped++
}

function end_program(ended_well) {
    if (current != "") fail(current " (the program ended in the middle of it)")
    else if (!ended_well && !program_failed) fail("ended badly outside of its tests")
    if (program_passed + program_failed + program_skipped == 0) fail("ran no test")
    printf "  %-28s %4d passed", program, program_passed
    if (program_failed) printf ", %d failed", program_failed
    if (program_skipped) printf ", %d skipped", program_skipped
    printf "  (%s s)\n", seconds
    if (program_failed) outputs = outputs "\n--- " program " ---\n" output
    program = ""
}

# "3/7 Testing: base.text" opens a program's block; its output lies between two lines of dashes.
/^[0-9]+\/[0-9]+ Testing: / {
    if (program != "") end_program(0)
    start_program($3)
    next
}
program != "" && /^Output:$/ { getline; reading = 1; next }
/^<end of output>$/ { reading = 0; next }
/^Test time = / { seconds = $4; next }
program != "" && !reading && /^Test Passed\.$/ { end_program(1); next }
program != "" && !reading && /^Test (Failed|timed out)|^Unable to find executable|^Test not run/ { end_program(0); next }
!reading { next }

{ output = output $0 "\n" }

# "kernels amx: emulated": how this run tested a kernel set. If programs differ, the best way counts.
/^kernels [a-z0-9-]+: (hardware|emulated|absent)$/ {
    set = substr($2, 1, length($2) - 1)
    if (!(set in tested)) { # names in alphabetical order
        for (i = ++set_count; i > 1 && sets[i - 1] > set; i--) sets[i] = sets[i - 1]
        sets[i] = set
    }
    if (tested[set] != "hardware" && (tested[set] != "emulated" || $3 == "hardware")) tested[set] = $3
    next
}

# cmocka's group setup and teardown are outside of the tests, and cmocka's exit status leaves them out.
/^\[  FAILED  \] GROUP (SETUP|TEARDOWN)$/ { fail(tolower(substr($0, 14))); next }
/^\[ RUN      \] / { current = substr($0, 14); reason = ""; next }
/^skipped: / { reason = $0; sub(/^skipped: [^:]*: /, "", reason); next }
/^\[       OK \] / && current != "" { passed++; program_passed++; current = ""; next }
/^\[  FAILED  \] / && current != "" { fail(current); current = ""; next }
/^\[  SKIPPED \] / && current != "" {
    skip_test(current ": " (reason == "" ? "no reason given" : reason))
    current = ""
    next
}
/^ok - / { passed++; program_passed++; next }
/^not ok - / { fail(substr($0, 10)); next }
/^skip - / { skip_test(substr($0, 8)); next }

# Prints the names of the sets that were tested in that way, or "none".
function sets_tested(how, names, i) {
    for (i = 1; i <= set_count; i++)
        if (tested[sets[i]] == how) names = names (names == "" ? "" : ", ") sets[i]
    return names == "" ? "none" : names
}

END {
    if (program != "") end_program(0)
    if (skips != "") printf "Skipped:\n%s", skips
    if (failures != "") printf "%s\nFailed:\n%s", outputs, failures
    if (passed + failed + skipped == 0) print "No test ran."
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    if (set_count)
        printf "Kernel sets tested on this processor: %s; under emulation: %s; not at all: %s\n",
            sets_tested("hardware"), sets_tested("emulated"), sets_tested("absent")
    exit failed > 0 || passed == 0
}
