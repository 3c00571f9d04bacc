# SPDX-License-Identifier: MIT
# Seeds of any size in every command that takes one; anything else is refused with the reason.
. "$(dirname "$0")/lib.sh"

_big=18446744073709551629 # 2^64 + 13
_small="$work/data"
_train=(train --model "flatten, dense 6, relu, dense" --epochs 2 --batch 8 --threads 1 --quiet)
_have_data() { [ -d "$_small" ] || small_data "$_small"; }

a_large_seed_chooses_what_numpy_chooses() {
    needs_json || return
    _have_data
    # numpy.random.default_rng(seed).choice(68, 5, replace=False)
    local seed
    while read -r seed chosen; do
        run data show --data "$_small" --random 5 --json --seed "$seed"
        exits 0
        same "$(json "[i['index'] for i in j['images']]")" "$chosen"
    done <<END
$_big [67, 45, 20, 2, 25]
10000000000000000000000000000000000000000 [60, 12, 13, 22, 26]
1$(printf '%0999d' 0) [1, 53, 59, 31, 27]
END
}

a_run_with_a_large_seed_is_repeated_by_its_recipe() {
    _have_data
    run "${_train[@]}" --data "$_small" --seed $_big --out "$work/one"
    exits 0
    holds "its recipe has all digits" grep -q "\"seed\": \"$_big\"" "$work/one/recipe.json"
    run "${_train[@]}" --data "$_small" --seed 13 --out "$work/low" # the same lower 64 bits
    exits 0
    holds "another seed, another model" test -n "$(cmp "$work/one/model.safetensors" "$work/low/model.safetensors")"
    run train --recipe "$work/one/recipe.json" --data "$_small" --out "$work/two" --threads 1 --quiet
    exits 0
    holds "the same model" cmp <(tail -c 1000 "$work/one/model.safetensors") <(tail -c 1000 "$work/two/model.safetensors")
    sed "s/\"$_big\"/$_big/" "$work/one/recipe.json" >"$work/number.json" # as a number
    run train --recipe "$work/number.json" --data "$_small" --out "$work/three" --threads 1 --quiet
    exits 0
    holds "the same model" cmp <(tail -c 1000 "$work/one/model.safetensors") <(tail -c 1000 "$work/three/model.safetensors")
    run card "$work/one" --samples 10 --seconds 0.01 --quiet
    exits 0
}

a_run_with_a_large_seed_goes_on_to_the_same_bits() {
    _have_data
    # Enough epochs to be stopped in.
    local run=(train --model "flatten, dense 6, relu, dense" --batch 8 --threads 1 --data "$_small" --seed $_big --epochs 100)
    run "${run[@]}" --out "$work/whole" --quiet
    exits 0
    interrupted_run "$work/stopped" "${run[@]}"
    run train --resume "$work/stopped" --threads 1 --quiet
    exits 0
    holds "the same model" cmp "$work/whole/model.safetensors" "$work/stopped/model.safetensors"
}

every_command_with_a_seed_takes_large_ones() {
    _have_data
    run tune --data "$_small" --model "flatten, dense" --epochs 2 --trials 2 --reduction 2 --batch 8 --quiet --validation 0.2 \
        --optimiser adam learning-rate=1e-3..1e-1 --seed $_big --out "$work/tuned"
    exits 0
    holds "the best recipe has the seed" grep -q "\"seed\": \"$_big\"" "$work/tuned/best.json"
    run train --recipe "$work/tuned/best.json" --data "$_small" --out "$work/best" --quiet
    exits 0
    run tutorial --data "$_small" --epochs 1 --training-sample 20 --test-sample 10 --seed $_big --sample-seed 1$_big
    exits 0
}

what_is_no_seed_is_refused() {
    _have_data
    local seed command
    for seed in "" " 5" "5 " -1 -0 +5 1e3 1.0 0x10 nan five "1 2" "$(printf '%01001d' 1)"; do
        for command in "train --data $_small" "tune --data $_small lanes=1|2" \
            "data show --data $_small --random 2" "tutorial --data $_small"; do
            # shellcheck disable=SC2086  # a command and its options
            run $command --seed="$seed"
            exits 2
            says "--seed: expected a whole number of 0 or more with at most 1000 decimal digits, found '"
        done
    done
    run tutorial --data "$_small" --sample-seed=-1
    exits 2
    says "--sample-seed: expected a whole number"
}

promises
