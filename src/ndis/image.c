/* SPDX-License-Identifier: MIT */
/* An image is a driver's code: a shared object that is mapped once for each module that runs it, or
 * a driver that is linked into the program and registered under a name. */
#define _GNU_SOURCE
#include "ndis/module.h"
#include "ndis/spare.h"
#include "ndis/world.h"
#include "rules/place.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct linked_driver {
    struct linked_driver *next;
    PDRIVER_INITIALIZE entry;
    bool reentrant;
    uint32_t loaded_count;
    char name[MODULE_NAME_BYTES];
};

/* Guards the registered drivers, and makes "is it mapped already" and "map it" one step. */
static pthread_mutex_t images_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct linked_driver *linked_first;

/* ---- linked in ---- */

static struct linked_driver *find_linked(const char *name)
{
    struct linked_driver *linked = linked_first;
    while (linked && strcmp(linked->name, name) != 0)
        linked = linked->next;
    return linked;
}

bool condis_driver_register(const char *name, void *entry, bool reentrant)
{
    if (!name || !entry || !*name || strchr(name, '/') || strlen(name) >= MODULE_NAME_BYTES)
        return false;
    pthread_mutex_lock(&images_mutex);
    struct linked_driver *linked = find_linked(name);
    if (!linked) {
        linked = calloc(1, sizeof(*linked));
        if (linked) {
            snprintf(linked->name, sizeof(linked->name), "%s", name);
            memcpy(&linked->entry, &entry, sizeof(entry));
            linked->reentrant = reentrant;
            linked->next = linked_first;
            linked_first = linked;
        }
    }
    void *registered = NULL;
    if (linked)
        memcpy(&registered, &linked->entry, sizeof(registered));
    pthread_mutex_unlock(&images_mutex);
    return registered == entry;
}

static bool open_linked(struct module *module, const char *name, struct condis_error *error)
{
    pthread_mutex_lock(&images_mutex);
    struct linked_driver *linked = find_linked(name);
    bool busy = linked && !linked->reentrant && linked->loaded_count > 0;
    if (linked && !busy)
        linked->loaded_count++;
    pthread_mutex_unlock(&images_mutex);
    if (!linked)
        return error_say(error,
                         "no driver is registered under the name '%s'; to load a file write its "
                         "path with a '/', such as './%s'",
                         name, name);
    if (busy)
        return error_say(error,
                         "driver '%s' is linked into the program and keeps globals, so it cannot "
                         "be loaded twice: build it as a shared object",
                         name);
    module->linked = linked;
    module->entry = linked->entry;
    snprintf(module->name, sizeof(module->name), "%s", linked->name);
    return true;
}

/* ---- files ---- */

/* How much of a file the loader maps: what lies behind it, mostly names for debuggers, needs no
 * copy. What is no ELF file of ours is copied whole, for the loader to say so. */
static size_t mapped_bytes(int file)
{
    size_t most = 0;
    ElfW(Ehdr) head;
    ElfW(Phdr) part;
    if (pread(file, &head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
        memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof(part))
        return SIZE_MAX;
    for (unsigned i = 0; i < head.e_phnum; i++) {
        off_t at = (off_t)(head.e_phoff + i * sizeof(part));
        if (pread(file, &part, sizeof(part), at) != (ssize_t)sizeof(part))
            return SIZE_MAX;
        if (part.p_type == PT_LOAD && part.p_offset + part.p_filesz > most)
            most = part.p_offset + part.p_filesz;
    }
    return most ? most : SIZE_MAX;
}

static bool copy_bytes(int from, int to)
{
    enum { AT_ONCE = 1 << 30 };
    size_t left = mapped_bytes(from);
    while (left > 0) {
        ssize_t got = sendfile(to, from, NULL, left < AT_ONCE ? left : AT_ONCE);
        if (got < 0 && errno != EINTR)
            return false;
        if (got == 0)
            break;
        left -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* Writes a path of an open file. The loader takes two files of one name for the same, and numbers
 * of files are used again, so each copy spells the path differently. */
static void spell_path(char *path, size_t path_bytes, int file)
{
    static uint32_t copy_count; /* guarded by images_mutex */
    uint32_t number = ++copy_count;
    size_t length = (size_t)snprintf(path, path_bytes, "/proc/self/fd/");
    for (; number; number /= 2)
        length += (size_t)snprintf(path + length, path_bytes - length, number % 2 ? ".//" : "./");
    snprintf(path + length, path_bytes - length, "%d", file);
}

/* Opens a file of its own for a copy: in memory where the system lets us, because a simulation
 * makes one for each host of each run.
 * copy  what the loader may open it by; begins with the temporary directory when it is on a disk */
static int open_copy(char *copy, size_t copy_bytes, bool *on_disk)
{
    const char *directory = getenv("TMPDIR");
    int to = memfd_create("condis-driver", MFD_CLOEXEC);
    *on_disk = false;
    spell_path(copy, copy_bytes, to);
    if (to >= 0 && access(copy, R_OK | X_OK) == 0)
        return to;
    if (to >= 0)
        close(to);
    snprintf(copy, copy_bytes, "%s/condis-driver-XXXXXX",
             directory && *directory ? directory : "/tmp");
    to = mkostemp(copy, O_CLOEXEC);
    *on_disk = to >= 0;
    return to;
}

/* Where the loader mapped an image; NULL when it does not say. */
static const void *image_base(void *image)
{
    struct link_map *map = NULL;
    Dl_info info;
    if (dlinfo(image, RTLD_DI_LINKMAP, &map) != 0 || !dladdr(map->l_ld, &info))
        return NULL;
    return info.dli_fbase;
}

/* Lets an image go that module_open mapped. */
static void unmap(void *image)
{
    place_forget_image(image_base(image));
    dlclose(image);
}

/* Maps a private copy: the loader knows a file by its inode, and gives the same globals again for
 * one that is mapped. */
static void *map_copy(const char *path, struct condis_error *error)
{
    char copy[512];
    bool on_disk = false;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = from < 0 ? -1 : open_copy(copy, sizeof(copy), &on_disk);
    void *image = NULL;
    if (to < 0 || !copy_bytes(from, to))
        error_say(error, "cannot copy '%s' to '%s' for a second host: %s", path,
                  from < 0 ? "memory" : copy, strerror(errno));
    else
        image = dlopen(copy, RTLD_NOW | RTLD_LOCAL);
    if (image)
        place_name_image(image_base(image), path);
    if (on_disk)
        unlink(copy);
    if (to >= 0)
        close(to);
    if (from >= 0)
        close(from);
    return image;
}

/* Maps the file itself, the first time. The loader trusts a file's own words about its length, and
 * one that was cut off would end the process. */
static void *map_file(const char *path, struct condis_error *error)
{
    struct stat facts = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t wanted = file < 0 ? SIZE_MAX : mapped_bytes(file);
    if (file >= 0 && fstat(file, &facts) != 0)
        wanted = SIZE_MAX;
    if (file >= 0)
        close(file);
    if (wanted != SIZE_MAX && wanted > (size_t)facts.st_size) {
        error_say(error,
                  "'%s' is cut off: it has %lld bytes and says that it has %zu or more; build or "
                  "copy it again",
                  path, (long long)facts.st_size, wanted);
        return NULL;
    }
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static void *map(const char *path, struct condis_error *error)
{
    pthread_mutex_lock(&images_mutex);
    void *image = spare_take(path);
    if (!image) {
        void *mapped = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
        image = mapped ? map_copy(path, error) : map_file(path, error);
        if (mapped)
            dlclose(mapped);
    }
    if (image)
        spare_count(path);
    pthread_mutex_unlock(&images_mutex);
    return image;
}

void image_preload(const char *path, uint32_t count)
{
    void *images[64];
    uint32_t mapped = 0;
    while (mapped < count && mapped < 64 && (images[mapped] = map(path, NULL)) != NULL)
        mapped++;
    while (mapped > 0)
        spare_put(path, images[--mapped]);
}

/* Puts the loader's words into one line that says what to do. */
static void explain_failure(const char *path, const char *words, struct condis_error *error)
{
    static const char undefined[] = "undefined symbol: ";
    const char *symbol = words ? strstr(words, undefined) : NULL;
    if (symbol) {
        symbol += sizeof(undefined) - 1;
        error_say(error,
                  "driver '%s' needs the function %.*s, which condis does not have: remove the "
                  "call, or see docs/support.md",
                  path, (int)strcspn(symbol, " ,("), symbol);
    } else {
        error_say(error,
                  "'%s' is no driver that can be loaded: %s; build it as a shared object "
                  "(-shared -fPIC)",
                  path, words ? words : "the loader gave no reason");
    }
}

static bool check_file(const char *path, struct condis_error *error)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return error_say(error, "cannot load driver '%s': %s; check the path", path,
                         strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_say(error,
                         "cannot load driver '%s': it is no file; give the path of a "
                         "shared object",
                         path);
    if (access(path, R_OK) != 0)
        return error_say(error, "cannot load driver '%s': %s; make the file readable", path,
                         strerror(errno));
    return true;
}

/* "leaf" from "/some/where/libleaf.so". */
static void name_from_path(char *name, size_t name_bytes, const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    if (!strncmp(base, "lib", 3) && base[3] && base[3] != '.')
        base += 3;
    size_t length = strcspn(base, ".");
    snprintf(name, name_bytes, "%.*s", (int)(length ? length : strlen(base)), base);
}

static bool open_file(struct module *module, const char *path, struct condis_error *error)
{
    if (!check_file(path, error))
        return false;
    if (error)
        error->text[0] = 0;
    void *image = map(path, error);
    if (!image) {
        const char *words = dlerror();
        if (!error || !error->text[0])
            explain_failure(path, words, error);
        return false;
    }
    void *entry = dlsym(image, "DriverEntry");
    if (!entry) {
        unmap(image);
        return error_say(
            error, "'%s' has no DriverEntry: a driver exports it (not static, not hidden)", path);
    }
    module->image = image;
    memcpy(&module->entry, &entry, sizeof(entry));
    name_from_path(module->name, sizeof(module->name), path);
    return true;
}

bool module_open(struct module *module, const char *driver, struct condis_error *error)
{
    if (!driver || !*driver)
        return error_say(error, "a driver needs a path or a registered name");
    return strchr(driver, '/') ? open_file(module, driver, error)
                               : open_linked(module, driver, error);
}

void module_close(struct module *module)
{
    if (module->linked) {
        pthread_mutex_lock(&images_mutex);
        module->linked->loaded_count--;
        pthread_mutex_unlock(&images_mutex);
    } else if (module->image && !module->tainted) {
        unmap(module->image);
    }
    module->linked = NULL;
    module->image = NULL;
}

void module_describe_address(const struct module *module, const void *address, char *text,
                             size_t text_bytes)
{
    Dl_info info;
    if (!address || !dladdr(address, &info)) {
        snprintf(text, text_bytes, "unknown code");
        return;
    }
    const char *file = info.dli_fname ? strrchr(info.dli_fname, '/') : NULL;
    const char *image = module->image ? module->name : file ? file + 1 : module->name;
    unsigned long offset = (unsigned long)((const char *)address - (const char *)info.dli_fbase);
    if (info.dli_sname)
        snprintf(text, text_bytes, "%s+0x%lx (%s)", image, offset, info.dli_sname);
    else
        snprintf(text, text_bytes, "%s+0x%lx", image, offset);
}
