# SPDX-License-Identifier: MIT
# Names from outside (files, folders, classes, recipes): all bytes work, printed commands can be pasted, no name
# controls the terminal, and JSON stays JSON.
# labels: later
. "$(dirname "$0")/lib.sh"

# A name with all difficult characters, and names with one each.
nasty=$'it\'s "a" $(touch pwned) `touch pwned` caf\351 K\303\274he \033[31mred\033]0;t\a \302\2332J \342\200\256gnp \330\234a\342\200\216l\342\200\217r\nline;&|*?'
names=("$nasty" "my run" "-r" $'caf\351')

_quick=(--model "flatten, dense" --recipe tutorial --batch 16 --epochs 1 --threads 1)

_plain() { [ -d "$work/plain" ] || small_data "$work/plain"; }
# The output is UTF-8 without control characters (except line ends of tables) and without right-to-left characters.
_harmless() {
    local bad
    bad=$(LC_ALL=C grep -anP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$work/.out" "$work/.err")
    [ -z "$bad" ] || complain "control characters reach the terminal: $(cat -v <<<"$bad" | head -3)"
    iconv -f UTF-8 -t UTF-8 "$work/.out" "$work/.err" >/dev/null 2>&1 || complain "what is printed is not UTF-8"
    [[ $out$err != *"out of memory"* ]] || complain "memory is not what is short"
    [ ! -e pwned ] || complain "a name was run as a command"
}
# The command after `mark` on standard error, as a user pastes it.
_pasted() {
    local line
    line=$(sed -n "s/^.*$1descender //p" "$work/.err" | tail -1)
    [ -n "$line" ] || { complain "expected a command after: $1" && return; }
    eval "run ${line%\`}"
}

what_training_prints_can_be_pasted() {
    local name
    cd "$work" || return
    _plain
    for name in "${names[@]}"; do
        mkdir -p data && cp -r plain "data/$name"
        run train "${_quick[@]}" --data "data/$name" --out "$name"
        exits 0
        _harmless
        _pasted 'Next: '
        exits 0
        prints "accuracy"
        _harmless
        holds "the model lies in the folder" test -s "./$name/model.safetensors"
        # The run continues with the data by their name, whatever bytes the name has.
        rm "./$name/model.safetensors"
        run evaluate "./$name"
        exits 1
        says "has no model yet"
        _harmless
        _pasted '[`]'
        exits 0
        _harmless
    done
}
what_tuning_prints_can_be_pasted() {
    cd "$work" || return
    _plain
    cp -r plain "d $nasty"
    run tune --model "flatten, dense" --recipe tutorial --batch 16 --threads 1 --data "d $nasty" --epochs 1 \
        --trials 2 --out "t $nasty" 'learning-rate=0.01|0.1'
    exits 0
    _harmless
    line=$(sed -n 's/^Next: descender //p' "$work/.err")
    eval "run $line --out 't2'"
    exits 0
    _harmless
    run tune --resume "t $nasty"
    _harmless
}
what_packing_prints_can_be_pasted() {
    cd "$work" || return
    mkdir -p "in/0" "in/1"
    local i
    for i in 1 2 3 4; do pgm "in/0/$i.pgm" 8 8 "$i" && pgm "in/1/$i.pgm" 8 8 $((100 + i)); done
    run data pack in "packed $nasty"
    exits 0
    _harmless
    _pasted 'Look at them: '
    exits 0
    _harmless
    run data pack in "packed $nasty"
    exits 1
    _harmless
}
every_command_takes_any_name_and_its_json_is_json() {
    needs_json || return
    cd "$work" || return
    _plain
    mkdir sub && cp -r plain "sub/$nasty"
    local data=(--data "sub/$nasty")
    run train "${_quick[@]}" "${data[@]}" --out "run $nasty" --json --quiet
    exits 0
    _harmless
    same "$(json 'j["run"].startswith("run it") and "caf\\xe9 K\u00fche" in j["run"] and j["data"] == "sub/" + j["run"][4:]')" True
    pgm "p $nasty.pgm" 8 8 200
    local line
    while read -r line; do
        eval "run $line --json"
        exits 0
        _harmless
        same "$(json 'len(j) > 0')" True
    done <<'END'
data info "${data[@]}"
data show "${data[@]}" --index 1
data check "sub/$nasty"
datasheet "sub/$nasty"
datasheet "sub/$nasty" --out "sheet $nasty.md"
train "${_quick[@]}" "${data[@]}" --batch 4 --find-rate
evaluate "run $nasty"
evaluate "run $nasty" --per-sample "samples $nasty.csv"
report "run $nasty" --seconds 0.01 --out "report $nasty"
report --compare "run $nasty" "run $nasty/model.safetensors" --seconds 0.01 --data "sub/$nasty"
model show "run $nasty/model.safetensors"
card "run $nasty" --out "card $nasty.md"
predict --raw --model "run $nasty" "p $nasty.pgm"
predict --raw --model "run $nasty/model.safetensors" "p $nasty.pgm"
data pack in "packed2 $nasty"
END

}
what_is_written_holds_names_as_text() {
    cd "$work" || return
    _plain
    local name='<script>alert("x")</script>&amp; <img src=x onerror=y> `c` **b** [l](javascript:z)' file
    mkdir -p odd && cp -r plain "odd/$(tr -d / <<<"$name")"
    local data
    data=odd/$(tr -d / <<<"$name")
    printf '%s\n' "$name" '" onload="x' "'><svg/onload=x>" '|a|b|' >"$data/labels.txt"
    run train "${_quick[@]}" --data "$data" --out "odd/run <b>" --quiet
    exits 0
    run report "odd/run <b>" --seconds 0.01 --out odd/report --quiet
    exits 0
    run card "odd/run <b>" --seconds 0.01 --out odd/card.md --quiet
    exits 0
    run datasheet "$data" --out odd/sheet.md --quiet
    exits 0
    for file in odd/report/*.html odd/report/*.svg odd/card.md odd/sheet.md; do
        [ -e "$file" ] || continue
        # In YAML, at the beginning of a card, a name is a quoted text.
        grep -vE '^ *(- )?name: "' "$file" >"$work/.text"
        grep -nE '(^|[^\\])<(script>alert|img src=x|svg/onload)|[^\\]" onload="x' "$work/.text" >"$work/.bad"
        [[ $file != *.md ]] || grep -nE '[^\\]\]\(javascript' "$work/.text" >>"$work/.bad"
        [ ! -s "$work/.bad" ] || complain "$file holds a name as markup: $(head -c 300 "$work/.bad")"
    done
    run evaluate "odd/run <b>" --per-sample odd/samples.csv --quiet
    exits 0
    needs_python || return
    run_shell "/usr/bin/python3 -c \"import csv; r=list(csv.reader(open('odd/samples.csv'))); print(len(set(map(len, r))), sorted({x[1] for x in r[1:]})[0])\""
    prints '1 "'
}
_in() { # the messages of all commands about a missing file with that name
    run "$@"
    exits 1
    _harmless
    says "\\n"
}
errors_quote_names_without_harm() {
    cd "$work" || return
    local no="no $nasty"
    _in evaluate "$no"
    _in predict "$no"
    _in predict "$no" "$no 2"
    _in data check "$no"
    _in data info --data "./$no"
    _in data info --data "$no"
    _in train --recipe "./$no.json"
    _in train --resume "$no"
    _in tune --resume "$no"
    _in model show "./$no.safetensors"
    _in data pack "$no" out
    _in recipe show "./$no"
    run "$no"
    exits 2
    _harmless
    run train --recipe "$no"
    [ "$status" = 2 ] || exits 1
    _harmless
    run train "--$no"
    exits 2
    _harmless
    run train --epochs "$no"
    exits 2
    _harmless
    run train --model "$no" --data digits
    [ "$status" = 2 ] || exits 1
    _harmless
    run train --kernels "$no" --data digits
    _harmless
    run tune "$no" --data digits
    _harmless
}

promises
