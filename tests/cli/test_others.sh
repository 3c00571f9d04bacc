# SPDX-License-Identifier: MIT
# Images of no class: `train --others`.
. "$(dirname "$0")/lib.sh"

_small="$work/data"
small_data "$_small"
# _others FILE COUNT PERIOD: a table of 8 x 8 images with stripes, which are like none of the classes.
_others() {
    awk -v count="$2" -v period="$3" 'BEGIN {
        printf "label"; for (k = 0; k < 64; k++) printf ",p%d", k; print ""
        for (i = 0; i < count; i++) {
            printf "%d", i % 3; for (k = 0; k < 64; k++) printf ",%d", (k + i) % period ? 2 * i : 250 - i; print ""
        }}' >"$1"
}
_others "$work/stripes.csv" 60 2
_others "$work/dots.csv" 40 3
_network=(--data "$_small" --model "flatten, dense 16, relu, dense" --batch 8 --learning-rate 0.01 --shape 8x8)

others_are_told_and_kept_with_the_run() {
    run train "${_network[@]}" --epochs 2 --others "$work/stripes.csv" --others "$work/dots.csv" --out "$work/two"
    exits 0
    prints "stripes.csv, dots.csv: 76 images of no class to train on, 9 held out"
    prints "Answers below 0."
    holds "the recipe names both" grep -q "\"others\": \"$work/stripes.csv,$work/dots.csv\"" "$work/two/recipe.json"
    holds "the log names both" grep -q '"others_name":"stripes.csv, dots.csv","others":76,"others_held_out":9' \
        "$work/two/log.jsonl"
    run card "$work/two" --out "$work/card.md"
    holds "the card tells of them" grep -q "Images of no class.*stripes.csv, dots.csv" "$work/card.md"
    holds "the card has the threshold" grep -q "^- \*\*Refuses\*\* answers .* below 0\." "$work/card.md"
    holds "the card has no path" test "$(grep -c "$work" "$work/card.md")" = 0
    run model show "$work/two" --no-diagram
    prints "answers below 0."
    run model show "$work/two" --json
    prints '"refuse_below": 0.'
    holds "the log has the threshold" grep -q '"event":"end".*"refusal":{"below":0\..*"others":9' "$work/two/log.jsonl"
    # the same list in one option is the same recipe
    run train "${_network[@]}" --epochs 2 --others "$work/stripes.csv, $work/dots.csv" --out "$work/list" --quiet
    exits 0
    holds "the same bits" cmp "$work/two/model.safetensors" "$work/list/model.safetensors"
}

evaluate_tells_what_is_refused() {
    run train "${_network[@]}" --epochs 60 --validation 0.2 --others "$work/stripes.csv" --out "$work/long" --json
    exits 0
    prints '"refusal": {'
    prints '"below": 0.'
    prints '"answered": 12'
    run evaluate "$work/long" --others "$work/stripes.csv" --others "$work/dots.csv"
    exits 0
    prints "refused (below 0."
    prints "0 of 12, 0.00 %; of the answers that are left, 100.00 % are right"
    prints "of no class (stripes.csv, dots.csv): "
    run evaluate "$work/long" --others "$work/stripes.csv" --json
    prints '"others_data": "stripes.csv"'
    prints '"others": 9'
    [[ $out =~ \"others_refused\":\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 7)) || complain "expected most to be refused"
    prints '"accuracy_answered": 1.0'
    run evaluate "$work/long"
    prints "refused (below 0."
    prints_no "of no class"
    run evaluate "$work/long" --others digits
    exits 1
    says "1 x 28 x 28"
}

what_is_refused_is_no_answer_and_no_error() {
    pgm "$work/flat.pgm" 8 8 123
    "$program" data pack "$work/stripes.csv" "$work/packed" --quiet
    run predict --model "$work/long" "$work/flat.pgm"
    exits 0
    prints "flat.pgm  2 "
    run predict --model "$work/long" --raw "$work/packed/t10k-images-idx3-ubyte"
    exits 0
    prints "  no answer ("
    run predict --model "$work/long" --raw "$work/packed/t10k-images-idx3-ubyte" --json
    exits 0
    prints '"refused": true'
    prints '"label": "'
    run predict --model "$work/long" "$work/flat.pgm" --json
    prints '"refused": false'
}

certain_prints_what_is_sure_and_fails_otherwise() {
    pgm "$work/flat.pgm" 8 8 123
    run predict --model "$work/long" "$work/flat.pgm" --certain 0.4
    exits 0
    prints "flat.pgm  2 "
    run predict --model "$work/long" "$work/flat.pgm" --certain 1
    exits 1
    prints_nothing
    says "1 of 1 answers is less sure than 1"
    run predict --model "$work/long" "$work/flat.pgm" --certain 1 --json
    exits 1
    prints '"label": "2"'
    prints '"refused": true'
    # the model's own threshold stays
    run predict --model "$work/long" --raw "$work/packed/t10k-images-idx3-ubyte" --certain 0.1
    exits 1
    says "less sure than 0."
    prints_no "no answer"
    run predict --model "$work/long" "$work/flat.pgm" --certain 1.5
    exits 2
    says "--certain"
}

a_model_without_a_threshold_refuses_nothing() {
    run train "${_network[@]}" --epochs 2 --out "$work/plain" --quiet
    prints_no "refused"
    run evaluate "$work/plain"
    prints_no "refused"
    run evaluate "$work/plain" --others "$work/stripes.csv"
    exits 0
    says "no threshold below which it refuses"
    prints "of no class (stripes.csv): 0 of 9 refused"
}

report_shows_errors_against_refusals() {
    run report "$work/long"
    exits 0
    prints "refused %    images    wrong of rest %"
    prints "the model's threshold, 0."
    run report "$work/plain" --json
    prints '"threshold": null'
    prints '"answers": 12'
    run report "$work/long" --out "$work/report" --json
    exits 0
    holds "the page has the section" grep -q '<section id="refusals">' "$work/report/report.html"
    holds "the page names the threshold" grep -q 'threshold, 0\.' "$work/report/report.html"
    [[ $out == *'"missing_figures": {'*'cairo'* ]] || holds "there is a figure" test -s "$work/report/refusals.svg"
}

others_that_cannot_be_had_are_refused() {
    run train "${_network[@]}" --others "$work/nowhere"
    exits 1
    says "others: "
    says "nowhere"
    run train "${_network[@]}" --others "$work/stripes.csv,,$work/dots.csv"
    exits 2
    says "others: expected data, divided by commas, found an empty name"
    run train "${_network[@]}" --others digits
    exits 1
    says "others: "
    says "1 x 28 x 28"
    holds "no run was begun" test ! -e runs
}

a_run_goes_on_with_its_own_others_only() {
    cp "$work/stripes.csv" "$work/mine.csv"
    interrupted_run "$work/run" train "${_network[@]}" --epochs 100000 --others "$work/mine.csv" --threads 1
    _others "$work/mine.csv" 60 5
    run train --resume "$work/run" --threads 1 --quiet
    exits 1
    says "was made with other others data"
    rm "$work/mine.csv"
    run train --resume "$work/run" --threads 1 --quiet
    exits 1
    says "mine.csv"
    # the same elsewhere is the same
    env --default-signal=INT timeout -s INT 1 "$program" train --resume "$work/run" --others "$work/stripes.csv" \
        --threads 1 --quiet >/dev/null 2>&1
    holds "it went on" grep -q '"event":"resume"' "$work/run/log.jsonl"
}

promises
