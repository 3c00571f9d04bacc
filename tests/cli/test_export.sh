# SPDX-License-Identifier: MIT
# labels: later
# `descender export`, and exported models compiled by a C compiler; tests/boards has other machines.
. "$(dirname "$0")/lib.sh"

# _model FILE TEXT: writes an untrained network.
_model() {
    "$program" train --data digits --training-samples 200 --epochs 1 --model "$2" --out "$work/.run" --quiet \
        >/dev/null 2>"$work/.err" && mv "$work/.run/model.safetensors" "$1" && rm -r "$work/.run" && return
    cat "$work/.err"
    complain "no model could be made"
}
_small='conv 4 3x3, batch-norm, relu, max-pool 2, conv 6 3x3, relu, flatten, dense'

export_writes_files_called_as_the_model() {
    _model "$work/small.safetensors" "$_small"
    cd "$work" || return
    run export small.safetensors --to c
    exits 0
    says_nothing
    prints "small.h: "
    prints "small.c: "
    prints "bytes of weights"
    run export small.safetensors --to "c weights=apart prefix=net" --out digits.h
    exits 0
    prints "digits_weights.c: "
    holds "names begin with the prefix" grep -q '^int net_predict(' digits.h
    holds "the file is named" grep -q '#include "digits.h"' digits.c
}
a_given_extension_is_kept() {
    cd "$work" || return
    run export small.safetensors --to npz --out given.weights
    exits 0
    prints "given.weights: "
    holds "given.weights is missing" test -s given.weights
    holds "another name was written" test ! -e given.npz
    run export small.safetensors --to safetensors --out given.weights
    exits 1
    says "given.weights: already exists"
    run export small.safetensors --to npz --out plain
    prints "plain.npz: "
    run export small.safetensors --to c --out several.x --json
    prints '"several.h"'
    prints '"several.c"'
    run export given.weights --to npz --out a.folder/x
    exits 1
    mkdir a.folder
    run export given.weights --to npz --out a.folder/x
    prints "a.folder/x.npz: "
}
what_was_measured_is_in_every_file() {
    cd "$work" || return
    run train --data digits --training-samples 200 --epochs 1 --model 784-10 --out told --quiet
    exits 0
    local right
    right=$(sed -n 's/.*"event":"test".*"accuracy":\([0-9.]*\).*/\1/p' told/log.jsonl)
    right=$(awk -v a="$right" 'BEGIN { printf "%.2f", 100 * a }')
    run export told --to c --out told-run
    exits 0
    holds "a run's accuracy is not in the head: $right" grep -q "accuracy: $right % of 10,000 test images of built-in digits" told-run.h
    run export told/model.safetensors --to c --out told-file
    exits 0
    holds "an accuracy that nobody measured" test -z "$(grep 'accuracy:' told-file.h)"
    run export told/model.safetensors --data digits --to npz --verify --samples 300 --out told-checked
    exits 0
    run model info told-checked.npz
    run export told-checked.npz --to c --out told-again
    exits 0
    holds "what was measured is not in the file" grep -q "accuracy: [0-9.]* % of 300 test images of built-in digits" told-again.h
}
files_that_are_there_are_not_replaced_unasked() {
    cd "$work" || return
    echo precious >digits.c
    run export small.safetensors --to c --out digits
    exits 1
    says "digits.h: already exists; give --force to replace it"
    same "$(cat digits.c)" precious
    run export small.safetensors --to c --out digits --force
    exits 0
    holds "it was not replaced" grep -q digits_predict digits.c
}
files_come_together_or_not_at_all() {
    cd "$work" || return
    mkdir together && cd together || return
    # The header can be written, the source cannot.
    run_shell "ulimit -f 8; '$program' export ../small.safetensors --to c --out digits 2>&1"
    holds "an export beyond the limit succeeded" [ "$status" != 0 ]
    holds "a part of the export is there: $(ls)" [ -z "$(ls)" ]
    run export ../small.safetensors --to c --out digits
    exits 0
    holds "not both files are there" [ "$(ls | tr '\n' ' ')" = "digits.c digits.h " ]
}
what_cannot_be_is_refused() {
    cd "$work" || return
    run export small.safetensors
    exits 2
    says "--to FORMAT is missing"
    run export small.safetensors --to cc
    exits 2
    says "unknown format 'cc'; did you mean 'c'?"
    run export small.safetensors --to "c prefix=a-b"
    exits 2
    says "as in C names"
    run export nothing.safetensors --to c
    exits 1
    says "nothing.safetensors"
    run export small.safetensors --to c --out missing/digits
    exits 1
    says "missing/digits.h"
}
verify_lets_the_source_answer_and_compares() {
    needs_command cc || return
    cd "$work" || return
    run export small.safetensors --to c --out checked --verify --data digits --samples 50 --quiet
    exits 0
    same "$(awk '/^c / { print $5 }' <<<"$out")" 0
    run export small.safetensors --verify --data digits --samples 50 --json --quiet
    exits 0
    prints '"labels_that_differ": 0'
    holds "nothing is kept" test ! -e small_answers
}
what_answers_otherwise_is_told_and_not_written() {
    cd "$work" || return
    # A compiler whose programs answer 0 to everything.
    mkdir -p wrong
    cat >wrong/cc <<'CC'
#!/bin/sh
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\nhead -c %d /dev/zero >"$2"\n' $((50 * 10 * 4)) >"$2"
chmod +x "$2"
CC
    chmod +x wrong/cc
    run_shell "PATH='$work/wrong:$PATH' '$program' export small.safetensors --to c --out wrong/digits --verify --data digits --samples 50 --quiet"
    exits 1
    says "some labels differ from the model's"
    says "no file is written"
    holds "it was written" test ! -e wrong/digits.c
    run_shell "PATH='$work/wrong:$PATH' '$program' export small.safetensors --to c --out wrong/digits --verify --data digits --samples 50 --quiet --force"
    exits 1
    holds "it was not written" test -e wrong/digits.c
}
_compiles() { # COMPILER LEVEL MORE...: compiles the source with its self-test, which must pass
    local compiler=$1 level=$2
    shift 2
    printf '#include "digits.h"\nstatic float scratch[DIGITS_SCRATCH / 4];\nint main(void) { return digits_selftest(scratch); }\n' \
        >main.c
    run_shell "$compiler -std=c99 $level $* -Wall -Wextra -Wpedantic -Wconversion -Werror -DDIGITS_SELFTEST digits.c main.c -o main"
    exits 0
    run_shell ./main
    exits 0
}
the_source_is_clean_with_gcc_and_clang() {
    local compiler tried=0
    cd "$work" || return
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        _compiles $compiler -O1
        tried=1
    done
    [ $tried = 1 ] || because "needs gcc or clang"
}
_prepares() { # PROGRAM-TEXT: compiled with the built-in model and its preparation; prints the digits it finds
    "$program" export "$(dirname "$(realpath "$0")")/../../models/digits.safetensors" --to "c prepare=on prefix=d" --out "$work/d" --force --quiet >/dev/null
    printf '%s\n' "$1" >"$work/p.c"
    run_shell "cd '$work' && cc -std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror d.c p.c -o p && ./p"
}
what_prepare_makes_of_pictures_is_read() {
    needs_command cc || return
    # shellcheck disable=SC2016
    _prepares '
#include "d.h"
#include <stdio.h>
/* A one and a seven of strokes, in pictures of other sizes, dark on light and light on dark. */
static unsigned char picture[300 * 200], image[D_IMAGE];
static float scratch[D_SCRATCH / 4], shares[D_CLASSES];
static void stroke(int width, double x0, double y0, double x1, double y1, double r, int ink) {
    for (int i = 0; i <= 400; i++) {
        const double x = x0 + (x1 - x0) * i / 400, y = y0 + (y1 - y0) * i / 400;
        for (int v = (int)(y - r); v <= (int)(y + r); v++)
            for (int u = (int)(x - r); u <= (int)(x + r); u++)
                if ((u - x) * (u - x) + (v - y) * (v - y) <= r * r) picture[v * width + u] = (unsigned char)ink;
    }
}
static int read_one(int height, int width, int ground, int ink, int seven) {
    for (int i = 0; i < height * width; i++) picture[i] = (unsigned char)(ground + i % 3);
    const double s = height / 100.0;
    if (seven) stroke(width, 30 * s, 22 * s, 70 * s, 22 * s, 4 * s, ink);
    stroke(width, (seven ? 70 : 52) * s, 22 * s, (seven ? 45 : 48) * s, 85 * s, 4 * s, ink);
    if (!d_prepare(image, picture, height, width, scratch)) return -2;
    return d_predict(shares, image, scratch);
}
int main(void) {
    printf("%d %d ", read_one(100, 100, 230, 20, 0), read_one(100, 100, 230, 20, 1));
    printf("%d %d ", read_one(300, 200, 10, 200, 0), read_one(200, 300, 10, 200, 1));
    for (int i = 0; i < 900; i++) picture[i] = 77;
    printf("%d %d\n", d_prepare(image, picture, 30, 30, scratch), d_prepare(image, picture, 0, 30, scratch));
    return 0;
}'
    exits 0
    same "$out" "1 7 1 7 0 0"
}
# _threshold FILE THRESHOLD PROBABILITY...: compiles a program with the model's header; it prints 1 for each refused
# probability.
_threshold() {
    refusing_model "$work/refusing.safetensors" "$1"
    shift
    run export "$work/refusing.safetensors" --to "c prefix=r" --out "$work/r" --force
    exits 0
    printf '#include "r.h"\n#include <stdio.h>\nint main(void) {\n    const float all[] = {%s};\n%s\n    return 0;\n}\n' "$(IFS=, && echo "$*")" \
        '    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) printf("%d", all[i] < R_REFUSE_BELOW);' >"$work/t.c"
    run_shell "cd '$work' && cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror t.c -o t && ./t"
    exits 0
}
the_threshold_is_in_the_header_and_refuses_the_same_floats() {
    needs_command cc && needs_python || return
    # 0.9 is not a float: the neighbours are 0.89999998, which the library refuses, and 0.90000004.
    _threshold 0.9 0.5f 0.89999998f 0.90000004f 1.0f
    same "$out" 1100
    _threshold 0.75 0.74999994f 0.75f 0.75000006f # exactly a float
    same "$out" 100
    _threshold 1 0.99999994f 1.0f
    same "$out" 10
    _threshold 0 0.0f 0.1f
    same "$out" 00
    holds "a header without a threshold says so" grep -q "This model has no threshold" "$work/r.h"
}
an_exported_program_refuses_what_predict_refuses() {
    needs_command cc && needs_json || return
    cd "$work" || return
    run data pack non-digits non-digits --quiet
    exits 0
    /usr/bin/python3 -c 'import sys; all = open(sys.argv[1], "rb").read(); open("few.idx", "wb").write(all[:4] + (300).to_bytes(4, "big") + all[8:16 + 300 * 784])' \
        non-digits/t10k-images-idx3-ubyte
    refusing_model refusing.safetensors 0.9
    run predict --model refusing.safetensors --raw few.idx --json
    exits 0
    local refused
    refused=$(json '" ".join(str(a["image"]) for a in j["files"][0]["refused"])')
    [ "$(wc -w <<<"$refused")" -gt 30 ] || complain "expected many refused: $refused"
    run export refusing.safetensors --to "c prefix=r" --out r --force
    cat >refuses.c <<'C'
#include "r.h"
#include <stdio.h>
static float scratch[R_SCRATCH / sizeof(float)], probabilities[R_CLASSES];
static unsigned char image[R_IMAGE];
int main(void) {
    FILE *in = fopen("few.idx", "rb");
    if (!in || fread(image, 16, 1, in) != 1) return 1;
    for (int i = 0; fread(image, sizeof image, 1, in) == 1; i++) {
        const int label = r_predict(probabilities, image, scratch);
        if (label < 0) return 1;
        if (probabilities[label] < R_REFUSE_BELOW) printf("%d ", i);
    }
    return fclose(in);
}
C
    run_shell 'cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror r.c refuses.c -o refuses && ./refuses'
    exits 0
    same "${out% }" "$refused"
}
every_format_that_is_read_keeps_the_threshold() {
    needs_json || return
    cd "$work" || return
    local format
    refusing_model refusing.safetensors 0.8125
    for format in descender safetensors npz onnx; do
        [ $format != onnx ] || needs_library libprotobuf-c || { reason='' && continue; }
        run export refusing.safetensors --to $format --out kept-$format --force
        exits 0
        run model show "$(ls kept-$format.*)" --json
        exits 0
        same "$(json 'j["refuse_below"]')" 0.8125
    done
}
a_page_has_the_threshold() {
    needs_json && needs_library WebAssembly || return
    cd "$work" || return
    refusing_model refusing.safetensors 0.8125
    run export refusing.safetensors --to web --out page --force
    exits 0
    holds "the page has none" grep -q '"below":0.8125,' page.html
    run export small.safetensors --to web --out page --force
    holds "a threshold that the model has not" grep -q '"below":0.0,' page.html
}
the_header_is_clean_c_plus_plus() {
    needs_command g++ || return
    cd "$work" || return
    run_shell 'g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ digits.h -DDIGITS_SELFTEST'
    exits 0
}
the_source_needs_nothing_and_keeps_nothing() {
    needs_command gcc || return
    needs_command nm || return
    cd "$work" || return
    gcc -std=c99 -O2 -fno-pie -c digits.c -o digits.o
    said=nm
    same "$(nm -u digits.o | awk '$2 !~ /^(memcpy|memset)$/' | tr -d '\n')" ""
    same "$(nm digits.o | grep -c ' [BbDdC] ')" 0
    same "$(nm --defined-only -g digits.o | awk '{ print $3 }' | sort | tr '\n' ' ')" "digits_class_name digits_predict "
}

promises
