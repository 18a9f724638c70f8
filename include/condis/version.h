/* SPDX-License-Identifier: MIT */
/* version.h: which condis this is. */
#ifndef CONDIS_VERSION_H
#define CONDIS_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/* The version these headers belong to; tests/repo compares it with meson.build. */
#define CONDIS_VERSION "0.1.0"

/*
 * Names the version of the library that runs, which may be newer than CONDIS_VERSION of the
 * headers a program was built with.
 * Returns: "major.minor.patch", static storage, never NULL.
 * IRQL: any.
 */
const char *condis_version(void);

#ifdef __cplusplus
}
#endif

#endif
