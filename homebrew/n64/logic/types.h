/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TYPES_H
#define TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef float f32;

typedef f32 Vec3f[3];
typedef s16 Vec3s[3];

static inline s32 at_most(s32 value, s32 limit) { return value < limit ? value : limit; }
static inline s32 at_least(s32 value, s32 limit) { return value > limit ? value : limit; }
static inline s32 clamp(s32 value, s32 low, s32 high) { return at_least(at_most(value, high), low); }
static inline s32 magnitude(s32 value) { return value < 0 ? -value : value; }
static inline f32 at_most_f(f32 value, f32 limit) { return value < limit ? value : limit; }
static inline f32 at_least_f(f32 value, f32 limit) { return value > limit ? value : limit; }
static inline f32 magnitude_f(f32 value) { return value < 0 ? -value : value; }
static inline f32 square_root(f32 value) { return __builtin_sqrtf(value); }
static inline f32 length_in_plan(f32 x, f32 z) { return square_root(x * x + z * z); }

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void clear_memory(void *memory, u32 size);

#endif
