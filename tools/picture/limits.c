/* SPDX-License-Identifier: MIT */
/* limits.c: limits on the memory and time of a process that decodes; see limits.h. */
#include "picture/limits.h"

#include "base/error.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Parsing and decoding took up to 20 MB and 14 bytes per pixel with libheif 1.15 (planes of the decoder,
 * the picture in RGB, copies between them); a decoder may start a thread for each core. Seconds of
 * processor time, for slow machines. */
enum { ALWAYS = 128 << 20, A_CORE = 4 << 20, A_PIXEL = 24, SECONDS_MOST = 300 };
/* A process that works less than so many nanoseconds in a second waits. */
enum { IDLE_SECONDS_MOST = 5, WORKED = 5000000 };

static bool limited;

/* Bytes of private writable memory, which is what RLIMIT_DATA limits (Linux; proc(5), getrlimit(2)). */
static bool memory_now(uint64_t *bytes) {
    unsigned long long pages;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return false;
    const bool read = fscanf(file, "%*u %*u %*u %*u %*u %llu", &pages) == 1; /* NOLINT(cert-err34-c) */
    (void)fclose(file);
    *bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return read;
}

static dsc_status limit_memory(uint64_t pixels, dsc_error *error) {
    const long cores = sysconf(_SC_NPROCESSORS_CONF);
    const uint64_t more = ALWAYS + A_PIXEL * pixels + (cores > 0 ? (uint64_t)A_CORE * (uint64_t)cores : 0);
    struct rlimit limit;
    uint64_t now;
    if (!memory_now(&now) || getrlimit(RLIMIT_DATA, &limit) != 0)
        return dsc_fail(error, DSC_ERROR_IO, "cannot limit the memory of a process: %s", strerror(errno));
    const uint64_t wanted = now + more;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_DATA, &limit) == 0) return DSC_OK;
    return dsc_fail(error, DSC_ERROR_IO, "cannot limit the memory of a process: %s", strerror(errno));
}

/* Ends the process if it has not computed for some seconds: libde265 waits for ever if an allocation
 * failed in one of its threads. */
static void end_if_stalled(int signal) {
    static time_t seconds;
    static long nanoseconds;
    static int idle;
    struct timespec used;
    (void)signal;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) _exit(EXIT_FAILURE);
    const bool worked = used.tv_sec != seconds || used.tv_nsec - nanoseconds > WORKED;
    idle = worked ? 0 : idle + 1;
    if (idle >= IDLE_SECONDS_MOST) _exit(EXIT_FAILURE);
    seconds = used.tv_sec;
    nanoseconds = used.tv_nsec;
}

static void limit_time(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_CPU, &limit) == 0) {
        if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > SECONDS_MOST) limit.rlim_cur = SECONDS_MOST;
        (void)setrlimit(RLIMIT_CPU, &limit);
    }
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none); /* a crash of a library is no reason for a file of its memory */
    const struct sigaction tick = {.sa_handler = end_if_stalled, .sa_flags = SA_RESTART};
    const struct itimerval each_second = {.it_interval = {1, 0}, .it_value = {1, 0}};
    sigset_t alarm; /* the program that started this one may have blocked it */
    (void)sigemptyset(&alarm);
    (void)sigaddset(&alarm, SIGALRM);
    (void)sigaction(SIGALRM, &tick, NULL);
    (void)sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    (void)setitimer(ITIMER_REAL, &each_second, NULL);
}

dsc_status picture_limits_begin(dsc_error *error) {
    limited = true;
    limit_time();
    return limit_memory(0, error);
}

void picture_limits_end(void) { (void)setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL); }

dsc_status picture_limits_allow(uint64_t pixels, dsc_error *error) {
    return limited ? limit_memory(pixels, error) : DSC_OK;
}
