/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fixed-point helpers. Built with -fwrapv: state that a tool wrote may wrap,
 * and must wrap in the same way on every processor.
 */
#ifndef FIXED_H
#define FIXED_H

#include "mkds.h"

/* Natively, every file has its own copies of these functions, so that the compiler inlines them. The DS has them
 * once, for its memory is small. */
#ifdef KARTSCOPE_NATIVE
#define FIXED static inline
#else
#define FIXED
#endif

#define FX_ONE 4096
#define FX(units) ((fx32)((units) * 4096))

static inline fx32 fx_mul(fx32 a, fx32 b) { return (fx32)(((s64)a * b) >> 12); }
/* a / b, rounded to nearest; the largest value of a's sign where b is zero. */
FIXED fx32 fx_div(fx32 a, fx32 b);
FIXED u32 square_root(u64 value);
FIXED fx32 sine(u32 angle);
static inline fx32 cosine(u32 angle) { return sine(angle + 0x4000u); }

static inline s32 at_most(s32 value, s32 bound) { return value < bound ? value : bound; }
static inline s32 at_least(s32 value, s32 bound) { return value > bound ? value : bound; }
static inline s32 clamp(s32 value, s32 low, s32 high) { return at_most(at_least(value, low), high); }
static inline s32 magnitude(s32 value) { return value < 0 ? -value : value; }

static inline VecFx32 vec(fx32 x, fx32 y, fx32 z) { return (VecFx32){x, y, z}; }
static inline VecFx32 vec_add(VecFx32 a, VecFx32 b) { return vec(a.x + b.x, a.y + b.y, a.z + b.z); }
static inline VecFx32 vec_sub(VecFx32 a, VecFx32 b) { return vec(a.x - b.x, a.y - b.y, a.z - b.z); }
static inline VecFx32 vec_scale(VecFx32 a, fx32 factor)
{
    return vec(fx_mul(a.x, factor), fx_mul(a.y, factor), fx_mul(a.z, factor));
}
static inline VecFx32 vec_lerp(VecFx32 from, VecFx32 to, fx32 factor)
{
    return vec_add(from, vec_scale(vec_sub(to, from), factor));
}
FIXED fx32 vec_dot(VecFx32 a, VecFx32 b);
FIXED VecFx32 vec_cross(VecFx32 a, VecFx32 b);
FIXED fx32 vec_length(VecFx32 a);
/* a, 1.0 long; `otherwise` where a is zero. */
FIXED VecFx32 vec_normal(VecFx32 a, VecFx32 otherwise);
/* The flat direction of a yaw, which grows to the left: +Z at 0, +X at a quarter turn. */
static inline VecFx32 vec_of_yaw(u32 yaw) { return vec(sine(yaw), 0, cosine(yaw)); }

/* The shortest rotation that takes up to a normal. */
FIXED Quaternion tilt_to(VecFx32 normal);
FIXED Quaternion yaw_rotation(u32 yaw);
/* Towards `to` by a fraction, on the same hemisphere, 1.0 long. */
FIXED Quaternion quaternion_lerp(Quaternion from, Quaternion to, fx32 factor);
FIXED VecFx32 rotate(Quaternion by, VecFx32 a);

#ifdef KARTSCOPE_NATIVE
#include "fixed.c"
#endif

#endif
