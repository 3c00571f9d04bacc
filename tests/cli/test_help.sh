# SPDX-License-Identifier: MIT
# Texts that are made from the tables of all commands and the registries: man pages, completion, `help THINGS`.
# (--help: test_program.sh.)
# labels: later
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
    # All commands except those whose result is a file, a picture, a page or plain text.
    local name line checked=0 none=" tutorial data-show data-fetch data-pack serve recipe-show recipe-suggest help "
    "$program" help --as bash >"$work/completion"
    for name in $_names; do
        line=$(grep -A 1 "^    '${name//-/ }')" "$work/completion") || continue # a group
        checked=$((checked + 1))
        [[ $line == *--json* ]] || [[ $none == *" $name "* ]] || complain "$name has no --json"
    done
    [ $checked -ge 15 ] || complain "looked at $checked commands only"
}
# Prints the names in `descender help THINGS`: the least indented lines.
_things=$("$program" --help | sed -n '/^Topics:/,/^$/{/^Topics/d;s/^ *\(help THINGS\)\? *//;s/,//g;p}')
_named() { "$program" help "$1" | sed -n 's/^  \([a-z][a-z0-9-]*\)\( .*\)\?$/\1/p'; }
help_lists_what_there_is() {
    local things name count
    [ "$(wc -w <<<"$_things")" -ge 6 ] || complain "--help names only: $_things"
    for things in $_things; do
        run help "$things"
        exits 0
        says_nothing
        count=0
        for name in $(_named "$things"); do
            count=$((count + 1))
            run help "$things" "$name"
            exits 0
            [[ $out == "  $name"* ]] || complain "help of $things $name begins otherwise"
        done
        [ $count -ge 3 ] || complain "only $count $things"
    done
    run help layers
    for name in "[channels=]N" "(1 to 65536); required" "residual(dense 100, relu)" "bias=on|off" "default on"; do
        [[ $(tr -s ' \n' ' ' <<<"$out") == *"$name"* ]] || complain "expected: $name"
    done
    run help optimisers adamw
    [[ $(tr -s ' \n' ' ' <<<"$out") == *"default learning rate 0.001, weight decay 0.01"* ]] || complain "expected adamw's defaults"
}
help_of_what_is_not_there_suggests_or_lists() {
    run help layer
    exits 2
    says "did you mean 'layers'?"
    run help layers dens
    exits 2
    says "unknown layer 'dens'; did you mean 'dense'?"
    run help losses xyzzyplugh
    exits 2
    says "unknown loss 'xyzzyplugh'; there are: "
    run help train now
    exits 2
    says "'train' has no actions"
    run help layers --as man
    exits 2
    says "help --as man help"
}
the_man_page_of_help_has_what_there_is() {
    local things name
    run help --as man help
    for things in $_things; do
        prints "# ${things^^}"
        for name in $(_named "$things"); do prints "*$name*"; done
    done
    run help help
    for things in $_things; do prints "$things"; done
}
what_an_unknown_name_is_answered_with_names_all() {
    local name
    run model show "flatten, xyzzyplugh, dense"
    exits 2
    says "unknown layer 'xyzzyplugh'; there are: "
    for name in $(_named layers); do says "$name"; done
    run train --optimiser xyzzyplugh --epochs 1
    exits 2
    says "unknown optimiser 'xyzzyplugh'; there are: "
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
# Prints what bash offers for a line whose last word is being typed.
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
    is_offered "layers" descender help lay
    is_offered "" descender predict some
}
zsh_takes_its_completion() {
    needs_command zsh || return
    "$program" help --as zsh >"$work/_descender"
    said="zsh"
    holds "zsh reads it" zsh -n "$work/_descender"
}

promises
