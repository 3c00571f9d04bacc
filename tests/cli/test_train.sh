# SPDX-License-Identifier: MIT
# `descender train`, `evaluate` and `recipe`: runs, their folders, and resuming after any interruption.
# labels: later
# Threads: the kill test compares runs of one to four.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
# A short run: 68 images of 4 classes.
_short=(train --data "$_small" --recipe tutorial --model "flatten, dense 24, relu, dense" --batch 8 --epochs 4
    --validation 0.1 --normalise standard --ema 0.9 --optimiser adam --learning-rate 0.03)
# A run that is long enough to be interrupted anywhere, and saves all the time; $1 epochs.
_long=("${_short[@]:0:7}" --batch 8 --validation 0.1 --normalise standard --ema 0.9 --optimiser adam --learning-rate 0.03
    --checkpoint-seconds 0.001 --quiet --epochs)
_line() { sed -n "$1p" "$2"; }
_of_log() { grep "\"event\":\"$1\"" "$2/log.jsonl"; }

# ---- a run ----

a_run_leaves_recipe_log_checkpoint_model_and_results() {
    run "${_short[@]}" --out "$work/run"
    exits 0
    prints "Test set of"
    prints "Model: $work/run/model.safetensors"
    prints "4/4"
    local file
    for file in recipe.json log.jsonl checkpoint model.safetensors; do
        holds "$file is missing" test -s "$work/run/$file"
    done
    same "$(find "$work/run" -name '*.tmp')" ""
    same "$(_of_log epoch "$work/run" | wc -l)" 4
    same "$(_of_log step "$work/run" | wc -l)" 32
    same "$(_of_log end "$work/run" | wc -l)" 1
    same "$(_of_log test "$work/run" | wc -l)" 1
}
the_logs_first_line_says_what_ran_where_on_what() {
    needs_json || return
    out=$(_line 1 "$work/run/log.jsonl")
    same "$(json "j['event'], j['step'], j['format'], j['recipe']")" "('start', 0, 1, 'tutorial')"
    same "$(json "j['title']")" "small-data: 1 hidden layer, 1,660 parameters"
    same "$(json "j['data']['training'], j['data']['validation'], j['data']['classes']")" "(60, 8, 4)"
    same "$(json "sorted(k for k in j if k in ('version', 'machine', 'kernels', 'threads', 'memory_bytes'))")" \
        "['kernels', 'machine', 'memory_bytes', 'threads', 'version']"
    same "$(json "len(j['data']['images_crc32'])")" 8
}
every_line_of_the_log_is_json_with_an_event_and_a_step() {
    needs_json || return
    same "$(/usr/bin/python3 -c '
import json, sys
steps = [json.loads(line)["step"] for line in open(sys.argv[1]) if "event" in json.loads(line)]
print(len(steps), steps == sorted(steps))' "$work/run/log.jsonl")" "$(wc -l <"$work/run/log.jsonl") True"
}
the_curves_are_drawn() {
    needs_library cairo || return
    holds "no SVG" grep -q '<svg' "$work/run/curves.svg"
    same "$(head -c 4 "$work/run/curves.png" | tail -c 3)" PNG
}
the_runs_recipe_trains_the_same_model_again() {
    run train --recipe "$work/run/recipe.json" --out "$work/again" --quiet
    exits 0
    holds "the weights differ" _same_values "$work/run" "$work/again"
}
# The models of two runs, without the recipe's name in them: the output of evaluate.
_same_values() { [ "$(_answers "$1")" = "$(_answers "$2")" ]; }
_answers() {
    "$program" evaluate "$1" --data "$_small" --split train --per-sample "$1/answers.csv" --quiet >/dev/null
    cat "$1/answers.csv"
}
folders_are_numbered_and_named_after_data_and_network() {
    mkdir -p "$work/place"
    export program
    run_shell "cd $work/place && for i in 1 2; do \"\$program\" ${_short[*]@Q} --epochs 1 --quiet || exit; done; ls runs"
    exits 0
    prints "0001-$(basename "$_small")-mlp-2k"
    prints "0002-$(basename "$_small")-mlp-2k"
}
runs_that_start_at_once_get_folders_of_their_own() {
    export program
    mkdir -p "$work/crowd"
    run_shell "cd $work/crowd && for i in 1 2 3 4 5 6; do \"\$program\" ${_short[*]@Q} --epochs 1 --quiet & done; wait; ls runs | wc -l"
    prints 6
    same "$(find "$work/crowd/runs" -name model.safetensors | wc -l)" 6
}
json_holds_the_results() {
    needs_json || return
    run "${_short[@]}" --out "$work/json" --json
    exits 0
    same "$(json "j['run'] == '$work/json', j['epochs'], j['steps'], j['test']['samples']")" "(True, 4, 32, 12)"
}
quiet_prints_results_alone() {
    run "${_short[@]}" --out "$work/quiet" --quiet
    exits 0
    same "$(grep -v '^descender: warning: ' <<<"$err")" ""
    same "$(wc -l <<<"$out")" 2
}
a_terminal_gets_a_bar_rows_and_a_chart() {
    needs_command script || return
    run_terminal "${_short[@]}" --out "$work/terminal"
    exits 0
    prints "epoch 1/4"
    prints "images/s"
    prints "Loss: mean loss"
    prints $'\033[J'
    prints "4/4"
}
the_built_in_digits_are_learned() {
    needs_json || return
    run train --data digits --recipe mnist-98 --training-samples 6000 --epochs 4 --out "$work/digits" --json
    exits 0
    holds "no better than guessing: $(json "j['test']['accuracy']")" \
        test "$(json "j['test']['accuracy'] > 0.6 and j['test']['accuracy_interval'][0] < j['test']['accuracy']")" = True
}

# ---- wrong usage ----

mistakes_are_named_and_leave_no_folder() {
    local place="$work/mistake"
    _mistake() {
        local expected=$1
        shift
        run train --data "$_small" --out "$place" "$@"
        exits 2
        says "$expected"
        holds "a folder was left behind" test ! -e "$place"
    }
    _mistake "unknown recipe 'mnist-9'; did you mean" --recipe mnist-9
    _mistake "a rate of 0 learns nothing" --learning-rate 0
    _mistake "learning-rate" --learning-rate -1
    _mistake "learning-rate" --learning-rate nan
    _mistake "adm" --optimiser adm
    _mistake "larger than the data" --model 64-4 --batch 100
    _mistake "patience" --patience 3
    _mistake "--batch" --batch 0
    _mistake "did you mean '--epochs'" --epocs 3
    _mistake "column" --model "flatten, dens 3"
}
resuming_refuses_what_would_change_the_run() {
    run train --resume "$work/run" --epochs 9
    exits 2
    says "omit --epochs"
    run train --resume "$work/run" --out "$work/other"
    exits 2
    run train --resume "$work/nowhere"
    exits 1
    says "is no run"
    run "${_short[@]}" --out "$work/run"
    exits 2
    says "holds a run already"
}

# ---- stopping and resuming ----

a_finished_run_is_finished() {
    cp -r "$work/run" "$work/finished"
    run train --resume "$work/finished"
    exits 0
    holds "the model changed" cmp "$work/run/model.safetensors" "$work/finished/model.safetensors"
    same "$(_of_log end "$work/finished" | wc -l)" 1
    same "$(_of_log resume "$work/finished" | wc -l)" 1
}
sigint_saves_and_says_how_to_go_on() {
    "$program" "${_long[@]}" 120 --out "$work/whole" >/dev/null 2>&1
    interrupted_run "$work/stopped" "${_long[@]}" 120
    says "continue with: descender train --resume $work/stopped"
    run train --resume "$work/stopped" --quiet
    exits 0
    holds "the bits differ" cmp "$work/whole/model.safetensors" "$work/stopped/model.safetensors"
}
# The most important test: killed at random moments, often while it writes a checkpoint or the log, on one to four
# threads in turn, the run ends with the same bits, and its log has every line once.
killed_at_any_moment_it_ends_with_the_same_bits() {
    local kills=0 survived=0 i delay rc=137
    "$program" "${_long[@]}" 120 --out "$work/killed" --threads 1 >/dev/null 2>&1 &
    for i in $(seq 60); do
        printf -v delay '0.%03d' $((RANDOM % 50 + 3))
        sleep "$delay"
        kill -KILL $! 2>/dev/null
        wait $! 2>/dev/null
        rc=$?
        [ $rc = 137 ] || break
        kills=$((kills + 1))
        [ -e "$work/killed/recipe.json" ] || { rm -rf "$work/killed"; "$program" "${_long[@]}" 120 --out "$work/killed" >/dev/null 2>&1 & continue; }
        "$program" train --resume "$work/killed" --threads $((kills % 4 + 1)) --checkpoint-seconds 0.001 --quiet >/dev/null 2>"$work/.err" &
    done
    wait $! 2>/dev/null
    [ $rc = 137 ] && run train --resume "$work/killed" --quiet
    said="$kills kills"
    _keep
    holds "it was killed only $kills times" test $kills -ge 3
    holds "the bits differ after $kills kills" cmp "$work/whole/model.safetensors" "$work/killed/model.safetensors"
    same "$(_steps "$work/killed")" "$(_steps "$work/whole")"
}
# The steps and epochs of the log, without the times.
_steps() { grep -E '"event":"(step|epoch|end|test)"' "$1/log.jsonl" | sed 's/,"seconds":[^,}]*//' | md5sum; }
the_number_of_threads_does_not_change_a_bit() {
    local n
    for n in 1 2 3 4; do
        run "${_short[@]}" --threads $n --out "$work/threads-$n" --quiet
        exits 0
        holds "$n threads give other bits" cmp "$work/run/model.safetensors" "$work/threads-$n/model.safetensors"
    done
}
two_processes_do_not_train_in_one_folder() {
    "$program" "${_long[@]}" 100000 --out "$work/taken" >/dev/null 2>&1 &
    local job=$!
    wait_for test -e "$work/taken/checkpoint"
    run train --resume "$work/taken"
    kill -KILL $job
    wait $job 2>/dev/null
    exits 1
    says "another process is training in it"
}

training_that_diverges_stops_and_keeps_the_last_good_checkpoint() {
    run "${_short[@]}" --optimiser sgd --learning-rate 1000 --l2 1000 --ema 0 --epochs 40 --out "$work/diverged"
    exits 1
    says "not finite"
    says "smaller learning rate"
    holds "a model was written" test ! -e "$work/diverged/model.safetensors"
    same "$(_of_log error "$work/diverged" | wc -l)" 1
}

# ---- wrong checkpoints ----

_damaged() {
    rm -rf "$work/damaged"
    cp -r "$work/run" "$work/damaged"
    rm "$work/damaged/model.safetensors"
}
a_checkpoint_cut_off_anywhere_is_refused() {
    local size
    for size in 0 7 12 100 900 2000; do
        _damaged
        truncate -s $size "$work/damaged/checkpoint"
        run train --resume "$work/damaged"
        exits 1
        says "checkpoint"
        holds "a model was written" test ! -e "$work/damaged/model.safetensors"
    done
}
a_changed_byte_in_a_checkpoint_is_noticed() {
    _damaged
    printf '\377' | dd of="$work/damaged/checkpoint" bs=1 seek=1500 conv=notrunc 2>/dev/null
    run train --resume "$work/damaged"
    exits 1
    says "checksum"
}
a_checkpoint_of_another_recipe_is_refused() {
    run "${_short[@]}" --epochs 5 --out "$work/longer" --quiet
    _damaged
    cp "$work/longer/checkpoint" "$work/damaged/checkpoint"
    run train --resume "$work/damaged"
    exits 1
    says "'epochs' was 5 and is now 4"
}
a_checkpoint_of_another_model_is_refused() {
    run "${_short[@]}" --model "flatten, dense 23, relu, dense" --out "$work/other-model" --quiet
    _damaged
    cp "$work/other-model/checkpoint" "$work/damaged/checkpoint"
    run train --resume "$work/damaged"
    exits 1
    says "another model"
}
a_recipe_from_a_newer_version_is_refused() {
    _damaged
    sed -i 's/"format": 1/"format": 99/' "$work/damaged/recipe.json"
    run train --resume "$work/damaged"
    exits 1
    says "newer version"
}
other_data_is_refused() {
    cp -r "$_small" "$work/other-data"
    printf '\003' | dd of="$work/other-data/train-labels-idx1-ubyte" bs=1 seek=8 conv=notrunc 2>/dev/null
    _damaged
    run train --resume "$work/damaged" --data "$work/other-data"
    exits 1
    says "other training data"
}

# ---- disks ----

a_folder_that_cannot_be_made_is_an_error_before_any_work() {
    touch "$work/file"
    run "${_short[@]}" --out "$work/file/run"
    exits 1
    says "$work/file"
}
# A limit on the size of files, set during training, stands for a full disk: files cannot grow beyond it.
a_full_disk_is_reported_and_the_run_goes_on_later() {
    needs_command prlimit || return
    # The output goes through pipes, which have no limit.
    { "$program" "${_long[@]}" 120 --out "$work/full" 3>&1 >&2 2>&3 & echo $! >"$work/pid"; wait $!; echo $? >"$work/rc"; } 2>/dev/null | cat >"$work/.err" &
    local pipe=$!
    wait_for test -e "$work/full/checkpoint"
    prlimit --pid "$(<"$work/pid")" --fsize=2048:2048
    wait $pipe
    : >"$work/.out"
    status=$(<"$work/rc")
    said="train, while the disk fills up"
    _keep
    exits 1
    says "warning: $work/full/checkpoint: cannot be written"
    says "warning: $work/full/log.jsonl: cannot be written"
    says "training continues"
    says "model.safetensors: cannot be written"
    says "the checkpoint of step"
    says "descender train --resume $work/full"
    same "$(find "$work/full" -name '*.tmp')" ""
    run train --resume "$work/full" --quiet
    exits 0
    holds "the bits differ" cmp "$work/whole/model.safetensors" "$work/full/model.safetensors"
    same "$(_steps "$work/full")" "$(_steps "$work/whole")"
}
a_folder_that_vanishes_is_reported() {
    "$program" "${_long[@]}" 60 --out "$work/gone" >"$work/.out" 2>"$work/.err" &
    local job=$!
    wait_for test -e "$work/gone/checkpoint"
    mv "$work/gone" "$work/moved"
    wait $job
    status=$?
    said="train, its folder moved away"
    _keep
    exits 1
    says "warning: $work/gone/checkpoint: cannot be"
}

# ---- evaluate ----

evaluate_agrees_with_what_training_said() {
    needs_json || return
    run evaluate "$work/json" --json
    exits 0
    local accuracy
    accuracy=$(json "j['accuracy'], j['loss']")
    out=$(_of_log test "$work/json")
    same "$accuracy" "$(json "(j['accuracy'], j['loss'])")"
}
evaluate_prints_tables() {
    run evaluate "$work/run"
    exits 0
    prints "accuracy"
    prints "precision"
    prints "confusion"
    prints "calibration error"
    run evaluate "$work/run/model.safetensors" --data "$_small" --split train
    exits 0
    prints "training set"
}
confusion_adds_up_and_tops_never_fall() {
    needs_json || return
    run evaluate "$work/run" --json --split train --top 4
    same "$(json "sum(map(sum, j['confusion'])), j['top'] == sorted(j['top']), j['top'][0] == j['accuracy'], j['top'][3]")" \
        "(68, True, True, 1.0)"
    same "$(json "[sum(r) for r in j['confusion']] == [c['samples'] for c in j['classes']]")" True
}
per_sample_has_a_line_each_whose_probabilities_sum_to_one() {
    run evaluate "$work/run" --per-sample "$work/answers.csv"
    exits 0
    same "$(wc -l <"$work/answers.csv")" 13
    same "$(awk -F, 'NR > 1 { s = $6 + $7 + $8 + $9; if (s < 0.99999 || s > 1.00001) bad++; right += $4 } END { print bad + 0, NF }' "$work/answers.csv")" "0 9"
}
evaluate_refuses_what_does_not_fit() {
    run evaluate "$work/run" --data digits
    exits 1
    says "28 x 28"
    run evaluate "$work/nowhere"
    exits 1
    _damaged
    run evaluate "$work/damaged"
    exits 1
    says "has no model yet"
}

# ---- recipe ----

recipes_are_listed_shown_and_followed() {
    run recipe list
    exits 0
    prints "mnist-99 "
    prints "lenet-5"
    run recipe show mnist-99
    exits 0
    prints '"model": "conv'
    prints '"learning-rate": 0.015'
    run recipe show mist-99
    exits 2
    says "did you mean 'mnist-99'"
}
every_named_recipe_is_a_recipe() {
    local name
    for name in $("$program" recipe list | awk '{ print $1 }'); do
        run recipe show "$name"
        exits 0
        prints '"format": 1'
    done
}

promises
