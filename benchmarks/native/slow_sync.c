/* Makes every fsync and fdatasync take 30 ms longer, as on a disk that turns.
   Loaded before the C library: LD_PRELOAD=slow_sync.so program */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

#define DELAY_NS 30000000L

typedef int (*sync_call)(int);

static int slowed(const char *name, int descriptor) {
    struct timespec delay = {0, DELAY_NS};
    sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
    nanosleep(&delay, 0);
    return real(descriptor);
}

int fsync(int descriptor) { return slowed("fsync", descriptor); }
int fdatasync(int descriptor) { return slowed("fdatasync", descriptor); }
