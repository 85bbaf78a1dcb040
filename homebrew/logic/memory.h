/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two memory functions that a freestanding compiler itself calls.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *at, int value, size_t size);

static inline void copy_memory(void *to, const void *from, size_t size) { memcpy(to, from, size); }
static inline void clear_memory(void *at, size_t size) { memset(at, 0, size); }

#endif
