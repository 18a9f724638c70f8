/* SPDX-License-Identifier: MIT */
/* A spare is a driver's image that is mapped already and waits to be used: a process that forks for
 * each of many runs maps them once. Used by one thread. */
#ifndef CONDIS_NDIS_SPARE_H
#define CONDIS_NDIS_SPARE_H

#include <stdint.h>

/* Counts one more image that was mapped for a path, for who asks how many a run needs. */
void spare_count(const char *path);

/* Tells of each path how many images were mapped for it so far. */
void spare_each(void (*tell)(void *context, const char *path, uint32_t count), void *context);

/* Keeps an image (what dlopen gives) for a path; it moves. Without memory it is left mapped. */
void spare_put(const char *path, void *image);

/* Takes one out. returns NULL when there is none */
void *spare_take(const char *path);

/* Maps images of a path and keeps them (image.c). What cannot be mapped is left to the run. */
void image_preload(const char *path, uint32_t count);

#endif
