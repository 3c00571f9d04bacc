#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tools for work on the project: `make help`, the check of the changelog, the table of times, the check after a
# save.
#   test_tools.sh PROGRAM     in the build folder
set -u
source "$(dirname "$0")/../shell.sh"

# --- make help ---
listed=$(make -s --no-print-directory -C "$top" help | sed -n 's/^  \(\([a-z-]\+ \)\+\) .*/\1/p' | tr -s ' ' '\n' | sort -u | sed '/^$/d')
phony=$(sed -n 's/^\.PHONY: //p' "$top/Makefile" | tr ' ' '\n' | sort -u)
rules=$(sed -n 's/^\([a-z][a-z -]*\):\( .*\)\?$/\1/p' "$top/Makefile" | tr ' ' '\n' | sort -u)
is "make_help_lists_every_target" "$(diff <(echo "$listed") <(grep -vx all <<<"$phony"))" ""
is "every_phony_target_has_a_rule" "$(diff <(echo "$phony") <(echo "$rules"))" ""
is "make_help_explains_every_target" "$(make -s --no-print-directory -C "$top" help | grep -vE '^make TARGET|^  [a-z -]{28}[^ ]' | grep -v ' *this list$')" ""
wrong=''
for target in $(cd "$top" && grep -ohE '(^    |`)make [a-z][a-z-]*' ./*.md docs/*.md .ci/run scripts/* 2>/dev/null | sed 's/.*make //' | sort -u); do
    grep -qx "$target" <<<"$rules" || wrong+="$target "
done
is "every_target_that_the_pages_name_is_there" "$wrong" ""

# --- editors ---
is "editors_find_the_commands_of_the_build" "$(sed -n 's/^ *CompilationDatabase: //p' "$top/.clangd")" build/release
is "the_build_writes_them" "$([ -s compile_commands.json ] && echo yes)" yes
is "editors_and_the_formatter_agree_on_a_lines_length" \
    "$(sed -n '/^\[\*\.{c,h/,/^$/s/max_line_length = //p' "$top/.editorconfig")" "$(sed -n 's/^ColumnLimit: //p' "$top/.clang-format")"
if [ -x /usr/bin/python3 ]; then
    succeeds "the_container_is_described" /usr/bin/python3 -c "import json, sys; json.load(open(sys.argv[1]))" "$top/.devcontainer/devcontainer.json"
else
    skip "the_container_is_described" "needs python3"
fi

# --- the reference machine ---
"$top/scripts/reference-machine.sh" >"$folder/said" 2>&1
contains "the_reference_machine_wants_a_folder" "$(cat "$folder/said")" "usage: scripts/reference-machine.sh FOLDER"
mkdir "$folder/mine"
touch "$folder/mine/precious"
if [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then
    "$top/scripts/reference-machine.sh" "$folder/mine" >"$folder/said" 2>&1
    contains "a_folder_of_others_is_left_alone" "$? $(cat "$folder/said")" "1 reference-machine: $folder/mine exists, but this script did not make it"
else
    skip "a_folder_of_others_is_left_alone" "needs root and debootstrap"
fi

# --- times ---
mkdir -p "$folder/times/Testing/Temporary"
for name in op.ops op.more base.text; do echo "add_test($name /bin/true)"; done >"$folder/times/CTestTestfile.cmake"
printf 'op.ops 3 1.5\nop.more 1 0.25\nbase.text 1 4\ngone.test 1 9\n---\nop.ops\n' >"$folder/times/Testing/Temporary/CTestCostData.txt"
is "times_are_summed_by_room" "$("$top/scripts/test-times.sh" "$folder/times" | tr -s ' ')" "room programs seconds the slowest
base 1 4.0 base.text (4.0 s)
op 2 1.8 op.ops (1.5 s)
all 3 5.8"
"$top/scripts/test-times.sh" "$folder/mine" >"$folder/said" 2>&1
is "where_no_test_ran_times_say_so" "$? $(cat "$folder/said")" "1 test-times: no test has run in $folder/mine; run \`make test\` first"

# --- the check after a save ---
if [ -f "$top/build/release/CTestTestfile.cmake" ]; then
    list() { "$top/scripts/check-fast.sh" --list "$@" 2>&1; }
    contains "a_changed_schedule_runs_the_tests_of_its_room" "$(list src/optim/schedule_step.c)" "optim.schedules"
    is "and_not_those_of_other_rooms" "$(list src/optim/schedule_step.c | grep -vE '^(optim|base)\.')" ""
    contains "a_changed_op_runs_the_tests_of_gradients" "$(list src/op/gelu.c)" "op."
    is "a_page_runs_next_to_nothing" "$(list README.md)" "base.registry"
else
    skip "a_changed_file_runs_the_tests_of_its_room" "needs build/release"
fi

# --- the changelog ---
command -v git >/dev/null || { skip "an_interface_change_wants_a_line_in_the_changelog" "needs git"; finish; }
mkdir -p "$folder/repo/tests/abi"
cd "$folder/repo" || exit 1
commit() { git -c user.name=n -c user.email=e -c commit.gpgsign=false commit -q --no-verify -am "$1"; }
check() { "$top/scripts/check-changelog.sh" "$1" 2>&1; }
git init -q
printf 'function dsc_a: void (void)\n' >tests/abi/descender.abi
echo "# Changes" >CHANGELOG.md
touch other
git add .
commit "the first"
first=$(git rev-parse HEAD)
echo more >>other && commit "nothing public"
is "a_change_of_nothing_public_wants_nothing" "$(check "$first..HEAD")" ""
echo 'function dsc_b: void (void)' >>tests/abi/descender.abi && commit "b comes"
is "an_interface_change_wants_a_line_in_the_changelog" "$(check "$first..HEAD" | sed 's/^[0-9a-f]* b comes$/COMMIT/')" \
    'COMMIT
    changes the public interface without a line in CHANGELOG.md: dsc_b
Add a line under "Unreleased".'
check "$first..HEAD" >/dev/null
is "it_fails" "$?" 1
echo "- dsc_b" >>CHANGELOG.md && commit "told"
is "a_later_line_mends_it" "$(check "$first..HEAD")" ""
second=$(git rev-parse HEAD)
sed -i '/dsc_a/d' tests/abi/descender.abi && commit "a goes"
is "the_line_before_it_counts_for_it" "$(check "$second..HEAD")" ""
echo more >>other && commit "nothing public again"
third=$(git rev-parse HEAD)
echo 'member dsc_b.x: offset 0, size 4, int' >>tests/abi/descender.abi && commit "a member"
contains "a_member_counts_too" "$(check "$third..HEAD")" "without a line in CHANGELOG.md: dsc_b.x"
echo "- dsc_b.x, dsc_later" >>CHANGELOG.md && commit "told before"
echo more >>other && commit "between"
fourth=$(git rev-parse HEAD)
echo 'function dsc_later: void (void)' >>tests/abi/descender.abi && commit "later"
is "what_the_changelog_names_already_is_told" "$(check "$fourth..HEAD")" ""
echo "- DSC_X" >>CHANGELOG.md
echo 'constant DSC_X: 1' >>tests/abi/descender.abi && commit "both at once"
is "one_commit_may_do_both" "$(check "$third..HEAD")" ""
finish
