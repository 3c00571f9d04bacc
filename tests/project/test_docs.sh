#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the guides tell people to type.
#   test_docs.sh PROGRAM     in the build folder; DOCS_LONG=1 runs everything (make test-docs, and CI)
#
# Every ```sh block of a guide is run, in one folder for each guide, from top to bottom; what must lie there first stands in a block
# behind a comment `file: NAME`. The guides that train are followed by `make test-docs` alone, since that takes half a minute; the C programmer's
# always. In all pages each `descender ...` line names commands and options that there are.
set -u
source "$(dirname "$0")/../shell.sh"
program=$(realpath "$1")
build=$PWD
sanitize=$(sed -n 's/^DESCENDER_SANITIZE:[A-Z]*=//p' CMakeCache.txt)

# --- every line of every page ---
"$program" help --as bash >"$folder/completion"
commands=$("$program" help --as names | sed 's/^descender-*//')
# What a line asks for: prints what there is not.
check_line() {
    local words=$1 command action name option options
    words=${words%%[|>#]*}
    read -r _ command action _ <<<"$words"
    case $command in '' | -* | COMMAND | *[A-Z]*) return ;; esac
    name=$command
    grep -qx "$command" <<<"$commands" || { echo "no command: $words"; return; }
    grep -qx "$command-${action:-none}" <<<"$commands" && name="$command $action"
    options=$(grep -A 1 "^    '$name')" "$folder/completion" | sed -n "s/.*options='\(.*\)'/\1/p")
    [ -n "$options" ] || return # a group
    for option in $(grep -oE '(^| )--[a-z0-9-]+' <<<"$words"); do
        case " $options " in *" $option "*) ;; *) echo "no option $option: $words" ;; esac
    done
}
pages=$(cd "$top" && git ls-files '*.md' 2>/dev/null || (cd "$top" && ls ./*.md docs/*.md))
wrong='' lines=0
while IFS= read -r line; do
    lines=$((lines + 1))
    found=$(check_line "$line")
    [ -z "$found" ] || wrong+="$found"$'\n'
done < <(cd "$top" && grep -hE '^( {4})?(\$ )?descender ' $pages | sed 's/^ *\(\$ \)\?//')
is "there_are_commands_in_the_pages" "$([ $lines -gt 40 ] && echo many)" many
is "every_command_and_option_in_the_pages_is_there" "$wrong" ""

# --- the page that is made ---
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

# Writes block-NN.sh, or the file that a block is to be, into a folder.
take_blocks() { # PAGE FOLDER
    awk -v folder="$2" '
        /^<!-- file:/ { file = $3; next }
        /^```(sh|c)$/ { n++; out = file ? folder "/" file : $0 != "```sh" ? "/dev/null" : sprintf("%s/block-%02d.sh", folder, n)
                        inside = 1; file = ""; next }
        /^```/ { inside = 0; if (out) close(out); next }
        inside { print >out }' "$1"
}
# On one processor: other tests run beside this one, and threads that wait for each other would only be in the way.
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
