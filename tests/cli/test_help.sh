# SPDX-License-Identifier: MIT
# What every command has, whichever there are: help with examples, a man page, completion, suggestions.
. "$(dirname "$0")/lib.sh"

_names=$("$program" help --as names | sed 's/^descender-*//;/^$/d')
_groups=$(grep -oE '^[a-z]+-' <<<"$_names" | sort -u | tr -d '-')
_is_group() { grep -qx "$1" <<<"$_groups"; }

every_command_has_help_with_two_or_three_examples() {
    local name count
    for name in $_names; do
        _is_group "$name" && continue
        # shellcheck disable=SC2086
        run ${name//-/ } --help
        exits 0
        prints "Usage: descender ${name//-/ }"
        count=$(sed -n '/^Examples:/,$p' <<<"$out" | grep -c '^  descender ')
        [ "$count" -ge 2 ] && [ "$count" -le 5 ] || complain "has $count examples"
    done
}
every_wrong_option_is_refused_with_a_suggestion() {
    local name
    for name in $_names; do
        _is_group "$name" && continue
        # shellcheck disable=SC2086
        run ${name//-/ } --hlep
        exits 2
        says "hlep"
    done
    run trian
    exits 2
    says "did you mean 'train'"
    run predict --shwo x
    exits 2
    says "--show"
}
results_come_as_json_too() {
    local name
    for name in data-info data-check model-show recipe-list evaluate report train tune predict card datasheet; do
        # shellcheck disable=SC2086
        run ${name//-/ } --help
        prints "--json"
    done
}
without_a_command_it_says_what_to_do_first() {
    run
    exits 0
    prints "descender tutorial"
    prints "descender serve --open"
    prints "descender --help"
    [ "$(wc -L <<<"$out")" -le 100 ] || complain "lines of at most 100 characters"
}
every_man_page_is_sound() {
    needs_command scdoc || return
    local name page
    for name in '' $_names; do
        # shellcheck disable=SC2086
        page=$("$program" help --as man ${name//-/ } | scdoc 2>"$work/problems")
        [ -n "$page" ] || complain "descender-$name: $(<"$work/problems")"
        for heading in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" ENVIRONMENT "SEE ALSO"; do
            [[ $page == *"$heading"* ]] || complain "descender-$name has no $heading"
        done
        if command -v mandoc >/dev/null; then
            mandoc -T lint -W error <<<"$page" >"$work/problems" 2>&1 || complain "$(<"$work/problems")"
        elif command -v man >/dev/null; then
            man --warnings -E UTF-8 -l - <<<"$page" >/dev/null 2>"$work/problems"
            [ -s "$work/problems" ] && complain "$(<"$work/problems")"
        fi
    done
}
# What bash offers for a line: the last word is being typed.
_offers() {
    # shellcheck disable=SC2016
    bash -c 'source <("$0" help --as bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _descender; echo "${COMPREPLY[*]}"' "$program" "$@"
}
bash_completes_commands_options_and_values() {
    local name
    said="completion"
    out=$(_offers descender "")
    for name in $_names; do
        [[ $name == *-* ]] || [[ " $out " == *" $name "* ]] || complain "offers $name"
    done
    is_offered() { [ "$(_offers "${@:2}")" = "$1" ] || complain "for '${*:2}' expected '$1', found '$(_offers "${@:2}")'"; }
    is_offered "train" descender tra
    is_offered "--precision" descender train --prec
    is_offered "f32 bf16 auto" descender train --precision ""
    is_offered "info" descender data inf
    is_offered "--random" descender data show --rand
    is_offered "mnist-99 mnist-99.5 mnist-99.7" descender train --recipe mnist-99
    is_offered "lenet-5" descender recipe show len
    is_offered "mnist" descender evaluate --data mn
    is_offered "" descender predict some
}
zsh_takes_its_completion() {
    needs_command zsh || return
    "$program" help --as zsh >"$work/_descender"
    said="zsh"
    holds "zsh reads it" zsh -n "$work/_descender"
}

promises
