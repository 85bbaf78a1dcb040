// SPDX-License-Identifier: GPL-3.0-or-later
// The karts and drivers: a low-poly model whose shape and colours vary by kart and character.
#ifndef KART_MODEL_H
#define KART_MODEL_H

#include "gx.h"

typedef struct {
    s32 steer;       // -1.0..1.0 in fx32, positive to the left
    s32 roll;        // lean of the body, fx32 of a right angle, positive to the left
    u32 wheel_angle; // 65536 = a turn
    int sparks;      // 0 none, 1 to 4 by drift charge
    int flame;       // boosting
    int shadow;
    int translucent;
    u32 frame;
} KartMotion;

enum { KART_MODELS = RACERS_MAX };

// Packs the model of a kart and its driver as one of the KART_MODELS; what is packed already stays.
void kart_model_choose(u32 which, u32 kart, u32 character);
void kart_model_draw(u32 which, const Camera *camera, const Pose *pose, const KartMotion *motion);

#endif
