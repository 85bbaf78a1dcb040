/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "angle.h"

#include "../../logic/quarter_sine.h"

enum { STEPS = 4096, QUARTER = STEPS / 4 };

static f32 sines[STEPS];

void angle_initialise(void)
{
    for (s32 i = 0; i < QUARTER; i++) {
        f32 rising = (f32)quarter_sine[i] * (1.0f / 4096), falling = (f32)quarter_sine[QUARTER - i] * (1.0f / 4096);
        sines[i] = rising;
        sines[QUARTER + i] = falling;
        sines[2 * QUARTER + i] = -rising;
        sines[3 * QUARTER + i] = -falling;
    }
}

f32 sine(s32 angle) { return sines[(u16)angle >> 4]; }
f32 cosine(s32 angle) { return sine(angle + 0x4000); }

f32 heading_x(s16 yaw) { return sine(-yaw); }
f32 heading_z(s16 yaw) { return cosine(-yaw); }

/* An eighth of a turn by a parabola; at most a quarter of a degree off. */
static f32 eighth(f32 slope) { return slope * (8192 + 2847 * (1 - slope)); }

s16 yaw_of(f32 x, f32 z)
{
    f32 wide = magnitude_f(x), deep = magnitude_f(z);
    if (wide == 0 && deep == 0)
        return 0;
    f32 angle = wide < deep ? eighth(wide / deep) : 0x4000 - eighth(deep / wide);
    if (z < 0)
        angle = 0x8000 - angle;
    return (s16)(s32)(x < 0 ? angle : -angle);
}
