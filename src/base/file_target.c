/* SPDX-License-Identifier: MIT */
/* file_target.c: resolves names to their targets and creates temporary files beside them. */
#include "base/file_target.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LINKS_MOST = 40, ATTEMPTS = 1000, PROC_MAGIC = 0x9fa0 };

/* --- resolving a path --- */

void dsc_file_target_start(dsc_file_target *target) {
    *target = (dsc_file_target){.folder = -1, .descriptor = -1};
}

void dsc_file_target_clear(dsc_file_target *target) {
    if (target->folder >= 0) (void)close(target->folder);
    free(target->name);
    dsc_file_target_start(target);
}

/* Files can be written in a folder that may be searched but not read. */
static int open_folder(int from, const char *path) {
    int fd = dsc_open_at(from, path, O_RDONLY | O_DIRECTORY, 0);
    return fd >= 0 || errno != EACCES ? fd : dsc_open_at(from, path, O_PATH | O_DIRECTORY, 0);
}

/* Moves from the target's folder to the folder of `path`; its last part becomes the name. */
static bool step(dsc_file_target *t, const char *path) {
    char *copy = strdup(path);
    if (!copy) return errno = ENOMEM, false;
    char *slash = strrchr(copy, '/'), *name = strdup(slash ? slash + 1 : copy);
    if (slash) slash[slash == copy ? 1 : 0] = '\0';
    int folder = name ? open_folder(t->folder >= 0 ? t->folder : AT_FDCWD, slash ? copy : ".") : -1;
    int code = name ? errno : ENOMEM;
    free(copy);
    if (folder < 0) {
        free(name);
        errno = code;
        return false;
    }
    if (t->folder >= 0) (void)close(t->folder);
    free(t->name);
    t->folder = folder;
    t->name = name;
    return true;
}

static bool is_in_proc(int folder) {
    struct statfs system;
    return !fstatfs(folder, &system) && (unsigned long)system.f_type == PROC_MAGIC;
}

/* A link in /proc leads to an open file, whatever its text says. Returns the descriptor if it belongs to this
 * process; otherwise -1. */
static int own_descriptor(const dsc_file_target *t) {
    char link[64], where[256];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", t->folder);
    ssize_t length = readlink(link, where, sizeof where - 1);
    if (length < 0) return -1;
    where[length] = '\0';
    long process;
    char end;
    const char *last = strrchr(where, '/');
    if (sscanf(where, "/proc/%ld/%c", &process, &end) != 2 || process != (long)getpid()) return -1;
    int number, used = 0;
    bool whole = sscanf(t->name, "%d%n", &number, &used) == 1 && !t->name[used];
    return whole && !strcmp(last, "/fd") ? number : -1;
}

static dsc_status classify(dsc_file_target *t, const char *path, dsc_error *error) {
    if (S_ISDIR(t->info.st_mode)) {
        errno = EISDIR;
        return dsc_fail_system(error, path, "cannot be written");
    }
    if (S_ISSOCK(t->info.st_mode))
        return dsc_fail(error, DSC_ERROR_IO,
                        "%s: is a socket, which cannot be opened as a file; name a file or a pipe", path);
    if (!S_ISREG(t->info.st_mode)) t->kind = DSC_TARGET_SPECIAL;
    return DSC_OK;
}

dsc_status dsc_file_target_find(dsc_file_target *t, const char *path, dsc_error *error) {
    static const char what[] = "cannot be written";
    if (!*path) {
        errno = ENOENT;
        return dsc_fail_system(error, "the empty name", what);
    }
    char text[PATH_MAX];
    const char *rest = path;
    for (int links = 0;; links++) {
        if (!step(t, rest)) return dsc_fail_system(error, path, what);
        if (!*t->name) { /* "folder/" */
            errno = EISDIR;
            return dsc_fail_system(error, path, what);
        }
        if (fstatat(t->folder, t->name, &t->info, AT_SYMLINK_NOFOLLOW))
            return errno == ENOENT ? DSC_OK : dsc_fail_system(error, path, what);
        t->exists = true;
        if (!S_ISLNK(t->info.st_mode)) return classify(t, path, error);
        if (is_in_proc(t->folder)) {
            if (fstatat(t->folder, t->name, &t->info, 0)) return dsc_fail_system(error, path, what);
            t->descriptor = own_descriptor(t);
            t->kind = t->descriptor >= 0 ? DSC_TARGET_DESCRIPTOR : DSC_TARGET_SPECIAL;
            return S_ISDIR(t->info.st_mode) ? classify(t, path, error) : DSC_OK;
        }
        t->exists = false;
        ssize_t length = links < LINKS_MOST ? readlinkat(t->folder, t->name, text, sizeof text - 1) : -1;
        if (links == LINKS_MOST) errno = ELOOP;
        if (length < 0) return dsc_fail_system(error, path, what);
        text[length] = '\0';
        rest = text;
    }
}

bool dsc_file_is_mounted(const dsc_file_target *t) {
#ifdef STATX_ATTR_MOUNT_ROOT
    struct statx info;
    return t->exists && !statx(t->folder, t->name, AT_SYMLINK_NOFOLLOW, 0, &info) &&
           (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
    (void)t;
    return false;
#endif
}

/* --- temporary files --- */

/* Returns false if the name is too long; the short form always fits. */
static bool name_temporary(char out[DSC_TEMPORARY_NAME], const char *name, bool shortened, unsigned number) {
    int length = shortened ? snprintf(out, DSC_TEMPORARY_NAME, "%016llx.dsc-%u.tmp",
                                      (unsigned long long)dsc_text_hash(name), number)
                           : snprintf(out, DSC_TEMPORARY_NAME, "%s.dsc-%u.tmp", name, number);
    return length > 0 && length < DSC_TEMPORARY_NAME;
}

/* Removes a temporary file if it can be locked, since its process is then dead. Returns true if the name is
 * free now. */
static bool remove_dead(int folder, const char *name) {
    int fd = dsc_open_at(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0) return errno == ENOENT;
    struct stat info;
    bool removed = !fstat(fd, &info) && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
                   !flock(fd, LOCK_EX | LOCK_NB) && dsc_is_still_named(fd, folder, name) &&
                   !unlinkat(folder, name, 0);
    (void)close(fd);
    return removed;
}

/* Whether the new file is locked and still has its name: a cleaning process may have locked and removed it
 * first. A file system without locks does not prevent writing. */
static bool is_held(int fd, int folder, const char *name) {
    if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) return false;
    return dsc_is_still_named(fd, folder, name);
}

/* Not mkstemp: its files are private to the owner, and open's mode respects the umask. */
int dsc_temporary_open(char name[DSC_TEMPORARY_NAME], const dsc_file_target *t, unsigned mode) {
    bool shortened = false;
    for (unsigned number = 0; number < ATTEMPTS; number++) {
        if (!name_temporary(name, t->name, shortened, number)) {
            shortened = true;
            (void)name_temporary(name, t->name, shortened, number);
        }
        int fd = dsc_open_at(t->folder, name, O_RDWR | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno == EEXIST) {
            if (!remove_dead(t->folder, name)) continue;
            fd = dsc_open_at(t->folder, name, O_RDWR | O_CREAT | O_EXCL, mode);
        }
        if (fd < 0 && errno == ENAMETOOLONG && !shortened) {
            shortened = true;
            continue;
        }
        if (fd < 0 && errno != EEXIST) return -1;
        if (fd >= 0 && is_held(fd, t->folder, name)) return fd;
        if (fd >= 0) (void)close(fd);
    }
    errno = EEXIST;
    return -1;
}

/* The position of ".dsc-N.tmp" at the end of a file name; NULL if it is not one of the library's temporary
 * files. */
static const char *temporary_ending(const char *file) {
    const char *middle = strstr(file, ".dsc-");
    for (const char *next; middle && (next = strstr(middle + 1, ".dsc-"));) middle = next;
    if (!middle) return NULL;
    const size_t digits = strspn(middle + 5, "0123456789");
    return digits && !strcmp(middle + 5 + digits, ".tmp") ? middle : NULL;
}

/* Whether `file` is "NAME.dsc-N.tmp" for one of the names, or its short form. */
static bool is_temporary_of(const char *file, const char *const *names) {
    const char *middle = temporary_ending(file);
    if (!middle) return false;
    for (; *names; names++) {
        char hash[32];
        (void)snprintf(hash, sizeof hash, "%016llx", (unsigned long long)dsc_text_hash(*names));
        size_t length = (size_t)(middle - file);
        if ((strlen(*names) == length && !strncmp(file, *names, length)) ||
            (length == 16 && !strncmp(file, hash, length)))
            return true;
    }
    return false;
}

void dsc_file_sweep(const char *folder, const char *const *names) {
    DIR *list = opendir(folder);
    if (!list) return;
    for (const struct dirent *entry; (entry = readdir(list));)
        if (is_temporary_of(entry->d_name, names)) (void)remove_dead(dirfd(list), entry->d_name);
    (void)closedir(list);
}

void dsc_file_sweep_all(const char *folder) {
    DIR *list = opendir(folder);
    if (!list) return;
    for (const struct dirent *entry; (entry = readdir(list));)
        if (temporary_ending(entry->d_name)) (void)remove_dead(dirfd(list), entry->d_name);
    (void)closedir(list);
}

void dsc_file_remove_dead(const char *path) {
    const char *slash = strrchr(path, '/');
    if (temporary_ending(slash ? slash + 1 : path)) (void)remove_dead(AT_FDCWD, path);
}
