#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# labels: slow
# The library as its users have it: installed, moved to another place, and found there by pkg-config, by CMake and by
# Python's ctypes. Every file of examples/ is compiled with warnings as errors, and run; together they use every
# function that there is.
#   test_installed.sh PROGRAM     in the build folder; INSTALLED_LONG=1 adds the other compilers, and static ones of all examples
set -u
source "$(dirname "$0")/../shell.sh"
build=$PWD
sanitize=$(sed -n 's/^DESCENDER_SANITIZE:[A-Z]*=//p' CMakeCache.txt)
coverage=$(sed -n 's/^DESCENDER_COVERAGE:[A-Z]*=//p' CMakeCache.txt)
cc=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' CMakeCache.txt)
if [ -n "$sanitize" ] || [ "$coverage" = ON ]; then
    skip an_installed_library_serves_its_users "needs a build without sanitizers or coverage"
    finish
fi
long=${INSTALLED_LONG:-}
strict="-Wall -Wextra -Wpedantic -Werror"

# --- installed, and moved ---
succeeds "installing_works" cmake --install "$build" --prefix "$folder/first"
mv "$folder/first" "$folder/prefix"
prefix=$folder/prefix
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name descender.pc)")
libraries=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH=$libraries
is "pkg_config_knows_the_version" "$(pkg-config --modversion descender)" "$("$prefix/bin/descender" --version | sed -n 's/^descender //p')"
is "nothing_installed_names_the_place_where_it_was_first" "$(grep -rlIF "$folder/first" "$prefix")" ""
is "nothing_installed_names_the_sources" "$(grep -rlIF "$top" "$prefix")" ""

# --- every example ---
mkdir "$folder/run"
flags=$(pkg-config --cflags descender)
libs=$(pkg-config --libs descender)
# -ldescender would be the shared one.
static_libs="$libraries/libdescender.a $(pkg-config --libs --static descender | sed 's/-ldescender//')"
# run FILE: runs a program in a folder of its own, because some write files
run() { (cd "$folder/run" && "$@" 2>&1); }
# shared LABEL COMPILER STANDARD SOURCE: compiles it with pkg-config, and runs it
shared() {
    local out=$folder/$1
    # shellcheck disable=SC2086
    succeeds "the_example_$1_builds" "$2" -std="$3" $strict $flags "$4" -o "$out" $libs -pthread -lm
    run "$out" >"$out.txt"
    is "the_example_$1_runs" "$?" 0
    is "the_example_$1_says_something" "$([ -s "$out.txt" ] && echo yes)" yes
}
# static LABEL COMPILER STANDARD SOURCE: the same with the static library; the output must equal the shared one's
static() {
    local out=$folder/$1-static
    # shellcheck disable=SC2086
    succeeds "the_example_$1_builds_statically" "$2" -std="$3" $strict $flags "$4" -o "$out" $static_libs -pthread -lm
    run env -u LD_LIBRARY_PATH "$out" >"$out.txt"
    is "the_example_$1_says_the_same_when_linked_statically" "$(cat "$out.txt")" "$(cat "$folder/$1.txt")"
}
compilers=$cc
[ -n "$long" ] && compilers=$(for c in gcc clang; do command -v $c; done)
for compiler in $compilers; do
    name=$(basename "$compiler")
    [ -n "$long" ] || name=c
    for example in "$top"/examples/*.c; do
        label=$(basename "$example" .c)_$name
        shared "$label" "$compiler" c17 "$example"
        # Reading gzip takes libdeflate, model files take jansson.
        [[ $long || $label == read_files_* || $label == model_file_* ]] && static "$label" "$compiler" c17 "$example"
    done
done
compilers=$(for c in g++ clang++; do command -v $c; done)
[ -n "$long" ] || compilers=$(head -n 1 <<<"$compilers")
for compiler in $compilers; do
    for example in "$top"/examples/*.cpp; do
        label=$(basename "$example" .cpp)_$(basename "$compiler")
        shared "$label" "$compiler" c++17 "$example"
        [ -n "$long" ] && static "$label" "$compiler" c++17 "$example"
    done
done
[ -n "$compilers" ] || skip "the_examples_in_C++_build" "needs g++ or clang++"

# --- every function is in one of them ---
# unused PROGRAM...: the functions of the library that none of these programs calls
unused() {
    comm -23 <(nm -D --defined-only "$libraries/libdescender.so" | awk '{ print $3 }' | sort -u) \
        <(nm -u "$@" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u)
}
# The symbols of the programs themselves: a name in a comment does not count.
programs=$(for example in "$top"/examples/*.c; do find "$folder" -maxdepth 1 -name "$(basename "$example" .c)_*" ! -name '*.txt' ! -name '*-static'; done)
# shellcheck disable=SC2086
is "every_function_is_in_an_example" "$(unused $programs)" ""
contains "a_function_that_no_example_uses_is_seen" "$(unused "$folder"/look_*[!t])" dsc_train

# --- Python's ctypes ---
for python in "$(command -v python3)"; do
    [ -n "$python" ] || { skip "the_examples_in_Python_run" "needs python3"; continue; }
    for example in "$top"/examples/*.py; do
        label=$(basename "$example" .py)
        run "$python" -I "$example" >"$folder/$label.txt"
        is "the_example_${label}_runs" "$?" 0
        contains "the_example_${label}_says_something" "$(cat "$folder/$label.txt")" "taken for"
    done
done

# --- CMake ---
mkdir "$folder/project"
cat >"$folder/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
project(user C)
find_package(Descender ${WANTED} REQUIRED)
foreach(kind descender static)
  add_executable(user-${kind} ${EXAMPLE})
  target_link_libraries(user-${kind} PRIVATE Descender::${kind})
endforeach()
END
# configure FOLDER [OPTION...]
configure() {
    local into=$1
    shift
    cmake -S "$folder/project" -B "$into" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="-std=c17 $strict" \
        -DEXAMPLE="$top/examples/digits.c" -DWANTED=0.1 "$@" 2>&1
}
succeeds "find_package_finds_the_library" configure "$folder/cmake"
succeeds "a_program_builds_with_both_CMake_targets" cmake --build "$folder/cmake"
said=$(find "$folder" -maxdepth 1 -name 'digits_*.txt' ! -name '*-static.txt' -print -quit)
for kind in descender static; do
    is "a_program_of_the_CMake_target_${kind}_runs" "$(run env -u LD_LIBRARY_PATH "$folder/cmake/user-$kind")" "$(cat "$said")"
done
is "the_CMake_target_static_needs_no_shared_library" "$(ldd "$folder/cmake/user-static" | grep -c libdescender)" 0
if [ -n "$long" ]; then
    contains "find_package_refuses_another_major_version" "$(configure "$folder/cmake-2" -DWANTED=9.1)" "not accepted"
    contains "find_package_says_what_the_static_library_lacks" \
        "$(PKG_CONFIG_LIBDIR=/nowhere PKG_CONFIG_PATH='' configure "$folder/cmake-3" '-DWANTED=0.1;COMPONENTS;static')" "Descender::static needs"
fi
finish
