# SPDX-License-Identifier: MIT
# Ensembles: `train --members`, `model join`, and an ensemble in every command that takes a model.
# labels: long
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
# A short run: 68 images of 4 classes.
_short=(train --data "$_small" --recipe tutorial --model "flatten, dense 24, relu, dense" --batch 8 --epochs 3
    --validation 0.1 --optimiser adam --learning-rate 0.03 --quiet)

# ---- training ----

train_members_makes_one_model_of_several_networks() {
    run "${_short[@]}" --members 3 --seed 5 --out "$work/three"
    exits 0
    prints "members: 3, alone "
    prints "Model: $work/three/model.safetensors"
    run train --resume "$work/three" --json
    exits 0
    needs_json || return
    same "$(json "j['members']['count'], len(j['members']['accuracies']), j['parameters']")" "(3, 3, 4980)"
    same "$(json "j['test']['samples']")" 12
}
members_that_cannot_be_joined_are_not_trained() {
    run "${_short[@]}" --members 2 --loss binary-cross-entropy --out "$work/sigmoid"
    exits 2
    says "use --loss softmax-cross-entropy, or omit members"
    holds "nothing is left" test ! -e "$work/sigmoid"
}
each_member_is_a_run_with_a_seed_of_its_own() {
    needs_json || return
    local found
    found=$(for m in 01 02 03; do
        /usr/bin/python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(j["seed"], j["members"])' \
            "$work/three/member-$m/recipe.json"
    done)
    # [numpy.random.SeedSequence(5, spawn_key=(m,)).generate_state(1, numpy.uint64)[0] for m in range(3)]
    same "$found" "15658875773272509128 1
6924645418555453511 1
1725439304048894018 1"
}
a_killed_ensemble_goes_on_to_the_same_bits() {
    local tries=0
    run "${_short[@]}" --members 2 --out "$work/whole"
    exits 0
    "$program" "${_short[@]}" --members 2 --checkpoint-seconds 0.001 --out "$work/killed" >"$work/.log" 2>&1 &
    local pid=$!
    until [ -e "$work/killed/member-02/checkpoint" ] || [ $((tries++)) = 400 ]; do sleep 0.01; done
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    run train --resume "$work/killed" --quiet
    exits 0
    holds "other bits" cmp "$work/whole/model.safetensors" "$work/killed/model.safetensors"
}
other_data_do_not_go_on_with_an_ensemble() {
    local name
    cp -r "$_small" "$work/other-data"
    for name in "$work"/other-data/train-images*; do printf '\201' | dd of="$name" bs=1 seek=1000 conv=notrunc 2>/dev/null; done
    cp -r "$work/whole" "$work/begun"
    rm -r "$work/begun/model.safetensors" "$work/begun/member-02"
    for name in whole begun; do
        cp "$work/$name/log.jsonl" "$work/log.jsonl"
        run train --resume "$work/$name" --data "$work/other-data"
        exits 1
        says "member-01/checkpoint: was made with other"
        holds "the log is as it was" cmp "$work/$name/log.jsonl" "$work/log.jsonl"
    done
}
a_stopped_ensemble_says_how_to_go_on() {
    needs_plain_signals || return
    run_shell "timeout -s INT 0.3 '$program' train --data '$_small' --model 'flatten, dense 24, relu, dense' \
        --recipe tutorial --batch 8 --epochs 100000 --members 2 --quiet --out '$work/stopped'"
    says "of member 1 of 2; continue with: descender train --resume $work/stopped"
}
members_of_somebody_else_are_no_place_for_an_ensemble() {
    mkdir -p "$work/theirs"
    cp -r "$work/one" "$work/theirs/member-01" 2>/dev/null || mkdir "$work/theirs/member-01"
    run "${_short[@]}" --members 2 --out "$work/theirs"
    exits 2
    says "member-01: already exists"
}
resume_takes_no_members() {
    run train --resume "$work/three" --members 4
    exits 2
    says "omit --members"
}
other_commands_train_one_network() {
    local what how=(--data "$_small" --model "flatten, dense" --recipe tutorial --batch 8 --members 2 --out "$work/study")
    for what in learn-curve cross-validate "tune learning-rate=0.1..0.2"; do
        # shellcheck disable=SC2086  # a command and its argument
        run $what "${how[@]}"
        exits 2
        says "set members to 1"
        holds "$what left a folder" test ! -e "$work/study"
    done
}

a_given_time_is_for_one_network() {
    run train --data "$_small" --members 2 --seconds 5 --out "$work/none"
    exits 2
    says "a given time is for one network"
    echo '{"model": "flatten, dense", "members": 2}' >"$work/two.json"
    run train --data "$_small" --recipe "$work/two.json" --seconds 5 --out "$work/none"
    exits 2
    says "a given time is for one network"
}
json_tells_how_long_members_were_trained() {
    needs_json || return
    run "${_short[@]}" --members 2 --validation 0.2 --until 1 --out "$work/until" --json
    exits 0
    same "$(json "j['epochs'], j['training_seconds'] > 0")" "(1.0, True)"
}

# ---- joining ----

join_makes_one_model_of_files_and_runs() {
    run "${_short[@]}" --out "$work/one"
    exits 0
    run "${_short[@]}" --seed 9 --model "flatten, dense" --out "$work/two"
    exits 0
    run model join "$work/one" "$work/two/model.safetensors" -o "$work/both.safetensors" --json
    exits 0
    prints '"members": 2'
    prints '"text": "ensemble of 2"'
    run model join "$work/both.safetensors" "$work/three" -o "$work/five.safetensors"
    exits 0
    says "ensemble of 5 networks"
}
join_refuses_what_does_not_fit() {
    run model join "$work/one" -o "$work/x.safetensors"
    exits 2
    says "at least two"
    run model join "$work/one" "$work/two"
    exits 2
    says "--out"
    run train --data digits --recipe tutorial --model 784-10 --training-samples 100 --epochs 1 --quiet --out "$work/digits"
    exits 0
    run model join "$work/one" "$work/digits" -o "$work/x.safetensors"
    exits 1
    says "member 2 "
    holds "a file was left" test ! -e "$work/x.safetensors"
}

# ---- every command ----

evaluate_tells_of_the_members() {
    run evaluate "$work/three" --per-sample "$work/answers.csv"
    exits 0
    prints "members: 3, alone "
    prints "all members agree on "
    holds "no column" grep -q ',agree$' "$work/answers.csv"
    run evaluate "$work/three" --json
    prints '"agreed"'
    run evaluate "$work/one"
    prints_no "members"
}
predict_tells_how_many_members_agree() {
    run predict --model "$work/three" "$_small/t10k-images-idx3-ubyte" --json
    exits 0
    needs_json || return
    same "$(json "set(a['members']['count'] for a in j['files'][0]['answers'])")" "{3}"
    same "$(json "all(0 <= a['members']['agree'] <= 3 for a in j['files'][0]['answers'])")" True
}
shifts_ask_about_shifted_copies() {
    run predict --model "$work/one" --shifts 1 "$_small/t10k-images-idx3-ubyte" --json
    exits 0
    prints '"count": 9'
    run evaluate "$work/one" --shifts 1
    exits 0
    prints "members: 9"
    run evaluate "$work/three" --shifts 1
    exits 0
    prints "members: 27"
    run evaluate "$work/one" --shifts 9
    exits 2
}
an_ensemble_is_shown_reported_and_carded() {
    run model show "$work/three"
    exits 0
    prints "ensemble of 3: flatten, dense 24, relu, dense"
    prints "member3.dense2"
    run report "$work/three" --out "$work/report" --quiet
    exits 0
    run card "$work/three" --quiet
    exits 0
    prints "ensemble of 3"
}
a_claim_is_of_one_network() {
    run claim "$work/three"
    exits 1
    says "trains an ensemble"
}
an_ensemble_is_exported_everywhere() {
    local to
    for to in c onnx npz safetensors; do
        run export "$work/three" --to $to --out "$work/out.$to" --quiet
        if [ "$status" = 1 ] && [[ $err == *protobuf* ]]; then continue; fi
        exits 0
    done
    [ -e "$work/out.onnx" ] || return
    run evaluate "$work/out.onnx" --data "$_small"
    exits 0
    prints "members: 3"
}
an_ensemble_is_quantised() {
    run quantise "$work/three" --force -o "$work/whole-numbers.safetensors" --quiet
    exits 0
    run evaluate "$work/whole-numbers.safetensors" --data "$_small"
    exits 0
    prints "members: 3"
    run export "$work/whole-numbers.safetensors" --to c --out "$work/whole.c" --quiet --data "$_small"
    exits 0
}
training_starts_from_an_ensemble() {
    run train --data "$_small" --recipe tutorial --from "$work/three" --batch 8 --epochs 1 --quiet --out "$work/from"
    exits 0
    run evaluate "$work/from"
    exits 0
    prints "members: 3"
}

# ---- distillation ----

a_network_learns_from_an_ensemble() {
    run "${_short[@]}" --teacher "$work/three" --teacher-share 0.9 --out "$work/taught"
    exits 0
    run evaluate "$work/taught"
    exits 0
    prints_no "members"
    rm "$work/taught/model.safetensors" "$work/taught/checkpoint"
    mv "$work/three" "$work/gone"
    run train --resume "$work/taught" --quiet
    exits 0
    run "${_short[@]}" --teacher "$work/gone" --teacher-share 0.9 --out "$work/again"
    exits 0
    holds "other bits" cmp "$work/again/model.safetensors" "$work/taught/model.safetensors"
    run "${_short[@]}" --out "$work/untaught"
    holds "the teacher changed nothing" test -n "$(cmp "$work/untaught/model.safetensors" "$work/taught/model.safetensors")"
}
# What a kill before the second member leaves: neither that member nor the ensemble.
members_that_begin_after_a_resume_need_no_other_file() {
    local of
    for of in teacher from; do
        cp -r "$work/one" "$work/$of-gone"
        run "${_short[@]}" --$of "$work/$of-gone" --members 2 --out "$work/$of-kept"
        exits 0
        cp "$work/$of-kept/model.safetensors" "$work/$of-whole.safetensors"
        rm -r "$work/$of-gone" "$work/$of-kept/member-02" "$work/$of-kept"/{model.safetensors,log.jsonl}
        run train --resume "$work/$of-kept" --quiet
        exits 0
        holds "other bits" cmp "$work/$of-whole.safetensors" "$work/$of-kept/model.safetensors"
    done
}
promises
