# SPDX-License-Identifier: MIT
# The program as a whole: help, spelling, exit statuses, output that cannot be written.
. "$(dirname "$0")/lib.sh"

# Lists every command, an action after its group; from the help itself.
_commands() {
    local name
    for name in $("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  .*/\1/p'); do
        echo "$name"
        "$program" "$name" --help | sed -n "/^Actions:/,/^\$/s/^  \([a-z]*\)  .*/$name \1/p"
    done
}

the_program_alone_says_what_to_do_first() {
    run
    exits 0
    prints "Start here:"
    prints "descender tutorial"
    says_nothing
}
the_program_has_help() {
    local option
    for option in --help -h help; do
        run $option
        exits 0
        prints "Usage: descender COMMAND"
        prints "130 interrupted"
        says_nothing
    done
}
the_version_tells_what_is_in_the_build() {
    run --version
    exits 0
    prints "descender "
    prints "with libdeflate, jansson"
    run -V
    exits 0
}
every_command_has_help_with_examples() {
    local name count=0
    while read -r name; do
        count=$((count + 1))
        run $name --help
        exits 0
        prints "Usage: descender $name"
        says_nothing
        [[ $out == *Actions:* ]] && continue
        prints "Examples:"
        prints "--help"
        [ "$(sed -n '/^Examples:/,$p' <<<"$out" | grep -c '^  descender ')" -ge 2 ] ||
            complain "expected at least two examples"
        run help $name
        exits 0
        prints "Usage: descender $name"
    done < <(_commands)
    [ $count -ge 1 ] || complain "no command found"
}
help_fits_the_width() {
    local name width
    while read -r name; do
        for width in 50 80; do
            COLUMNS=$width run $name --help
            # Usage lines, examples and addresses are never broken; all other lines are.
            [ -z "$(grep -vE '^Usage|^  descender|^Options of|^https:' <<<"$out" | awk -v w=$width 'length($0) > w')" ] ||
                complain "a line is wider than $width columns"
        done
    done < <(_commands)
}
no_command_knows_an_unknown_option() {
    local name
    while read -r name; do
        run $name --no-such-option
        exits 2
        prints_nothing
        says "unknown option '--no-such-option'"
        says "Try 'descender"
    done < <(_commands)
}
a_misspelt_command_gets_a_suggestion() {
    run hepl
    exits 2
    prints_nothing
    says "descender: unknown command 'hepl'; did you mean 'help'?"
    says "Try 'descender --help'."
    run hlep tutorial
    exits 2
}
a_name_like_no_command_gets_none() {
    run xyzzyplugh
    exits 2
    says "unknown command 'xyzzyplugh'"
    says_no "did you mean"
}
an_option_before_the_command_is_wrong_usage() {
    run --quiet help
    exits 2
    says "options come after the command"
}
too_many_arguments_are_wrong_usage() {
    run help help help help
    exits 2
}
options_are_written_as_users_know_them() {
    small_data "$work/small"
    local options plain
    run data show --data "$work/small" --index 3 --raw
    plain=$out
    for options in "--index=3 --raw" "-i 3 --raw" "-i3 --raw" "--raw=on -i 3" "--no-raw --raw -i 3" "--raw=yes --ind 3" "-i 5 -i 3 --raw"; do
        run data show --data "$work/small" $options
        exits 0
        same "$out" "$plain"
    done
    for options in "--raw --no-raw" "--raw --raw=off" "--no-raw" "--raw=false"; do
        run data show -d "$work/small" -i 3 $options
        exits 0
        [ "$out" != "$plain" ] || complain "expected a picture, not numbers"
    done
    run data check --json "$work/small"
    exits 0
    run data check "$work/small" --json
    exits 0
    run data check -- "$work/small"
    exits 0
    run data check -- --json
    exits 1
    says "descender: --data --json: "
}
an_option_of_wrong_value_is_told_with_its_range() {
    run data show --raw=perhaps
    exits 2
    says "--raw: expected on or off"
    run data show --index -1
    exits 2
    says "--index: expected a whole number 0 or more, found '-1'"
    run data show --index 3x
    exits 2
    run data show -x
    exits 2
    says "unknown option '-x'"
    run data show --index
    exits 2
    says "option '--index' needs a value"
}
help_is_bold_only_on_a_terminal_that_wants_it() {
    needs_command script || return
    run --help
    prints_no $'\033'
    run_terminal --help
    exits 0
    prints $'\033[1mUsage:'
    NO_COLOR=1 run_terminal --help
    prints "Usage:"
    prints_no $'\033'
    TERM=dumb run_terminal --help
    prints_no $'\033'
}
a_full_disk_is_an_error() {
    [ -w /dev/full ] || because "needs /dev/full" || return
    run_shell "'$program' --help >/dev/full"
    exits 1
    says "descender: standard output cannot be written: No space left on device"
}
a_closed_standard_output_is_an_error() {
    run_shell "'$program' --help >&-"
    exits 1
    says "standard output cannot be written"
}
a_reader_that_leaves_is_not_spoken_of() {
    # The reader has gone before anything is written.
    run_shell "{ sleep 0.3; '$program' --help; echo \"status \$?\" >&2; } | true"
    same "$err" "status 1"
}

promises
