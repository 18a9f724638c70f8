/* SPDX-License-Identifier: MIT */
#include "uni/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "uni/contents.h"
#include "uni/tables.h"

/* Text that is counted whole and kept as far as it fits. */
struct text {
    char *out;
    size_t room;
    size_t length;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *text, const char *format, ...)
{
    va_list arguments;
    const size_t left = text->length < text->room ? text->room - text->length : 0;

    va_start(arguments, format);
    const int written = vsnprintf(left ? text->out + text->length : NULL, left, format, arguments);
    va_end(arguments);
    if (written > 0)
        text->length += (size_t)written;
}

static void add_view(struct text *text, const char *name, struct uni_view view)
{
    add(text, " %s=", name);
    for (uint16_t i = 0; i < view.byte_count; i++)
        add(text, "%02x", view.bytes[i]);
}

#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    static void print_##name(struct text *text, const struct uni_##name *ie)                       \
    {                                                                                              \
        (void)text;                                                                                \
        (void)ie;
#define END_IE(name)              }
#define NUMBER(field)             add(text, " %s=%lu", #field, (unsigned long)ie->field);
#define BITS(field, shift, width) NUMBER(field)
#define U8(field)                 NUMBER(field)
#define U16(field)                NUMBER(field)
#define U24(field)                NUMBER(field)
#define U32(field)                NUMBER(field)
#define FLAG_U15(flag, field)     NUMBER(flag) NUMBER(field)
#define WHEN(condition)           if (condition) {
#define END_WHEN                  }
#define VIEW(field, min, max)     add_view(text, #field, ie->field);
#define TAGS(field)                                                                                \
    {                                                                                              \
        const uint32_t tags = ie->field;
#define END_TAGS }
#define TAG(TAG_, writing)                                                                         \
    if (tags & UNI_TAG(TAG_)) {                                                                    \
        writing                                                                                    \
    }
#define TAG0(TAG_, id, field)  TAG(TAG_, add(text, " %s", #field);)
#define TAG8(TAG_, id, field)  TAG(TAG_, NUMBER(field))
#define TAG16(TAG_, id, field) TAG(TAG_, NUMBER(field))
#define TAG24(TAG_, id, field) TAG(TAG_, NUMBER(field))
#define TAG32(TAG_, id, field) TAG(TAG_, NUMBER(field))
#include "uni/ie.def"
#undef NUMBER
#undef TAG

static void print_element(struct text *text, const struct uni_message *message, enum uni_ie ie)
{
    switch (ie) {
#define IE(NAME, name, id, max, count_, coding, class_, title)                                     \
    case UNI_IE_##NAME:                                                                            \
        for (unsigned i = 0; i < message->count[ie]; i++) {                                        \
            add(text, "; " title);                                                                 \
            print_##name(text, &message->name[i]);                                                 \
        }                                                                                          \
        break;
#include "uni/ie.def"
    case UNI_IE_COUNT:
        break;
    }
}

const char *uni_type_name(uint8_t type)
{
    switch (type) {
#define MESSAGE(NAME, value, in_31, in_40, title)                                                  \
    case value:                                                                                    \
        return title;
#define OTHER(NAME, value, title)                                                                  \
    case value:                                                                                    \
        return title;
#include "uni/message.def"
    default:
        return "unknown";
    }
}

const char *uni_ie_name(uint8_t id)
{
    return uni_ie_of_id[id] ? uni_ie_rows[uni_ie_of_id[id] - 1].title : "unknown";
}

size_t uni_print(const struct uni_message *message, char *out, size_t byte_count)
{
    struct text text = {out, byte_count, 0};

    if (byte_count > 0)
        out[0] = 0;
    add(&text, "%s call %u/%u", uni_type_name(message->type), message->call_ref,
        message->call_ref_flag);
    if (message->head != UNI_HEAD)
        add(&text, " head %02x", message->head);
    for (uint64_t left = message->has; left != 0; left &= left - 1)
        print_element(&text, message, (enum uni_ie)__builtin_ctzll(left));
    if (message->has & UNI_HAS(CAUSE))
        add(&text, " (%s)", uni_cause_name(message->cause->value));
    for (unsigned i = 0; i < message->fault_count; i++)
        add(&text, "; faulty %02x (%s)", message->faults[i].id, uni_ie_name(message->faults[i].id));
    return text.length;
}
