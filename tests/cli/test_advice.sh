# SPDX-License-Identifier: MIT
# Every piece of advice in an error message must work as it stands. The text behind a mark in the message is run in a
# shell in which `descender` is the program, or replaces the wrong argument.
# labels: later
. "$(dirname "$0")/lib.sh"

_small=(--model "flatten, dense" --recipe tutorial --batch 16 --epochs 1 --threads 1)

# Data `d`, a finished run `run`, a stopped run `half`, and a search `search`.
_setting() {
    cd "$work" || return
    [ -d d ] && return
    mkdir -p bin
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$program" >bin/descender
    chmod +x bin/descender
    PATH=$work/bin:$PATH
    small_data "$work/d"
    run train "${_small[@]}" --data d --out run --quiet
    exits 0
    cp -r run half && rm half/model.safetensors
    run tune --model "flatten, dense" --recipe tutorial --batch 16 --threads 1 --data d --epochs 1 --trials 2 \
        --out search --quiet 'learning-rate=0.01|0.1'
    exits 0
}
# _advised MARK END COMMAND...: the command fails; $advice is the text between MARK and END in its message.
_advised() {
    local mark=$1 end=$2
    shift 2
    run "$@"
    [ "$status" = 1 ] || [ "$status" = 2 ] || complain "expected a failure"
    advice=${err#*"$mark"}
    [ "$advice" != "$err" ] || complain "expected advice behind: $mark"
    [ -z "$end" ] || advice=${advice%%"$end"*}
    advice=${advice%%$'\n'*}
}
_obey() {
    run_shell "$advice"
    exits 0
}
# table: MARK|END|COMMAND, divided by @; the advice is a command.
_obey_each() {
    local mark end line
    while IFS='@' read -r mark end line; do
        eval "_advised \"\$mark\" \"\$end\" $line"
        _obey
    done
}
# The same; the advice replaces the last word of the command.
_name_each() {
    local mark end line
    while IFS='@' read -r mark end line; do
        eval "_advised \"\$mark\" \"\$end\" $line"
        advice="descender ${line% *} $advice"
        _obey
    done
}

what_is_named_in_place_of_a_run_leads_to_it() {
    _setting
    _name_each <<'END'
name the folder of the run: @@train --quiet --resume run/checkpoint
name the folder of the run: @@train --quiet --resume run/log.jsonl
name one of them: @@evaluate .
END
    _advised 'name one of them: ' '' predict --raw --model . d/t10k-images-idx3-ubyte
    run predict --raw --model "$advice" d/t10k-images-idx3-ubyte
    exits 0
    mkdir -p model.safetensors && cp run/model.safetensors model.safetensors
    _advised 'name the model: ' '' evaluate --data d model.safetensors
    run evaluate --data d "$advice"
    exits 0
    _obey_each <<'END'
continue it: @; or@evaluate search
train its result: @@evaluate search
continue it: @@tune --resume run
`@`@evaluate half
train a model with it first: @@evaluate run/recipe.json
END
}
a_folder_in_place_of_a_file_leads_to_the_file() {
    _setting
    _name_each <<'END'
name @@train --quiet --recipe run
name @@train --quiet --recipe search
END
    mkdir -p t && cp d/train-labels-idx1-ubyte t
    _advised '`' '`' train --recipe t
    _obey
}
data_that_lie_elsewhere_are_found() {
    _setting
    mkdir -p MNIST/raw && cp d/*ubyte MNIST/raw
    run data info --data MNIST # a folder that contains one data folder only stands for that folder
    exits 0
    mkdir -p two
    local file
    for file in d/*ubyte; do
        cp "$file" "two/emnist-digits-$(basename "$file" | sed s/t10k/test/)"
        cp "$file" "two/emnist-balanced-$(basename "$file" | sed s/t10k/test/)"
    done
    _name_each <<'END'
file names: @@data info --data two
file names: @@data show --data two
END
    run data check two
    exits 1
    prints "file names: two/emnist-balanced"
    # The run records which data set it was, whatever the folder. Also if the environment names the set, and for turned
    # images, whose files have no known checksums.
    run_shell "DESCENDER_DATA=two '$program' data info"
    exits 1
    says "two: holds several sets of files"
    if needs_json; then
        run data info --data two/emnist-digits --json
        exits 0
        holds "no checksums" [ "$(json 'j["train"]["sha256"]')" = None ]
    fi
    run train "${_small[@]}" --data two/emnist-digits --out emnist --quiet
    exits 0
    run_shell "cd / && descender evaluate '$work/emnist'"
    exits 0
}
what_is_packed_or_in_another_encoding_is_converted_as_said() {
    _setting
    local tool name
    for tool in gzip bzip2 xz; do
        command -v $tool >/dev/null || continue
        for name in "$tool packed" "it's"; do
            rm -rf "$name" && cp -r d "$name"
            [ $tool != gzip ] || $tool -c <d/t10k-images-idx3-ubyte >x
            [ $tool = gzip ] || cp d/t10k-images-idx3-ubyte x
            $tool -c <x >"$name/t10k-images-idx3-ubyte"
            _advised 'unpack it: ' '' data info --data "$name"
            _obey
            run data info --data "$name"
            exits 0
        done
    done
    cp -r d "my data"
    printf 'K\374he\nPferd\nHund\nKatze\n' >"my data/labels.txt"
    _advised 'convert it: ' '' data info --data "my data"
    says "labels.txt: line 1, byte 2: 0xfc is not UTF-8"
    _obey
    run data info --data "my data"
    exits 0
    prints "Kühe"
    local encoding
    for encoding in LATIN1 UTF-16 UTF-16LE UTF-16BE; do
        printf '{"comment": "f\303\274r mich",\n "model": "flatten, dense", "epochs": 1, "batch": 16, "data": "d"}\n' |
            iconv -f UTF-8 -t $encoding >"mine $encoding.json"
        _advised 'convert it: ' '' train --quiet --recipe "mine $encoding.json"
        _obey
        run train --quiet --recipe "mine $encoding.json"
        exits 0
    done
    printf '\357\273\277{"model": "flatten, dense", "epochs": 1, "batch": 16, "data": "d"}\r\n\r\n' >bom.json
    run train --quiet --recipe bom.json
    exits 0
    # Binary data are not converted to UTF-8: that would destroy them.
    run train --recipe run/model.safetensors
    exits 1
    says "found a model (safetensors)"
    says_no iconv
}
arrays_are_saved_as_said() {
    needs_numpy || return
    _setting
    cat >make.py <<'END'
import numpy, os, re, subprocess, sys
n = numpy
r = n.random.default_rng(1)
x = n.zeros((3, 8, 8)); x[:, 2:6, 3:5] = r.integers(100, 256, (3, 4, 2))
for name, array in dict(
    ones=(x > 0).astype('i8'), negative=x - 100, unit=x / 127.5 - 1, wide=x * 257, standard=(x - x.mean()) / x.std(),
    fraction=x + 0.25 * (x < 200), nan=n.where(x > 200, n.nan, x), inf=n.where(x > 200, n.inf, x), big=x * 1e30,
    complex=x.astype('c8'), objects=x.astype('i8').astype('O'), text=x.astype('i8').astype('U3'),
    flat=x.reshape(3, 64).astype('u1'), line=x.reshape(-1), five=x.reshape(3, 1, 1, 8, 8),
    last=n.repeat(x.reshape(3, 8, 8, 1), 3, 3).astype('u1'), signed=(x - 128).astype('i1'),
    sixteen=(x * 257).astype('>u2'), longdouble=x.astype('g')).items():
    file = name + '.npy'
    n.save(file, array)
    for tries in range(5):
        done = subprocess.run([os.environ['PROGRAM'], 'predict', '--model', 'run', file], capture_output=True, text=True)
        if not done.returncode: break
        found = re.search(r'save (array.*?|\(.*?|numpy.*?)(, otherwise array|; if it is one|, one field|$)', done.stderr, re.M)
        if not found: break
        array = n.load(file, allow_pickle=True)
        # The images of this model have 8 x 8 pixels.
        n.save(file, eval(found[1].replace('28, 28', '8, 8')))
    if done.returncode or not tries: sys.exit(name + ': ' + done.stderr + done.stdout)
END
    run_shell "PROGRAM='$program' /usr/bin/python3 make.py"
    exits 0
    /usr/bin/python3 -c "
import numpy as n
x = n.zeros((2, 8, 8)); x[:, 2:6, 3:5] = 200
n.savez('x.npz', first=x, second=x)"
    needs_command unzip || return
    _advised 'unzip ' ';' predict --model run x.npz
    run_shell "unzip $advice && descender predict --model run first.npy second.npy"
    exits 0
}
models_of_others_are_named_as_that() {
    _setting
    local word
    # A header of 72 bytes and 8 bytes of data, like PyTorch's batch-norm counters.
    local header='{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}'
    printf '%b%s%b' "\\x$(printf %x ${#header})\\0\\0\\0\\0\\0\\0\\0" "$header" '\0\0\0\0\0\0\0\0' >bn.safetensors
    printf 'PK\3\4model.pt' >a.pt
    printf '\200\2\212\nl\374' >a.pth
    printf '\211HDF\r\n\032\n' >a.h5
    printf '\010\010\022\007pytorch' >a.onnx
    printf 'GGUF\3\0\0\0' >a.gguf
    printf '<!DOCTYPE html><html>' >page.safetensors
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n' >pointer.safetensors
    : >empty.safetensors
    for word in "bn.safetensors:PyTorch" "a.pt:ZIP archive" "a.pth:pickle" "a.h5:HDF5" "a.onnx:ONNX" "a.gguf:GGUF" \
        "page.safetensors:web page" "pointer.safetensors:git lfs pull" "empty.safetensors:empty" \
        "run/checkpoint:checkpoint" "run/log.jsonl:text" "d/t10k-images-idx3-ubyte:--data"; do
        run evaluate --data d "${word%%:*}"
        exits 1
        says "${word##*:}"
        says "${word%%:*}"
        run predict --model "${word%%:*}" d/t10k-images-idx3-ubyte
        exits 1
        says "${word##*:}"
    done
}
files_that_are_no_images_are_named_as_what_they_are() {
    _setting
    printf 'BM\1\2' >a.bmp
    printf '%%PDF-1.4\n' >a.pdf
    local word
    for word in "a.bmp:a BMP picture; convert it to PNG" "a.pdf:PDF" "run/recipe.json:JSON" "d/labels.txt:text" \
        "run/checkpoint:checkpoint"; do
        run predict "${word%%:*}"
        exits 1
        says "${word##*:}"
    done
    _advised 'name it with ' '' predict run/model.safetensors
    run_shell "descender predict --raw $advice d/t10k-images-idx3-ubyte"
    exits 0
    _advised 'found a run; name it with ' '' predict run d/t10k-images-idx3-ubyte
    run_shell "descender predict --raw $advice d/t10k-images-idx3-ubyte"
    exits 0
}
what_comes_by_standard_input_is_in_no_command() {
    _setting
    local word
    printf '\375\67zXZ\0' >a.xz
    gzip -c a.xz >a.gz
    printf 'BM\1\2' >a.bmp
    printf 'PK\3\4x.npy' >a.npz
    for word in "a.xz:unpack it while piping, with xz -dc" "a.gz:unpack it while piping, with xz -dc" \
        "a.bmp:convert - png:-" "a.npz:unpack it, and name a file in it;" \
        "run/model.safetensors:name its file with --model" "d/labels.txt:check the path"; do
        run_shell "'$program' predict --model run - <'${word%%:*}'"
        exits 1
        says "standard input: "
        says "${word#*:}"
        says_no "'standard input'"
    done
    # A file with this name is a file, not the named data.
    cp a.xz "standard input"
    run predict --model run "standard input"
    says "mv 'standard input' 'standard input'.orig && xz -dc"
}
a_file_in_place_of_a_folder_is_named() {
    _setting
    run data info --data d/labels.txt
    exits 1
    says "expected images with labels in one of the forms"
    run data info --data d/t10k-images-idx3-ubyte
    exits 1
    says "name the folder that holds them"
    run train "${_small[@]}" --data d --out d/labels.txt
    exits 1
    says "a part of the path is a file"
}
an_option_that_is_advised_helps() {
    _setting
    run data pack "$work" d
    mkdir -p in/0 in/1 && pgm in/0/a.pgm 8 8 9 && pgm in/0/b.pgm 8 8 8 && pgm in/1/a.pgm 8 8 99 && pgm in/1/b.pgm 8 8 98
    run data pack in packed
    exits 0
    mkdir $'in/caf\351' && cp in/0/a.pgm $'in/caf\351'
    _advised 'Latin-1: ' '' data pack in "new names"
    _obey
    run data pack in "new names"
    exits 0
    run_shell "cat 'new names/labels.txt'"
    prints "café"
    rm -r in/café
    _advised 'or ' ' to replace it' data pack in packed
    run data pack in packed "$advice"
    exits 0
    run train "${_small[@]}" --data d --out run
    [ "$status" != 0 ] || complain "expected a failure"
    says "--resume"
    run train --resume run --quiet
    exits 0
    # A folder of other data where MNIST would be.
    DESCENDER_DATA=d _advised 'name them: ' '' data info --data mnist --offline
    run_shell "descender data info $advice"
    exits 0
}

# _adds MARK END COMMAND...: the command fails, and succeeds with the options between MARK and END appended.
_adds() {
    local words
    _advised "$@"
    shift 2
    eval "words=($advice)"
    run "$@" "${words[@]}"
    exits 0
}
# _replaces MARK END WRONG COMMAND...: the same; the advice replaces WRONG in the command.
_replaces() {
    local mark=$1 end=$2 wrong=$3
    shift 3
    _advised "$mark" "$end" "$@"
    run "${@//"$wrong"/"$advice"}"
    exits 0
}
training_that_diverges_is_mended_as_said() {
    _setting
    local wild=(train --data d --recipe tutorial --epochs 3 --threads 1 --batch 16 --model "flatten, dense 30, relu, dense"
        --loss squared-error --quiet) search=(tune --data d --recipe tutorial --threads 1 --batch 16 --trials 2 --epochs 4
        --first-epochs 4 --model "flatten, dense 30, relu, dense" --loss squared-error --quiet)
    _advised "choose a " ", or clip" "${wild[@]}" --learning-rate 1000 --out wild1
    same "$advice" "smaller learning rate"
    run "${wild[@]}" --learning-rate 0.01 --out wild2
    exits 0
    _advised "as with " ";" "${wild[@]}" --learning-rate 1000 --out wild3
    run_shell "descender ${wild[*]@Q} --learning-rate 1000 --out wild4 $advice"
    exits 0
    _advised "search " "," "${search[@]}" --out wild5 "learning-rate=900|1000"
    same "$advice" "smaller learning rates"
    run "${search[@]}" --out wild6 "learning-rate=0.01|0.02"
    exits 0
    _advised "as with " "" "${search[@]}" --out wild7 "learning-rate=900|1000"
    run_shell "descender ${search[*]@Q} --out wild8 'learning-rate=900|1000' $advice"
    exits 0
}
batches_that_do_not_fit_are_mended_as_said() {
    _setting
    local small=(train --data d --recipe tutorial --epochs 1 --threads 1 --quiet)
    local norm=("${small[@]}" --model "flatten, dense 8, batch-norm, relu, dense")
    _advised "has " " samples to train on; choose a smaller batch" "${small[@]}" --model "flatten, dense" --batch 100 --out b1
    run "${small[@]}" --model "flatten, dense" --batch "$advice" --out b1
    exits 0
    _advised "at least " ":" "${norm[@]}" --batch 1 --out b2
    run "${norm[@]}" --batch "$advice" --out b2
    exits 0
    # The last batch, of 67 + 1 images.
    _adds "smaller last batch with " "" "${norm[@]}" --out b3 --batch 67
    _adds "choose a smaller batch, as with " "" "${small[@]}" --model "flatten, dense" --find-rate --batch 16
    _advised "watch; set " " to" "${small[@]}" --model "flatten, dense" --batch 16 --patience 3 --out b4
    same "$advice" validation
    run "${small[@]}" --model "flatten, dense" --batch 16 --patience 3 --out b4 --validation 0.1
    exits 0
    run "${small[@]}" --model "flatten, dense" --batch 16 --patience 0 --out b5
    exits 0
}
words_of_models_recipes_and_commands_are_mended_as_said() {
    _setting
    local small=(train --data d --recipe tutorial --epochs 1 --threads 1 --batch 16 --quiet)
    local mean="did you mean '"
    _replaces "$mean" "'" batchnorm "${small[@]}" --model "flatten, dense 8, batchnorm, dense" --out w1
    _replaces "$mean" "'" desne model show "flatten, desne"
    _replaces "$mean" "'" tutorail train --data d --recipe tutorail --model "flatten, dense" --epochs 1 --quiet --out w2
    _replaces "$mean" "'" standrad "${small[@]}" --model "flatten, dense" --normalise standrad --out w3
    _replaces "$mean" "'" bf17 "${small[@]}" --model "flatten, dense" --precision bf17 --out w4
    _replaces "$mean" "'" --shedule "${small[@]}" --model "flatten, dense" --shedule cosine --out w5
    _replaces "$mean" "'" --slpit evaluate run --slpit train
    _replaces "$mean" "'" evalute evalute run
    _replaces "$mean" "'" lst recipe lst
    _replaces "affine, " "," rotat "${small[@]}" --model "flatten, dense" --augment rotat --out w6
    _replaces "there are: " "," mesq "${small[@]}" --model "flatten, dense" --loss mesq --out w7
    _replaces "write '" "'" "dense(8)" "${small[@]}" --model "flatten, dense(8), dense" --out w8
    _advised "put '" "' before" "${small[@]}" --model "dense" --out w9
    run "${small[@]}" --model "$advice, dense" --out w9
    exits 0
    _advised "as in '" "'" "${small[@]}" --model "flatten, dense, relu, dense" --out w10
    run "${small[@]}" --model "flatten, $advice, relu, dense" --out w10
    exits 0
    _advised "end it with '" "'" "${small[@]}" --model "flatten, dense 5" --out w11
    run "${small[@]}" --model "flatten, dense 5, $advice" --out w11
    exits 0
    _advised "keep height and width (" ")" "${small[@]}" --model "residual(conv 4 3x3), flatten, dense" --out w12
    run "${small[@]}" --model "residual(conv 4 3x3 $advice), flatten, dense" --out w12
    exits 0
    run "${small[@]}" --model "flatten, dense" --kernels nope --out w13
    exits 2
    _advised '`' '`' "${small[@]}" --model "flatten, dense" --kernels nope --out w13
    _obey
    _advised '`' '`' train --recipe no-such-recipe-at-all
    _obey
}
what_is_searched_is_named_as_said() {
    _setting
    local search=(tune --data d --recipe tutorial --threads 1 --batch 16 --trials 2 --epochs 1 --quiet)
    local flat=("${search[@]}" --model "flatten, dense")
    _replaces "did you mean '" "'" lerning-rate "${flat[@]}" --out t1 "lerning-rate=0.01|0.1"
    _adds "as in " "" "${flat[@]}" --out t2
    _adds "as in " "" "${search[@]}" --out t3 --model "flatten, dense {n}, dense" "learning-rate=0.01|0.1"
    # In place of the named model.
    _adds "as in " "" "${search[@]}" --out t4 "hidden=8|9" --model "flatten, dense"
    _adds "there, as in " "" "${flat[@]}" --out t5 "neurons=8|9"
    _advised "before it, as in " ";" "${flat[@]}" --out t6 "momentum=0.1..0.2"
    run "${flat[@]}" --out t6 "$advice=0.1..0.2"
    exits 0
    _adds "as in " "" "${flat[@]}" --out t7 "optimiser.beta1=0.8..0.9"
}


# ---- servers, pictures, and resumed runs ----

_serves() {
    in_background "$program" serve --runs "$work" "$@"
    wait_for grep -q http "$work/.out"
    port=$(sed -n 's|.*:\([0-9]*\)/$|\1|p' "$work/.out")
}
a_port_that_is_taken_is_mended_as_said() {
    needs_library libmicrohttpd || return
    _setting
    local first port
    _serves --port 0
    first=$job
    _advised "; try " "" serve --runs "$work" --port "$port"
    _serves $advice
    kill -TERM $job $first
    ended
    exits 0
    wait $first
}
pictures_that_are_not_ones_own_are_kept_as_said() {
    needs_library cairo || return
    _setting
    mkdir -p mine
    echo "my own" >mine/report.html
    run report run --data d --out mine --quiet
    exits 1
    says "mine/report.html"
    says "move it away, or name another folder"
    same "$(cat mine/report.html)" "my own"
    run report run --data d --out another --quiet
    exits 0
    mv mine/report.html my-report.html
    run report run --data d --out mine --quiet
    exits 0
}
a_run_that_goes_on_otherwise_is_mended_as_said() {
    _setting
    local slow=(train --data d --model "flatten, dense 300, relu, dense" --recipe tutorial --batch 2 --threads 1 \
        --checkpoint-seconds 0.001 --kernels portable)
    interrupted_run changed "${slow[@]}" --epochs 4000
    sed -i 's/"batch": *2\b/"batch": 4/' changed/recipe.json
    run train --resume changed --quiet
    exits 1
    says "'batch' was 2 and is now 4; change it back in recipe.json"
    sed -i 's/"batch": *4\b/"batch": 2/; s/"epochs": *4000\b/"epochs": 4000/' changed/recipe.json
    in_background "$program" train --resume changed --quiet
    wait_for grep -q '"event":"resume"' changed/log.jsonl
    kill -TERM $job
    ended
    exits 143
}

promises
