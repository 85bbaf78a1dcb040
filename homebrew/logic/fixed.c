/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixed.h"

#include "quarter_sine.h"

static u32 size_of(fx32 a)
{
    return a < 0 ? 0u - (u32)a : (u32)a;
}

FIXED fx32 fx_div(fx32 a, fx32 b)
{
    if (b == 0)
        return a < 0 ? INT32_MIN : INT32_MAX;
    u32 divisor = size_of(b);
    u64 numerator = (u64)size_of(a) * FX_ONE + divisor / 2u;
    /* The processor has no division at all: half as wide is several times faster. */
    u32 size = numerator <= UINT32_MAX ? (u32)numerator / divisor : (u32)(numerator / divisor);
    return (fx32)((a < 0) == (b < 0) ? size : 0u - size);
}

#ifdef KARTSCOPE_NATIVE
/* The processor's own root, of which rounding of the value or the root may be one off. */
FIXED u32 square_root(u64 value)
{
    u64 root = (u64)__builtin_sqrt((double)value);
    if (root > UINT32_MAX || root * root > value)
        return (u32)(root - 1u);
    return (u32)(root + (value - root * root > 2u * root));
}
#else
/* Two bits of the value give one of the root, from its highest pair down. */
static u32 square_root_narrow(u32 value)
{
    u32 root = 0;
    for (u32 one = 1u << ((31u - (u32)__builtin_clz(value)) & ~1u); one != 0; one >>= 2) {
        if (value >= root + one) {
            value -= root + one;
            root = (root >> 1) + one;
        } else {
            root >>= 1;
        }
    }
    return root;
}

FIXED u32 square_root(u64 value)
{
    if (value == 0)
        return 0;
    if (value <= UINT32_MAX)
        return square_root_narrow((u32)value);
    u64 root = 0;
    for (u64 one = (u64)1 << ((63u - (u32)__builtin_clzll(value)) & ~1u); one != 0; one >>= 2) {
        if (value >= root + one) {
            value -= root + one;
            root = (root >> 1) + one;
        } else {
            root >>= 1;
        }
    }
    return (u32)root;
}
#endif

FIXED fx32 sine(u32 angle)
{
    u32 step = (angle >> 4) & 0xFFFu;
    u32 within = step & 0x3FFu;
    fx32 value = step & 0x400u ? quarter_sine[1024u - within] : quarter_sine[within];
    return step & 0x800u ? -value : value;
}

FIXED fx32 vec_dot(VecFx32 a, VecFx32 b)
{
    return (fx32)(((s64)a.x * b.x + (s64)a.y * b.y + (s64)a.z * b.z) >> 12);
}

FIXED VecFx32 vec_cross(VecFx32 a, VecFx32 b)
{
    return vec((fx32)(((s64)a.y * b.z - (s64)a.z * b.y) >> 12),
               (fx32)(((s64)a.z * b.x - (s64)a.x * b.z) >> 12),
               (fx32)(((s64)a.x * b.y - (s64)a.y * b.x) >> 12));
}

static u64 square(fx32 a)
{
    return (u64)((s64)a * a);
}

FIXED fx32 vec_length(VecFx32 a)
{
    u32 length = square_root(square(a.x) + square(a.y) + square(a.z));
    return length > INT32_MAX ? INT32_MAX : (fx32)length;
}

FIXED VecFx32 vec_normal(VecFx32 a, VecFx32 otherwise)
{
    fx32 length = vec_length(a);
    if (length == 0)
        return otherwise;
    return vec(fx_div(a.x, length), fx_div(a.y, length), fx_div(a.z, length));
}

static Quaternion quaternion_normal(Quaternion q)
{
    u64 squares = square(q.x) + square(q.y) + square(q.z) + square(q.w);
    fx32 length = (fx32)square_root(squares);
    if (length == 0)
        return (Quaternion){0, 0, 0, FX_ONE};
    return (Quaternion){fx_div(q.x, length), fx_div(q.y, length), fx_div(q.z, length), fx_div(q.w, length)};
}

FIXED Quaternion tilt_to(VecFx32 normal)
{
    return quaternion_normal((Quaternion){normal.z, 0, -normal.x, FX_ONE + normal.y});
}

FIXED Quaternion yaw_rotation(u32 yaw)
{
    u32 half = (yaw & 0xFFFFu) / 2u;
    return (Quaternion){0, sine(half), 0, cosine(half)};
}

FIXED Quaternion quaternion_lerp(Quaternion from, Quaternion to, fx32 factor)
{
    s64 alike = (s64)from.x * to.x + (s64)from.y * to.y + (s64)from.z * to.z + (s64)from.w * to.w;
    s32 sign = alike < 0 ? -1 : 1;
    return quaternion_normal((Quaternion){
        from.x + fx_mul(sign * to.x - from.x, factor),
        from.y + fx_mul(sign * to.y - from.y, factor),
        from.z + fx_mul(sign * to.z - from.z, factor),
        from.w + fx_mul(sign * to.w - from.w, factor),
    });
}

FIXED VecFx32 rotate(Quaternion by, VecFx32 a)
{
    VecFx32 axis = vec(by.x, by.y, by.z);
    VecFx32 twice = vec_scale(vec_cross(axis, a), FX(2));
    return vec_add(vec_add(a, vec_scale(twice, by.w)), vec_cross(axis, twice));
}
