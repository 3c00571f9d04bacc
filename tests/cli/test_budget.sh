# SPDX-License-Identifier: MIT
# labels: slow
# `descender train --until`, `--seconds` and `--minutes`: the length of a run depends on the accuracy or on a clock.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_short=(train --data "$_small" --model "flatten, dense 24, relu, dense" --batch 8 --normalise standard --optimiser adam
    --learning-rate 0.03)
_same_model() { cmp "$1/model.safetensors" "$2/model.safetensors"; }

# ---- until ----

a_run_stops_at_the_accuracy_asked_for_and_says_so() {
    run "${_short[@]}" --validation 0.2 --epochs 60 --until 90 --out "$work/until"
    exits 0
    prints "% of the held-out images are right, and 90.0 % were requested"
    holds "it went on to the end" test "$(grep -c '"event":"epoch"' "$work/until/log.jsonl")" -lt 60
    holds "the recipe does not say it" grep -q '"until": 90' "$work/until/recipe.json"
}
its_recipe_stops_at_the_same_epoch_with_the_same_bits() {
    run train --recipe "$work/until/recipe.json" --out "$work/until-again" --quiet --threads 1
    exits 0
    same "$(grep -c '"event":"epoch"' "$work/until-again/log.jsonl")" "$(grep -c '"event":"epoch"' "$work/until/log.jsonl")"
}
json_says_what_ended_the_run() {
    needs_json || return
    run "${_short[@]}" --validation 0.2 --epochs 60 --until 90 --out "$work/until-json" --json
    exits 0
    same "$(json "j['ended_by']")" until
    run "${_short[@]}" --validation 0.2 --epochs 1 --until 100 --learning-rate 0.000001 --out "$work/until-never" --json
    exits 0
    same "$(json "j['ended_by'], j['epochs']")" "('steps', 1)"
    holds "the log does not say that it was not reached" grep -q "ended without reaching the requested 100.0 %" \
        "$work/until-never/log.jsonl"
}
without_held_out_images_it_is_wrong_usage_and_leaves_nothing() {
    run "${_short[@]}" --until 99 --out "$work/nothing"
    exits 2
    says "until needs a validation set to watch"
    holds "a folder was left behind" test ! -e "$work/nothing"
}

# ---- steps ----

a_run_may_end_in_the_midst_of_an_epoch() {
    needs_json || return
    run "${_short[@]}" --epochs 3 --steps 20 --schedule one-cycle --out "$work/steps" --json
    exits 0
    same "$(json "j['steps'], j['epochs']")" "(20, 3)"
    run train --recipe "$work/steps/recipe.json" --out "$work/steps-again" --json
    exits 0
    same "$(json "j['steps'], j['epochs']")" "(20, 3)"
    run "${_short[@]}" --epochs 3 --steps 2000 --out "$work/nothing"
    exits 2
    says "2000 are more than the 27 of 3 epochs"
}

# ---- a time ----

# The machines that run the tests are busy, so the tests check only the order of magnitude of times.
a_given_time_is_planned_kept_and_told() {
    local begun=$SECONDS
    run train --data "$_small" --seconds 3 --out "$work/timed"
    exits 0
    prints "For 3.00 seconds, on this machine:"
    prints "Picked: "
    prints "No accuracy was measured on these data, so none is promised"
    prints "Time: "
    prints "of 3.00 seconds"
    holds "it took $((SECONDS - begun)) seconds" test $((SECONDS - begun)) -lt 12
    holds "the recipe has no steps" grep -q '"steps": "[0-9]' "$work/timed/recipe.json"
}
its_recipe_needs_no_clock_for_the_same_bits() {
    run train --recipe "$work/timed/recipe.json" --out "$work/timed-again" --quiet --threads 1
    exits 0
    run evaluate "$work/timed" --per-sample "$work/first.csv" --quiet
    exits 0
    run evaluate "$work/timed-again" --per-sample "$work/second.csv" --quiet
    holds "other answers" cmp "$work/first.csv" "$work/second.csv"
}
a_run_in_a_given_time_that_was_stopped_goes_on() {
    needs_plain_signals || return
    interrupted_run "$work/stopped" train --data "$_small" --seconds 30
    local last
    last=$(sed -n 's/.*"event":"stop","step":\([0-9]*\).*/\1/p' "$work/stopped/log.jsonl")
    run train --resume "$work/stopped" --seconds 5
    exits 2
    says "omit --resume or the time"
    # The test does not wait for the rest of the half minute: a recipe may be shortened at steps that are not done yet.
    sed -i "s/\(\"steps\": \"[^\"]*\)\"/\1, $((last + 3)) from $((last + 1))\"/" "$work/stopped/recipe.json"
    run train --resume "$work/stopped" --quiet
    exits 0
    holds "it did not end with step $((last + 3))" grep -q "\"event\":\"end\",\"step\":$((last + 3))," "$work/stopped/log.jsonl"
}
figures_are_told_where_they_were_measured() {
    needs_mnist || return
    needs_json || return
    run train --data mnist --recipe mnist-98 --seconds 9 --out "$work/known" --json
    exits 0
    same "$(json "j['time']['recipe'], j['time']['given'], j['time']['steps'] == j['steps']")" "('mnist-98', 9.0, True)"
    run train --data mnist --recipe mnist-98 --seconds 4 --learning-rate 0.001 --out "$work/touched" --json
    exits 0
    same "$(json "j['time']['expected']")" None
}
# The lightest recipe is always measured, if a network of it can be made.
every_recipe_that_is_weighed_has_the_teacher() {
    needs_plain_signals || return
    run train --data digits --recipe tutorial --training-samples 300 --epochs 1 --quiet --out "$work/teacher"
    exits 0
    in_background "$program" train --data digits --training-samples 300 --seconds 20 --teacher "$work/teacher" --out "$work/pupil"
    wait_for grep -q "Run $work/pupil" "$work/.out"
    kill -INT $job
    ended
    holds "the lightest was not measured" grep -q '^  mnist-98  *[0-9]' "$work/.out"
}
a_time_goes_with_nothing_that_decides_it() {
    _refuses() {
        local expected=$1
        shift
        run "${_short[@]}" --out "$work/nothing" "$@"
        exits 2
        says "$expected"
        holds "a folder was left behind" test ! -e "$work/nothing"
    }
    _refuses "omit --epochs" --seconds 5 --epochs 3
    _refuses "omit --steps" --minutes 1 --steps 3
    _refuses "both set the time" --seconds 5 --minutes 1
    _refuses "is too short" --seconds 0.001
}

promises
