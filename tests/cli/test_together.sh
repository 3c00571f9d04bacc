# SPDX-License-Identifier: MIT
# labels: slow
# `mpirun -np N descender train`: the same bits from any number of processes, and from runs that lost a process.
# KILLS=50 in the environment sets the number of kills; default: 1.
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
    says 'write "shards": 2 in the recipe, or --shards 2'
    same "$(grep -c 'processes share each batch' <<<"$err")" 1
    _together 3 train --data digits --epochs 1 --out "$work/none"
    says "3 processes cannot share a batch; start 2, 4, 8, ... of them"
    _together 2 evaluate "$work/none"
    says "\`descender evaluate\` is for one process, and 2 were started"
    _together 2 train --data digits --shards 2 --find-rate
    says "--find-rate is for one process"
    _together 2 train --data digits --shards 2 --members 2 --epochs 1 --out "$work/none"
    says "an ensemble is trained by one process"
    holds "a folder was made" test ! -e "$work/none"
    _together 2 --version
    same "$(grep -c '^descender ' <<<"$out")" 1
}

a_process_that_cannot_begin_ends_all() {
    _needs_processes || return
    small_data "$work/data"
    said="two processes, one of them without data"
    # shellcheck disable=SC2046
    $(_start 1) "$program" train --data "$work/data" "${_network[@]}" --out "$work/none" : \
        -np 1 "$program" train --data "$work/data/none" "${_network[@]}" --out "$work/none" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
    says "descender: process 1 on "
    says "$work/data/none: there are no data"
    says "process 1 failed, and so all end"
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

# _processes FOLDER: prints the process numbers of a training into this folder, the leader's first.
_processes() { pgrep -f -- "^$program train .*--data $work/data" | sort -n; }

a_run_that_lost_a_process_goes_on_to_the_same_bits() {
    local kill victims victim sizes=(4 1 2 8)
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
        mapfile -t victims < <(_processes)
        victim=${victims[RANDOM % (${#victims[@]} > 0 ? ${#victims[@]} : 1)]:-}
        [ -z "$victim" ] || kill -KILL "$victim" 2>/dev/null
        ended
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

promises
