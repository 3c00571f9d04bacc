# SPDX-License-Identifier: MIT
# What is made from the tables of all commands: man pages and completion. (What --help says: test_program.sh.)
. "$(dirname "$0")/lib.sh"

_names=$("$program" help --as names | sed 's/^descender-*//;/^$/d')

a_near_miss_gets_a_suggestion() {
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
every_man_page_is_sound() {
    needs_command scdoc || return
    said="scripts/pages.sh"
    local name page
    sh "$golden/../../scripts/pages.sh" "$program" "$work/share" >/dev/null 2>"$work/problems" || complain "$(<"$work/problems")"
    for name in descender $_names; do
        [ "$name" = descender ] || name=descender-$name
        page=$(<"$work/share/man/man1/$name.1")
        for heading in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" ENVIRONMENT "SEE ALSO"; do
            [[ $page == *"$heading"* ]] || complain "$name has no $heading"
        done
    done
    if command -v mandoc >/dev/null; then
        mandoc -T lint -W error "$work"/share/man/man1/*.1 >"$work/problems" 2>&1 || complain "$(<"$work/problems")"
    elif command -v man >/dev/null; then
        man --warnings -E UTF-8 -l "$work"/share/man/man1/*.1 >/dev/null 2>"$work/problems"
        [ -s "$work/problems" ] && complain "$(<"$work/problems")"
    fi
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
