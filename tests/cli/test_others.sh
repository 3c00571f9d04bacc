# SPDX-License-Identifier: MIT
# labels: slow
# Images of no class: `train --others`.
. "$(dirname "$0")/lib.sh"

_small="$work/data"
small_data "$_small"
# _others FILE COUNT PERIOD: a table of 8 x 8 images with stripes, which look like none of the classes.
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
    prints "Threshold 0."
    holds "the recipe names both" grep -q "\"others\": \"$work/stripes.csv,$work/dots.csv\"" "$work/two/recipe.json"
    holds "the log names both" grep -q '"others_name":"stripes.csv, dots.csv","others":76,"others_held_out":9' \
        "$work/two/log.jsonl"
    run card "$work/two" --out "$work/card.md"
    holds "the card tells of them" grep -q "Images of no class.*stripes.csv, dots.csv" "$work/card.md"
    holds "the card has the threshold" grep -q "^- \*\*Refuses\*\* answers .* below 0\." "$work/card.md"
    holds "also as what decides" grep -q "^- \*\*Decision threshold\*\*: 0\..* there is no answer" "$work/card.md"
    holds "the card has what that refuses" grep -q "^- \*\*Effect of refusing\*\*.*: at 0\..*, [0-9.]* % of the held-out images of no class are refused" \
        "$work/card.md"
    holds "the card has no path" test "$(grep -c "$work" "$work/card.md")" = 0
    run model show "$work/two" --no-diagram
    prints "answers below 0."
    prints " % of the held-out images of no class are refused"
    run model show "$work/two" --json
    prints '"refuse_below": 0.'
    prints '"refusal": "at 0.'
    run model show "$work/two" --json
    holds "the log has the threshold" grep -q '"event":"end".*"refusal":{"below":0\..*"others":9' "$work/two/log.jsonl"
    # the same list as one option gives the same recipe
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
    prints "0 of 12, 0.00 %; of the remaining answers, 100.00 % are right"
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
    needs_json || return
    run predict --model "$work/long" --raw "$work/packed/t10k-images-idx3-ubyte" --json
    exits 0
    same "$(json 'len(j["files"][0]["refused"]) > 0')" True
    same "$(json 'sorted(a["image"] for k in ("answers", "refused") for a in j["files"][0][k]) == list(range(9))')" True
    same "$(json 'all(a["probability"] < a["below"] and a["label"] == a["top"][0]["label"] for a in j["files"][0]["refused"])')" True
    run predict --model "$work/long" "$work/flat.pgm" --json
    same "$(json '[len(j["files"][0][k]) for k in ("answers", "refused")]')" "[1, 0]"
    same "$(json '"below" in j["files"][0]["answers"][0]')" False
}

# _sheet FILE: a picture of a 1, a star, a 1.
_sheet() {
    awk 'function near(a, b) { return a - b < 4 && b - a < 4 }
        function ink(x, y) { return y >= 20 && y < 80 && ((x >= 40 && x < 47) || (x >= 200 && x < 207) ||
            (x >= 90 && x < 150 && (near(x - 90, y - 20) || near(149 - x, y - 20) || near(x, 120) || near(y, 50)))) }
        BEGIN { print "P2 260 110 255"; for (y = 0; y < 110; y++) for (x = 0; x < 260; x++) print ink(x, y) ? 30 : 220 }' >"$1"
}
# _refusing_the_mark FILE: a model with a threshold between the star and the digits of the sheet.
_refusing_the_mark() {
    _sheet "$work/sheet.pgm"
    refusing_model "$1" 0
    run predict --model "$1" "$work/sheet.pgm" --json --quiet
    between=$(json '(lambda p: (p[1] + min(p[0], p[2])) / 2)([a["probability"] for a in j["files"][0]["answers"]])')
    refusing_model "$1" "$between"
}

marks_that_are_no_digits_are_listed_apart_and_not_read() {
    local between
    needs_json || return
    _refusing_the_mark "$work/refusing.safetensors"
    run predict --model "$work/refusing.safetensors" "$work/sheet.pgm"
    exits 0
    prints "sheet.pgm  reads 1 1"
    prints "sheet.pgm, digit 1  1"
    prints "sheet.pgm, mark 2   no digit ("
    prints "sheet.pgm, digit 3  1"
    run predict --model "$work/refusing.safetensors" "$work/sheet.pgm" --json
    exits 0
    same "$(json '"".join(a["label"] for a in j["files"][0]["answers"])')" 11
    same "$(json '[(a["box"]["left"], a["below"], a["probability"] < a["below"]) for a in j["files"][0]["refused"]]')" "[(90, $between, True)]"
    same "$(json '[j["files"][0]["reading"], j["files"][0]["lines"]]')" "['1 1', ['1 1']]"
    # a digit that only --certain refuses keeps its place in the number
    run predict --model "$work/refusing.safetensors" "$work/sheet.pgm" --json --certain 1
    exits 1
    same "$(json '[len(j["files"][0]["refused"]), j["files"][0]["reading"]]')" "[3, '? ?']"
}

# _ones FILE COUNT: a picture of a row of ones.
_ones() {
    awk -v count="$2" 'function ink(x, y) { return y >= 20 && y < 80 && x >= 40 && x < 40 + 50 * count && (x - 40) % 50 < 7 }
        BEGIN { print "P2 330 110 255"; for (y = 0; y < 110; y++) for (x = 0; x < 330; x++) print ink(x, y) ? 30 : 220 }' >"$1"
}

among_sure_digits_a_mark_is_refused_only_below_a_smaller_threshold() {
    refusing_model "$work/never.safetensors" 1
    _ones "$work/three.pgm" 3
    _ones "$work/five.pgm" 5
    run predict --model "$work/never.safetensors" "$work/three.pgm"
    exits 1
    prints "three.pgm, mark 3  no digit (1 at "
    run predict --model "$work/never.safetensors" "$work/five.pgm"
    exits 0
    prints "five.pgm  reads 11111"
    prints_no "no digit"
    # what the user asks for counts, if it is more
    run predict --model "$work/never.safetensors" "$work/five.pgm" --certain 0.1
    exits 0
    prints "five.pgm  reads 11111"
    run predict --model "$work/never.safetensors" "$work/five.pgm" --certain 1
    exits 1
    says "5 of 5 answers are less sure than 1"
}

where_no_mark_is_a_digit_it_is_as_without_marks() {
    needs_json || return
    refusing_model "$work/never.safetensors" 1
    _sheet "$work/sheet.pgm"
    pgm "$work/blank.pgm" 60 60 255
    run predict --model "$work/never.safetensors" "$work/blank.pgm"
    exits 1
    run predict --model "$work/never.safetensors" "$work/sheet.pgm"
    exits 1
    prints "sheet.pgm, mark 1  no digit (1 at "
    prints "sheet.pgm, mark 2  no digit ("
    prints_no "reads"
    says "sheet.pgm: no digit found: there are 3 marks, but the network is less sure of each than 1"
    run predict --model "$work/never.safetensors" "$work/sheet.pgm" --json
    exits 1
    same "$(json '[len(j["files"][0]["answers"]), len(j["files"][0]["refused"]), j["files"][0]["reading"], j["files"][0]["lines"]]')" "[0, 3, '', []]"
    run predict --model "$work/never.safetensors" "$work/sheet.pgm" "$work/blank.pgm" --json
    exits 1
    says "sheet.pgm: no digit found: there are 3 marks"
    says "blank.pgm: "
    says "2 of 2 files could not be read"
    awk 'BEGIN { print "P2 90 90 255"; for (i = 0; i < 8100; i++) print (i % 90 >= 41 && i % 90 < 49 && i >= 1350 && i < 6750 ? 30 : 220) }' >"$work/bar.pgm"
    run predict --model "$work/never.safetensors" "$work/bar.pgm"
    exits 1
    says "bar.pgm: no digit found: there is 1 mark, but the network is less sure of it than 1"
}

a_stroke_that_may_be_a_fraction_bar_is_told() {
    needs_json || return
    awk 'BEGIN { print "P2 200 110 255"; for (y = 0; y < 110; y++) for (x = 0; x < 200; x++) {
        slanted = x - 80 - (90 - y) / 2
        print (y >= 30 && y < 90 && ((x >= 40 && x < 47) || (slanted >= 0 && slanted < 7) || (x >= 150 && x < 157)) ? 30 : 220) } }' >"$work/bar.pgm"
    run predict "$work/bar.pgm"
    exits 0
    prints "reads 111"
    prints "bar.pgm, digit 2  1"
    prints "or a fraction bar"
    run predict "$work/bar.pgm" --json
    exits 0
    same "$(json '[[a[k] for k in ("cut", "joined", "pale", "or_bar")] for a in j["files"][0]["answers"]]')" "[[False, False, False, False], [False, False, False, True], [False, False, False, False]]"
}

the_picture_of_boxes_shows_what_is_no_digit() {
    needs_json && needs_library cairo || return
    _refusing_the_mark "$work/refusing.safetensors"
    run predict --model "$work/refusing.safetensors" "$work/sheet.pgm" --out "$work/boxes.svg" --quiet
    exits 0
    holds "the mark has a grey box" grep -q 'rgb(46\.' "$work/boxes.svg"
    refusing_model "$work/refusing.safetensors" 0
    run predict --model "$work/refusing.safetensors" "$work/sheet.pgm" --out "$work/boxes.svg" --quiet
    holds "a digit has none" test "$(grep -c 'rgb(46\.' "$work/boxes.svg")" = 0
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
    prints '"below": 1.0'
    prints '"answers": []'
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
    says "others: expected data sets separated by commas, found an empty name"
    run train "${_network[@]}" --others digits
    exits 1
    says "others: "
    says "1 x 28 x 28"
    holds "no run was begun" test ! -e runs
}

folds_learn_the_others_and_say_what_they_refuse() {
    run cross-validate "${_network[@]}" --epochs 60 --folds 3 --others "$work/stripes.csv" --out "$work/folds" --threads 2
    exits 0
    prints "answered %   refused %"
    prints "it refuses 100.00 % of the held-out images of no class"
    holds "the study knows them" grep -q '"others": {' "$work/folds/study.json"
    needs_json || return
    run cross-validate --resume "$work/folds" --json
    exits 0
    # 51 images, of which a tenth is not used in the trainings
    same "$(json '[(f["refusal"]["others"], f["refusal"]["answered"] <= f["held_out"], 0 < f["refusal"]["below"] <= 1) for f in j["folds"]]')" \
        "[(5, True, True), (5, True, True), (5, True, True)]"
    same "$(json '0.9 < j["refusal"]["others_refused"] <= 1')" True
    # without early stopping and validation every network answers as `train` makes it, with any number of threads
    run cross-validate "${_network[@]}" --epochs 60 --folds 3 --others "$work/stripes.csv" --out "$work/folds-1" --threads 1 --quiet
    local i
    for i in 1 2 3; do
        same "$(grep -v seconds "$work/folds/results/000$i.json")" "$(grep -v seconds "$work/folds-1/results/000$i.json")"
    done
    # a network that was not trained with them refuses other images
    run cross-validate "${_network[@]}" --epochs 60 --folds 3 --out "$work/folds-none" --json
    exits 0
    same "$(json '["refusal" in j, "refusal" in j["folds"][0]]')" "[False, False]"
}

a_study_goes_on_with_its_own_others_only() {
    run cross-validate --resume "$work/folds" --others "$work/dots.csv"
    exits 1
    says "was begun with other images of no class"
    cp "$work/stripes.csv" "$work/moved.csv"
    rm "$work/folds/results/0002.json"
    run cross-validate --resume "$work/folds" --others "$work/moved.csv" --quiet
    exits 0
    same "$(grep -v seconds "$work/folds/results/0002.json")" "$(grep -v seconds "$work/folds-1/results/0002.json")"
    # a result without refusals is incomplete
    sed -i '/"refusal"/,/}/d' "$work/folds/results/0002.json"
    run cross-validate --resume "$work/folds" --others "$work/moved.csv" --quiet
    exits 0
    same "$(grep -c '"refused"' "$work/folds/results/0002.json")" 1
}

sizes_of_a_curve_learn_the_others() {
    run learn-curve "${_network[@]}" --epochs 10 --samples 20,40 --others "$work/stripes.csv" --out "$work/curve"
    exits 0
    prints "answered %   refused %"
    needs_json || return
    run learn-curve --resume "$work/curve" --json
    same "$(json '[s["seeds"][0]["refusal"]["others"] for s in j["sizes"]]')" "[5, 5]"
    # the same number of steps: 61 training images and 46 of no class are 14 batches of 8, and 86 images are 11
    same "$(json '[(s["epochs"], s["steps"]) for s in j["sizes"]]')" "$(json '[(s["epochs"], s["epochs"] * -(-(s["samples"] + 46) // 8)) for s in j["sizes"]]')"
}

a_search_learns_the_others() {
    run tune "${_network[@]}" --others "$work/stripes.csv" --epochs 3 --trials 3 learning-rate=log:1e-4..1e-2 --out "$work/search" --quiet
    exits 0
    holds "the journal knows them" grep -q '"others":{"samples":51,' "$work/search/journal.jsonl"
    holds "the best recipe names them" grep -q '"others": "/' "$work/search/best.json"
    run train --recipe "$work/search/best.json" --out "$work/best" --quiet
    exits 0
    prints "Threshold "
    run tune --resume "$work/search" --others "$work/dots.csv"
    exits 1
    says "was begun with other images of no class: 51, not the 34 of dots.csv"
    run tune --resume "$work/search" --quiet
    exits 0
    run tune "${_network[@]}" "others=digits|fashion" --out "$work/search-others"
    exits 2
    says "'others' cannot be searched: all trials learn the same images"
    run tune "${_network[@]}" --others digits --epochs 3 learning-rate=log:1e-4..1e-2 --out "$work/search-wrong"
    exits 1
    says "1 x 28 x 28"
    run learn-curve "${_network[@]}" --others digits --out "$work/curve-wrong"
    exits 1
    says "1 x 28 x 28"
    holds "nothing was begun" test ! -e "$work/search-wrong" -a ! -e "$work/curve-wrong"
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
    # the same images in another folder are the same data
    env --default-signal=INT timeout -s INT 1 "$program" train --resume "$work/run" --others "$work/stripes.csv" \
        --threads 1 --quiet >/dev/null 2>&1
    holds "it went on" grep -q '"event":"resume"' "$work/run/log.jsonl"
}

promises
