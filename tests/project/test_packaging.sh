#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's packaging agrees with the rest of the project: what `make install` leaves is in one package each, versions,
# symbols and libraries are the same. It needs none of Debian's tools; `make deb` builds the packages.
#   test_packaging.sh PROGRAM     in the build folder
set -u
source "$(dirname "$0")/../shell.sh"
build=$PWD
debian=$top/packaging/debian
sanitize=$(sed -n 's/^DESCENDER_SANITIZE:[A-Z]*=//p' CMakeCache.txt)
hostile=$(sed -n 's/^DESCENDER_HOSTILE:[A-Z]*=//p' CMakeCache.txt)

# check_files LIST FOLDER: prints a line for each file of LIST that not exactly one package of FOLDER takes, and for each
# line of a package that takes none. A file has Debian's paths: usr/lib/TRIPLET/...
check_files() {
    local file package pattern number
    : >"$folder/used"
    while IFS= read -r file; do
        number=0
        for package in "$2"/*.install; do
            while read -r pattern _; do
                # A pattern takes a file, or the folder that it is in; * stands for one name, as in a shell.
                # shellcheck disable=SC2053
                case $file in
                $pattern | $pattern/*) ;;
                *) continue ;;
                esac
                number=$((number + 1))
                echo "$(basename "$package"): $pattern" >>"$folder/used"
            done <"$package"
        done
        [ $number = 1 ] || echo "$file is in $number packages"
    done <"$1"
    for package in "$2"/*.install; do
        while read -r pattern _; do
            grep -qxF "$(basename "$package"): $pattern" "$folder/used" || echo "$(basename "$package"): $pattern takes nothing"
        done <"$package"
    done
}
if [ -n "$sanitize" ] || [ "$hostile" = ON ] || ! command -v scdoc >/dev/null; then
    skip "what_is_installed_is_in_one_package" "needs man pages: a build without sanitizers, and scdoc"
else
    DESTDIR=$folder/root cmake --install "$build" --prefix /usr >/dev/null
    (cd "$folder/root" && find . -type f -o -type l) | sed 's|^\./||; s|^usr/lib[^/]*/\(.*/\)\?|usr/lib/triplet/\1|' | sort >"$folder/files"
    is "something_is_installed" "$([ "$(wc -l <"$folder/files")" -gt 10 ] && echo yes)" yes
    is "what_is_installed_is_in_one_package" "$(check_files "$folder/files" "$debian")" ""
    mkdir "$folder/wrong"
    cp "$debian"/*.install "$folder/wrong"
    echo usr/share/nothing >>"$folder/wrong/descender.install"
    sed -i '/descender\.h/d' "$folder/wrong/libdescender-dev.install"
    is "a_file_in_no_package_and_a_line_without_a_file_are_seen" "$(check_files "$folder/files" "$folder/wrong")" \
        "usr/include/descender.h is in 0 packages
descender.install: usr/share/nothing takes nothing"
fi

version=$(sed -n 's/^#define DSC_VERSION *"\(.*\)"/\1/p' "$top/include/descender.h")
is "the_packages_have_the_header's_version" "$(sed -n '1s/.*(\(.*\)).*/\1/p' "$debian/changelog")" "$version"
is "the_package_of_the_library_is_called_after_its_name" "$(sed -n 1p "$debian/libdescender0.symbols")" \
    "libdescender.so.${version%%.*} libdescender${version%%.*} #MINVER#"
is "the_package's_symbols_are_the_recorded_ones" \
    "$(diff <(sed -n 's/^ \(.*\)@Base .*/\1/p' "$debian/libdescender0.symbols") <(sed -n 's/^function \([a-z0-9_]*\):.*/\1/p' "$top/tests/abi/descender.abi" | LC_ALL=C sort))" ""

# Every library that a build uses has its development package in the build dependencies.
wanted=$(sed -n "s/^build|[a-z]*|\(module\|file\) [^|]*|\([^|]*\)|.*/\2/p" "$top/scripts/dependencies.sh" | tr ' ' '\n' | sort)
given=$(sed -n '/^Build-Depends:/,/^Standards/p' "$debian/control" | grep -oE '[a-z0-9.+-]+(-dev|\.js)\b' | sort)
is "packages_are_built_with_every_library" "$(diff <(echo "$wanted") <(echo "$given"))" ""
finish
