/* Notes, in order, what a process does to the files of one folder, and lets calls fail.

   Preloaded before libc. Recording begins by `record_begin`, or by RECORD_FOLDER and RECORD_LOG in
   the environment. One record: a head of 32 bytes (struct head), then `first` bytes of data or of a
   path, then `second` bytes of another path. Files whose name ends in "-shm" are passed over: no
   power cut leaves anything of them. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_HANDLES 65536

struct head {
    char kind;
    char unused[3];
    uint32_t first;
    uint64_t inode;
    uint64_t offset;
    uint32_t second;
    uint32_t unused_too;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static int log_handle = -1;
static int on;
static uint64_t inodes[MOST_HANDLES];
static long calls, fail_at;
static int fail_errno, fail_once;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static void put(char kind, uint64_t inode, uint64_t offset, const void *data, size_t length,
                const char *other) {
    static ssize_t (*write_all)(int, const struct iovec *, int);
    struct head head = {.kind = kind, .first = (uint32_t)length, .inode = inode, .offset = offset};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)data, length}, {(void *)other, 0}};
    int saved = errno;
    if (log_handle < 0)
        return;
    if (other != NULL)
        head.second = (uint32_t)(parts[2].iov_len = strlen(other));
    if (write_all == NULL)
        write_all = (ssize_t(*)(int, const struct iovec *, int))real("writev");
    if (write_all(log_handle, parts, 3) != (ssize_t)(sizeof head + length + parts[2].iov_len))
        abort(); /* a log with a hole would acquit the program */
    errno = saved;
}

static int inside(const char *path) {
    size_t length = strlen(path);
    if (strncmp(path, root, root_length) != 0 || (length >= 4 && !strcmp(path + length - 4, "-shm")))
        return 0;
    return root_length == 1 || path[root_length] == '/' || path[root_length] == '\0';
}

/* Tell whether a path lies in the folder; `whole` receives it from the root on. */
static int ours(int folder, const char *path, char *whole) {
    char link[64], base[PATH_MAX] = "";
    if (!on || path == NULL)
        return 0;
    if (path[0] != '/') {
        ssize_t length;
        if (folder == AT_FDCWD) {
            if (getcwd(base, sizeof base) == NULL)
                return 0;
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            if ((length = readlink(link, base, sizeof base - 1)) < 0)
                return 0;
            base[length] = '\0';
        }
    }
    if (snprintf(whole, PATH_MAX, "%s%s%s", base, path[0] == '/' ? "" : "/", path) >= PATH_MAX)
        return 0;
    if (root_length == 1 && strncmp(whole, "/dev/shm/", 9) != 0 &&
        (!strncmp(whole, "/proc/", 6) || !strncmp(whole, "/dev/", 5) ||
         !strncmp(whole, "/sys/", 5)))
        return 0;
    return inside(whole);
}

/* Count a call that changes something; tell whether it is to fail. */
static int fails(void) {
    calls++;
    if (fail_at == 0 || calls < fail_at || (fail_once && calls > fail_at))
        return 0;
    errno = fail_errno;
    return 1;
}

static uint64_t inode_of(int handle, int *is_folder) {
    struct stat found;
    if (fstat(handle, &found) != 0)
        return 0;
    *is_folder = S_ISDIR(found.st_mode);
    return found.st_ino;
}

static int known(int handle) {
    return on && handle >= 0 && handle < MOST_HANDLES && inodes[handle] != 0;
}

static int open_noted(int (*open_it)(int, const char *, int, ...), int folder, const char *path,
                      int flags, mode_t mode) {
    char whole[PATH_MAX];
    int handle, is_new, is_folder = 0, writes = (flags & O_ACCMODE) != O_RDONLY;
    if (!ours(folder, path, whole))
        return open_it(folder, path, flags, mode);
    pthread_mutex_lock(&turn);
    is_new = (flags & O_CREAT) && access(whole, F_OK) != 0;
    if ((is_new || (writes && (flags & O_TRUNC))) && fails()) {
        pthread_mutex_unlock(&turn);
        return -1;
    }
    handle = open_it(folder, path, flags, mode);
    if (handle >= 0 && handle < MOST_HANDLES) {
        inodes[handle] = inode_of(handle, &is_folder);
        if ((flags & O_TMPFILE) == O_TMPFILE)
            put('A', inodes[handle], 0, whole, strlen(whole), NULL);
        else if (is_new)
            put('C', inodes[handle], 0, whole, strlen(whole), NULL);
        else if (writes) {
            put('O', inodes[handle], 0, whole, strlen(whole), NULL);
            if (flags & O_TRUNC)
                put('T', inodes[handle], 0, NULL, 0, NULL);
        }
    }
    pthread_mutex_unlock(&turn);
    return handle;
}

#define MODE(flags, mode)                       \
    if ((flags) & (O_CREAT | O_TMPFILE)) {      \
        va_list rest;                           \
        va_start(rest, flags);                  \
        mode = va_arg(rest, mode_t);            \
        va_end(rest);                           \
    }

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, mode)
    return open_noted(REAL(openat), AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, mode)
    return open_noted(REAL(openat), AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, mode)
    return open_noted(REAL(openat), folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, mode)
    return open_noted(REAL(openat), folder, path, flags | O_LARGEFILE, mode);
}

int close(int handle) {
    if (known(handle)) {
        pthread_mutex_lock(&turn);
        inodes[handle] = 0;
        pthread_mutex_unlock(&turn);
    }
    return REAL(close)(handle);
}

/* Half of what a failing call was to write is written: a disk fills up in the midst of it. */
static ssize_t write_noted(int handle, const void *data, size_t length, off_t offset, int placed) {
    ssize_t done;
    int failing;
    pthread_mutex_lock(&turn);
    if (!placed) {
        int flags = fcntl(handle, F_GETFL);
        offset = lseek(handle, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
    }
    failing = fails();
    if (failing)
        length /= 2;
    done = REAL(pwrite)(handle, data, length, offset);
    if (done > 0) {
        put('W', inodes[handle], (uint64_t)offset, data, (size_t)done, NULL);
        if (!placed)
            lseek(handle, offset + done, SEEK_SET);
    }
    if (failing) {
        done = -1;
        errno = fail_errno;
    }
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t write(int handle, const void *data, size_t length) {
    if (!known(handle))
        return REAL(write)(handle, data, length);
    return write_noted(handle, data, length, 0, 0);
}

ssize_t pwrite(int handle, const void *data, size_t length, off_t offset) {
    if (!known(handle))
        return REAL(pwrite)(handle, data, length, offset);
    return write_noted(handle, data, length, offset, 1);
}

ssize_t pwrite64(int handle, const void *data, size_t length, off64_t offset) {
    return pwrite(handle, data, length, (off_t)offset);
}

/* What is copied inside the kernel would pass by unseen: callers then copy by reading and writing. */
ssize_t sendfile64(int out, int in, off64_t *offset, size_t count) {
    if (known(out)) {
        errno = ENOTSOCK;
        return -1;
    }
    return ((ssize_t(*)(int, int, off64_t *, size_t))real("sendfile64"))(out, in, offset, count);
}

int ftruncate(int handle, off_t length) {
    int done = -1;
    if (!known(handle))
        return REAL(ftruncate)(handle, length);
    pthread_mutex_lock(&turn);
    if (!fails()) {
        done = REAL(ftruncate)(handle, length);
        if (done == 0)
            put('T', inodes[handle], (uint64_t)length, NULL, 0, NULL);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int ftruncate64(int handle, off64_t length) { return ftruncate(handle, (off_t)length); }

static int sync_noted(int handle, int (*sync_it)(int)) {
    int done = -1;
    if (!known(handle))
        return sync_it(handle);
    pthread_mutex_lock(&turn);
    if (!fails()) {
        done = sync_it(handle);
        if (done == 0)
            put('S', inodes[handle], 0, NULL, 0, NULL);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int fsync(int handle) { return sync_noted(handle, REAL(fsync)); }

int fdatasync(int handle) { return sync_noted(handle, REAL(fdatasync)); }

static int rename_noted(int from, const char *old, int to, const char *new) {
    char first[PATH_MAX], second[PATH_MAX];
    int done = -1, in = ours(from, old, first);
    if (!ours(to, new, second) || !in)
        return REAL(renameat)(from, old, to, new);
    pthread_mutex_lock(&turn);
    if (!fails()) {
        done = REAL(renameat)(from, old, to, new);
        if (done == 0)
            put('R', 0, 0, first, strlen(first), second);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int rename(const char *old, const char *new) {
    return rename_noted(AT_FDCWD, old, AT_FDCWD, new);
}

int renameat(int from, const char *old, int to, const char *new) {
    return rename_noted(from, old, to, new);
}

int unlinkat(int folder, const char *path, int flags) {
    char whole[PATH_MAX];
    int done = -1;
    if (!ours(folder, path, whole))
        return REAL(unlinkat)(folder, path, flags);
    pthread_mutex_lock(&turn);
    if (!fails()) {
        done = REAL(unlinkat)(folder, path, flags);
        if (done == 0)
            put('U', 0, 0, whole, strlen(whole), NULL);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t mode) {
    char whole[PATH_MAX];
    struct stat made;
    int done = -1;
    if (!ours(folder, path, whole))
        return REAL(mkdirat)(folder, path, mode);
    pthread_mutex_lock(&turn);
    if (!fails()) {
        done = REAL(mkdirat)(folder, path, mode);
        if (done == 0 && stat(whole, &made) == 0)
            put('D', made.st_ino, 0, whole, strlen(whole), NULL);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

/* What the tests call. */

void record_begin(const char *folder, const char *log) {
    pthread_mutex_lock(&turn);
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    log_handle = log == NULL ? -1 : REAL(openat)(AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    calls = fail_at = 0;
    on = 1;
    pthread_mutex_unlock(&turn);
}

void record_fail(long at, int number, int once) {
    pthread_mutex_lock(&turn);
    calls = 0;
    fail_at = at;
    fail_errno = number;
    fail_once = once;
    pthread_mutex_unlock(&turn);
}

long record_calls(void) { return calls; }

void record_mark(const char *text) {
    pthread_mutex_lock(&turn);
    put('M', 0, 0, text, strlen(text), NULL);
    pthread_mutex_unlock(&turn);
}

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("RECORD_FOLDER"), *log = getenv("RECORD_LOG");
    if (folder != NULL && log != NULL)
        record_begin(folder, log);
}
