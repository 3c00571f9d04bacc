#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The binary interface is the recorded one (tests/abi/descender.abi), the library has its symbols and its name, and
# scripts/abi.py tells breaks from additions.
# labels: later
#   test_abi.sh PROGRAM     in the build folder
set -u
source "$(dirname "$0")/../shell.sh"
[ "$(getconf LONG_BIT)" = 64 ] && [ -x /usr/bin/python3 ] || { skip the_binary_interface_is_the_recorded_one "needs python3, and 64 bits"; finish; }
abi() { /usr/bin/python3 "$top/scripts/abi.py" "$@" 2>&1; }

is "the_binary_interface_is_the_recorded_one" "$(abi)" ""
is "every_recorded_function_is_in_the_library" \
    "$(comm -23 <(sed -n 's/^function \([a-z0-9_]*\):.*/\1/p' "$top/tests/abi/descender.abi" | sort) <(nm -D --defined-only libdescender.so | awk '{ print $3 }' | sort))" ""
is "the_library_is_called_after_the_major_version" "$(objdump -p libdescender.so | awk '$1 == "SONAME" { print $2 }')" \
    "libdescender.so.$(sed -n 's/^major: //p' "$top/tests/abi/descender.abi")"

# --- breaks and additions ---
cat >"$folder/whole.h" <<'END'
#include <stddef.h>
#define DSC_VERSION_MAJOR 1
#define DSC_MOST 4
typedef enum dsc_kind { DSC_ONE, DSC_TWO, DSC_THREE } dsc_kind;
typedef struct dsc_point {
    int x, y;
    const char *const *names;
    void (*run)(const struct dsc_point *point, int count);
} dsc_point;
typedef struct dsc_options {
    size_t size;
    double rate;
    dsc_kind kind;
} dsc_options;
int dsc_first(const char *path, dsc_options *options);
size_t dsc_second(void);
END
abi --record --header "$folder/whole.h" --recorded "$folder/whole.abi"
# changed NAME SED-SCRIPT EXPECTED: the report about a header with this change
changed() {
    sed "$2" "$folder/whole.h" >"$folder/changed.h"
    contains "$1" "$(abi --header "$folder/changed.h" --recorded "$folder/whole.abi")" "$3"
}
is "a_header_agrees_with_what_was_recorded_of_it" "$(abi --header "$folder/whole.h" --recorded "$folder/whole.abi")" ""
changed "a_function_that_is_gone_is_a_break" '/dsc_second/d' 'break: function dsc_second is gone'
changed "another_type_of_a_function_is_a_break" 's/dsc_first(const char/dsc_first(char/' \
    'break: function dsc_first was int (const char *, dsc_options *), is int (char *, dsc_options *)'
changed "a_member_that_moved_is_a_break" 's/int x, y;/int y, x;/' 'break: member dsc_point.x was offset 0, size 4, int, is offset 4, size 4, int'
changed "another_type_of_a_member_is_a_break" 's/double rate/long rate/' 'break: member dsc_options.rate was offset 8, size 8, double'
changed "another_type_of_a_function_pointer_is_a_break" 's/int count)/long count)/' 'break: member dsc_point.run was'
changed "an_enumerator_in_the_middle_is_a_break" 's/DSC_TWO,/DSC_NEW, DSC_TWO,/' 'break: enumerator dsc_kind.DSC_TWO was 1, is 2'
changed "another_constant_is_a_break" 's/MOST 4/MOST 8/' 'break: constant DSC_MOST was 4, is 8'
changed "a_member_more_in_a_struct_without_a_size_is_a_break" 's/^} dsc_point/double z; } dsc_point/' 'does not begin with its size'
changed "a_member_in_the_padding_at_the_end_is_a_break" 's/^} dsc_options/int more; } dsc_options/' "not behind the older struct's end"
changed "a_break_says_what_to_do" '/dsc_second/d' 'raise DSC_VERSION_MAJOR'
changed "another_major_version_wants_to_be_recorded" 's/MAJOR 1/MAJOR 2/; /dsc_second/d' 'The major version was 1, is 2'
changed "an_enumerator_at_the_end_is_an_addition" 's/DSC_THREE/DSC_THREE, DSC_FOUR/' 'addition: enumerator dsc_kind.DSC_FOUR: 3'
changed "a_member_behind_the_end_of_a_struct_with_a_size_is_an_addition" 's/^} dsc_options/double more; } dsc_options/' \
    'addition: member dsc_options.more: offset 24, size 8, double'
changed "a_new_function_is_an_addition" 's/^size_t dsc_second/void dsc_third(void);\n&/' \
    'addition: function dsc_third: void (void)
Additions break nothing'
finish
