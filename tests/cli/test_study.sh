# SPDX-License-Identifier: MIT
# labels: later
# `descender cross-validate` and `learn-curve`: the same results in any way of running them, and after any
# interruption.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_how=(--data "$_small" --recipe tutorial --model "flatten, dense 8, relu, dense" --epochs 100 --batch 8 --quiet --optimiser adam
    --learning-rate 0.01 --validation 0)
_folds=(cross-validate "${_how[@]}" --folds 4)
_curve=(learn-curve "${_how[@]}" --samples 10,20,30,40,50 --seeds 2)

# The part that must be equal: the results without their seconds, in the order of the trainings.
_results() {
    local file
    for file in "$1"/results/*.json; do grep -v '"seconds"' "$file"; done
}

cross_validation_measures_every_image_once() {
    needs_json || return
    run "${_folds[@]}" --out "$work/folds" --threads 1 --json
    exits 0
    same "$(json "len(j['folds'])")" 4
    same "$(json "sum(f['held_out'] for f in j['folds']) == j['samples'] == j['pooled']['samples'] == 68")" True
    same "$(json "sum(map(sum, j['pooled']['confusion']))")" 68
    same "$(json "abs(sum(f['accuracy'] for f in j['folds']) / 4 - j['accuracy']['mean']) < 1e-12")" True
    # Student's t with three degrees of freedom.
    same "$(json "abs((j['accuracy']['interval'][1] - j['accuracy']['interval'][0]) / 2 - 3.182446 * j['accuracy']['deviation'] / 2) < 1e-6")" True
    same "$(json "j['classes']")" "['0', '1', '2', '3']"
}
threads_and_parallel_trainings_change_nothing() {
    local i=0 how
    run "${_curve[@]}" --out "$work/curve" --threads 1
    exits 0
    [ -d "$work/folds" ] || run "${_folds[@]}" --out "$work/folds" --threads 1
    for how in "--threads 2 --parallel 1" "--threads 3 --parallel 3"; do
        i=$((i + 1))
        # shellcheck disable=SC2086
        run "${_folds[@]}" --out "$work/folds$i" $how
        exits 0
        holds "the same folds, $how" [ "$(_results "$work/folds")" = "$(_results "$work/folds$i")" ]
        # shellcheck disable=SC2086
        run "${_curve[@]}" --out "$work/curve$i" $how
        exits 0
        holds "the same curve, $how" [ "$(_results "$work/curve")" = "$(_results "$work/curve$i")" ]
    done
    run "${_folds[@]}" --out "$work/folds-seed" --seed 5
    holds "another seed, other results" [ "$(_results "$work/folds")" != "$(_results "$work/folds-seed")" ]
}
# _killed FOLDER ARGUMENTS...: killed repeatedly, a little later each time, until it completes.
_killed() {
    local folder=$1 tries=0 id
    shift
    while [ $tries -lt 25 ]; do
        tries=$((tries + 1))
        if [ -e "$folder/study.json" ]; then
            "$program" "$1" --data "$_small" --resume "$folder" --quiet --checkpoint-seconds 0.01 --threads 2 >"$work/.killed" 2>/dev/null &
        else
            rm -rf "$folder"
            "$program" "$@" --out "$folder" --checkpoint-seconds 0.01 --threads 2 >/dev/null 2>&1 &
        fi
        id=$!
        sleep "0.0$((2 + tries % 8))"
        kill -KILL $id 2>/dev/null
        wait $id 2>/dev/null && return
    done
}
a_killed_study_goes_on_to_the_same_end() {
    said="descender cross-validate, killed"
    _killed "$work/killed-folds" "${_folds[@]}" --epochs 400
    run cross-validate --data "$_small" --resume "$work/killed-folds" --quiet
    exits 0
    local resumed=$out
    run "${_folds[@]}" --epochs 400 --out "$work/whole-folds"
    holds "the same results" [ "$(_results "$work/whole-folds")" = "$(_results "$work/killed-folds")" ]
    same "$resumed" "$out"
    holds "no checkpoint is left" [ ! -e "$work/killed-folds/checkpoints" ]
    _killed "$work/killed-curve" "${_curve[@]}" --epochs 200
    run learn-curve --data "$_small" --resume "$work/killed-curve" --quiet
    exits 0
    run "${_curve[@]}" --epochs 200 --out "$work/whole-curve"
    holds "the same curve" [ "$(_results "$work/whole-curve")" = "$(_results "$work/killed-curve")" ]
}
an_interrupted_study_says_how_to_go_on() {
    needs_plain_signals || return
    in_background "$program" "${_folds[@]}" --epochs 20000 --out "$work/stopped"
    wait_for test -e "$work/stopped/study.json"
    wait_for handles $job INT
    sleep 0.1
    kill -INT $job
    ended
    exits 130
    says "cross-validate --resume"
    holds "a checkpoint was kept" [ -n "$(ls "$work/stopped/checkpoints")" ]
}
a_study_goes_on_with_its_own_data_alone() {
    [ -d "$work/folds" ] || run "${_folds[@]}" --out "$work/folds" --threads 1
    # The same images; one of them is in another class.
    "$program" data pack "$_small" "$work/relabelled" --quiet
    rm -f "$work"/relabelled/train-labels-idx1-ubyte*
    { gzip -dcf "$_small"/train-labels-idx1-ubyte* | head -c 8; gzip -dcf "$_small"/train-labels-idx1-ubyte* | tail -c +9 | tac -rs .; } \
        >"$work/relabelled/train-labels-idx1-ubyte"
    run cross-validate --data "$work/relabelled" --resume "$work/folds" --quiet
    exits 1
    says "was begun with other training data"
}
a_damaged_result_is_done_again() {
    [ -d "$work/folds" ] || run "${_folds[@]}" --out "$work/folds" --threads 1
    cp -r "$work/folds" "$work/damaged"
    echo '{"trial": 2}' >"$work/damaged/results/0002.json"
    rm "$work/damaged/results/0003.json"
    # The files that a process leaves if it is killed between a result and the removal of its checkpoint, or while it
    # writes.
    mkdir "$work/damaged/checkpoints"
    echo x >"$work/damaged/checkpoints/0001"
    echo x >"$work/damaged/checkpoints/0003"
    echo x >"$work/damaged/results/0004.json.dsc-1.tmp"
    run cross-validate --data "$_small" --resume "$work/damaged" --quiet
    exits 0
    says "0002.json"
    says "starts again"
    holds "something is left" [ -z "$(ls "$work/damaged/checkpoints" "$work/damaged/results/"*.tmp 2>/dev/null)" ]
    holds "the same results" [ "$(_results "$work/folds")" = "$(_results "$work/damaged")" ]
}
the_test_set_is_not_looked_at() {
    [ -d "$work/folds" ] || run "${_folds[@]}" --out "$work/folds" --threads 1
    cp -r "$_small" "$work/other-test"
    local name
    for name in images-idx3 labels-idx1; do
        cp "$work"/other-test/train-$name-ubyte* "$work/.one"
        rm -f "$work"/other-test/t10k-$name-ubyte*
        if [ -e "$work/other-test/train-$name-ubyte.gz" ]; then
            mv "$work/.one" "$work/other-test/t10k-$name-ubyte.gz"
        else
            mv "$work/.one" "$work/other-test/t10k-$name-ubyte"
        fi
    done
    run "${_folds[@]}" --data "$work/other-test" --out "$work/folds-other"
    exits 0
    holds "the same results" [ "$(_results "$work/folds")" = "$(_results "$work/folds-other")" ]
}
groups_stay_together() {
    needs_json || return
    # Only the writer determines the label of an image, and only the writer's own pixel shows the writer: a network
    # that has seen the writer is always right, any other network can only guess.
    /usr/bin/python3 - >"$work/writers.csv" <<'END'
import random
random.seed(1)
print("label,writer," + ",".join("p%d" % i for i in range(25)))
for writer in range(24):
    for _ in range(10):
        pixels = [0] * 25
        pixels[writer] = random.randint(200, 255)
        print(",".join(map(str, [writer // 3 % 2, "w%d" % writer] + pixels)))
END
    local how=(--recipe tutorial --model "flatten, dense" --epochs 40 --batch 8 --optimiser adam
        --learning-rate 0.05 --validation 0 --quiet --folds 4 --json)
    cut -d, -f1,3- "$work/writers.csv" >"$work/nameless.csv"
    run cross-validate "${how[@]}" --data "$work/nameless.csv" --out "$work/writers"
    exits 0
    same "$(json "(j['grouped'], j['accuracy']['mean'] > 0.95)")" "(False, True)"
    run cross-validate "${how[@]}" --data "$work/writers.csv" --group-by writer --out "$work/writers-grouped"
    exits 0
    same "$(json "(j['grouped'], j['accuracy']['mean'] < 0.8)")" "(True, True)"
    run cross-validate "${how[@]}" --data "$_small" --group-by writer --out "$work/no-groups"
    exits 2
    says "group"
}
a_learning_curve_has_a_point_for_each_size() {
    needs_json || return
    run "${_curve[@]}" --out "$work/points" --json
    exits 0
    same "$(json "[s['samples'] for s in j['sizes']]")" "[10, 20, 30, 40, 50]"
    same "$(json "[len(s['seeds']) for s in j['sizes']]")" "[2, 2, 2, 2, 2]"
    same "$(json "all(s['samples'] * s['epochs'] > 0 and abs(s['steps'] / j['sizes'][-1]['steps'] - 1) < 0.1 for s in j['sizes'])")" True
    same "$(json "j['same'], j['intervals']")" "('steps', 'seeds')"
    if needs_library cairo; then
        holds "its chart is drawn" test -s "$work/points/learning-curve.svg"
        holds "its chart is drawn as pixels" test -s "$work/points/learning-curve.png"
    fi
    run "${_curve[@]}" --same epochs --out "$work/epochs" --json
    same "$(json "{s['epochs'] for s in j['sizes']}")" "{100}"
    run learn-curve "${_how[@]}" --out "$work/shares" --json --epochs 3
    same "$(json "(j['sizes'][0]['samples'], j['sizes'][-1]['samples'] + j['held_out'])")" "(3, 68)"
}
results_are_printed_as_they_come_and_again_when_resumed() {
    run cross-validate "${_how[@]:0:2}" "${_how[@]:2:6}" --epochs 2 --batch 8 --validation 0 --folds 3 --out "$work/shown"
    exits 0
    prints "  fold  held out   accuracy %"
    prints "Mean of the folds: accuracy"
    prints "Student's t of 3 folds"
    prints "confusion"
    local first=$out
    run cross-validate --data "$_small" --resume "$work/shown"
    exits 0
    same "$(sort <<<"$first")" "$(sort <<<"$out")"
}
what_is_wrong_is_told() {
    run cross-validate "${_how[@]}" --folds 1
    exits 2
    run cross-validate "${_how[@]}" --folds 100 --out "$work/wrong"
    exits 2
    says "2 to 68 folds"
    run learn-curve "${_how[@]}" --samples 10,x --out "$work/wrong"
    exits 2
    says "10,x"
    run learn-curve "${_how[@]}" --samples 20,10 --out "$work/wrong"
    exits 2
    says "found 10 after 20"
    holds "no folder is left" test ! -e "$work/wrong"
    [ -d "$work/folds" ] || run "${_folds[@]}" --out "$work/folds" --threads 1
    run "${_folds[@]}" --out "$work/folds"
    exits 2
    says "--resume"
    run learn-curve --resume "$work/folds" --data "$_small"
    exits 2
    says "cross-validate --resume"
    run cross-validate --resume "$work/folds" --folds 7
    exits 2
    says "--folds"
    local command
    for command in cross-validate learn-curve; do
        run $command --resume "$work/folds" --out "$work/elsewhere"
        exits 2
        says "omit --out"
    done
    run data suspects --resume "$work/folds" --study "$work/elsewhere"
    exits 2
    says "omit --study"
    run data suspects --resume "$work/folds" --data "$_small"
    exits 2
    says "is a cross-validation; continue it: descender cross-validate --resume"
    run cross-validate --resume "$work/none"
    exits 1
    run cross-validate --resume "$work/folds" --data digits --offline
    exits 1
    run train --resume "$work/folds"
    exits 1
    says "cross-validate"
}

promises
