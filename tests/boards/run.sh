# SPDX-License-Identifier: MIT
# Exported models on other machines: at every level of optimisation of gcc and clang, on 32 bits, and on microcontrollers (Arm's
# Cortex-M, on boards that QEMU has). The figures it prints are those of docs/exchange.md. Called by scripts/test-processors.sh:
#   bash tests/boards/run.sh PROGRAM      RECIPES="cnn mcu-3k" in the environment: of these alone the networks; else of all
. "$(dirname "$0")/../cli/lib.sh"
board=$(dirname "$(realpath "$0")")
models=$board/../../models

_needs_arm() {
    needs_command arm-none-eabi-gcc && needs_command qemu-system-arm
}
# _runs PROCESSOR BOARD FLAGS...: the model called digits checks itself on this board
_runs() {
    local processor=$1 machine=$2
    shift 2
    run_shell "arm-none-eabi-gcc -std=c99 -O2 -mcpu=$processor -mthumb $* -Wall -Wextra -Wconversion -Werror -ffreestanding \
        -nostdlib -DDIGITS_SELFTEST -I. -idirafter '$board/include' -T '$board/board.ld' '$board/start.c' digits.c -lgcc -o digits.elf"
    exits 0
    run_shell "timeout 100 qemu-system-arm -M $machine -nographic -semihosting -icount shift=0 -kernel digits.elf 2>&1"
    exits 0
    prints "wrong 0"
    echo "  # $processor: $(arm-none-eabi-size digits.elf | awk 'NR == 2 { print $1 }') bytes of flash, $(tr '\n' ' ' <<<"$out")"
    [ "$(awk '$1 == "stack" { print $2 }' <<<"$out")" -lt 512 ] || complain "the head says: less than 512 bytes of stack"
}

_export() { # MODEL: digits.h and digits.c, in the work folder
    cd "$work" || return
    run export "$1" --to c --out digits --force --quiet
    exits 0
}
# The same in integers.
_whole() {
    [ -e "$work/whole.safetensors" ] ||
        "$program" quantise "$models/digits.safetensors" --data digits --force --out "$work/whole.safetensors" --quiet >/dev/null
}

the_source_is_clean_and_right_at_every_level_of_optimisation() {
    local compiler level tried=0 model
    _whole
    for model in "$models/digits.safetensors" "$work/whole.safetensors"; do
        _export "$model"
        printf '#include "digits.h"\nstatic float scratch[DIGITS_SCRATCH / 4];\nint main(void) { return digits_selftest(scratch); }\n' >main.c
        for compiler in gcc clang; do
            command -v $compiler >/dev/null || continue
            for level in -O0 -O1 -O2 -O3 -Os; do
                run_shell "$compiler -std=c99 $level -Wall -Wextra -Wpedantic -Wconversion -Werror -DDIGITS_SELFTEST digits.c main.c -o main && ./main"
                exits 0
            done
            tried=1
        done
    done
    [ $tried = 1 ] || because "needs gcc or clang"
}
the_source_is_right_on_32_bits() {
    local model
    _whole
    cd "$work" || return
    echo 'int main(void) { return 0; }' >none.c
    gcc -m32 none.c -o none 2>/dev/null && ./none || { because "needs gcc with the libraries of 32 bits (gcc-multilib)"; return; }
    for model in "$models/digits.safetensors" "$work/whole.safetensors"; do
        _export "$model"
        run_shell "gcc -std=c99 -O2 -m32 -msse2 -mfpmath=sse -Wall -Wextra -Wpedantic -Wconversion -Werror -DDIGITS_SELFTEST digits.c main.c -o main && ./main"
        exits 0
    done
}
the_shipped_model_answers_on_a_cortex_m3_without_floating_point() {
    _needs_arm || return
    _export "$models/digits.safetensors"
    _runs cortex-m3 mps2-an385 -mfloat-abi=soft
}
the_shipped_model_answers_on_a_cortex_m4_with_floating_point() {
    _needs_arm || return
    _runs cortex-m4 mps2-an386 -mfloat-abi=hard -mfpu=fpv4-sp-d16
}
the_shipped_model_answers_on_a_cortex_m7() {
    _needs_arm || return
    _runs cortex-m7 mps2-an500 -mfloat-abi=hard -mfpu=fpv5-sp-d16
}
a_model_of_whole_numbers_answers_on_a_cortex_m3() {
    _needs_arm || return
    _whole
    _export "$work/whole.safetensors"
    _runs cortex-m3 mps2-an385 -mfloat-abi=soft
}

# Exports the network of every recipe in every format that can be written, and compares the answers; networks for
# microcontrollers also in integers. Except mlp-augmented: mlp is similar, and three million weights keep a compiler
# busy.
every_recipes_network_leaves_and_answers_the_same() {
    local recipe model
    cd "$work" || return
    for recipe in ${RECIPES:-$("$program" recipe list | awk '$1 != "mlp-augmented" { print $1 }')}; do
        "$program" train --recipe "$recipe" --data digits --training-samples 500 --epochs 2 --out "$recipe" --quiet >/dev/null 2>&1
        for model in "$recipe" $([[ $recipe != mcu-* ]] || echo "$recipe.whole.safetensors"); do
            [ "$model" = "$recipe" ] || "$program" quantise "$recipe" --data digits --force --out "$model" --quiet >/dev/null 2>&1
            run export "$model" --verify --data digits --samples 50 --quiet
            exits 0
            prints "c "
        done
    done
}

promises
