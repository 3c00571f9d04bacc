# SPDX-License-Identifier: MIT
# No data are lost, whatever kind an output is, whatever ends the program, and whatever is in the folder.
# labels: later
# Threads: signals reach a program with several.
. "$(dirname "$0")/lib.sh"

_small="$work/small-data"
small_data "$_small"
_train=(train --data "$_small" --recipe tutorial --model "flatten, dense 24, relu, dense" --batch 8 --threads 1)
"$program" "${_train[@]}" --epochs 4 --out "$work/run" --quiet >/dev/null 2>&1
_run="$work/run"
# A run that is long enough to be interrupted anywhere; it saves after each epoch, which takes about a millisecond.
_long=("${_train[@]}" --epochs 100000 --quiet)
_is_json() { /usr/bin/python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$1"; }

# ---- standard streams ----

closed_standard_streams_do_not_end_up_in_files() {
    needs_python || return
    local closed n=0
    for closed in "<&-" ">&-" "2>&-" "<&- >&-" "<&- 2>&-" ">&- 2>&-" "<&- >&- 2>&-"; do
        n=$((n + 1))
        bash -c "exec $closed; exec \"\$@\"" - "$program" "${_train[@]}" --epochs 4 --out "$work/closed-$n" >/dev/null 2>"$work/.err"
        said="train $closed"
        holds "the log is not whole" _is_json "$work/closed-$n/log.jsonl"
        holds "the model differs" cmp "$_run/model.safetensors" "$work/closed-$n/model.safetensors"
        holds "the checkpoint differs in size" test "$(stat -c %s "$_run/checkpoint")" = "$(stat -c %s "$work/closed-$n/checkpoint")"
    done
}
training_goes_on_where_nobody_can_be_told_and_fails_in_the_end() {
    local to
    for to in ">&-" ">/dev/full"; do
        rm -rf "$work/untold"
        run_shell "'$program' ${_train[*]@Q} --epochs 4 --out '$work/untold' $to"
        exits 1
        says "standard output cannot be written"
        holds "the model differs" cmp "$_run/model.safetensors" "$work/untold/model.safetensors"
    done
}
what_is_saved_is_saved_though_nobody_can_be_told() {
    run_shell "'$program' tutorial --data '$_small' --training-sample 60 --test-sample 12 --epochs 2 --save '$work/untold.npz' >&-"
    exits 1
    says "standard output cannot be written"
    holds "no weights" test -s "$work/untold.npz"
    run_shell "'$program' card '$_run' --seconds 0.01 --samples 1 --out '$work/untold.md' >&-"
    exits 0
    holds "no card" test -s "$work/untold.md"
    needs_library libmicrohttpd || return
    in_background bash -c 'exec "$0" serve --port 0 --runs "$1" >&-' "$program" "$work"
    wait_for grep -q "Open the address" "$work/.err"
    sleep 0.3
    holds "the server ended" kill -0 $job
    kill -TERM $job
    ended
    exits 1
}
a_result_that_could_not_be_written_is_an_error() {
    local to what
    for to in ">&-" ">/dev/full"; do
        for what in "evaluate $_run" "evaluate $_run --json" "report $_run --seconds 0.01" "card $_run --seconds 0.01 --samples 1" \
            "datasheet $_small" "data info --data $_small" "data check $_small" "model show 784-10" "recipe show tutorial" "--version"; do
            run_shell "'$program' $what $to"
            exits 1
            says "standard output cannot be written"
        done
    done
}

# ---- outputs of every kind ----

# _outputs FUNCTION: calls the function with a valid file name of each kind of output, and a command that writes it.
_outputs() {
    "$1" samples.csv evaluate "$_run" --quiet --per-sample
    "$1" card.md card "$_run" --quiet --seconds 0.01 --samples 1 --out
    "$1" sheet.md datasheet "$_small" --quiet --out
    "$1" weights.npz tutorial --data "$_small" --training-sample 60 --test-sample 12 --epochs 1 --quiet --save
    "$1" image.pgm data show --data "$_small" --index 3 --out
}
_to_pipe() {
    local name=$1
    shift
    rm -f "$work/pipe-$name"
    mkfifo "$work/pipe-$name"
    cat "$work/pipe-$name" >"$work/got" &
    local reader=$!
    run "$@" "$work/pipe-$name"
    exits 0
    holds "no pipe any more" test -p "$work/pipe-$name"
    [ -p "$work/pipe-$name" ] || kill $reader
    wait $reader
    "$program" "$@" "$work/$name" >/dev/null 2>&1
    case $name in *.md) holds "the reader got nothing" test -s "$work/got" ;;
    *) holds "the reader got something else" cmp "$work/got" "$work/$name" ;;
    esac
}
pipes_are_written_to() { _outputs _to_pipe; }
_to_null() {
    local name=$1
    shift
    mknod "$work/null-$name" c 1 3
    run "$@" "$work/null-$name"
    exits 0
    holds "no device any more" test -c "$work/null-$name"
}
devices_stay_devices() {
    mknod "$work/null" c 1 3 2>/dev/null || because "needs the right to make devices" || return
    _outputs _to_null
}
_to_full() {
    shift
    [ "$1 $2" = "data show" ] && return # the name must have an extension
    run "$@" /dev/full
    exits 1
    says "No space left on device"
}
a_full_device_is_an_error() { _outputs _to_full; }
_to_link() {
    local name=$1
    shift
    mkdir -p "$work/there"
    ln -sf "there/$name" "$work/link-$name"
    run "$@" "$work/link-$name"
    exits 0
    holds "no link any more" test -L "$work/link-$name"
    holds "nothing is there" test -s "$work/there/$name"
}
links_are_followed() { _outputs _to_link; }
_to_long_name() {
    local name long
    name=$1
    shift
    printf -v long '%*s' $((255 - ${#name})) ''
    run "$@" "$work/${long// /x}$name"
    exits 0
    holds "nothing is there" test -s "$work/${long// /x}$name"
    rm -f "$work/${long// /x}$name"
}
the_longest_names_can_be_written() { _outputs _to_long_name; }
_to_folder() {
    local name=$1
    shift
    mkdir -p "$work/folder-$name"
    run "$@" "$work/folder-$name"
    exits 1
    says "name a file, not a folder"
    run "$@" "$work/missing/$name"
    exits 1
    says "$work/missing/$name: cannot be written"
}
folders_and_missing_folders_are_refused() { _outputs _to_folder; }
_with_mode() {
    local name=$1
    shift
    echo old >"$work/mode-$name"
    chmod 640 "$work/mode-$name"
    run "$@" "$work/mode-$name"
    exits 0
    same "$(stat -c %a "$work/mode-$name")" 640
}
an_old_files_mode_is_kept() { _outputs _with_mode; }
descriptors_are_written_to() {
    run_shell "'$program' evaluate '$_run' --quiet --per-sample /dev/stdout >'$work/both'"
    exits 0
    same "$(head -1 "$work/both" | cut -c1-6)" sample
    holds "the results are not behind the table" grep -q "^accuracy\|test set" "$work/both"
    run_shell "exec 7>'$work/seven'; '$program' card '$_run' --seconds 0.01 --samples 1 --quiet --out /dev/fd/7"
    exits 0
    holds "nothing came" test -s "$work/seven"
    run_shell "exec 8> >(exec true); sleep 0.2; '$program' evaluate '$_run' --quiet --per-sample /dev/fd/8"
    exits 1
    says "its reader has ended"
    run evaluate "$_run" --per-sample /dev/fd/9
    exits 1
    says "/dev/fd/9"
}
# _mounts FILE...: makes each file a mount point with its content. _unmounts ends that, and checks that all were
# written in place, with a warning before the work.
_mounts() {
    mounted=("$@")
    local file
    for file in "${mounted[@]}"; do
        touch "$file"
        cp "$file" "$file.below"
        mount --bind "$file.below" "$file" 2>/dev/null || because "needs the right to mount" || return
        touch -d "2001-01-01" "$file"
    done
}
_unmounts() {
    local file
    for file in "${mounted[@]}"; do
        umount "$file"
        says "warning: $file: cannot be replaced"
        holds "$file was not written in place" test -s "$file.below" -a "$file.below" -nt "$0"
        rm -f "$file.below" # if a folder of data is searched later
    done
}
_to_mounted() {
    local name=$1
    shift
    _mounts "$work/mounted-$name" || return
    run "$@" "$work/mounted-$name"
    exits 0
    _unmounts
}
mounted_files_are_written_in_place_with_a_warning() { _outputs _to_mounted; }
mounted_data_are_packed_in_place_with_a_warning() {
    local class name
    for class in a b; do
        mkdir -p "$work/mountable/$class"
        for name in 1 2 3; do pgm "$work/mountable/$class/$name.pgm" 8 8 $((name * 9)); done
    done
    run data pack "$work/mountable" "$work/mounted-data" --quiet --test-share 0.4
    cp -r "$work/mounted-data" "$work/mounted-before"
    local packed=$work/mounted-data
    _mounts "$packed/labels.txt" "$packed/images.json" "$packed/train-images-idx3-ubyte" "$packed/t10k-labels-idx1-ubyte" || return
    run data pack "$work/mountable" "$packed" --quiet --test-share 0.4 --force
    exits 0
    _unmounts
    run data pack "$work/mountable" "$packed" --quiet --test-share 0.4 --force
    exits 0
    says_nothing
    holds "the data changed" diff -r "$packed" "$work/mounted-before"
}
mounted_figures_are_drawn_in_place_with_a_warning() {
    needs_library cairo || return
    local lesson=(tutorial --data "$_small" --training-sample 60 --test-sample 12 --epochs 1 --quiet --out "$work/mounted-lesson")
    local report=(report "$_run" --seconds 0.01 --quiet --out "$work/mounted-report")
    run "${report[@]}"
    run "${lesson[@]}"
    exits 0
    _mounts "$work/mounted-report/curves.svg" "$work/mounted-report/classes.png" "$work/mounted-report/report.html" || return
    run "${report[@]}"
    exits 0
    _unmounts
    _mounts "$work/mounted-lesson/network.svg" "$work/mounted-lesson/curves.png"
    run "${lesson[@]}"
    exits 0
    _unmounts
}
mounted_files_of_runs_and_searches_are_told_when_they_go_on() {
    needs_library cairo || return
    cp -r "$_run" "$work/mounted-run"
    _mounts "$work/mounted-run/curves.svg" "$work/mounted-run/curves.png" || return
    run train --resume "$work/mounted-run" --quiet
    exits 0
    _unmounts
    run tune "batch=8|16" --data "$_small" --model 64-4 --trials 2 --epochs 1 --threads 1 --quiet --out "$work/mounted-search"
    exits 0
    _mounts "$work/mounted-search/best.json" "$work/mounted-search/what-mattered.svg"
    run tune --resume "$work/mounted-search" --quiet
    exits 0
    _unmounts
}

# _run_limited ARGUMENTS...: files may not grow, so the output goes through a pipe.
_run_limited() { run_shell "set -o pipefail; { ulimit -f 0; '$program' ${*@Q}; } 2>&1 >/dev/null | cat >&2"; }

what_a_command_reads_is_not_its_output() {
    local name
    cp -r "$_run" "$work/read"
    pgm "$work/digit.pgm" 28 28 0
    cp "$work/digit.pgm" "$work/digit.png"
    ln -s digit.png "$work/alias.png"
    for name in model.safetensors checkpoint recipe.json log.jsonl; do
        run card "$work/read" --seconds 0.01 --samples 1 --out "$work/read/$name"
        exits 2
        says "is an input of this command"
    done
    run evaluate "$work/read/model.safetensors" --data "$_small" --per-sample "$work/read/model.safetensors"
    exits 2
    run predict "$work/digit.png" --out "$work/alias.png"
    exits 2
    holds "the run changed" diff -r "$_run" "$work/read"
    holds "the picture changed" cmp "$work/digit.pgm" "$work/digit.png"
    run predict "$work/digit.pgm" --out "$work/digit.jpeg"
    exits 2
    says "must end in .svg or .png"
}

# _spared FILE COMMAND...: the command is refused and the file is unchanged.
_spared() {
    local file=$1 before
    shift
    before=$(md5sum "$file")
    run "$@"
    exits 2
    says "is an input of this command"
    same "$(md5sum "$file")" "$before"
}
what_is_read_by_way_of_a_folder_is_not_an_output() {
    local data=$work/read-data name run=$work/read-run link=$work/read-link
    mkdir -p "$work/album" "$data"
    pgm "$work/album/a.png" 28 28 0
    _spared "$work/album/a.png" predict "$work/album" --out "$work/album/a.png"
    cp "$_run/model.safetensors" "$work/read-model.png"
    _spared "$work/read-model.png" predict "$work/album" --model "$work/read-model.png" --raw --out "$work/read-model.png"
    cp "$_small"/* "$data"
    gzip "$data/t10k-images-idx3-ubyte"
    "$program" train --data "$data" --recipe tutorial --model "flatten, dense" --threads 1 --epochs 1 --quiet --out "$run" >/dev/null 2>&1
    for name in labels.txt images.json train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte; do
        _spared "$data/$name" evaluate "$_run" --data "$data" --per-sample "$data/$name"
        _spared "$data/$name" evaluate "$run" --per-sample "$data/$name" # the data that the run names
        _spared "$data/$name" card "$run" --seconds 0.01 --samples 1 --out "$data/$name"
        _spared "$data/$name" datasheet "$data" --out "$data/$name"
        _spared "$data/$name" tutorial --data "$data" --training-sample 60 --test-sample 12 --epochs 1 --save "$data/$name"
        ln -sf "$data/$name" "$link.pgm"
        _spared "$data/$name" data show --data "$data" --out "$link.pgm"
    done
    # EMNIST's mapping.
    mkdir -p "$work/emnist"
    for name in train t10k; do
        cp "$_small/$name-images-idx3-ubyte" "$work/emnist/emnist-byclass-${name/t10k/test}-images-idx3-ubyte"
        cp "$_small/$name-labels-idx1-ubyte" "$work/emnist/emnist-byclass-${name/t10k/test}-labels-idx1-ubyte"
    done
    printf '%s\n' "0 97" "1 98" "2 99" "3 100" >"$work/emnist/emnist-byclass-mapping.txt"
    for name in "$work"/emnist/*; do _spared "$name" datasheet "$work/emnist/emnist-byclass" --out "$name"; done
    # Packed pictures, under a name of the data.
    mkdir -p "$work/packable/a" "$work/packable/b" "$work/packable-out"
    pgm "$work/packable/a/1.pgm" 8 8 10
    pgm "$work/packable/b/1.pgm" 8 8 20
    ln -s "$work/packable/b/1.pgm" "$work/packable-out/labels.txt"
    _spared "$work/packable/b/1.pgm" data pack "$work/packable" "$work/packable-out" --force
    needs_mnist || return
    mkdir -p "$work/mnist"
    cp "$mnist"/*-ubyte* "$work/mnist"
    name=$(ls "$work/mnist"/t10k-labels* | head -1)
    export DESCENDER_DATA=$work/mnist
    _spared "$name" datasheet mnist --offline --out "$name"
    export DESCENDER_DATA=$mnist
}

# ---- existing content of folders ----

# _kept FOLDER COMMAND...: the content of the folder is unchanged, and the message names the obstacle.
_kept() {
    local folder=$1 before after
    shift
    before=$(cd "$folder" && find . -type f -exec md5sum {} + | sort)
    run "$@"
    [ "$status" != 0 ] || complain "it was not refused"
    says "already exists"
    after=$(cd "$folder" && find . -type f -exec md5sum {} + | sort)
    same "$after" "$before"
}
a_run_replaces_nothing_that_is_not_its_own() {
    local name
    for name in recipe.json log.jsonl checkpoint model.safetensors snapshots curves.svg curves.png; do
        rm -rf "$work/mine"
        mkdir "$work/mine"
        echo "of somebody else" >"$work/mine/$name"
        _kept "$work/mine" "${_train[@]}" --epochs 1 --out "$work/mine"
        says "$work/mine/$name"
        ln -sfn mine "$work/mine-by-link"
        _kept "$work/mine" "${_train[@]}" --epochs 1 --out "$work/mine-by-link/"
    done
    rm "$work/mine/curves.png"
    ln -s nowhere "$work/mine/model.safetensors"
    _kept "$work/mine" "${_train[@]}" --epochs 1 --out "$work/mine"
    holds "something else was left" test "$(ls -A "$work/mine")" = model.safetensors
}
the_working_folder_and_the_datas_may_hold_a_run() {
    cp -r "$_small" "$work/with-data"
    run "${_train[@]}" --data "$work/with-data" --epochs 4 --quiet --out "$work/with-data"
    exits 0
    holds "the data changed" cmp "$_small/train-images-idx3-ubyte" "$work/with-data/train-images-idx3-ubyte"
    run_shell "cd '$work/with-data' && '$program' ${_train[*]@Q} --epochs 1 --out ."
    exits 2
    says "holds a run already"
}
a_search_replaces_nothing_that_is_not_its_own() {
    local name
    for name in journal.jsonl best.json what-mattered.svg what-mattered.png trials/notes; do
        rm -rf "$work/mine"
        mkdir -p "$work/mine/trials"
        rmdir "$work/mine/${name%/*}" 2>/dev/null
        mkdir -p "$work/mine/$(dirname "$name")"
        echo "of somebody else" >"$work/mine/$name"
        _kept "$work/mine" tune "batch=8|16" --data "$_small" --model 64-4 --trials 2 --epochs 1 --quiet --out "$work/mine"
    done
}
packing_replaces_nothing_without_force() {
    local name
    mkdir -p "$work/pictures/a" "$work/pictures/b"
    for name in 1 2 3; do pgm "$work/pictures/a/$name.pgm" 8 8 10 && pgm "$work/pictures/b/$name.pgm" 8 8 200; done
    for name in labels.txt train-images-idx3-ubyte train-labels-idx1-ubyte.gz t10k-labels-idx1-ubyte; do
        rm -rf "$work/mine"
        mkdir "$work/mine"
        echo "of somebody else" >"$work/mine/$name"
        _kept "$work/mine" data pack "$work/pictures" "$work/mine"
        says "$work/mine/$name"
    done
    echo "of somebody else" >"$work/pictures/labels.txt"
    run data pack "$work/pictures" "$work/pictures" --force
    exits 2
    says "is the folder of the data"
    same "$(cat "$work/pictures/labels.txt")" "of somebody else"
    rm "$work/pictures/labels.txt"
}
packing_that_fails_leaves_the_old_data_whole() {
    needs_plain_signals || return
    rm -rf "$work/packed"
    run data pack "$work/pictures" "$work/packed" --quiet
    exits 0
    cp -r "$work/packed" "$work/packed-before"
    _run_limited data pack "$work/pictures" "$work/packed" --force --split-seed 5
    exits 1
    says "ulimit -f"
    holds "the old data changed" diff -r "$work/packed" "$work/packed-before"
}
reports_and_lessons_replace_only_their_own_pictures() {
    needs_library cairo || return
    local name lesson=(tutorial --data "$_small" --training-sample 60 --test-sample 12 --epochs 1 --quiet)
    for name in report.html classes.png confusion.svg; do
        rm -rf "$work/mine"
        mkdir "$work/mine"
        echo "of somebody else" >"$work/mine/$name"
        _kept "$work/mine" report "$_run" --seconds 0.01 --quiet --out "$work/mine"
    done
    for name in network.png curves.svg; do
        rm -rf "$work/mine"
        mkdir "$work/mine"
        echo "of somebody else" >"$work/mine/$name"
        _kept "$work/mine" "${lesson[@]}" --out "$work/mine"
    done
    # Their own files, twice; and the run's own folder, which contains curves.
    for name in 1 2; do
        run report "$_run" --seconds 0.01 --quiet --out "$_run"
        exits 0
        run "${lesson[@]}" --out "$work/lesson"
        exits 0
    done
}

# ---- signals ----

_stops() {
    rm -rf "$work/stopped"
    in_background "$program" "${_long[@]}" --out "$work/stopped"
    wait_for test -e "$work/stopped/checkpoint"
    kill -"$1" $job
    ended
    exits "$2"
    says "continue with: descender train --resume $work/stopped"
    says "descender: interrupted, saved after "
    holds "the interruption was told more than once" test "$(grep -c interrupted "$work/.err")" = 1
    holds "temporary files are left" test -z "$(find "$work/stopped" -name '*.tmp')"
}
whoever_asks_training_to_end_it_saves_and_says_how_to_go_on() {
    _stops INT 130
    _stops TERM 143
    _stops HUP 129
}
a_search_that_is_terminated_says_how_to_go_on() {
    local signal=15
    for signal in TERM HUP; do
        rm -rf "$work/search"
        in_background "$program" tune "learning-rate=log:1e-4..1e-1" --data "$_small" --model 64-24-4 --batch 8 --trials 3 \
            --epochs 100000 --first-epochs 50000 --threads 1 --quiet --out "$work/search"
        wait_for test -e "$work/search/trials"
        sleep 0.2
        kill -$signal $job
        ended
        exits $((128 + $(kill -l $signal)))
        says "continue with: descender tune --resume $work/search"
    done
}
the_server_and_the_tutorial_end_when_they_are_terminated() {
    in_background "$program" tutorial --data "$_small" --training-sample 60 --test-sample 12 --epochs 1000000 --save "$work/broken.npz"
    wait_for grep -q "Epoch: 1" "$work/.out"
    kill -TERM $job
    ended
    exits 143
    says "interrupted"
    holds "weights of a broken run were saved" test ! -e "$work/broken.npz"
    needs_library libmicrohttpd || return
    in_background "$program" serve --port 0 --runs "$work"
    wait_for grep -q "http" "$work/.out"
    kill -TERM $job
    ended
    exits 0
}
a_signal_that_was_ignored_stays_ignored() {
    rm -rf "$work/stopped"
    said="train under nohup"
    env --default-signal=TERM --ignore-signal=HUP "$program" "${_long[@]}" --out "$work/stopped" >"$work/.out" 2>"$work/.err" &
    job=$!
    wait_for test -e "$work/stopped/checkpoint"
    kill -HUP $job
    sleep 0.3
    holds "it ended" kill -0 $job
    kill -TERM $job
    ended
    exits 143
}
# A command that stops slowly: an epoch takes seconds.
the_second_signal_ends_at_once_and_a_volley_counts_as_one() {
    needs_plain_signals || return
    local began slow=(tutorial --data "$_small" --training-sample 68 --test-sample 12 --epochs 1000 --hidden-size 400000)
    # On a busy machine the program may end before the second signal is sent: then try once more.
    for _ in 1 2 3 4 5; do
        in_background "$program" "${slow[@]}"
        wait_for handles $job TERM
        kill -TERM $job
        # A signal within a quarter of a second belongs to the first one; later, one more is enough.
        for _ in $(seq 200); do
            kill -HUP $job 2>/dev/null || break
            sleep 0.05
        done
        ended 2>/dev/null
        [ "$status" = 143 ] || break
    done
    exits 129
    says_no "interrupted"
    rm -rf "$work/stopped"
    in_background "$program" "${_long[@]}" --out "$work/stopped"
    wait_for test -e "$work/stopped/checkpoint"
    kill -TERM $job
    kill -HUP $job 2>/dev/null
    ended
    says "continue with: descender train --resume"
}

# ---- limits and leftovers ----

a_limit_on_file_sizes_is_found_before_the_first_step() {
    run_shell "ulimit -f 2; '$program' ${_train[*]@Q} --epochs 4 --out '$work/limited'"
    exits 1
    says "checkpoint: cannot be written"
    says "ulimit -f"
    says "descender train --resume $work/limited"
    holds "a step was done" test -z "$(grep '"event":"step"' "$work/limited/log.jsonl")"
    run train --resume "$work/limited" --quiet
    exits 0
    holds "the bits differ" cmp "$_run/model.safetensors" "$work/limited/model.safetensors"
}
a_table_beyond_the_limit_is_an_error_and_leaves_the_old_one() {
    needs_plain_signals || return
    echo old >"$work/old.csv"
    _run_limited evaluate "$_run" --per-sample "$work/old.csv"
    exits 1
    says "ulimit -f"
    same "$(cat "$work/old.csv")" old
    same "$(find "$work" -maxdepth 1 -name 'old.csv*' | wc -l)" 1
}
too_small_a_disk_is_found_before_the_first_step() {
    mkdir -p "$work/disk"
    mount -t tmpfs -o size=256k none "$work/disk" 2>/dev/null || because "needs the right to mount" || return
    run "${_train[@]}" --epochs 4 --out "$work/disk/run"
    local log
    log=$(cat "$work/disk/run/log.jsonl")
    umount "$work/disk"
    exits 1
    says "bytes there, but only"
    says "no step was done"
    same "$(grep -c '"event":"step"' <<<"$log")" 0
}
temporary_files_of_dead_processes_are_removed() {
    cp -r "$_run" "$work/littered"
    local name
    for name in checkpoint.dsc-0.tmp model.safetensors.dsc-4.tmp recipe.json.dsc-0.tmp; do echo dead >"$work/littered/$name"; done
    for name in notes.tmp checkpoint.tmp checkpoint.bak.tmp README.md.dsc-0.tmp; do echo mine >"$work/littered/$name"; done
    run train --resume "$work/littered" --quiet
    exits 0
    same "$(cd "$work/littered" && echo *.tmp)" "README.md.dsc-0.tmp checkpoint.bak.tmp checkpoint.tmp notes.tmp"
}
a_killed_run_leaves_nothing_behind_once_it_goes_on() {
    local i littered=0
    in_background "$program" train --data "$_small" --recipe tutorial --model "flatten, dense 2000, relu, dense" --batch 8 \
        --epochs 100000 --checkpoint-seconds 0.001 --threads 1 --quiet --out "$work/killed"
    wait_for test -e "$work/killed/checkpoint"
    # Stops it to see whether it is writing at that moment, and continues it if not.
    for i in $(seq 1000); do
        kill -STOP $job
        [ -z "$(find "$work/killed" -name '*.tmp')" ] || { littered=1 && break; }
        kill -CONT $job
        sleep 0.0$((RANDOM % 10))
    done
    kill -KILL $job
    wait $job 2>/dev/null
    holds "it was never killed while it wrote" test $littered = 1
    in_background "$program" train --resume "$work/killed" --checkpoint-seconds 1000 --threads 1 --quiet
    wait_for grep -q '"event":"resume"' "$work/killed/log.jsonl"
    kill -TERM $job
    ended
    exits 143
    same "$(find "$work/killed" -name '*.tmp')" ""
}

promises
