#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# labels: slow
# seconds: 900
# One of each kind, in a copy of the project: scripts/new.py adds an op, a layer, a command, ... from the templates in
# tests/extend. Each is one file and one line; the tests of the registries pass, and help and reference contain it. Then
# the test breaks each in several ways, and another test must detect that.
#   test_extend.sh PROGRAM     in the build folder, which is copied, so that little is compiled
set -u
source "$(dirname "$0")/../shell.sh"
build=$PWD
value() { sed -n "s/^$1:[A-Z]*=//p" CMakeCache.txt; }
[ "$(value CMAKE_BUILD_TYPE)" = Release ] && [ -z "$(value DESCENDER_SANITIZE)$(value CMAKE_CROSSCOMPILING_EMULATOR)" ] && [[ $build == "$top"/* ]] ||
    { skip "one_of_each_is_one_file_and_one_line" "needs a release build inside of the project"; finish; }
[ -x /usr/bin/python3 ] && [ "$(uname -m)" = x86_64 ] ||
    { skip "one_of_each_is_one_file_and_one_line" "needs python3 and a 64-bit x86 processor"; finish; }

# --- a copy, whose build folder is valid in its new place ---
# Times are kept to the last digit, so that no file looks older than its sources.
copy=$folder/copy place=${build#"$top"/}
mkdir -p "$copy/$place"
tar --format=posix -C "$top" --exclude=./build --exclude=./.git --exclude=./data --exclude=./runs --exclude=./node_modules \
    --exclude="./$place" -cf - . | tar -C "$copy" -xf -
tar --format=posix -C "$build" --exclude=./Testing -cf - . | tar -C "$copy/$place" -xf -
/usr/bin/python3 - "$top" "$copy" "$copy/$place" <<'END'
import os, re, sys
old, new, folder = sys.argv[1:]
ends = (".cmake", ".txt", ".make", "Makefile", "Makefile2", ".d", ".internal", ".h", ".json", ".ts")
for path, _, names in os.walk(folder):
    for name in names:
        file = os.path.join(path, name)
        if not name.endswith(ends) or os.path.islink(file):
            continue
        text = open(file, "rb").read()
        changed = re.sub(re.escape(old.encode()) + rb"(?![a-zA-Z0-9._-])", new.encode(), text)
        # A mistake may leave a parameter unused: a warning is no error here.
        changed = re.sub(rb" -Werror(?= |\n|;)", b"", changed) if name == "flags.make" else changed
        changed = changed.replace(b"DESCENDER_WERROR:BOOL=ON", b"DESCENDER_WERROR:BOOL=OFF")
        if changed != text:
            times = os.stat(file)
            open(file, "wb").write(changed)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
END
cd "$copy/$place" || exit 1
# The copy's tests must find the examples in the copy.
rm -f tests/CMakeFiles/picture-picture.dir/picture/test_picture.c.o
# WebAssembly, which exported pages run, is not compiled again: this test is about the program.
[ ! -d generated/wasm ] || find generated/wasm -name '*.o' -exec touch -d '1 day' {} +
export CCACHE_BASEDIR=$copy CCACHE_NOHASHDIR=1 # if ccache is installed

# --- one of each ---
kinds=(op loss layer optimiser schedule augmentation command data-set picture model-format kernel-set)
declare -A name=([op]=tall-tanh [loss]=near-square [layer]=self-gate [optimiser]=mean-step [schedule]=inverse-time
    [augmentation]=solarise [command]=count [data-set]=bars [picture]=plain-grey [model-format]=named [kernel-set]=four-rows)
declare -A file=([op]=src/op/tall_tanh.c [loss]=src/op/near_square.c [layer]=src/layer/self_gate.c
    [optimiser]=src/optim/mean_step.c [schedule]=src/optim/schedule_inverse_time.c [augmentation]=src/augment/solarise.c
    [command]=cli/count.c [data-set]=src/data/known_bars.c [picture]=tools/picture/plain_grey.c
    [model-format]=tools/exchange/named.c [kernel-set]=src/kernel/set_four_rows.c)
touch -d '1 second ago' "$folder/before"
for kind in "${kinds[@]}"; do
    succeeds "a_new_${kind//-/_}_begins_with_a_template" "$copy/scripts/new.py" "$kind" "${name[$kind]}"
    # The change of each: one file, and a line of a registry. (A format of pictures also has an example file.)
    cp "$copy/${file[$kind]}" "$folder/$kind.good"
done
added=$(find "$copy" -path "$copy/$place" -prune -o -type f -newer "$folder/before" -print | wc -l)
is "one_of_each_is_a_file_and_a_registry_for_each" "$added" \
    $((${#kinds[@]} + $(sed -n 's/.*Kind("[^"]*", "\([^"]*\)".*/\1/p' "$copy/scripts/new.py" | sort -u | wc -l) + 1))
"$copy/scripts/new.py" op tall-tanh >"$folder/said" 2>&1
is "nothing_is_written_over" "$? $(cat "$folder/said")" "2 new.py: src/op/tall_tanh.c is there already"

tests=$(sed -n 's/.*"^(\([a-z0-9_.|]*\))\$".*/\1/p' "$copy/scripts/new.py" | tr '|\n' '\n\n' | sort -u)
programs=$(grep -v '^cli' <<<"$tests" | tr . -)
# build_all: compiles the changes, and links the tests; prints the errors
make_all() {
    # shellcheck disable=SC2086
    cmake --build . -j "$(getconf _NPROCESSORS_ONLN)" --target descender-program $programs >"$folder/made" 2>&1 && return
    fail "$1" "$(grep -E -A 5 'error|Error' "$folder/made" | head -40)"
    finish
}
# run_tests REGEX: prints the output of the tests
run_tests() { ctest --test-dir . -R "$1" --output-on-failure >"$folder/said" 2>&1; }

make_all "one_of_each_is_compiled"
is "no_template_makes_a_compiler_warn" "$(grep -A 3 'warning:' "$folder/made")" ""
run_tests "^($(tr '\n' '|' <<<"$tests" | sed 's/|$//'))\$"
is "one_of_each_passes_the_tests_of_its_registry" "$? $(grep -E 'error:|^ERROR|not ok|^ +expected|FAILED' "$folder/said" | head -20)" "0 "

./descender help --as markdown >"$folder/reference.md"
./descender --help >"$folder/help"
./descender help --as bash >"$folder/completion"
./descender help --as man count >"$folder/man"
./descender --version >"$folder/version"
./descender data info --data bars >"$folder/data" 2>&1
for kind in "${kinds[@]}"; do
    where=reference.md
    case $kind in command) where=help ;; kernel-set) where=version ;; data-set) where=data ;; esac
    is "a_new_${kind//-/_}_is_named_without_more" "$(grep -o -- "${name[$kind]}" "$folder/$where" | head -n 1)" "${name[$kind]}"
done
is "completion_knows_the_new_command" "$(grep -o -m 1 "'count'" "$folder/completion")" "'count'"
is "the_new_command_has_a_man_page" "$(grep -o -m 1 '\*descender count\*' "$folder/man")" "*descender count*"

# --- mistakes, several at once, each in another program or another test ---
# mistake KIND SED-SCRIPT
mistake() {
    sed "$2" "$folder/$1.good" >"$copy/${file[$1]}"
    cmp -s "$folder/$1.good" "$copy/${file[$1]}" && fail "the_mistake_can_be_made" "$1: $2"
}
# found NAME TEST PART: the test must fail, with this message
found() {
    run_tests "^$2\$"
    contains "$1" "$(cat "$folder/said")" "$3"
}

mistake op 's/return (dsc_real)((const values \*)call->values)->height/return 2 * (dsc_real)((const values *)call->values)->height/'
mistake loss 's/return call->input_count == 3 ? call->in\[1\]\[k\] : 1/return (void)call, (void)k, (dsc_real)1/'
mistake layer 's/v->bias ?/v ?/'
mistake optimiser 's/(dsc_real)(1 - beta))/(dsc_real)(1 - beta * beta))/'
mistake schedule 's/->decay \* epoch)/->decay * epoch * epoch)/'
mistake augmentation 's/i < count; i++)/i + 1 < count; i++)/'
mistake command 's/COMMAND_JSON(values), //'
mistake data-set 's/^    memset(image.*//'
mistake picture 's/size - HEAD < width \* height/false/'
mistake model-format 's/return size >= LENGTH \&\&/return size > 1u << 30 \&\&/'
mistake kernel-set 's/vec_fma(a, b, sum)/vec_fma(a + a, b, sum)/'
make_all "wrong_things_are_compiled"
found "a_wrong_formula_with_the_matching_gradient_is_found" check.gradients "tall-tanh (s, height=2): number 0 of the output is"
contains "class_weights_that_are_ignored_are_found" "$(cat "$folder/said")" "near-square: its input 1, role 'b', changes nothing"
found "a_layer_that_ignores_its_own_parameter_is_found" layer.layers "layer self-gate: its parameter 'bias' changes nothing"
found "a_wrong_optimiser_is_found" optim.optimisers "mean-step"
found "a_wrong_schedule_is_found" optim.schedules "inverse-time"
found "an_augmentation_that_does_not_write_all_is_found" augment.augment "solarise"
found "a_command_without_json_is_found" cli.help "count has no --json"
found "images_that_are_not_drawn_whole_are_found" data.drawn "bars: image 0 keeps what lay there before it was drawn"
found "a_picture_that_is_cut_short_and_read_is_found" picture.picture "every_format_has_a_seed_that_it_reads"
found "a_format_of_models_that_does_not_know_its_own_files_is_found" exchange.formats "named"
found "a_wrong_product_is_found" kernel.check "four-rows"

mistake op 's/d\[i\] \* height \* (1/d[i] * (1/; s/dy\[i\] \* height \* (1/dy[i] * (1/'
mistake loss 's/return (dsc_real)sqrt(.*;/return distance > 0 ? distance : -distance;/'
mistake layer 's/k, k, true)/k, k, false)/'
mistake optimiser 's/isnan(u->momentum) ? ((const values \*)u->values)->beta : u->momentum/isnan(u->momentum) ? 0.9 : u->momentum/'
mistake schedule 's/((const values \*)of)->decay/(of ? 0.5 : 0.5)/'
mistake augmentation 's/((const values \*)call->values)->threshold/(call ? 128 : 128)/'
mistake command 's/^    {"my-thing.*//; s/^    {"count.*//'
mistake data-set 's/(uint8_t)(drawn\[0\] \& 1)/(uint8_t)(drawn[0] \& 0)/'
mistake picture 's/return size >= sizeof START - 1 \&\& .*/return size > 0 || !bytes;/'
mistake model-format 's/source->size - LENGTH, /source->size - LENGTH - 1, /'
mistake kernel-set 's/vec_fma(a, b, sum)/(sum + a * b * 1.0001f)/'
make_all "wrong_things_are_compiled_again"
found "a_wrong_gradient_is_found" check.gradients "gradient"
found "weights_that_do_not_decay_are_found" layer.layers "layer self-gate: self_gate1.weight does not decay"
found "an_optimiser_that_ignores_its_parameter_is_found" optim.optimisers "mean-step: its parameter 'beta' changes nothing"
found "a_schedule_that_ignores_its_parameter_is_found" optim.schedules "inverse-time: its parameter 'decay' changes nothing"
found "an_augmentation_that_ignores_its_parameter_is_found" augment.augment "solarise: its parameter 'threshold' changes nothing"
found "a_command_without_examples_is_found" cli.program "count"
found "a_class_that_is_never_drawn_is_found" data.drawn "bars: no image of class 1"
found "a_format_that_takes_all_pictures_is_found" picture.picture "plain-grey takes a file of"
found "a_model_that_does_not_come_back_is_found" exchange.formats "named"
found "a_product_that_is_a_little_wrong_is_found" kernel.check "four-rows"

# --- forgotten in the registry: all but the kernel set, which nothing then compiles against ---
for kind in "${kinds[@]}"; do cp "$folder/$kind.good" "$copy/${file[$kind]}"; done
for registry in $(sed -n 's/.*Kind("[^"]*", "\([^"]*\)".*/\1/p' "$copy/scripts/new.py" | sort -u); do cp "$top/$registry" "$copy/$registry"; done
programs=descender
make_all "forgotten_things_are_compiled"
run_tests '^project.library$'
for kind in "${kinds[@]}"; do
    contains "a_forgotten_${kind//-/_}_is_found" "$(cat "$folder/said")" "$(basename "${file[$kind]}"): no registry has a line for"
done
finish
