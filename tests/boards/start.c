/* SPDX-License-Identifier: MIT */
/* start.c: a Cortex-M board without an operating system, in QEMU. Starts an exported model (digits.h),
 * which checks itself, and prints by semihosting how many instructions and how much stack an answer took.
 * QEMU counts instructions, not cycles: with `-icount shift=0` an instruction takes a nanosecond, and the
 * timer of 25 MHz ticks every forty. */
#include "digits.h"

#include <stddef.h>
#include <stdint.h>

extern uint32_t stack_top[], stack_bottom[], bss_begin[], bss_end[];

static float scratch[DIGITS_SCRATCH / sizeof(float)], probabilities[DIGITS_CLASSES];
static unsigned char image[DIGITS_IMAGE];

/* --- the machine --- */

#ifdef __ARM_FP
static uint32_t volatile *const CPACR = (uint32_t *)0xE000ED88; /* access to the floating-point unit */
#endif
static uint32_t volatile *const SYSTICK = (uint32_t *)0xE000E010; /* control, reload, current */

static int semihost(int operation, const void *argument) {
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void say(const char *text) { (void)semihost(4, text); }

static void say_number(const char *name, uint32_t number) {
    char text[12] = {0};
    int at = 11;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    say(name);
    say(text + at);
    say("\n");
}

static void leave(uint32_t status) {
    const uint32_t block[2] = {0x20026, status}; /* ADP_Stopped_ApplicationExit */
    (void)semihost(0x20, block);
    for (;;) {
    }
}

/* Functions that the compiler may call. */
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    unsigned char *t = to;
    const unsigned char *f = from;
    while (size--) *t++ = *f++;
    return to;
}
void *memset(void *to, int byte, size_t size) {
    unsigned char *t = to;
    while (size--) *t++ = (unsigned char)byte;
    return to;
}

/* --- the work --- */

enum { PAINT = 0x5ca1ab1e };

static uint32_t free_stack(void) {
    uint32_t *at = stack_bottom;
    while (at < stack_top && *at == PAINT) at++;
    return (uint32_t)((unsigned char *)at - (unsigned char *)stack_bottom);
}

static __attribute__((noinline)) void work(void) {
    for (unsigned i = 0; i < DIGITS_IMAGE; i++) image[i] = (unsigned char)(i * 7);
    uint32_t *here = (uint32_t *)__builtin_frame_address(0) - 64;
    for (uint32_t *at = stack_bottom; at < here; at++) *at = PAINT;
    const uint32_t free_before = (uint32_t)((unsigned char *)here - (unsigned char *)stack_bottom);
    SYSTICK[1] = 0xffffff;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5;
    const uint32_t before = SYSTICK[2];
    (void)digits_predict(probabilities, image, scratch);
    const uint32_t ticks = (before - SYSTICK[2]) & 0xffffff;
    say_number("stack ", free_before - free_stack());
    say_number("thousand instructions ", ticks / 25);
    const int wrong = digits_selftest(scratch);
    say_number("wrong ", (uint32_t)wrong);
    leave(wrong != 0);
}

void reset(void) {
    for (uint32_t *at = bss_begin; at < bss_end; at++) *at = 0;
#ifdef __ARM_FP
    *CPACR |= 0xFu << 20; /* the floating-point unit */
    __asm__ volatile("dsb\n isb");
#endif
    work();
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {stack_top, (void *)reset};
