#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests the commands and claims of the documentation.
#   test_docs.sh PROGRAM     in the build folder; DOCS_LONG=1 runs everything (make test-docs, and CI)
#
# Every ```sh block of a guide is run, in one folder for each guide, from top to bottom. A block behind a comment
# `file: NAME` is first written to that file. Only `make test-docs` runs the guides that train, since that takes half a
# minute; the C programmer's guide always runs. In all pages, each `descender ...` line must name existing commands and
# options.
#
# In the README every line `    $ COMMAND` is typed, in one folder, and its output is compared with the lines below it.
set -u
source "$(dirname "$0")/../shell.sh"
program=$(realpath "$1")
build=$PWD
sanitize=$(sed -n 's/^DESCENDER_SANITIZE:[A-Z]*=//p' CMakeCache.txt)

# --- every line of every page ---
declare -A options_of=() # by the name of the command: its options; empty for a group
for name in $("$program" help --as names | sed 's/^descender-*//'); do options_of[$name]=; done
while IFS='|' read -r name options; do
    options_of[${name// /-}]=$options
done < <("$program" help --as bash | sed -n "/^    '[a-z]/{N;s/^    '\([a-z -]*\)').*options='\(.*\)'.*/\1|\2/;T;p}")
# Prints the commands and options of a line that do not exist. Without other processes: there are hundreds of lines.
check_line() {
    local words=$1 command action word
    words=${words%%[|>#]*}
    read -r _ command action _ <<<"$words"
    case $command in '' | -* | COMMAND | *[A-Z]*) return ;; esac
    [ -n "${options_of[$command]+there}" ] || { echo "no command: $words"; return; }
    [ -z "${options_of[$command-$action]+there}" ] || command+=-$action
    [ -n "${options_of[$command]}" ] || return # a group
    for word in $words; do
        [[ $word =~ ^(--[a-z0-9-]+) ]] || continue
        [[ " ${options_of[$command]} " == *" ${BASH_REMATCH[1]} "* ]] || echo "no option ${BASH_REMATCH[1]}: $words"
    done
}
pages=$(cd "$top" && git ls-files '*.md' 2>/dev/null || (cd "$top" && ls ./*.md docs/*.md))
lines=0
while IFS= read -r line; do
    lines=$((lines + 1))
    check_line "$line"
done >"$folder/wrong" < <(cd "$top" && grep -hE '^( {4})?(\$ )?descender ' $pages | sed 's/^ *\(\$ \)\?//')
is "there_are_commands_in_the_pages" "$([ $lines -gt 40 ] && echo many)" many
is "every_command_and_option_in_the_pages_is_there" "$(<"$folder/wrong")" ""

# --- the generated page ---
differs=$(diff <("$program" help --as markdown) "$top/docs/reference.md" | head -n 5)
is "the_reference_is_that_of_this_program" "${differs:+run make reference: $differs}" ""

# --- the guides, as a reader follows them ---
[ -n "$sanitize" ] && { skip "the_guides_can_be_followed" "needs a build without sanitizers"; finish; }
[ -n "${DESCENDER_DATA:-}" ] || { skip "the_guides_can_be_followed" "needs MNIST in \$DESCENDER_DATA"; finish; }
prefix=$folder/prefix
cmake --install "$build" --prefix "$prefix" >/dev/null 2>&1
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name descender.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH PATH="$prefix/bin:$PATH" XDG_CACHE_HOME="$folder/cache"

# --- the README, typed ---
# A clone's folder, in which the program is where `make tutorial` puts it, and MNIST in ./data.
work=$folder/readme
mkdir -p "$work/build/release"
ln -s "$(realpath "$build/descender")" "$work/build/release/descender"
ln -s "$(realpath "$DESCENDER_DATA")" "$work/data"
# Figures on the pages differ between machines, so every number becomes N on both sides.
unify() { sed -E 's/[0-9]+(\.[0-9]+)?/N/g; s/kernels [^,]*(, [a-z]+N)*/kernels K/; s/ +/ /g; s/ $//'; }
# Compares a page with a FILE: in the page, "..." in a line matches any text, and alone on a line any lines.
looks_like() { # PAGE FILE
    awk 'function matches(line, pattern,   parts, n, i, at) {
             n = split(pattern, parts, "[.][.][.]")
             if (substr(line, 1, length(parts[1])) != parts[1]) return 0
             line = substr(line, length(parts[1]) + 1)
             for (i = 2; i <= n; i++) {
                 if (parts[i] == "") { line = i == n ? "" : line; continue }
                 at = index(line, parts[i])
                 if (!at) return 0
                 line = substr(line, at + length(parts[i]))
             }
             return line == ""
         }
         NR == FNR { page[++pages] = $0; next }
         { while (pages >= at + 1 && page[at + 1] == "...") { any = 1; at++ }
           if (at < pages && matches($0, page[at + 1])) { at++; any = 0 }
           else if (!any) { print "printed: " $0; print "page: " page[at + 1]; wrong = 1; exit } }
         END { while (at < pages && page[at + 1] == "...") at++
               if (!wrong && at < pages) print "not printed: " page[at + 1] }' "$1" "$2"
}
# Reads each "    $ COMMAND" and the lines below it, and types the commands in one shell.
awk -v folder="$work" '
    /^    \$ / { close(out); out = sprintf("%s/page-%02d", folder, ++n); print substr($0, 7) >(out ".command"); printf "" >out; next }
    /^    / && out { print substr($0, 5) >out; next }
    { close(out); out = "" }' "$top/README.md"
is "the_readme_has_commands_to_type" "$([ "$(find "$work" -name '*.command' | wc -l)" -ge 5 ] && echo several)" several
for command in "$work"/page-*.command; do
    page=${command%.command} name=the_readme_$(basename "${command%.command}")
    cat "$command" >>"$work/typed"
    # Exports of earlier commands stay set, as in a shell; only the output of the last command counts.
    (cd "$work" && env -u DESCENDER_DATA PATH="/usr/bin:/bin" bash -eu -c "$(grep '^export ' typed)
        $(cat "$command")" >"$page.log" 2>&1 </dev/null)
    status=$?
    unify <"$page" >"$page.expected"
    unify <"$page.log" >"$page.got"
    differs=$(looks_like "$page.expected" "$page.got")
    if [ $status = 0 ] && [ -z "$differs" ]; then
        pass "$name"
    else
        fail "$name" "$(cat "$command")" "exit status $status" "$differs"
    fi
done

# The first two commands of the page, in a clone that contains only committed files.
if [ -n "${DOCS_LONG:-}" ] && git -C "$top" rev-parse --git-dir >/dev/null 2>&1; then
    git clone -q "$top" "$folder/clone"
    make --no-print-directory -C "$folder/clone" tutorial >"$folder/clone.log" 2>&1
    is "make_tutorial_works_in_a_fresh_clone" "$? $(tail -n 1 "$folder/clone.log")" "0 Next: descender train"
    is "the_program_is_where_the_readme_says" "$("$folder/clone/build/release/descender" --version | head -n 1)" \
        "$("$program" --version | head -n 1)"
else
    skip "make_tutorial_works_in_a_fresh_clone" "make test-docs builds in a clone"
fi

# Writes each block to block-NN.sh, or to its file, in a folder.
take_blocks() { # PAGE FOLDER
    awk -v folder="$2" '
        /^<!-- file:/ { file = $3; next }
        /^```(sh|c)$/ { n++; out = file ? folder "/" file : $0 != "```sh" ? "/dev/null" : sprintf("%s/block-%02d.sh", folder, n)
                        inside = 1; file = ""; next }
        /^```/ { inside = 0; if (out) close(out); next }
        inside { print >out }' "$1"
}
# On one processor: other tests run at the same time, and threads that wait for each other would disturb them.
one=()
command -v taskset >/dev/null && one=(taskset -c "$(taskset -cp $$ | sed 's/.*[ ,-]//')")
guides="c-programmer${DOCS_LONG:+ learner practitioner}"
[ -n "${DOCS_LONG:-}" ] || skip "the_learners_and_the_practitioners_guides" "make test-docs follows them"
for page in $guides; do
    work=$folder/$page
    mkdir "$work"
    take_blocks "$top/docs/$page.md" "$work"
    for block in "$work"/block-*.sh; do
        name="docs_${page}_$(basename "$block" .sh)"
        if (cd "$work" && "${one[@]}" bash -eu "$block" >"$block.log" 2>&1 </dev/null); then
            pass "$name"
        else
            fail "$name" "$(head -n 3 "$block")" "$(tail -n 12 "$block.log")"
        fi
    done
done
finish
