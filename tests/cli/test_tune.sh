# SPDX-License-Identifier: MIT
# `descender tune`: the same result in any way of running it, and after any interruption.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_search=(tune --data "$_small" --model "flatten, dense {hidden}, relu, dense" --epochs 100 --trials 8 --reduction 2 --batch 8 --quiet
    --validation 0.2 --optimiser adam learning-rate=log:1e-3..1e-1 "hidden=4|8|16")

# The part that must be equal: the results without their seconds, in the order of trials and rungs.
_results() {
    grep '"event":"result"' "$1/journal.jsonl" | sed 's/,"seconds":[-0-9.e]*//' | sort
}

it_ends_with_a_recipe_that_trains() {
    run "${_search[@]}" --out "$work/one" --threads 1
    exits 0
    prints "Best of 8 trials"
    prints "best.json"
    run train --data "$_small" --recipe "$work/one/best.json" --out "$work/run" --quiet
    exits 0
}
threads_and_parallel_trials_change_nothing() {
    local i=0 how
    for how in "--threads 2 --parallel 1" "--threads 2 --parallel 2" "--threads 3 --parallel 3"; do
        i=$((i + 1))
        # shellcheck disable=SC2086
        run "${_search[@]}" --out "$work/same$i" $how
        exits 0
        holds "the same results, $how" [ "$(_results "$work/one")" = "$(_results "$work/same$i")" ]
        holds "the same recipe, $how" cmp "$work/one/best.json" "$work/same$i/best.json"
    done
}
another_seed_is_another_search() {
    run "${_search[@]}" --out "$work/seed" --seed 5
    exits 0
    holds "other results" [ "$(_results "$work/one")" != "$(_results "$work/seed")" ]
}
a_killed_search_goes_on_to_the_same_end() {
    said="descender tune, killed"
    local tries=0
    # Killed repeatedly, a little later each time, until it completes.
    "$program" "${_search[@]}" --out "$work/killed" --threads 2 >/dev/null 2>&1 &
    local id=$!
    sleep 0.15
    kill -KILL $id 2>/dev/null
    wait $id 2>/dev/null
    while [ ! -e "$work/killed/best.json" ] && [ $tries -lt 30 ]; do
        tries=$((tries + 1))
        if [ -e "$work/killed/journal.jsonl" ]; then
            "$program" tune --data "$_small" --resume "$work/killed" --quiet >/dev/null 2>&1 &
        else
            rm -rf "$work/killed"
            "$program" "${_search[@]}" --out "$work/killed" >/dev/null 2>&1 &
        fi
        id=$!
        sleep "0.$((2 + tries * 7 % 8))"
        kill -KILL $id 2>/dev/null
        wait $id 2>/dev/null
    done
    run tune --data "$_small" --resume "$work/killed" --quiet
    exits 0
    holds "the same results" [ "$(_results "$work/one")" = "$(_results "$work/killed")" ]
    holds "the same recipe" cmp "$work/one/best.json" "$work/killed/best.json"
}
without_halving_all_train_to_the_end() {
    run "${_search[@]}" --out "$work/random" --reduction 1 --trials 3
    exits 0
    holds "three results" [ "$(_results "$work/random" | wc -l)" = 3 ]
}
json_has_the_best() {
    needs_json || return
    run "${_search[@]}" --out "$work/json" --trials 4 --json
    exits 0
    holds "it is JSON" [ -n "$(json 'len(j)')" ]
}
on_a_terminal_the_chart_stands_beside_what_mattered() {
    needs_command script || return
    run_terminal "${_search[@]}" --out "$work/terminal" --threads 1
    exits 0
    prints "What mattered: accuracy on held-out samples"
    prints "What mattered: the share of the ranking"
}
what_fits_a_small_machine_is_searched() {
    local most
    _budget=(tune --data "$_small" --model "conv {a} 3x3 stride=2, relu, flatten, dense" --epochs 3 --batch 8 --quiet --trials 9
        "a=1..40" "learning-rate=0.01|0.02")
    run "${_budget[@]}" --flash 8k --out "$work/fits"
    exits 0
    prints "Accuracy against size: the trials that no smaller one equals"
    holds "trials of a budget are not in the journal" grep -q '"budget":{"flash":8192,"ram":0,"numbers":"whole","footprints"' "$work/fits/journal.jsonl"
    # The reported size of a trial equals that of its C file.
    run train --data "$_small" --recipe "$work/fits/best.json" --out "$work/fits-run" --quiet
    exits 0
    run quantise "$work/fits-run" --data "$_small" --force --quiet --out "$work/fits.safetensors"
    exits 0
    run export "$work/fits.safetensors" --to c --out "$work/fits.c" --quiet
    exits 0
    most=$(sed -n 's/^ \*   flash *\([0-9]*\) bytes of numbers.*/\1/p' "$work/fits.h")
    holds "the C file takes more than was allowed: $most" [ "$most" -le 8192 ]
    needs_json || return
    run tune --data "$_small" --resume "$work/fits" --json
    exits 0
    holds "the best trial's bytes are not those of its C file" [ "$(json 'j["best"]["flash"]')" = "$most" ]
    holds "a trial does not fit" [ "$(json 'max(t["flash"] for t in j["trials"]) <= 8192')" = True ]
    holds "the most accurate trial is not on the front" [ "$(json 'j["front"][-1] == j["best"]["trial"]')" = True ]
    holds "a trial of the front is larger and no better than another" \
        [ "$(json 'all(a <= b for a, b in zip([t["accuracy"] for f in j["front"] for t in j["trials"] if t["trial"] == f], [t["accuracy"] for f in j["front"] for t in j["trials"] if t["trial"] == f][1:]))')" = True ]
}
a_budget_counts_floats_too() {
    run "${_budget[@]}" --flash 64k --ram 3k --numbers float --out "$work/floats"
    exits 0
    prints "bytes, in floats"
}
what_cannot_fit_is_told() {
    run "${_budget[@]}" --flash 100 --out "$work/none"
    exits 2
    says "no network fits"
    run "${_budget[@]}" --flash 8q --out "$work/none"
    exits 2
    says "--flash: expected a number of bytes, such as 8192 or 8k, found '8q'"
    run tune --data "$_small" --model "conv {a} 3x3, gelu, flatten, dense" --epochs 1 --flash 8k "a=1..4" --out "$work/none" --quiet
    exits 1
    says "--numbers float"
}
without_a_recipe_it_starts_from_what_train_picks() {
    local search=(tune --data "$_small" --training-samples 20 --epochs 1 --trials 2 "batch=8|16") network
    run recipe suggest --data "$_small" --quiet
    network=$(grep '"model"' <<<"$out")
    holds "no network is suggested" test -n "$network"
    run "${search[@]}" --out "$work/picked"
    exits 0
    prints "Picked for these images:"
    says "2 trials of the recipe picked for the data on "
    holds "another network" grep -qF "$network" "$work/picked/best.json"
    # A recipe that is named is used.
    run "${search[@]}" --recipe mnist-98 --model "flatten, dense" --out "$work/named"
    exits 0
    prints_no "Picked"
    says "2 trials of mnist-98 on "
}
what_is_wrong_is_told() {
    run tune learning-rat=log:1e-4..1e-1 --data "$_small"
    exits 2
    says "learning-rate"
    run tune --data "$_small"
    exits 2
    run tune epochs=1..3 --data "$_small"
    exits 2
    run tune --resume "$work/none" --data "$_small"
    exits 1
    run "${_search[@]}" --out "$work/one"
    exits 2
    says "--resume"
}

promises
