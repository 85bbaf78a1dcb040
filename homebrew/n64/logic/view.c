/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view.h"

#include "angle.h"
#include "mk64.h"

#define BEHIND 58.0f
#define ABOVE 22.0f
#define AHEAD 60.0f
#define LOOK_UP 4.0f
#define FIELD_OF_VIEW 45.0f
enum { FOLLOW = 10 }; /* the camera turns by one part in so many of the way a tick */

static void place(Camera *camera)
{
    const Player *player = &gPlayers[0];
    f32 x = heading_x(camera->rotation[1]), z = heading_z(camera->rotation[1]);
    camera->pos[0] = player->pos[0] - x * BEHIND;
    camera->pos[2] = player->pos[2] - z * BEHIND;
    camera->pos[1] += (player->pos[1] + ABOVE - camera->pos[1]) * 0.25f;
    camera->lookAt[0] = player->pos[0] + x * AHEAD;
    camera->lookAt[1] = camera->pos[1] - ABOVE + LOOK_UP;
    camera->lookAt[2] = player->pos[2] + z * AHEAD;
}

void view_reset(void)
{
    Camera *camera = &gCameras[0];
    clear_memory(camera, sizeof *camera);
    camera->up[1] = 1;
    camera->rotation[1] = gPlayers[0].rotation[1];
    camera->pos[1] = gPlayers[0].pos[1] + ABOVE;
    gCameraFov[0] = FIELD_OF_VIEW;
    place(camera);
}

void view_tick(void)
{
    Camera *camera = &gCameras[0];
    /* A kart that falls off the course is watched from where it left. */
    if (gPlayers[0].rescue == RESCUE_FALLEN)
        return;
    s16 off = (s16)(gPlayers[0].rotation[1] - camera->rotation[1]);
    camera->rotation[1] += off / FOLLOW;
    place(camera);
}
