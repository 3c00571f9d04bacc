# SPDX-License-Identifier: MIT
# Evaluations that a signal ends: no temporary file is left, and existing files stay.
. "$(dirname "$0")/lib.sh"

_small=$work/small-data
small_data "$_small"

# 60000 blank test images, so that the evaluation takes seconds.
an_evaluation_that_is_ended_leaves_the_old_table_alone() {
    local signal file data=$work/long-data table=$work/answers.csv
    cp -r "$_small" "$data"
    file=$data/t10k-images-idx3-ubyte
    { printf '\0\0\10\3\0\0\352\140\0\0\0\10\0\0\0\10' && head -c $((60000 * 64)) /dev/zero; } >"$file"
    file=$data/t10k-labels-idx1-ubyte
    { printf '\0\0\10\1\0\0\352\140' && head -c 60000 /dev/zero; } >"$file"
    run train --data "$_small" --recipe tutorial --model "flatten, dense 1000, relu, dense 1000, relu, dense" --batch 16 \
        --epochs 1 --threads 1 --out "$work/long-run" --quiet
    exits 0
    for signal in INT TERM HUP; do
        echo "the old table" >"$table"
        in_background "$program" evaluate "$work/long-run" --data "$data" --threads 1 --per-sample "$table" --quiet
        wait_for test -e "$table.dsc-0.tmp"
        kill -$signal $job
        ended
        exits $((128 + $(kill -l $signal)))
        says "descender: interrupted"
        prints_nothing
        same "$(cat "$table")" "the old table"
        holds "temporary files are left" test -z "$(find "$work" -name '*.tmp')"
    done
    in_background "$program" evaluate "$work/long-run" --data "$data" --threads 1 --quiet
    wait_for handles $job TERM
    sleep 0.2
    kill -TERM $job
    ended
    exits 143
    prints_nothing
    in_background "$program" report "$work/long-run" --data "$data" --threads 1 --out "$work/long-report" --quiet
    wait_for handles $job TERM
    wait_for test -d "$work/long-report"
    kill -TERM $job
    ended
    exits 143
    holds "files are left" test -z "$(ls -A "$work/long-report")"
}

# Pictures that take a second to read: a few, large, under many names.
looking_at_data_ends_cleanly() {
    local class i action
    needs_plain_signals || return
    for class in a b; do
        mkdir -p "$work/large/$class"
        { printf 'P5\n1500 1500\n255\n' && head -c 2250000 /dev/zero; } >"$work/large/$class/0.pgm"
        for ((i = 1; i <= 200; i++)); do ln "$work/large/$class/0.pgm" "$work/large/$class/$i.pgm"; done
    done
    for action in "info --data" check; do
        # shellcheck disable=SC2086  # two words
        in_background "$program" data $action "$work/large" --size 8x8 --fit stretch
        wait_for handles $job INT
        kill -INT $job
        ended
        exits 130
        says "descender: interrupted"
        prints_nothing
    done
}

promises
