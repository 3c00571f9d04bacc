# SPDX-License-Identifier: MIT
# `descender report`, `card` and `datasheet`.
# labels: later
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_short=(train --data "$_small" --recipe tutorial --model "flatten, dense 24, relu, dense" --batch 8 --epochs 3
    --validation 0.1 --optimiser adam --learning-rate 0.03 --quiet)
"$program" "${_short[@]}" --out "$work/run" >/dev/null 2>&1
"$program" "${_short[@]}" --model "flatten, dense" --epochs 1 --out "$work/weak" >/dev/null 2>&1
_quick=(--seconds 0.02)
_build=$(dirname "$program")
_top=$(realpath "$golden/../..")

# _well_formed FILE: checks that every element is closed in order, and that nothing refers outside. Prints the errors.
_well_formed() {
    /usr/bin/python3 - "$1" <<'END'
import html.parser, sys
void = {"meta", "img", "br", "link", "input"}
class Check(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.images, self.ids, self.targets = [], [], 0, set(), set()
    def handle_starttag(self, tag, attributes):
        if tag not in void: self.open.append(tag)
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)): self.wrong.append("twice the same attribute in " + tag)
        for name, value in attributes:
            if name.startswith("on"): self.wrong.append("a handler: " + name)
            if name == "id": self.ids.add(value)
            if name == "src" and not value.startswith("data:image/"): self.wrong.append("src " + value[:40])
            if name == "href":
                if value.startswith("#"): self.targets.add(value[1:])
                else: self.wrong.append("href " + value[:40])
        if tag == "img":
            self.images += 1
            if not dict(attributes).get("alt"): self.wrong.append("an image without alt")
        if tag in ("script", "link", "iframe", "object"): self.wrong.append("a " + tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.wrong.append("unexpected </%s>" % tag)
check = Check()
check.feed(open(sys.argv[1], encoding="utf-8").read())
check.close()
if check.open: check.wrong.append("left open: " + " ".join(check.open))
if check.targets - check.ids: check.wrong.append("leads nowhere: " + " ".join(check.targets - check.ids))
print("; ".join(check.wrong) or "fine, %d images" % check.images)
END
}

# ---- report ----

a_summary_begins_with_what_evaluate_prints() {
    run evaluate "$work/run"
    local evaluated=$out
    run report "$work/run" "${_quick[@]}"
    exits 0
    prints "$(sed 1d <<<"$evaluated")"
    prints "95 % intervals"
    prints "confused most often"
    prints "parameters"
    prints "in the median"
    says "--out DIR"
}
a_report_is_a_page_and_its_figures() {
    needs_library cairo || return
    run report "$work/run" --out "$work/report" "${_quick[@]}"
    exits 0
    says "Saved the report: $work/report/report.html"
    local name
    for name in curves classes confusion reliability confidence filters embedding; do
        holds "no $name.svg" grep -q '<svg' "$work/report/$name.svg"
        same "$(head -c 4 "$work/report/$name.png" | tail -c 3)" PNG
    done
    same "$(find "$work/report" -name '*.tmp*')" ""
}
the_page_is_well_formed_and_needs_nothing() {
    needs_python || return
    [ -f "$work/report/report.html" ] || run report "$work/run" --out "$work/report" "${_quick[@]}"
    [[ $(_well_formed "$work/report/report.html") == fine* ]] || complain "$(_well_formed "$work/report/report.html")"
    same "$(grep -c 'http://\|https://' "$work/report/report.html")" 0
}
a_report_again_gives_the_same_figures() {
    needs_library cairo || return
    run report "$work/run" --out "$work/report-2" "${_quick[@]}" --threads 1
    exits 0
    local file
    for file in "$work"/report/*.svg "$work"/report/*.png; do
        holds "$(basename "$file") differs" cmp "$file" "$work/report-2/$(basename "$file")"
    done
}
# Reports, cards and pictures are given to others: they are named after data and network, and contain no path of this
# machine.
what_is_handed_on_names_no_path() {
    needs_library cairo || return
    local file
    [ -f "$work/report/report.html" ] || run report "$work/run" --out "$work/report" "${_quick[@]}"
    holds "it has another title" grep -q "<h1>small-data: 1 hidden layer, 1,660 parameters</h1>" "$work/report/report.html"
    for file in "$work/run/curves.svg" "$work/report"/*.svg "$work/report/report.html"; do
        ! grep -q "$work" "$file" || complain "$(basename "$file") holds a path"
    done
    holds "the curves have another title" grep -q "small-data: 1 hidden layer" "$work/run/curves.svg"
}
a_model_alone_has_no_curves() {
    run report "$work/run/model.safetensors" --data "$_small" --out "$work/alone" "${_quick[@]}"
    exits 0
    holds "curves were drawn" test ! -e "$work/alone/curves.svg"
    holds "curves are spoken of" bash -c "! grep -q 'id=\"curves\"' '$work/alone/report.html'"
}
json_holds_intervals_pairs_calibration_and_speed() {
    needs_json || return
    run report "$work/run" --json "${_quick[@]}"
    exits 0
    same "$(json "len(j['classes']), all(len(c['f1_interval']) == 2 for c in j['classes'])")" "(4, True)"
    same "$(json "sum(b['samples'] for b in j['calibration']) == j['samples']")" True
    same "$(json "j['speed']['latency_median_seconds'] > 0 and j['speed']['images_per_second'] > 0")" True
    same "$(json "'confused' in j and 'macro_f1_interval' in j")" True
}
what_is_reached_without_a_network_is_told() {
    needs_json || return
    run report "$work/run" --json "${_quick[@]}"
    exits 0
    # 3 test images of each of 4 classes, with very different shades.
    same "$(json "(j['baselines']['majority']['class'], j['baselines']['majority']['accuracy'])")" "('0', 0.25)"
    same "$(json "[j['baselines']['neighbours'][k] for k in ('accuracy', 'neighbours', 'searched', 'training')]")" "[1.0, 3, 68, 68]"
    same "$(json "abs(j['accuracy'] - 1 - j['baselines']['neighbours']['difference']) < 1e-12")" True
    same "$(json "len(j['baselines']['majority']['difference_interval']), 0 <= j['baselines']['majority']['p'] <= 1")" "(2, True)"
    run report "$work/run" "${_quick[@]}" --out "$work/baselines"
    prints "baseline: always \"0\", the most frequent class, right on 25.00 %"
    prints "baseline: 3 nearest neighbours among all 68 training images, right on 100.00 %"
    prints "percentage points"
    holds "the page does not have them" grep -q 'id="baselines"' "$work/baselines/report.html"
    run evaluate "$work/run" --json
    same "$(json "j['majority']")" "{'class': '0', 'accuracy': 0.25}"
    # Their answers to images that they were trained on mean nothing.
    run report "$work/run" --split train "${_quick[@]}"
    exits 0
    prints_no "baseline"
    run evaluate "$work/run" --split train
    prints_no "baseline"
}
two_models_are_compared_image_by_image() {
    run report --compare "$work/run" "$work/weak" "${_quick[@]}"
    exits 0
    prints "A: $work/run"
    prints "only A"
    prints "McNemar"
    needs_json || return
    run report --compare "$work/run" "$work/weak" --json --out "$work/versus" "${_quick[@]}"
    exits 0
    same "$(json "sum(j['all'][k] for k in ('both', 'only_a', 'only_b', 'neither')) == j['a']['samples'] == j['b']['samples']")" True
    same "$(json "abs(round(j['a']['accuracy'] - j['b']['accuracy'] - j['all']['difference'], 9))")" 0.0
    [[ $(_well_formed "$work/versus/report.html") == fine* ]] || complain "$(_well_formed "$work/versus/report.html")"
    run report --compare "$work/run" "$work/run" --json "${_quick[@]}"
    same "$(json "j['all']['p'], j['all']['difference']")" "(1.0, 0.0)"
}
all_classes_are_not_counted_as_the_most_probable_ones() {
    run evaluate "$work/run" --data "$_small" --top 5
    exits 0
    prints "among the 3 most probable: "
    prints_no "among the 4 most"
}
a_tiny_p_is_not_printed_as_zero() {
    run report --compare "$work/run" "$work/weak" --split train "${_quick[@]}"
    exits 0
    prints "<0.0001"
    prints_no " 0.0000"
}
several_runs_are_set_side_by_side() {
    run report "$work/run" "$work/weak" "$work/run/model.safetensors"
    exits 0
    prints "3  $work/run/model.safetensors"
    prints "small-data: no hidden layer, 260 parameters"
    prints "3 epochs in "
    prints "     1 epoch in "
    prints "images that the row's run has right"
    prints "Holm"
    needs_json || return
    run report "$work/run" "$work/weak" "$work/run/model.safetensors" --json --out "$work/several"
    exits 0
    same "$(json "[(p['a'], p['b']) for p in j['pairs']]")" "[(1, 2), (1, 3), (2, 3)]"
    same "$(json "[sum(p[k] for k in ('both', 'only_a', 'only_b', 'neither')) for p in j['pairs']]")" "[12, 12, 12]"
    same "$(json "j['pairs'][1]['p'], j['pairs'][1]['only_a'], j['pairs'][1]['only_b']")" "(1.0, 0, 0)"
    same "$(json "[r['epochs'] for r in j['runs']], all(p['p_holm'] >= p['p'] for p in j['pairs'])")" "([3.0, 1.0, None], True)"
    same "$(json "j['runs'][0]['accuracy_interval'] == j['runs'][2]['accuracy_interval']")" True
    [[ $(_well_formed "$work/several/report.html") == fine* ]] || complain "$(_well_formed "$work/several/report.html")"
    holds "the page holds a path" bash -c "! grep -q '$work' '$work/several/report.html'"
    local pairs
    pairs=$(json "j['pairs'][0]['p']")
    run report --compare "$work/run" "$work/weak" --json "${_quick[@]}"
    same "$(json "j['all']['p']")" "$pairs" # two forms of one request
}
# A killed run: everything but its model. Its data may be gone, too; the log is sufficient.
_killed() {
    [ -d "$work/killed" ] && return
    cp -r "$work/run" "$work/killed"
    rm "$work/killed/model.safetensors"
    sed -i '/"event":"\(end\|test\)"/d' "$work/killed/log.jsonl"
    sed -i 's|"data": "[^"]*"|"data": "/none/small-data"|' "$work/killed/recipe.json"
}
a_run_without_a_model_is_shown_beside_others() {
    _killed
    run report "$work/run" "$work/killed" "$work/weak"
    exits 0
    prints "  2  $work/killed
     small-data: 1 hidden layer, 1,660 parameters
     3 epochs in "
    prints "     no model yet: training has not ended"
    prints "  2         -    no model yet        -       -           -"
    prints "p of 1 test,"
    run evaluate "$work/killed" # a request that needs a model says so
    exits 1
    says "has no model yet, because the run is not finished"
    needs_json || return
    run report "$work/run" "$work/killed" "$work/weak" --json --out "$work/with-killed"
    exits 0
    same "$(json "[r['has_model'] for r in j['runs']], [r['group'] for r in j['runs']], [(p['a'], p['b']) for p in j['pairs']]")" \
        "([True, False, True], [1, None, 1], [(1, 3)])"
    same "$(json "[('accuracy' in r, r['parameters'], r['epochs']) for r in j['runs'][:2]]")" "[(True, 1660, 3.0), (False, 1660, 3.0)]"
    [[ $(_well_formed "$work/with-killed/report.html") == fine* ]] || complain "$(_well_formed "$work/with-killed/report.html")"
    holds "the page does not say so" grep -q "no model yet</td>" "$work/with-killed/report.html"
}
a_run_without_a_model_alone_has_its_curves() {
    _killed
    run report "$work/killed" --out "$work/killed-alone"
    exits 0
    prints "no model yet"
    prints_no "accuracy"
    holds "it has another title" grep -q "<h1>small-data: 1 hidden layer, 1,660 parameters</h1>" "$work/killed-alone/report.html"
    holds "the page holds a path" bash -c "! grep -q '$work\|/none' '$work/killed-alone/report.html'"
    run report --compare "$work/killed" "$work/run"
    exits 1
    says "has no model yet"
    rm "$work/killed/log.jsonl" # before it writes anything
    run report "$work/killed"
    exits 0
    prints "no model yet"
    says "there is no curve"
    rm -r "$work/killed"
    needs_library cairo || return
    holds "it has no curves" grep -q '<svg' "$work/killed-alone/curves.svg"
}
the_epoch_whose_weights_early_stopping_kept_is_named() {
    local kept
    run train --data digits --training-samples 200 --validation 0.1 --patience 1 --epochs 30 --learning-rate 0.5 \
        --model 784-8-10 --out "$work/early" --quiet
    exits 0
    kept=$(sed -n 's/.*"kept_epoch": *\([0-9]*\).*/\1/p' "$work/early/log.jsonl")
    run report "$work/early" "${_quick[@]}" --out "$work/early-report"
    exits 0
    prints "Kept: the weights of epoch $kept of "
    prints "3 nearest neighbours among all 200 training images"
    holds "the page names another" grep -q "The model has the weights of epoch $kept of " "$work/early-report/report.html"
    run report "$work/early" "$work/early/model.safetensors" --out "$work/early-report"
    exits 0
    prints "; weights of epoch $kept kept"
    holds "the page of several names another" grep -q "<small>weights of $kept</small>" "$work/early-report/report.html"
}
the_curves_of_several_runs_are_one_figure() {
    needs_library cairo || return
    run report "$work/run" "$work/weak" --out "$work/several"
    exits 0
    local name
    for name in curves accuracies; do
        holds "no $name.svg" grep -q '<svg' "$work/several/$name.svg"
    done
    holds "its title is another" grep -q "<h1>small-data: 2 networks side by side</h1>" "$work/several/report.html"
}
several_runs_fit_sixty_columns() {
    local many=() i
    for ((i = 0; i < 6; i++)); do many+=(run weak); done
    cd "$work" || return
    COLUMNS=60 run report "${many[@]}"
    cd - >/dev/null || return
    exits 0
    same "$(awk 'length > 60' <<<"$out")" ""
    same "$(grep -c ' 11      12$' <<<"$out")" 2 # the last column's heading, in both tables
}
# Other data with the same classes have their own scores; the same images in another folder are the same data.
runs_on_other_images_are_not_compared_in_pairs() {
    needs_json || return
    local class i
    for class in 0 1 2 3; do
        mkdir -p "$work/others/$class"
        for ((i = 1; i <= 20; i++)); do pgm "$work/others/$class/$i.pgm" 8 8 $((class * 60 + 2 * i)); done
    done
    cp -r "$_small" "$work/small-again"
    "$program" "${_short[@]}" --data "$work/others" --epochs 1 --out "$work/of-others" >/dev/null 2>&1
    "$program" "${_short[@]}" --data "$work/small-again" --epochs 1 --out "$work/again" >/dev/null 2>&1
    run report "$work/run" "$work/of-others" "$work/again" --json --out "$work/mixed"
    exits 0
    same "$(json "[r['group'] for r in j['runs']], [(p['a'], p['b']) for p in j['pairs']]")" "([1, 2, 1], [(1, 3)])"
    holds "the page does not say so" grep -q "cannot be compared in pairs" "$work/mixed/report.html"
    run report "$work/run" "$work/of-others"
    exits 0
    prints "cannot"
    prints_no "McNemar"
    run report "$work/run" "$work/of-others" --data "$_small" # then both are measured on these images
    prints "McNemar"
}
names_from_outside_stay_text() {
    needs_python || return
    local place="$work/<b>x&'\"" page
    cp -r "$work/run" "$place"
    run report "$place" --out "$work/hostile" "${_quick[@]}"
    exits 0
    page=$(_well_formed "$work/hostile/report.html")
    [[ $page == fine* ]] || complain "$page"
    holds "the path is not there as text" grep -qF "&lt;b&gt;x&amp;&#39;&quot;" "$work/hostile/report.html"
}
missing_pieces_of_a_run_are_named() {
    cp -r "$work/run" "$work/no-log"
    rm "$work/no-log/log.jsonl"
    run report "$work/no-log" --out "$work/no-log-report" "${_quick[@]}"
    exits 0
    says "log.jsonl"
    holds "the page holds a path" bash -c "! grep -q '$work' '$work/no-log-report/report.html'"
    cp -r "$work/run" "$work/no-model"
    rm "$work/no-model/model.safetensors"
    run report "$work/no-model"
    exits 0
    prints "its model's file is missing"
    mkdir -p "$work/empty"
    run report "$work/empty"
    exits 1
    says "is no run"
    run report "$work/nowhere.safetensors"
    exits 1
    says "nowhere.safetensors"
}
wrong_usage_is_told() {
    run report
    exits 2
    run report "$work/run" "$work/weak" "$work/nowhere" # reported before the first one is measured
    exits 1
    says "nowhere"
    prints_nothing
    run report --compare "$work/run" "$work/weak" "$work/run"
    exits 2
    local many=() i
    for ((i = 0; i < 65; i++)); do many+=("$work/run"); done
    run report "${many[@]}"
    exits 2
    says "at most 64"
    run report --compare "$work/run"
    exits 2
    says "--compare takes two"
}
a_place_that_cannot_be_written_is_named() {
    run report "$work/run" --out /dev/null/x "${_quick[@]}"
    exits 1
    says "/dev/null"
    run card "$work/run" --out /dev/null/x "${_quick[@]}"
    exits 1
    says "/dev/null/x"
    run datasheet "$_small" --out /dev/null/x
    exits 1
    says "/dev/null/x"
}

# ---- card ----

a_card_has_the_sections_and_asks_what_was_not_measured() {
    run card "$work/run" "${_quick[@]}"
    exits 0
    local section
    for section in "Model Details" "Intended Use" "Factors" "Metrics" "Evaluation Data" "Training Data" \
        "Quantitative Analyses" "Ethical Considerations" "Caveats and Recommendations"; do
        prints $'\n'"## $section"$'\n'
    done
    prints "| rotation, degrees | 10 |"
    prints "# Model card: small-data: 1 hidden layer, 1,660 parameters"
    prints "| brightness, percent |"
    for word in stroke writ pen script; do # for pictures, the card does not mention handwriting
        ! grep -qiE "\\b$word" <<<"$out" || complain "it speaks of '$word': $(grep -iE "\\b$word" <<<"$out")"
    done
    prints "| \`learning-rate\` | 0.03 |"
    same "$(grep -c '^> \*\*To be answered:\*\* ' <<<"$out")" 13
    says "13 questions are left"
    prints_no "$work" # a card is given to others: no path of this machine
}
a_card_of_a_models_file_leaves_open_how_it_was_trained() {
    cp "$work/run/model.safetensors" "$work/alone_.safetensors"
    run card "$work/alone_.safetensors" --data "$_small" "${_quick[@]}"
    exits 0
    says "The card leaves open how the model was trained"
    prints "model.safetensors stands for alone\\_.safetensors."
    prints "- **SHA-256** of alone\\_.safetensors: "
    prints "took them from the model's file"
    prints "> **To be answered:** How was the model trained"
    prints "- **Data**: small-data"
    prints_no "recipe, above"
    prints_no "learning-rate"
    prints_no "$work"
}
# Data that were prepared as MNIST's digits are: a file beside them says so.
a_card_of_handwriting_speaks_of_it() {
    local place="$work/handwriting" class i
    for class in 0 1; do
        mkdir -p "$work/written/$class"
        for ((i = 1; i <= 8; i++)); do pgm "$work/written/$class/$i.pgm" 28 28 $((class * 99 + i)); done
    done
    "$program" data pack "$work/written" "$place" --quiet >/dev/null
    printf '{"preparation": "digits"}' >"$place/images.json"
    "$program" train --data "$place" --recipe tutorial --model "flatten, dense" --epochs 1 --batch 4 \
        --quiet --out "$work/reader" >/dev/null 2>&1
    run card "$work/reader" "${_quick[@]}"
    exits 0
    prints "| stroke thickness, pixels |"
    prints "Were the people whose writing it learned from asked"
    prints_no "brightness, percent"
    run datasheet "$place"
    prints "| slant, degrees |"
    prints "Did the writers know of the collection"
    run datasheet "$_small"
    prints "| contrast, percent |"
    prints_no "slant"
    prints_no "who wrote"
}
the_front_matter_is_yaml_that_a_hub_reads() {
    needs_python || return
    run card "$work/run" "${_quick[@]}"
    same "$(head -1 <<<"$out")" "---"
    same "$(sed -n '2,/^---$/p' <<<"$out" | grep -c '^[a-z_-]*:')" 5
    prints "library_name: descender"
    prints "pipeline_tag: image-classification"
    prints "type: accuracy"
    /usr/bin/python3 -c 'import yaml' 2>/dev/null || return 0
    same "$(/usr/bin/python3 -c '
import re, sys, yaml
card = next(yaml.safe_load_all(sys.stdin.read().split("\n---\n")[0]))
result = card["model-index"][0]["results"][0]
assert re.fullmatch(r"(?:[\w-]+/)?[\w.-]+", result["dataset"]["type"]), result["dataset"]["type"]
assert all(isinstance(m["value"], float) and m["name"] for m in result["metrics"]), result["metrics"]
assert all(isinstance(t, str) for t in card["tags"] + card["metrics"]), card["tags"]
assert "datasets" not in card or all("/" in d for d in card["datasets"]), card["datasets"]
print(card["model-index"][0]["name"])
print(result["task"]["type"], sorted(result["dataset"]), [m["type"] for m in result["metrics"]])' <<<"$out")" \
        "small-data: 1 hidden layer, 1,660 parameters
image-classification ['name', 'split', 'type'] ['accuracy', 'f1']"
}
a_card_is_written_where_it_is_asked_for() {
    run card "$work/run" --out "$work/run/README.md" --samples 5 "${_quick[@]}"
    exits 0
    prints_nothing
    says "Saved the card: $work/run/README.md"
    holds "five images were to be changed" grep -q '^5 images of the test set' "$work/run/README.md"
}
# _block LANGUAGE NUMBER: a code block of the card in $out.
_block() { awk -v want="\`\`\`$1" -v number="$2" '$0 == "```" { on = 0 } on; $0 == want && ++seen == number { on = 1 }' <<<"$out"; }
_plain_build() { ! grep -qE '__(asan|tsan|ubsan)_|__gcov_' "$program" || because "needs a build without sanitizers or coverage"; }
the_cards_programs_run_as_they_stand() {
    _plain_build || return
    needs_python || return
    local answer
    mkdir -p "$work/use"
    cp "$work/run/model.safetensors" "$work/use/"
    run card "$work/run" "${_quick[@]}"
    _block c 1 >"$work/use/use.c"
    _block python 1 >"$work/use/use.py"
    _block python 2 >"$work/use/weights.py"
    # All commands except the server, which would not end.
    _block sh 1 | grep -v " serve " | sed "s|picture.png|picture.pgm|; s|FOLDER|'$_small'|" >"$work/use/use.sh"
    pgm "$work/use/picture.pgm" 8 8 61
    run_shell "cd '$work/use' && set -e && descender() { '$program' \"\$@\"; } && . ./use.sh"
    exits 0
    prints "picture.pgm  "
    prints "12 wrong"
    holds "the C program is not there" grep -q "main" "$work/use/use.c"
    run_shell "cd '$work/use' && cc -Wall -Wextra -Werror use.c -I '$_top/include' -L '$_build' -ldescender -o use"
    exits 0
    run_shell "cd '$work/use' && LD_LIBRARY_PATH='$_build' ./use"
    exits 0
    answer=$out
    [[ $answer =~ ^[0-3]\ [01]\.[0-9]{4}$ ]] || complain "no answer: $answer"
    run_shell "cd '$work/use' && LD_LIBRARY_PATH='$_build' /usr/bin/python3 use.py"
    exits 0
    same "$(printf '%s %.4f' $out)" "$answer"
    needs_numpy || return
    run_shell "cd '$work/use' && /usr/bin/python3 weights.py"
    exits 0
    prints "dense1.weight (24, 64)"
}
a_card_shows_its_figure() {
    needs_library cairo || return
    mkdir -p "$work/cards"
    run card "$work/run" --out "$work/cards/small card.md" "${_quick[@]}"
    exits 0
    same "$(sed -n 's/^!\[.*\](\(.*\))$/\1/p' "$work/cards/small card.md")" small-card-confusion.png
    same "$(head -c 4 "$work/cards/small-card-confusion.png" | tail -c 3)" PNG
    run card "$work/run" "${_quick[@]}"
    prints_no "confusion.png"
    echo mine >"$work/cards/other-confusion.png"
    run card "$work/run" --out "$work/cards/other.md" "${_quick[@]}"
    exits 1
    says "other-confusion.png"
}
a_card_without_a_log_says_so() {
    [ -d "$work/no-log" ] || { cp -r "$work/run" "$work/no-log" && rm "$work/no-log/log.jsonl"; }
    run card "$work/no-log" "${_quick[@]}"
    exits 0
    says "leaves open when and where"
    prints "- **Data**: not recorded: the run has no log"
}
a_cards_numbers_are_those_of_evaluate() {
    needs_json || return
    run evaluate "$work/run" --json
    local accuracy
    accuracy=$(json "j['accuracy']")
    run card "$work/run" --json "${_quick[@]}"
    exits 0
    same "$(json "j['test']['accuracy']")" "$accuracy"
    same "$(json "len(j['robustness']), len(j['slices']), j['questions']")" "(21, 6, 13)"
    same "$(json "j['robustness'][0]['accuracy'] == j['test']['accuracy']")" True
}

# ---- datasheet ----

a_datasheet_has_the_seven_headings() {
    run datasheet "$_small"
    exits 0
    local heading
    for heading in "Motivation" "Composition" "Collection Process" "Preprocessing, Cleaning, Labeling" "Uses" \
        "Distribution" "Maintenance"; do
        prints $'\n'"## $heading"$'\n'
    done
    prints "| images | 68 | 12 |"
    prints "0 of 12 test images"
    says "15 questions are left"
}
a_datasheets_checksums_are_the_files() {
    needs_json || return
    needs_library libcrypto || return
    run datasheet "$_small" --json
    exits 0
    same "$(json "j['train']['images_sha256']")" "$(_plain train-images-idx3-ubyte | sha256sum | cut -d' ' -f1)"
    same "$(json "j['test']['labels_sha256']")" "$(_plain t10k-labels-idx1-ubyte | sha256sum | cut -d' ' -f1)"
}
_plain() { if [ -f "$_small/$1.gz" ]; then gzip -dc "$_small/$1.gz"; else cat "$_small/$1"; fi; }
a_test_image_in_the_training_set_is_found() {
    needs_json || return
    local leaky="$work/leaky" ending
    cp -r "$_small" "$leaky"
    for ending in images-idx3-ubyte labels-idx1-ubyte; do
        cp "$leaky/train-$ending"* "$work/" && rm "$leaky"/t10k-$ending*
        for file in "$work"/train-"$ending"*; do cp "$file" "$leaky/t10k-${file#*train-}"; done
    done
    run datasheet "$leaky" --json
    exits 0
    same "$(json "j['test_images_in_training']['images'], j['test']['images']")" "(68, 68)"
}
mnist_is_known_by_its_content() {
    needs_mnist || return
    needs_library libcrypto || return
    run datasheet "$mnist" --out "$work/mnist.md"
    exits 0
    holds "it is not named" grep -q "LeCun, Cortes and Burges" "$work/mnist.md"
    holds "its training images have another checksum" grep -q ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db "$work/mnist.md"
}
fashion_mnist_is_known_by_its_content() {
    local debians=/usr/share/datasets/fashion-mnist
    [ -d "$debians" ] || because "needs Debian's dataset-fashion-mnist" || return
    cp -r "$debians" "$work/clothes" # its path says nothing
    run train --data "$work/clothes" --training-samples 100 --model "flatten, dense" --epochs 1 --out "$work/clothed" --quiet
    exits 0
    run card "$work/clothed" --samples 10
    exits 0
    prints '- name: "Fashion-MNIST: no hidden layer, 7,850 parameters"'
    prints "type: zalando-datasets/fashion_mnist"
    prints "Source: <https://github.com/zalandoresearch/fashion-mnist>. Licence: MIT, Copyright 2017 Zalando SE."
    prints "| Ankle boot | 1000 |"
    prints_no "stroke"
    rm -r "$work/clothes"
}

# ---- the guide ----

# Runs every command of docs/report.md, in a folder with the files that the guide mentions.
the_guides_commands_work() {
    local place="$work/guide" line count=0
    mkdir -p "$place/runs"
    cp -r "$_small" "$place/letters"
    cp -r "$work/run" "$place/runs/0001-mnist-784-256-10"
    cp -r "$work/weak" "$place/runs/0002-mnist-cnn-109k"
    while IFS= read -r line; do
        count=$((count + 1))
        run_shell "cd '$place' && descender() { '$program' \"\$@\"; } && $line"
        exits 0
    done < <(sed -n 's/^    \(\(descender\|grep\) .*\)/\1/p' "$(dirname "$golden")/../docs/report.md")
    [ "$count" -ge 10 ] || complain "only $count commands found"
}

promises
