/* SPDX-License-Identifier: MIT */
#include "ndis/settings.h"

#include "ndis/settingtext.h"
#include "ndis/world.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_CHARACTERS_MAX = 512 };

/* One value, its name and bytes behind it. */
struct setting {
    struct setting *next;
    UNICODE_STRING name;
    struct setting_raw raw;
    WCHAR buffer[];
};

struct settings {
    pthread_mutex_t mutex; /* never held across anything that may block or be preempted */
    _Atomic uint32_t references;
    struct setting *first;
};

/* ---- life -------------------------------------------------------------------------------- */

void settings_hold(struct settings *settings)
{
    atomic_fetch_add(&settings->references, 1);
}

void settings_release(struct settings *settings)
{
    if (!settings || atomic_fetch_sub(&settings->references, 1) > 1)
        return;
    while (settings->first) {
        struct setting *s = settings->first;
        settings->first = s->next;
        free(s);
    }
    pthread_mutex_destroy(&settings->mutex);
    free(settings);
}

/* Makes a value; name and bytes are copied. NULL when memory is short. */
static struct setting *setting_create(const UNICODE_STRING *path, const UNICODE_STRING *name,
                                      const struct setting_raw *raw)
{
    size_t name_bytes = (size_t)path->Length + name->Length;
    size_t name_room = name_bytes + sizeof(WCHAR);
    struct setting *s = malloc(sizeof *s + name_room + raw->byte_count + sizeof(WCHAR));
    if (!s)
        return NULL;
    char *bytes = (char *)s->buffer + name_room;
    *s = (struct setting){.raw = *raw};
    s->raw.bytes = bytes;
    if (raw->byte_count > 0)
        memcpy(bytes, raw->bytes, raw->byte_count);
    memset(bytes + raw->byte_count, 0, sizeof(WCHAR));
    memcpy(s->buffer, path->Buffer, path->Length);
    memcpy((char *)s->buffer + path->Length, name->Buffer, name->Length);
    s->buffer[name_bytes / sizeof(WCHAR)] = 0;
    s->name = (UNICODE_STRING){(USHORT)name_bytes, (USHORT)name_room, s->buffer};
    return s;
}

static UNICODE_STRING string_part(const UNICODE_STRING *s, size_t first, size_t count)
{
    return (UNICODE_STRING){(USHORT)(count * sizeof(WCHAR)), (USHORT)(count * sizeof(WCHAR)),
                            s->Buffer + first};
}

/* Whether a value's name is the path and the name put together. Caller holds the mutex. */
static bool setting_is(const struct setting *s, const UNICODE_STRING *path,
                       const UNICODE_STRING *name)
{
    if (s->name.Length != path->Length + name->Length)
        return false;
    size_t split = path->Length / sizeof(WCHAR);
    UNICODE_STRING front = string_part(&s->name, 0, split);
    UNICODE_STRING back = string_part(&s->name, split, name->Length / sizeof(WCHAR));
    return wide_equal(&front, path) && wide_equal(&back, name);
}

static struct setting **settings_place(struct settings *settings, const UNICODE_STRING *path,
                                       const UNICODE_STRING *name)
{
    struct setting **place = &settings->first;
    while (*place && !setting_is(*place, path, name))
        place = &(*place)->next;
    return place;
}

/* Puts a value where the one of its name is, or last. */
static void settings_put(struct settings *settings, const UNICODE_STRING *path,
                         const UNICODE_STRING *name, struct setting *fresh)
{
    pthread_mutex_lock(&settings->mutex);
    struct setting **place = settings_place(settings, path, name);
    struct setting *old = *place;
    if (old)
        fresh->next = old->next;
    *place = fresh;
    pthread_mutex_unlock(&settings->mutex);
    free(old);
}

static const UNICODE_STRING root = {0, 0, (PWCH)L""};

static bool settings_add_text(struct settings *settings, const struct condis_setting *pair)
{
    WCHAR name_buffer[NAME_CHARACTERS_MAX];
    UNICODE_STRING name;
    wide_from_text(&name, name_buffer, NAME_CHARACTERS_MAX, pair->name);
    const char *text = pair->value ? pair->value : "";
    size_t capacity = strlen(text) + 1; /* UTF-16 never has more units than UTF-8 has bytes */
    if (capacity > UINT16_MAX / sizeof(WCHAR))
        capacity = UINT16_MAX / sizeof(WCHAR); /* what a UNICODE_STRING can hold: cut there */
    WCHAR *buffer = malloc(capacity * sizeof(WCHAR));
    if (!buffer)
        return false;
    UNICODE_STRING value;
    wide_from_text(&value, buffer, capacity, text);
    struct setting *fresh = setting_create(
        &root, &name,
        &(struct setting_raw){.kind = SETTING_TEXT, .bytes = buffer, .byte_count = value.Length});
    free(buffer);
    if (!fresh)
        return false;
    settings_put(settings, &root, &name, fresh);
    return true;
}

struct settings *settings_create(const struct condis_setting *pairs, size_t pair_count)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (!settings)
        return NULL;
    if (pthread_mutex_init(&settings->mutex, NULL) != 0) {
        free(settings);
        return NULL;
    }
    settings->references = 1;
    for (size_t i = 0; i < pair_count; i++) {
        if (!settings_add_text(settings, &pairs[i])) {
            settings_release(settings);
            return NULL;
        }
    }
    return settings;
}

/* ---- values ------------------------------------------------------------------------------ */

NDIS_STATUS settings_read(struct settings *settings, const UNICODE_STRING *path,
                          const UNICODE_STRING *name, NDIS_PARAMETER_TYPE type,
                          struct settings_value **out)
{
    *out = NULL;
    pthread_mutex_lock(&settings->mutex);
    struct setting *s = *settings_place(settings, path, name);
    NDIS_STATUS status = s ? setting_text_read(&s->raw, type, out) : NDIS_STATUS_FAILURE;
    pthread_mutex_unlock(&settings->mutex);
    return status;
}

void settings_value_free(struct settings_value *value)
{
    free(value);
}

NDIS_STATUS settings_write(struct settings *settings, const UNICODE_STRING *path,
                           const UNICODE_STRING *name, const NDIS_CONFIGURATION_PARAMETER *value)
{
    struct setting_raw raw;
    if (!setting_text_raw(value, &raw))
        return NDIS_STATUS_NOT_SUPPORTED;
    if ((size_t)path->Length + name->Length > NAME_CHARACTERS_MAX * sizeof(WCHAR))
        return NDIS_STATUS_FAILURE;
    struct setting *fresh = setting_create(path, name, &raw);
    if (!fresh)
        return NDIS_STATUS_RESOURCES;
    settings_put(settings, path, name, fresh);
    return NDIS_STATUS_SUCCESS;
}

/* ---- keys -------------------------------------------------------------------------------- */

/* The name of the subkey of `path` that a value is in, which may be a deeper one's.
 * returns  false when the value is not in one */
static bool setting_key(const struct setting *s, const UNICODE_STRING *path, UNICODE_STRING *key)
{
    if (s->name.Length <= path->Length)
        return false;
    size_t split = path->Length / sizeof(WCHAR);
    UNICODE_STRING front = string_part(&s->name, 0, split);
    if (!wide_equal(&front, path))
        return false;
    size_t count = s->name.Length / sizeof(WCHAR);
    for (size_t i = split; i < count; i++) {
        if (s->name.Buffer[i] != '\\')
            continue;
        *key = string_part(&s->name, split, i - split);
        return key->Length > 0;
    }
    return false;
}

bool settings_has_key(struct settings *settings, const UNICODE_STRING *path,
                      const UNICODE_STRING *name)
{
    UNICODE_STRING key;
    bool found = false;
    pthread_mutex_lock(&settings->mutex);
    for (struct setting *s = settings->first; s && !found; s = s->next)
        found = setting_key(s, path, &key) && wide_equal(&key, name);
    pthread_mutex_unlock(&settings->mutex);
    return found;
}

/* Whether a value before `end` is in the same subkey. Caller holds the mutex. */
static bool key_came_before(struct settings *settings, const struct setting *end,
                            const UNICODE_STRING *path, const UNICODE_STRING *name)
{
    UNICODE_STRING key;
    for (struct setting *s = settings->first; s != end; s = s->next)
        if (setting_key(s, path, &key) && wide_equal(&key, name))
            return true;
    return false;
}

NDIS_STATUS settings_key_at(struct settings *settings, const UNICODE_STRING *path, ULONG index,
                            UNICODE_STRING *name)
{
    UNICODE_STRING key;
    NDIS_STATUS status = NDIS_STATUS_FAILURE;
    pthread_mutex_lock(&settings->mutex);
    struct setting *s = settings->first;
    for (; s; s = s->next)
        if (setting_key(s, path, &key) && !key_came_before(settings, s, path, &key) && index-- == 0)
            break;
    if (s) {
        bool fits = name->Buffer && key.Length <= name->MaximumLength;
        if (fits)
            memcpy(name->Buffer, key.Buffer, key.Length);
        name->Length = key.Length;
        status = fits ? NDIS_STATUS_SUCCESS : NDIS_STATUS_BUFFER_TOO_SHORT;
    }
    pthread_mutex_unlock(&settings->mutex);
    return status;
}
