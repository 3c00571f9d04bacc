# SPDX-License-Identifier: MIT
# `descender evaluate` on data whose labels name the writers, as QMNIST's do.
# labels: slow
. "$(dirname "$0")/lib.sh"

small_data "$work/plain"
# _extend FROM TO: adds writers to the labels, three images for each; the first half are employees, the others
# students.
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
    prints_no "part   " # only of a known data set
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
# Without writers 8 images would be held out, 2 of each class.
writers_stay_together_in_validation() {
    run train --data "$work/written" --recipe tutorial --model "flatten, dense" --epochs 1 --batch 4 --validation 0.1 --threads 1 \
        --out "$work/validated"
    exits 0
    prints " images to train on, 9 to validate"
}
the_check_knows_such_labels() {
    run data check "$work/written"
    exits 0
    prints_no "expected labels"
}
# Stand-ins for QMNIST's files, with their sizes: MNIST's images, and blank images for the 50,000 further ones.
_qmnist() {
    mkdir -p "$work/known/qmnist"
    /usr/bin/python3 - "$mnist" "$work/known/qmnist" <<'END'
import gzip, os, struct, sys
def read(name):
    path = sys.argv[1] + "/" + name
    return gzip.open(path + ".gz").read() if os.path.exists(path + ".gz") else open(path, "rb").read()
for name, other in ("train", "train"), ("test", "t10k"):
    with open(sys.argv[2] + "/qmnist-" + name + "-images-idx3-ubyte", "wb") as out:
        out.write(struct.pack(">4I", 0x803, 60000, 28, 28) + read(other + "-images-idx3-ubyte")[16:])
        out.truncate(16 + 60000 * 784)
    labels = read(other + "-labels-idx1-ubyte")[8:].ljust(60000, b"\0")
    with open(sys.argv[2] + "/qmnist-" + name + "-labels-idx2-int", "wb") as out:
        out.write(struct.pack(">3I", 0xC02, 60000, 8))
        for i, label in enumerate(labels):
            out.write(struct.pack(">8i", label, i % 2 * 4, i // 100, 0, 0, 0, 0, 0))
END
}
the_parts_of_a_known_test_set_are_told_apart() {
    needs_mnist || return
    needs_json || return
    _qmnist
    "$program" train --data mnist --recipe tutorial --model "flatten, dense" --epochs 1 --threads 1 --out "$work/linear" --quiet >/dev/null 2>&1
    run evaluate "$work/linear" --data mnist --json
    exits 0
    local correct
    correct=$(json "j['correct']")
    DESCENDER_DATA=$work/known run evaluate "$work/linear" --data qmnist --json
    exits 0
    same "$(json "j['data']")" "QMNIST ($work/known/qmnist)"
    same "$(json "[(p['name'], p['samples']) for p in j['parts']]")" "[(\"MNIST's 10,000\", 10000), ('50,000 further', 50000)]"
    same "$(json "j['parts'][0]['correct']")" "$correct"
    same "$(json "j['writers']['count'], [p['samples'] for p in j['populations']]")" "(600, [30000, 30000])"
    DESCENDER_DATA=$work/known run data list
    prints "$work/known/qmnist"
}

promises
