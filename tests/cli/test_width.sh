#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# On a terminal of 60 columns no line is wider, except lines that are never broken: commands to copy, the JSON of a
# recipe, and words that are wider themselves, such as a checksum.
# labels: slow
source "$(dirname "$0")/lib.sh"

_small="$work/small"
small_data "$_small"
for class in 0 1 2 3; do
    mkdir -p "$work/pictures/$class"
    for i in 1 2 3 4 5 6; do pgm "$work/pictures/$class/$i.pgm" 8 8 $((class * 60 + i)); done
done

# _show STATUS [ARGUMENTS...]: runs the program in $work, and checks every line that the terminal received.
_show() {
    local expected=$1
    shift
    said="descender $* (on a terminal of 60 columns)"
    script -qec "cd $work; stty cols 60 rows 30; $(printf '%q ' "$program" "$@")" /dev/null >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
    exits "$expected"
    /usr/bin/python3 - "$work/.out" >"$work/wide" <<'END'
import re, sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
for line in re.split(r"[\r\n]+", text):
    width = sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    whole = line.startswith(("  descender ", '  "')) or any(len(word) > 60 for word in line.split())
    if width > 60 and not whole:
        print(width, line)
END
    [ ! -s "$work/wide" ] || complain "wider than 60 columns: $(head -3 "$work/wide")"
}
_narrow() { _show 0 "$@"; }
_terminal() { needs_command script && needs_python; }

help_and_lists_fit() {
    _terminal || return
    _narrow help
    _narrow tune --help
    _narrow recipe list
    _narrow model show 784-100-10
}
what_models_are_good_for_fits() {
    _terminal || return
    _narrow --version
    _narrow train --data "$_small" --epochs 2 --out run
    _narrow evaluate run
    _narrow report run --seconds 0.01
    _narrow report --compare run run --seconds 0.01
    _narrow model show run
    _narrow model show --plan 784-100-10
    _narrow predict --model run pictures/0/1.pgm pictures/1/1.pgm
    _narrow report run run --seconds 0.01
    _narrow train --data "$_small" --batch 4 --find-rate
    run train --data digits --model 784-8-10 --training-samples 200 --epochs 1 --out "$work/digits" --quiet
    _narrow evaluate digits
    _narrow report digits --seconds 0.01
}
data_fit() {
    _terminal || return
    _narrow data info --data "$_small"
    _narrow data info --data digits
    _narrow data check "$_small"
    _narrow data show --data "$_small" --random 3
    _narrow data show --data digits --raw
    _narrow data pack pictures packed
    _narrow recipe suggest --data "$_small"
}
searches_and_lessons_fit() {
    _terminal || return
    _narrow learn-curve --data digits --training-samples 200 --epochs 1 --model 784-8-10 --out learned
    _narrow cross-validate --data digits --training-samples 200 --epochs 1 --model 784-8-10 --out folded
    _narrow tune --data digits --training-samples 200 --epochs 1 --model 784-8-10 "batch=8|16|32" --out searched
    _narrow tutorial --data "$_small" --training-sample 60 --test-sample 12 --epochs 2
}
messages_fit() {
    _terminal || return
    _show 2 train --lerning-rate 3
    _show 2 evaluate
    _show 1 evaluate none-there
    _show 2 data inf
}
the_rows_of_training_fit_and_early_stopping_names_the_epoch_it_kept() {
    _terminal || return
    _narrow help data
    run train --data digits --training-samples 200 --validation 0.1 --patience 1 --epochs 30 --learning-rate 0.5 --model 784-8-10 \
        --out "$work/early" --json
    exits 0
    kept=$(sed -n 's/.*"kept_epoch": *\([0-9]*\).*/\1/p' <<<"$out")
    holds "no kept epoch in JSON" test -n "$kept"
    holds "the log names another epoch" grep -q "\"kept_epoch\": *$kept\b" "$work/early/log.jsonl"
    rm -rf "$work/early"
    run train --data digits --training-samples 200 --validation 0.1 --patience 1 --epochs 30 --learning-rate 0.5 --model 784-8-10 \
        --out "$work/early"
    prints "Kept: the weights of epoch $kept of "
    rm -rf "$work/early"
    script -qec "stty cols 60 rows 30; '$program' train --data digits --training-samples 200 --validation 0.1 --epochs 2 \
        --model 784-8-10 --out '$work/early'" /dev/null >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
    exits 0
    prints "    epoch     loss  right %  val. loss  right %   seconds"
}
the_table_of_a_search_stays_on_the_screen() {
    _terminal || return
    run_terminal tune --data digits --training-samples 200 --epochs 1 --model 784-8-10 "batch=8|16|32" --out "$work/search"
    exits 0
    prints "all 3 combinations"
    # The user keeps seeing the text after the last erasure of lines.
    holds "the table is gone" grep -q "accuracy %.*loss.*tried" <<<"${out##*$'\033[J'}"
}
promises
