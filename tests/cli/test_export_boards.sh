# SPDX-License-Identifier: MIT
# Exported models on microcontrollers: compiled for Arm's Cortex-M, run on boards that QEMU has. The figures it prints are
# those of docs/exchange.md.
. "$(dirname "$0")/lib.sh"
board=$(dirname "$(realpath "$0")")/cortex_m

_needs_arm() {
    needs_command arm-none-eabi-gcc && needs_command qemu-system-arm
}
# _runs PROCESSOR BOARD FLAGS...: the model called digits checks itself there
_runs() {
    local processor=$1 machine=$2
    shift 2
    run_shell "arm-none-eabi-gcc -std=c99 -O2 -mcpu=$processor -mthumb $* -Wall -Wextra -Wconversion -Werror -ffreestanding \
        -nostdlib -DDIGITS_SELFTEST -I. -T '$board/board.ld' '$board/start.c' digits.c -lgcc -o digits.elf"
    exits 0
    run_shell "timeout 100 qemu-system-arm -M $machine -nographic -semihosting -icount shift=0 -kernel digits.elf 2>&1"
    exits 0
    prints "wrong 0"
    echo "  # $processor: $(arm-none-eabi-size digits.elf | awk 'NR == 2 { print $1 }') bytes of flash, $(tr '\n' ' ' <<<"$out")"
    [ "$(awk '$1 == "stack" { print $2 }' <<<"$out")" -lt 512 ] || complain "the head says: less than 512 bytes of stack"
}

the_shipped_model_answers_on_a_cortex_m3_without_floating_point() {
    _needs_arm || return
    cd "$work" || return
    run export "$(dirname "$0")/../../models/digits.safetensors" --to c --out digits --force
    exits 0
    _runs cortex-m3 mps2-an385 -mfloat-abi=soft
}
the_shipped_model_answers_on_a_cortex_m4_with_floating_point() {
    _needs_arm || return
    cd "$work" || return
    _runs cortex-m4 mps2-an386 -mfloat-abi=hard -mfpu=fpv4-sp-d16
}
the_shipped_model_answers_on_a_cortex_m7() {
    _needs_arm || return
    cd "$work" || return
    _runs cortex-m7 mps2-an500 -mfloat-abi=hard -mfpu=fpv5-sp-d16
}

promises
