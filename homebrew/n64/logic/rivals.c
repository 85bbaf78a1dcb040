/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rivals.h"

#include "angle.h"
#include "course.h"
#include "kart.h"

enum {
    LOOK_AHEAD = 5,         /* path points, at rest */
    LOOK_AHEAD_SPEED = 1,   /* and for each unit of speed */
    FULL_LOCK = 0x900,      /* an error of the yaw that takes the whole stick */
    LIFT = 0x1400,          /* one that takes the foot off */
    BOOST_ERROR = 0x200,    /* one so small that a boost does no harm */
    STICK = 64,
};
#define LANE 0.2f           /* of the road's half width, between drivers */

/* Drivers keep to lanes of their own, so that they do not queue. */
static f32 lane_of(s32 number) { return ((number * 3) % 5 - 2) * LANE; }

void rival_drive(const Player *player, Controller *pad)
{
    s32 number = player_number(player);
    s32 ahead = LOOK_AHEAD + (s32)(player->speed * LOOK_AHEAD_SPEED);
    s32 point = path_wrapped(gNearestPathPointByPlayer[number] + ahead);
    const s16 *target = path_point(point)->pos;
    s16 along = gPathExpectedRotation[0][point];
    f32 offset = lane_of(number) * path_half_width(point);
    f32 dx = target[0] + heading_z(along) * offset - player->pos[0];
    f32 dz = target[2] - heading_x(along) * offset - player->pos[2];
    s16 error = (s16)(yaw_of(dx, dz) - player->rotation[1]);
    *pad = (Controller){.stickX = (s16)(clamp(error, -FULL_LOCK, FULL_LOCK) * STICK / FULL_LOCK)};
    if (magnitude(error) < LIFT || player->speed < 2.5f)
        pad->buttons = BUTTON_A;
    if (magnitude(error) < BOOST_ERROR && player->item != ITEM_NONE)
        pad->pressed = BUTTON_Z;
}

f32 rival_top_speed(f32 top_speed, s32 place) { return top_speed * (0.97f - 0.015f * place); }
