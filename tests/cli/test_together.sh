# SPDX-License-Identifier: MIT
# labels: slow
# `mpirun -np N descender train` and `tune`: the same bits from any number of processes, and from runs and searches that lost
# a process. KILLS=50 in the environment sets the number of kills; default: 1.
. "$(dirname "$0")/lib.sh"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

_needs_processes() {
    needs_command mpirun || return
    needs_library MPI || return
    [ -z "${TESTS_EMULATED:-}" ] || because "mpirun and the program are of two architectures"
}
# _start N: prints the words of a command that starts N processes.
_start() {
    local how="mpirun -np $1"
    case $(mpirun --version 2>&1) in *"Open MPI"* | *OpenRTE*) how="mpirun --oversubscribe --bind-to none -np $1" ;; esac
    echo "$how"
}
# _together N ARGUMENTS...: like `run`, with N processes.
_together() {
    said="mpirun -np $1 descender ${*:2}"
    # shellcheck disable=SC2046
    $(_start "$1") "$program" "${@:2}" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
}
# _together_apart ARGUMENTS... -- ARGUMENTS...: two processes. Each has its own arguments of mpirun, the word
# "descender", and arguments of the program. Each complains into its own file: mpirun may mix two lines.
_together_apart() {
    local words=() word count=0
    for word; do
        case $word in
        --) words+=(: -np 1) ;;
        descender) words+=(sh -c 'exec 2>"$0"; exec "$@"' "$work/.err$((++count))" "$program") ;;
        *) words+=("$word") ;;
        esac
    done
    said="two processes: $*"
    # shellcheck disable=SC2046
    $(_start 1) "${words[@]}" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    cat "$work/.err1" "$work/.err2" >>"$work/.err"
    _keep
}
_network=(--model "conv 4 3x3 stride=2, batch-norm, relu, flatten, dense 16, relu, dense" --shards 8 --batch 24 --lanes 2
    --kernels portable --validation 0.2 --augment "affine shift=1")

a_step_sends_what_the_documentation_counts() {
    _needs_processes || return
    needs_json || return
    small_data "$work/data"
    # 64 * 4 + 4 numbers, no batch normalisation: 2 log2 4 messages of a slab, log2 4 of three doubles
    _together 4 train --data "$work/data" --model 64-4 --shards 4 --batch 34 --epochs 2 --out "$work/sent" --json --quiet
    exits 0
    same "$(json 'j["processes"]')" "{'count': 4, 'messages_a_step': 6, 'bytes_a_step': $((2 * 3 * 272 * 4 / 4 + 2 * 24))}"
    rm -r "$work/data" "$work/sent"
}

any_number_of_processes_makes_the_same_file() {
    local count
    _needs_processes || return
    small_data "$work/data"
    run train --data "$work/data" "${_network[@]}" --epochs 2 --out "$work/1" --quiet
    exits 0
    for count in 2 4 8; do
        _together $count train --data "$work/data" "${_network[@]}" --epochs 2 --out "$work/$count" --quiet
        exits 0
        same "$(grep -c "Model:" <<<"$out")" 1
        holds "$count processes make another file" cmp "$work/1/model.safetensors" "$work/$count/model.safetensors"
        same "$(grep -c '"epoch"' "$work/$count/log.jsonl")" "$(grep -c '"epoch"' "$work/1/log.jsonl")"
    done
    rm -r "$work/data" "$work"/[1248]
}

what_cannot_be_shared_is_refused_once() {
    _needs_processes || return
    _together 2 train --data digits --epochs 1 --out "$work/none"
    says 'write "shards": 2 into the recipe, or give --shards 2'
    same "$(grep -c 'processes share each batch' <<<"$err")" 1
    _together 3 train --data digits --epochs 1 --out "$work/none"
    says "3 processes cannot work together; start 2, 4, 8, ... of them"
    _together 2 evaluate "$work/none"
    says "\`descender evaluate\` runs as one process, but 2 were started"
    _together 2 train --data digits --shards 2 --find-rate
    says "--find-rate uses one process"
    _together 2 train --data digits --shards 2 --members 2 --epochs 1 --out "$work/none"
    says "an ensemble is trained by one process"
    holds "a folder was made" test ! -e "$work/none"
    _together 2 --version
    same "$(grep -c '^descender ' <<<"$out")" 1
}

a_process_that_cannot_begin_ends_all() {
    _needs_processes || return
    small_data "$work/data"
    _together_apart descender train --data "$work/data" "${_network[@]}" --out "$work/none" -- \
        descender train --data "$work/data/none" "${_network[@]}" --out "$work/none"
    says "descender: process 1 on "
    says "$work/data/none: there are no data"
    says "process 1 failed, so all processes end"
    holds "a folder was made" test ! -e "$work/none"
    rm -r "$work/data"
}

without_mpi_a_message_says_so() {
    if "$program" --version | grep -q "^with .*MPI"; then because "this build has MPI"; return; fi
    said="two processes without MPI"
    out=$(OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 "$program" train --data digits --shards 2 2>&1)
    prints "2 processes were started to train together, but this program was built without MPI"
    out=$(OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 "$program" train --data digits --shards 2 2>&1)
    prints_nothing
}

# What is to be the same of a search: the results without their seconds, in the order of trials and rungs.
_results() {
    grep '"event":"result"\|"event":"failed"' "$1/journal.jsonl" | sed 's/,"seconds":[-0-9.e]*//' | sort
}
# A rate of 1000 diverges: the reason comes from whoever trained that trial.
_search=(tune --model "flatten, dense {hidden}, relu, dense" --epochs 60 --trials 12 --reduction 2 --batch 8 --validation 0.2
    --kernels portable --optimiser adamw --weight-decay 100 "learning-rate=0.001|0.01|1000" "hidden=4|8|16|24")

processes_share_a_search_to_the_same_end() {
    local count how
    _needs_processes || return
    small_data "$work/data"
    run "${_search[@]}" --data "$work/data" --out "$work/alone" --threads 1 --quiet
    exits 0
    holds "no trial failed" grep -q '"event":"failed".*not finite' "$work/alone/journal.jsonl"
    for how in "2 --threads 1" "4 --threads 2 --parallel 1" "2 --threads 3 --parallel 2"; do
        count=${how%% *}
        # shellcheck disable=SC2086
        _together "$count" "${_search[@]}" --data "$work/data" --out "$work/shared" --quiet ${how#* }
        exits 0
        same "$(grep -c "^Best of 12 trials" <<<"$out")" 1
        same "$(_results "$work/shared")" "$(_results "$work/alone")"
        holds "another recipe, $how" cmp "$work/alone/best.json" "$work/shared/best.json"
        holds "checkpoints are left, $how" test ! -e "$work/shared/trials"
        # What is finished is shown again, and nothing is done.
        _together 2 tune --resume "$work/shared" --data "$work/data" --quiet
        exits 0
        same "$(grep -c "^Best of 12 trials" <<<"$out")" 1
        rm -r "$work/shared"
    done
    rm -r "$work/data" "$work/alone"
}

a_search_needs_its_folder_in_all_processes() {
    _needs_processes || return
    small_data "$work/data"
    mkdir "$work/here" "$work/there"
    _together_apart --wdir "$work/here" descender "${_search[@]}" --data "$work/data" --out search -- \
        --wdir "$work/there" descender "${_search[@]}" --data "$work/data" --out search
    [ "$status" != 0 ] || complain "it went on"
    says "descender: process 1 on "
    says "search: there is no such folder here; every process needs the folder of the search, at the same path"
    says "process 1 failed, so all processes end"
    rm -r "$work/data" "$work/here" "$work/there"
}

# Prints the numbers of the processes that train with these data, the leader's first.
_processes() { pgrep -f -- "^$program t[a-z]* .*--data $work/data" | sort -n; }
# Kills one of them, by chance.
_kill_one() {
    local victims victim
    mapfile -t victims < <(_processes)
    victim=${victims[RANDOM % (${#victims[@]} > 0 ? ${#victims[@]} : 1)]:-}
    [ -z "$victim" ] || kill -KILL "$victim" 2>/dev/null
    ended
}

a_run_that_lost_a_process_goes_on_to_the_same_bits() {
    local kill sizes=(4 1 2 8)
    _needs_processes || return
    needs_command pgrep || return
    small_data "$work/data"
    run train --data "$work/data" "${_network[@]}" --epochs 150 --out "$work/whole" --quiet
    exits 0
    for ((kill = 0; kill < ${KILLS:-1}; kill++)); do
        rm -rf "$work/cut"
        said="kill number $kill"
        # shellcheck disable=SC2046
        in_background $(_start $((2 + 2 * (kill % 2)))) "$program" train --data "$work/data" "${_network[@]}" --epochs 150 --out "$work/cut" --quiet \
            --checkpoint-seconds 0.05
        wait_for test -e "$work/cut/checkpoint"
        sleep "0.$((RANDOM % 4))"
        _kill_one
        if [ ! -e "$work/cut/model.safetensors" ]; then
            [ "$status" != 0 ] || complain "a process was lost, and nobody said so"
            same "$(_processes)" ""
            if [ "${sizes[kill % 4]}" = 1 ]; then
                run train --resume "$work/cut" --quiet
            else
                _together "${sizes[kill % 4]}" train --resume "$work/cut" --quiet
            fi
            exits 0
        fi
        holds "kill number $kill: other bits" cmp "$work/whole/model.safetensors" "$work/cut/model.safetensors"
    done
    rm -r "$work/data" "$work/whole" "$work/cut"
}

a_search_that_lost_a_process_goes_on_to_the_same_end() {
    local kill sizes=(4 1 2)
    _needs_processes || return
    needs_command pgrep || return
    small_data "$work/data"
    run "${_search[@]}" --data "$work/data" --out "$work/alone" --quiet
    exits 0
    for ((kill = 0; kill < ${KILLS:-1}; kill++)); do
        rm -rf "$work/cut"
        # shellcheck disable=SC2046
        in_background $(_start $((2 + 2 * (kill % 2)))) "$program" "${_search[@]}" --data "$work/data" --out "$work/cut" --quiet --threads 1 \
            --checkpoint-seconds 0.05
        wait_for grep -q '"event":"result"' "$work/cut/journal.jsonl"
        sleep "0.$((RANDOM % 4))"
        _kill_one
        if [ ! -e "$work/cut/best.json" ]; then
            [ "$status" != 0 ] || complain "a process was lost, and nobody said so"
            same "$(_processes)" ""
            if [ "${sizes[kill % 3]}" = 1 ]; then
                run tune --resume "$work/cut" --data "$work/data" --quiet
            else
                _together "${sizes[kill % 3]}" tune --resume "$work/cut" --data "$work/data" --quiet
            fi
            exits 0
        fi
        same "$(_results "$work/cut")" "$(_results "$work/alone")"
        holds "kill number $kill: another recipe" cmp "$work/alone/best.json" "$work/cut/best.json"
    done
    rm -r "$work/data" "$work/alone" "$work/cut"
}

promises
