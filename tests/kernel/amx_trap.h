/* SPDX-License-Identifier: MIT */
/* amx_trap.h: AMX's tile instructions on a processor without AMX. Each instruction raises SIGILL; the
 * handler decodes it, does the work of the processor in software, and continues behind it. So the tests
 * run the machine code that users get: its configuration in memory at that moment, its addresses, its
 * order.
 *
 * After Intel, "Software Developer's Manual", volume 2: LDTILECFG, TILERELEASE, TILEZERO, TILELOADD,
 * TILESTORED, TDPBF16PS, all in the three-byte VEX form, 128 bits, opcode map 0F38. Where a processor
 * would raise a fault, the handler counts it in `amx_faults` and describes it in `amx_fault`. */
#ifndef TESTS_KERNEL_AMX_TRAP_H
#define TESTS_KERNEL_AMX_TRAP_H

#include "kernel/amx_tiles.h"
#include "kernel/pack.h"

#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <ucontext.h>

static struct { unsigned char rows[16][64]; } amx_tiles[8];
static dsc_amx_config amx_config; /* palette 0: not configured, the initial state */
static unsigned amx_instructions, amx_faults;
static const char *amx_fault = "none";

static void amx_count_fault(const char *why) {
    if (amx_faults++ == 0) amx_fault = why;
}

/* Detects configurations for which LDTILECFG raises a general protection fault. */
static bool amx_config_is_valid(const dsc_amx_config *c) {
    if (c->palette != 1 || c->start_row != 0) return c->palette == 0;
    for (size_t i = 0; i < sizeof c->reserved; i++)
        if (c->reserved[i]) return false;
    for (int i = 0; i < 16; i++) {
        const bool there = i < 8;
        if (c->row_bytes[i] > (there ? 64 : 0) || c->row_bytes[i] % 4 || c->rows[i] > (there ? 16 : 0))
            return false;
        if (!c->rows[i] != !c->row_bytes[i]) return false;
    }
    return true;
}

static void amx_configure(const void *from) {
    memcpy(&amx_config, from, sizeof amx_config);
    if (!amx_config_is_valid(&amx_config)) amx_count_fault("LDTILECFG of a wrong configuration");
    memset(amx_tiles, 0, sizeof amx_tiles);
}

static bool amx_ready(unsigned tile) {
    if (amx_config.palette == 1 && amx_config.rows[tile]) return true;
    amx_count_fault("a tile that is not configured");
    return false;
}

static void amx_move(unsigned tile, char *memory, ptrdiff_t stride, bool load) {
    if (!amx_ready(tile)) return;
    for (int r = 0; r < amx_config.rows[tile]; r++) {
        unsigned char *row = amx_tiles[tile].rows[r];
        if (load)
            memset(row, 0, 64), memcpy(row, memory + r * stride, amx_config.row_bytes[tile]);
        else
            memcpy(memory + r * stride, row, amx_config.row_bytes[tile]);
    }
}

/* The lower and the upper halves of pairs are summed separately, from zero, and the two sums are added at
 * the end. */
static void amx_dot(unsigned sum, unsigned a, unsigned b) {
    if (!amx_ready(sum) || !amx_ready(a) || !amx_ready(b)) return;
    const int rows = amx_config.rows[sum], columns = amx_config.row_bytes[sum] / 4,
              pairs = amx_config.row_bytes[a] / 4;
    if (amx_config.rows[a] != rows || amx_config.rows[b] != pairs || amx_config.row_bytes[b] != 4 * columns)
        amx_count_fault("TDPBF16PS of shapes that do not fit");
    for (int m = 0; m < rows; m++)
        for (int n = 0; n < columns; n++) {
            float total, apart[2] = {0, 0};
            memcpy(&total, &amx_tiles[sum].rows[m][4 * n], 4);
            for (int k = 0; k < pairs; k++) {
                uint16_t x[2], y[2];
                memcpy(x, &amx_tiles[a].rows[m][4 * k], 4);
                memcpy(y, &amx_tiles[b].rows[k][4 * n], 4);
                for (int half = 0; half < 2; half++)
                    apart[half] = fmaf(dsc_bf16_to_float(x[half]), dsc_bf16_to_float(y[half]), apart[half]);
            }
            total += apart[0] + apart[1];
            memcpy(&amx_tiles[sum].rows[m][4 * n], &total, 4);
        }
}

/* The general registers by their numbers in an instruction. */
static int64_t amx_register(const ucontext_t *context, unsigned number) {
    static const int names[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    return context->uc_mcontext.gregs[names[number]];
}

typedef struct amx_operand {
    int64_t address,
        stride; /* stride: the index register, scaled; not part of the address of a tile's first row */
    const unsigned char *end;
} amx_operand;

/* ModRM, SIB and displacement (volume 2, section 2.1); `at` is the ModRM byte. */
static amx_operand amx_memory(const ucontext_t *context, const unsigned char *at, unsigned extend_index,
                              unsigned extend_base) {
    const unsigned mod = *at >> 6, rm = *at & 7;
    amx_operand o = {0, 0, at + 1};
    unsigned base = rm;
    if (rm == 4) {
        const unsigned sib = *o.end++, index = (sib >> 3 & 7) | extend_index;
        base = sib & 7;
        if (index != 4) o.stride = amx_register(context, index) * (1 << (sib >> 6));
    }
    int32_t displacement = 0;
    const bool no_base = mod == 0 && base == 5; /* then rm 5 is relative to the next instruction */
    if (mod == 1) {
        displacement = (signed char)*o.end++;
    } else if (mod == 2 || no_base) {
        memcpy(&displacement, o.end, 4);
        o.end += 4;
    }
    o.address = displacement;
    if (!no_base)
        o.address += amx_register(context, base | extend_base);
    else if (rm == 5)
        o.address += (int64_t)(intptr_t)o.end;
    return o;
}

/* Returns true if there was a tile instruction at `at`, after executing it. */
static bool amx_step(ucontext_t *context, const unsigned char *at) {
    enum { NONE, P66, PF3, PF2 };
    if (at[0] != 0xc4 || (at[1] & 0x1f) != 2 || (at[2] & 0x84) != 0) return false; /* W and L are 0 */
    const unsigned prefix = at[2] & 3, opcode = at[3], modrm = at[4], third = ~(at[2] >> 3) & 15;
    const unsigned reg = modrm >> 3 & 7, rm = modrm & 7;
    const bool registers = modrm >> 6 == 3;
    const unsigned char *end = at + 5;
    if (opcode == 0x5c && prefix == PF3 && registers) {
        amx_dot(reg, rm, third);
    } else if (opcode == 0x49 && prefix == PF2 && registers) {
        if (amx_ready(reg)) memset(&amx_tiles[reg], 0, sizeof *amx_tiles);
    } else if (opcode == 0x49 && prefix == NONE && registers) {
        memset(&amx_config, 0, sizeof amx_config);
    } else if ((opcode == 0x49 && prefix == NONE) || (opcode == 0x4b && (prefix == PF2 || prefix == PF3))) {
        const amx_operand o = amx_memory(context, at + 4, at[1] & 0x40 ? 0 : 8, at[1] & 0x20 ? 0 : 8);
        void *memory = (void *)(intptr_t)(opcode == 0x49 ? o.address + o.stride : o.address);
        if (opcode == 0x49)
            amx_configure(memory);
        else
            amx_move(reg, memory, o.stride, prefix == PF2);
        end = o.end;
    } else {
        return false;
    }
    context->uc_mcontext.gregs[REG_RIP] = (greg_t)(intptr_t)end;
    amx_instructions++;
    return true;
}

static void amx_trap(int signal_number, siginfo_t *info, void *context) {
    (void)info;
    ucontext_t *const c = context;
    if (!amx_step(c, (const unsigned char *)(intptr_t)c->uc_mcontext.gregs[REG_RIP]))
        (void)signal(signal_number, SIG_DFL); /* not ours: it is raised again, and ends the program */
}

static void amx_trap_begin(void) {
    struct sigaction action = {.sa_sigaction = amx_trap, .sa_flags = SA_SIGINFO};
    (void)sigaction(SIGILL, &action, NULL);
}
static void amx_trap_end(void) { (void)signal(SIGILL, SIG_DFL); }

#endif
