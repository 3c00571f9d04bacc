# SPDX-License-Identifier: MIT
# Values that are not finite never become a result. A run that diverges in any step fails. Every command reports a
# model that overflows by its name. JSON stays JSON.
. "$(dirname "$0")/lib.sh"

# _model RUN: a model of 8 x 8 images and 4 classes.
_model() {
    [ -d "$work/data" ] || small_data "$work/data"
    "$program" train --data "$work/data" --model "flatten, dense" --optimiser adam --epochs 1 --batch 16 \
        --threads 1 --out "$work/$1" --quiet >/dev/null 2>&1
}
# _set_floats FILE BYTES NUMBER: sets the first NUMBER floats of a model file to these bytes.
_set_floats() {
    local header i
    header=$(($(od -An -tu8 -N8 "$1")))
    for ((i = 0; i < $3; i++)); do printf '%b' "$2"; done |
        dd of="$1" bs=1 seek=$((8 + header)) conv=notrunc status=none
}
# A model whose weights are the largest floats, so that the sum of two bright pixels is infinite.
_overflowing() {
    [ -f "$work/huge/model.safetensors" ] && return
    _model huge
    _set_floats "$work/huge/model.safetensors" '\0377\0377\0177\0177' 256
}

a_run_that_diverges_in_any_step_fails_and_leaves_no_model() {
    [ -d "$work/data" ] || small_data "$work/data"
    local samples l2 n=0
    for samples in 16 48 64; do
        for l2 in 0 1000; do
            for more in "" "--validation 0.2" "--ema 0.9"; do
                rm -rf "$work/diverged"
                # shellcheck disable=SC2086  # some options, or none
                run train --data "$work/data" --model "flatten, dense 16, relu, dense" --recipe tutorial \
                    --batch 8 --threads 1 --optimiser sgd --learning-rate 1000 --l2 $l2 --training-samples $samples \
                    --epochs 1 $more \
                    --out "$work/diverged"
                if [ "$status" = 0 ]; then
                    prints "accuracy"
                    prints_no "not finite"
                else
                    exits 1
                    says "finite"
                    says "smaller learning rate"
                    n=$((n + 1))
                    [ ! -e "$work/diverged/model.safetensors" ] || complain "expected no model"
                fi
                prints_no "nan"
                says_no "nan"
            done
        done
    done
    [ $n -ge 6 ] || complain "expected most of these runs to diverge, $n did"
}

evaluate_and_report_count_answers_that_are_not_finite_as_wrong() {
    _overflowing
    local command
    for command in evaluate "report --seconds 0.01" "report --seconds 0.01 --out $work/page"; do
        # shellcheck disable=SC2086  # a command and its options
        run $command "$work/huge/model.safetensors" --data "$work/data"
        exits 0
        prints "loss not finite"
        says "12 of 12 answers are not finite and count as wrong"
        prints "accuracy 0.00 %"
        prints_no "nan"
    done
    if [ -f "$work/page/report.html" ]; then
        grep -q "12 of 12 answers are not finite" "$work/page/report.html" || complain "expected it on the page"
        ! grep -qiw "nan" "$work/page/report.html" || complain "expected no NaN on the page"
    fi
    run report --compare "$work/huge/model.safetensors" "$work/huge/model.safetensors" --data "$work/data" --seconds 0.01
    exits 0
    prints_no "nan"
    says "12 of 12 answers are not finite"
}

a_card_says_so_too() {
    _overflowing
    run card "$work/huge" --data "$work/data" --samples 10 --seconds 0.01
    exits 0
    prints "**12 of 12 answers are not finite**"
    prints "were not finite numbers; they count as wrong"
    says "12 of 12 answers are not finite"
    prints_no "nan"
    needs_json || return
    run card "$work/huge" --data "$work/data" --samples 10 --seconds 0.01 --json --quiet
    exits 0
    same "$(json 'j["test"]["not_finite"], j["robustness"][0]["not_finite"], j["robustness"][0]["accuracy"]')" \
        "(12, 10, 0.0)"
}

their_json_is_json_with_nulls() {
    needs_json || return
    _overflowing
    run evaluate "$work/huge/model.safetensors" --data "$work/data" --json
    exits 0
    same "$(json 'j["not_finite"], j["correct"], j["accuracy"], j["loss"], j["calibration_error"]')" "(12, 0, 0.0, None, None)"
    same "$(json '[c["samples"] for c in j["classes"]]')" "[3, 3, 3, 3]"
    run report "$work/huge/model.safetensors" --data "$work/data" --json --seconds 0.01
    exits 0
    same "$(json 'j["not_finite"], j["loss"], j["classes"][0]["recall"]')" "(12, None, 0.0)"
}

a_table_of_samples_leaves_fields_empty() {
    _overflowing
    run evaluate "$work/huge/model.safetensors" --data "$work/data" --per-sample "$work/t.csv" --quiet
    exits 0
    same "$(sed -n 2p "$work/t.csv" | cut -d, -f3-)" ",0,,,,,"
    same "$(grep -c ',0,,,,,$' "$work/t.csv")" 12
}

predict_gives_no_answer_and_fails() {
    _overflowing
    pgm "$work/eight.pgm" 8 8 200
    run predict --model "$work/huge/model.safetensors" --raw "$work/eight.pgm" "$work/data/t10k-images-idx3-ubyte"
    exits 1
    prints "eight.pgm"
    prints "no answer"
    says "13 of 13 answers are not finite"
    needs_json || return
    run predict --model "$work/huge/model.safetensors" --raw "$work/eight.pgm" --json
    exits 1
    same "$(json '[(a["label"], a["probability"], a["top"]) for a in j["files"][0]["answers"]]')" "[(None, None, [])]"
}

a_model_with_a_weight_that_is_not_finite_is_refused_by_name() {
    local bytes command
    _model good
    for bytes in '\0\0\0300\0177:NaN' '\0\0\0200\0177:infinite' '\0\0\0200\0377:minus infinity' '\01\0\0200\0377:NaN'; do
        cp "$work/good/model.safetensors" "$work/bad.safetensors"
        _set_floats "$work/bad.safetensors" "${bytes%%:*}" 1
        for command in evaluate report "predict --raw --model" "model show"; do
            # shellcheck disable=SC2086  # a command and its options
            run $command "$work/bad.safetensors" $([ "${command%% *}" = predict ] && echo "$work/eight.pgm")
            exits 1
            says "bad.safetensors: 'dense1.weight'[0, 0] is ${bytes#*:}"
            says "train the model again"
        done
    done
}

numbers_of_options_and_recipes_are_finite() {
    [ -d "$work/data" ] || small_data "$work/data"
    local value option
    for option in learning-rate weight-decay l1 l2 clip-norm clip-value ema validation checkpoint-seconds; do
        for value in nan inf -inf 1e999 NAN infinity; do
            run train --data "$work/data" --$option "$value" --out "$work/none"
            exits 2
            says "$option: expected a number"
        done
    done
    for value in "flatten, dropout nan, dense" "flatten, leaky-relu slope=inf, dense" "flatten, dropout 1e999, dense"; do
        run train --data "$work/data" --model "$value" --out "$work/none"
        exits 2
        says "expected a number"
    done
    for value in NaN Infinity -Infinity 1e999 '"nan"' '"inf"'; do
        echo "{\"learning-rate\": $value}" >"$work/bad.json"
        run train --data "$work/data" --recipe "$work/bad.json" --out "$work/none"
        [ "$status" != 0 ] || complain "expected a failure"
        says "bad.json"
    done
    [ ! -e "$work/none" ] || complain "expected no run"
}

promises
