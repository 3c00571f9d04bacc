#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The structure of the sources, as in docs/architecture.md: includes point downward only, and files are short enough to
# read at once.
set -u
source "$(dirname "$0")/../shell.sh"
cd "$top" || exit 1

# room: the rooms that it may include, besides itself and descender.h
declare -A may=(
    [base]=""
    [image]="base"
    [kernel]="base"
    [data]="base image"
    [augment]="base kernel"
    [ranks]=""
    [graph]="base kernel ranks"
    [op]="base kernel graph"
    [layer]="base graph op"
    [optim]="base kernel"
    [model]="base image data graph kernel op layer optim"
    [measure]="base kernel data graph model"
    [quant]="base kernel data graph op layer model measure"
    [train]="base kernel data augment graph optim model measure quant ranks"
    [run]="base kernel data model measure train ranks"
    [tune]="base kernel data augment op layer optim model train run ranks"
    [study]="base kernel data measure train run"
)
library="${!may[*]}"
may+=(
    [picture]="$library late child"
    [fetch]="$library late picture forms"
    [late]="$library"
    [processes]="$library late"
    [child]="$library"
    [exchange]="$library child late picture draw fetch report"
    [forms]="$library picture late"
    [draw]="$library picture late"
    [report]="$library picture draw fetch late"
    [shipped]="$library"
    [read]="$library picture"
    [serve]="$library picture draw fetch report shipped read late child exchange"
)
may+=([tutorial]="${!may[*]}")
may+=([cli]="${!may[*]}")

# check_includes FOLDER: prints a line for every include under FOLDER that points upward or to no room
check_includes() {
    local file line target room other
    (cd "$1" && grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' --include='*.[ch]' include src tools tutorial cli 2>/dev/null) |
        while IFS=: read -r file line target; do
            target=${target#*[\"<]} target=${target%%[\">]*} # no process for each file: processes cost more than the rest
            case $file in
            include/*) room=include ;;
            src/*/* | tools/*/*) room=${file#*/} room=${room%%/*} ;;
            *) room=${file%%/*} ;;
            esac
            if [ "$room" != include ] && ! [ "${may[$room]+known}" ]; then
                echo "$file: the room '$room' is not in the plan"
                continue
            fi
            case $target in
            */*) other=${target%%/*} ;;
            *) other=$room ;; # a neighbour, or a system header
            esac
            case $target in
            */*) [ -e "$1/src/$target" ] || [ -e "$1/tools/$target" ] || [ -e "$1/$target" ] || continue ;;
            descender.h) continue ;;
            *)
                # Without a folder: a neighbour, a system header, or tutorial's, whose folder is in the include path.
                [ -e "$1/tutorial/$target" ] && other=tutorial
                [ -e "$1/${file%/*}/$target" ] && other=$room
                ;;
            esac
            [ "$other" = "$room" ] && continue
            if [ "$room" = include ]; then
                echo "$file:$line: the public header includes $target"
                continue
            fi
            case " ${may[$room]} " in
            *" $other "*) ;;
            *) echo "$file:$line: $room includes $target, but may include only: ${may[$room]:-nothing}" ;;
            esac
        done
}

is "includes_run_downward_only" "$(check_includes .)" ""

mkdir -p "$folder/src/base" "$folder/src/op" "$folder/src/attic"
echo '#include "op/op.h"' >"$folder/src/base/bad.c"
touch "$folder/src/op/op.h"
echo '#include <stdio.h>' >"$folder/src/attic/x.c"
is "an_include_that_runs_upward_is_found" "$(check_includes "$folder" | sort)" \
    "src/attic/x.c: the room 'attic' is not in the plan
src/base/bad.c:1: base includes op/op.h, but may include only: nothing"

# check_circles FOLDER: prints a line for each pair of files that include each other's headers
check_circles() {
    (cd "$1" && grep -roE '^#include "[a-z_/0-9]+\.h"' --include='*.c' src tools tutorial cli 2>/dev/null) |
        awk -F: '{
            file = $1; sub(/^(src|tools)\//, "", file); sub(/\.c$/, "", file)
            header = $2; sub(/^#include "/, "", header); sub(/\.h"$/, "", header)
            room = file; sub(/\/[^\/]*$/, "", room)
            if (header !~ /\//) header = room "/" header
            uses[file, header]
        } END {
            for (pair in uses) {
                split(pair, f, SUBSEP)
                if (f[1] < f[2] && (f[2], f[1]) in uses) print f[1] ".c and " f[2] ".c include each other"
            }
        }' | sort
}
is "no_two_files_include_each_other" "$(check_circles .)" ""
echo '#include "base/two.h"' >"$folder/src/base/one.c"
printf '#include "base/two.h"\n#include "base/one.h"\n' >"$folder/src/base/two.c"
is "two_files_that_include_each_other_are_found" "$(check_circles "$folder")" \
    "base/one.c and base/two.c include each other"

# check_instructions FOLDER: prints a line for every use of an instruction set outside of the kernels: intrinsics,
# vector types, tests of the instruction set. Loops compiled for each set (kernel/multiversion.h, kernel/loop.h) need
# none of these.
check_instructions() {
    (cd "$1" && grep -rnE '\b_(mm|tile)[0-9]*_|__m(128|256|512|mask)|float32x|v128_t|intrin\.h|arm_neon\.h|wasm_simd128\.h|\bvec_[a-z]|DSC_ON_(X86|ARM|WASM)|DSC_ISA_NUMBER|\<__attribute__ *\(\(target' \
        --include='*.[ch]' src tools cli 2>/dev/null) | grep -v '^src/kernel/'
}
is "only_kernels_know_instruction_sets" "$(check_instructions .)" ""
mkdir -p "$folder/src/kernel"
echo '#include <immintrin.h>' | tee "$folder/src/op/fast.c" >"$folder/src/kernel/fast.c"
is "intrinsics_outside_of_the_kernels_are_found" "$(check_instructions "$folder")" "src/op/fast.c:1:#include <immintrin.h>"

# Only the list (instruction_sets.h) and its own files name an instruction set, so a new one changes no other file.
named=$(grep -rlwE 'dsc_set_[a-z0-9_]+|isa_(avx2|avx512|neon|wasm)|DSC_ISA_NUMBER_[a-z0-9]+' src --include='*.[ch]' |
    grep -vE '^src/kernel/(set_[a-z0-9_]+\.c|isa_[a-z0-9_]+\.h)$')
is "instruction_sets_are_named_in_their_own_files_alone" "$named" ""

# named_data FOLDER: prints a line for every use of a data set's name, or of its row, outside of the row's own file.
# Other code asks the registry, so a new data set changes no other file. Data sets drawn by code have their rows in the
# drawing code.
named_data() {
    local names rows
    names=$(cd "$1" && grep -L '\.draw = ' src/data/known_*.c | xargs sed -n 's/^ *\.name = "\(.*\)",$/\1/p' | paste -sd'|')
    rows=$(tr - _ <<<"$names")
    (cd "$1" && grep -rnE "\"($names)\"|\bdsc_known_data_($rows)\b" --include='*.[ch]' src tools cli) |
        grep -vE '^src/data/known_[a-z0-9_]*\.[ch]:|^[^:]*:[0-9]*: *(/\*|\*)'
}
is "no_data_set_is_known_by_name_outside_of_its_row" "$(named_data .)" ""
mkdir -p "$folder/src/data" "$folder/tools" "$folder/cli"
printf 'const dsc_known_data dsc_known_data_shoe_box = {\n    .name = "shoe-box",\n};\n' >"$folder/src/data/known_shoe_box.c"
printf 'bool is = !strcmp(name, "shoe-box"); /* shoes */\n/* "shoe-box" in a comment */\n' >"$folder/cli/open.c"
echo 'row = &dsc_known_data_shoe_box;' >"$folder/tools/row.c"
is "a_data_sets_name_in_other_code_is_found" "$(named_data "$folder" | sort)" 'cli/open.c:1:bool is = !strcmp(name, "shoe-box"); /* shoes */
tools/row.c:1:row = &dsc_known_data_shoe_box;'

# Measured sizes are in one file, each group with the benchmark that chose it.
nameless=$(awk '/^enum \{/ && comment !~ /make bench[ *]*ARGS=/ { print FNR ": " $0 } /^\/\*/ { comment = "" } /^(\/\*| \*)/ { comment = comment $0 }' \
    src/base/thresholds.h)
is "every_group_of_thresholds_names_a_benchmark" "$nameless" ""
for bench in $(grep -o 'ARGS=[a-z-]*' src/base/thresholds.h | sort -u); do [ -e "bench/${bench#ARGS=}.c" ] || echo "$bench"; done >"$folder/lost"
is "every_benchmark_of_a_threshold_exists" "$(cat "$folder/lost")" ""

# The public header is one file by design: it has tiers, and readers stop when they have what they need.
long=$(find CMakeLists.txt Makefile cmake include src tools tutorial cli tests bench scripts examples -type f \
    \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.js' -o -name '*.txt' -o -name '*.cmake' -o -name Makefile \) \
    -not -path 'tests/golden/*.txt' -not -path include/descender.h -exec awk 'FNR == 601 { print FILENAME ": more than 600 lines" }' {} +)
is "no_file_is_longer_than_600_lines" "$long" ""

unlicensed=$(find include src tools tutorial cli tests bench examples scripts -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) \
    -exec grep -L 'SPDX-License-Identifier: MIT' {} +)
is "every_source_names_its_licence" "$unlicensed" ""

optional=$(grep -rln 'DESCENDER_WITH_' src include)
is "the_library_knows_no_optional_library" "$optional" ""
missing=$(for room in src/* tools/*; do [ -d "$room" ] && ! grep -q "\`\(src/\|tools/\)\?$(basename "$room")/\`" docs/architecture.md && echo "$room"; done)
is "every_room_is_on_the_architecture_page" "$missing" ""

# root_files FOLDER: the tracked files in the root of a git work tree, except those that belong there
root_files() {
    git -C "$1" ls-files -- ':(glob)*' | grep -vxE '\.(clang-format|clang-tidy|clangd|editorconfig|gitignore)|(README|CONTRIBUTING|CHANGELOG)\.md|LICENSE|Makefile|CMakeLists\.txt|CMakePresets\.json'
}
if git -C "$top" rev-parse --git-dir >/dev/null 2>&1; then
    is "no_stray_file_is_in_the_root" "$(root_files "$top")" ""
    mkdir "$folder/root"
    (cd "$folder/root" && git init -q && touch 6 README.md && mkdir docs && touch docs/page.md && git add .)
    is "a_stray_file_in_the_root_is_found" "$(root_files "$folder/root")" "6"
else
    skip "no_stray_file_is_in_the_root" "needs git and a clone"
fi

# A link in a page to a file of the project has a target.
broken=$(grep -noE '\]\([^)#: ]+[)#]' ./*.md docs/*.md | while IFS=: read -r page line link; do
    target=${link#](} target=${target%[)#]}
    [ -e "$(dirname "$page")/$target" ] || echo "$page:$line: $target"
done)
is "every_link_between_pages_leads_somewhere" "$broken" ""
finish
