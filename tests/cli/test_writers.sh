# SPDX-License-Identifier: MIT
# `descender evaluate` on data whose labels say who wrote, as QMNIST's do.
. "$(dirname "$0")/lib.sh"

small_data "$work/plain"
# _extend FROM TO: its labels with writers, three images each: the first half employees', the other students'.
_extend() {
    local name label i count
    mkdir -p "$2"
    for name in train t10k; do
        cp "$1/$name-images-idx3-ubyte" "$2/"
        count=$(($(stat -c %s "$1/$name-labels-idx1-ubyte") - 8))
        i=0
        # shellcheck disable=SC2059  # the bytes, as escapes
        {
            printf '\0\0\x0c\x02\0\0\0'
            printf "\\x$(printf %02x $count)"
            printf '\0\0\0\x08'
            for label in $(bytes "$1/$name-labels-idx1-ubyte" 8); do
                printf "\\0\\0\\0\\x$(printf %02x "$label")\\0\\0\\0\\x0$((i * 2 < count ? 1 : 4))\\0\\0\\x08\\x$(printf %02x $((i / 3)))"
                printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
                i=$((i + 1))
            done
        } >"$2/$name-labels-idx2-int"
    done
}
_extend "$work/plain" "$work/written"
"$program" train --data "$work/written" --recipe tutorial --model "flatten, dense" --batch 4 --epochs 2 --threads 1 --out "$work/run" \
    --quiet >/dev/null 2>&1 || echo "  # no training"

populations_and_writers_are_told() {
    run evaluate "$work/run"
    exits 0
    same "$(grep -A2 '^population' <<<"$out" | tr -s ' ' | cut -d' ' -f1-4 | tail -2)" "Census Bureau employees 6
high-school students 6 $(sed -n 's/^high-school students *6 *\([0-9]*\).*/\1/p' <<<"$out")"
    prints "4 writers, "
    prints_no "part   " # of a known data set alone
}
in_json_all_writers_are_there_and_agree_with_the_whole() {
    needs_json || return
    run evaluate "$work/run" --json
    exits 0
    same "$(json "sum(p['correct'] for p in j['populations']) == j['correct'], [p['samples'] for p in j['populations']]")" "(True, [6, 6])"
    same "$(json "sorted(w['writer'] for w in j['writers']['each']), sum(w['wrong'] for w in j['writers']['each']) == 12 - j['correct']")" \
        "([2048, 2049, 2050, 2051], True)"
    same "$(json "j['writers']['count'], sum(w['samples'] for w in j['writers']['each'])")" "(4, 12)"
    run evaluate "$work/run" --data "$work/plain" --json
    same "$(json "'writers' in j, 'populations' in j")" "(False, False)"
}
writers_stay_together_in_folds() {
    run cross-validate --data "$work/written" --recipe tutorial --model "flatten, dense" --epochs 1 --batch 4 --folds 2 --threads 1 --out "$work/folds"
    exits 0
    says "groups kept together"
}
the_check_knows_such_labels() {
    run data check "$work/written"
    exits 0
    prints_no "expected labels"
}

promises
