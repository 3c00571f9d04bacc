#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The library from outside: its exported symbols, the libraries that it needs, and its header in several compilers.
# test_installed.sh tests the installed library.
#   test_library.sh PROGRAM     in the build folder
set -u
source "$(dirname "$0")/../shell.sh"
header=$top/include/descender.h
sanitize=$(sed -n 's/^DESCENDER_SANITIZE:[A-Z]*=//p' CMakeCache.txt)
coverage=$(sed -n 's/^DESCENDER_COVERAGE:[A-Z]*=//p' CMakeCache.txt)
cc=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' CMakeCache.txt)

# --- the header by itself ---
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only"
printf '#include <descender.h>\n#include <descender.h>\nint main(void) { return dsc_version() == 0; }\n' >"$folder/alone.c"
cp "$folder/alone.c" "$folder/alone.cc"
for compiler in "$cc" gcc clang; do
    command -v "$compiler" >/dev/null || { skip "the_header_alone_is_clean_C17_with_$(basename "$compiler")" "needs $compiler"; continue; }
    # shellcheck disable=SC2086
    succeeds "the_header_alone_is_clean_C17_with_$(basename "$compiler")" \
        "$compiler" -std=c17 $strict -Wstrict-prototypes -I "$top/include" "$folder/alone.c"
done
for compiler in g++ clang++; do
    command -v $compiler >/dev/null || { skip "the_header_alone_is_clean_C++17_with_$compiler" "needs $compiler"; continue; }
    # shellcheck disable=SC2086
    succeeds "the_header_alone_is_clean_C++17_with_$compiler" $compiler -std=c++17 $strict -I "$top/include" "$folder/alone.cc"
done

# The library's own environment variables. Only the program turns on the cache of decompressed files, which reads
# DESCENDER_CACHE.
read=$(grep -rhoE 'getenv\("[A-Z_]+"' "$top/src" | sed 's/.*"\(.*\)"/\1/' | grep -vx DESCENDER_CACHE | sort -u)
named=$(sed -n '/^ \* Environment\./,/^ \*$/p' "$header" | grep -oE '\b[A-Z_]{4,}\b' | grep -vx NULL | sort -u)
is "the_header_names_the_environment_variables_that_the_library_reads" "$named" "$read"

# --- contents of the library ---
if [ -n "$sanitize" ] || [ "$coverage" = ON ]; then
    for name in the_library_exports_what_the_header_declares the_library_neither_prints_nor_exits \
        the_library_has_no_mutable_globals; do
        skip $name "needs a build without sanitizers or coverage"
    done
    finish
fi

# Every declaration begins with DSC_API; the name is the word before the first parenthesis.
declared=$("$cc" -E -P -D'DSC_API=EXPORTED' -I "$top/include" - <"$header" 2>/dev/null | tr '\n' ' ' |
    sed 's/__attribute__ *((visibility("default")))/EXPORTED/g' | grep -o 'EXPORTED[^(;]*(' |
    sed 's/.*[ *]\([A-Za-z0-9_]*\) *($/\1/' | sort -u)
exported=$(nm -D --defined-only libdescender.so | awk '{ print $3 }' | sort -u)
is "the_header_declares_something" "$([ "$(wc -l <<<"$declared")" -gt 5 ] && echo yes)" yes
is "the_library_exports_what_the_header_declares" "$(diff <(echo "$declared") <(echo "$exported"))" ""

forbidden=$(nm -A -u libdescender.a | awk '{ print $NF }' | sort -u |
    grep -xE '(_exit|exit|abort|v?printf|puts|putchar|perror|stdout|stderr|stdin|setlocale|s?rand|system|__printf_chk)')
is "the_library_neither_prints_nor_exits" "$forbidden" ""

globals=$(objdump -t libdescender.a | awk '/file format/ { file = $1 } NF > 3 && $(NF-2) ~ /^\.t?(data|bss)$/ && $(NF-1) !~ /^0+$/ { print file, $NF }')
is "the_library_has_no_mutable_globals" "$globals" ""

# Every command would load them, with their dependencies, before it does anything (tools/late/late.h).
others=$(objdump -p descender | awk '$1 == "NEEDED" { print $2 }' |
    grep -vE '^(lib(deflate|jansson|protobuf-c|c|m|dl|pthread|gcov|hostile)[.]so|ld-linux)')
is "the_program_loads_no_other_libraries_at_its_start" "$others" ""

# --- the registries ---
# check_registered OBJECT...: prints a line for every descriptor that no registry names. Such a thing would be in no list, in no
# help and in no test.
check_registered() {
    nm -A "$@" 2>/dev/null | sed 's/^.*[/:]\([a-z0-9_]*\)\.c\.\?o:[0-9a-f]* */\1 /' | awk '
        $2 ~ /^[RD]$/ && $3 ~ /^(dsc_(op|layer|optimiser|schedule|augmentation|known_data|data_form|set)|command|picture_format|exchange_format)_[a-z0-9_]+$/ && $3 !~ /(_(registry|params)|^picture_format_(at|of))$/ { has[$3] = $1 }
        $2 == "U" && $1 ~ /^(ops|layers|optimisers|schedules|augmentations|commands|formats|known|exchange|forms|kernel)$/ { listed[$3] }
        # The actions of a command are in files of their own: command_data_show in data.c.
        $2 == "U" { split($3, part, "_"); if (part[1] == "command" && part[2] == $1) listed[$3] }
        END { for (name in has) if (!(name in listed)) print has[name] ".c: no registry has a line for " name }' | sort
}
objects=$(find CMakeFiles/descender-program.dir/cli -name '*.o')
# shellcheck disable=SC2086
is "every_op_layer_and_so_on_is_registered" "$(check_registered libdescender.a libdescender-tools.a $objects)" ""
printf 'const int %s[64] = {1};\n' dsc_layer_forgotten dsc_op_forgotten dsc_set_forgotten command_forgotten command_data_forgotten picture_format_forgotten exchange_format_forgotten >"$folder/forgotten.c"
"$cc" -c "$folder/forgotten.c" -o "$folder/forgotten.c.o"
# shellcheck disable=SC2086
is "what_is_not_registered_is_found" "$(check_registered libdescender.a libdescender-tools.a $objects "$folder/forgotten.c.o")" \
    "forgotten.c: no registry has a line for command_data_forgotten
forgotten.c: no registry has a line for command_forgotten
forgotten.c: no registry has a line for dsc_layer_forgotten
forgotten.c: no registry has a line for dsc_op_forgotten
forgotten.c: no registry has a line for dsc_set_forgotten
forgotten.c: no registry has a line for exchange_format_forgotten
forgotten.c: no registry has a line for picture_format_forgotten"

finish
