/* SPDX-License-Identifier: MIT */
/* Assertions on layouts and values, made by the compiler. */
#ifndef CONDIS_TESTS_HEADERS_LAYOUT_H
#define CONDIS_TESTS_HEADERS_LAYOUT_H

#include <stddef.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), "sizeof " #type)
#define FIELD(type, field, at)                                                                     \
    _Static_assert(offsetof(type, field) == (at), "offset of " #type "." #field)
#define VALUE(name, value) _Static_assert((name) == (value), "value of " #name)
/* A value that must also be of 32 bits. */
#define VALUE32(name, value)                                                                       \
    _Static_assert(sizeof(name) == 4 && (unsigned int)(name) == (value), "value of " #name)

#endif
