/* Loaded before libc (LD_PRELOAD): while the file SET_BACK exists, the clock of the day is an hour behind. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *moment) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, moment);
    const char *sign = getenv("SET_BACK");
    struct stat found;
    if (!failed && clock == CLOCK_REALTIME && sign && !stat(sign, &found)) moment->tv_sec -= 3600;
    return failed;
}
