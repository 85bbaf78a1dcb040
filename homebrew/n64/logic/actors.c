/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "actors.h"

#include "angle.h"
#include "course.h"

enum { ROWS = 3, BOXES_OF_ROW = 5, TURN = 0x200, AWAY_TICKS = 150 };
#define BOX_SIZE 5.5f
#define BOX_HEIGHT 8.0f
#define ROW_SHARE 0.7f /* of the road's width */

static void place_box(Actor *actor, s32 point, f32 offset)
{
    const s16 *middle = path_point(point)->pos;
    s16 yaw = gPathExpectedRotation[0][point];
    actor->type = ACTOR_ITEM_BOX;
    actor->flags = ACTOR_EXISTS;
    actor->boundingBoxSize = BOX_SIZE;
    actor->pos[0] = middle[0] + heading_z(yaw) * offset;
    actor->pos[1] = middle[1] + BOX_HEIGHT;
    actor->pos[2] = middle[2] - heading_x(yaw) * offset;
}

void actors_place(void)
{
    clear_memory(gActorList, sizeof gActorList);
    if (gModeSelection != MODE_GRAND_PRIX)
        return;
    for (s32 row = 0; row < ROWS; row++) {
        s32 point = path_count() * (row + 1) / (ROWS + 1);
        for (s32 i = 0; i < BOXES_OF_ROW; i++) {
            f32 share = (f32)(2 * i - BOXES_OF_ROW + 1) / BOXES_OF_ROW;
            place_box(&gActorList[row * BOXES_OF_ROW + i], point, share * ROW_SHARE * path_half_width(point));
        }
    }
}

int actor_is_present(const Actor *actor) { return (actor->flags & ACTOR_EXISTS) && actor->state == 0; }

static int touches(const Player *player, const Actor *actor)
{
    f32 reach = player->boundingBoxSize + actor->boundingBoxSize;
    return magnitude_f(player->pos[0] - actor->pos[0]) < reach && magnitude_f(player->pos[2] - actor->pos[2]) < reach &&
           magnitude_f(player->pos[1] - actor->pos[1]) < reach;
}

static void tick_box(Actor *actor)
{
    actor->rotation[1] -= TURN;
    if (actor->state > 0) {
        actor->state--;
        return;
    }
    for (s32 i = 0; i < PLAYERS; i++) {
        Player *player = &gPlayers[i];
        if (!player_exists(player) || !touches(player, actor))
            continue;
        actor->state = AWAY_TICKS;
        if (player->item == ITEM_NONE)
            player->item = ITEM_MUSHROOM;
        return;
    }
}

void actors_tick(void)
{
    for (s32 i = 0; i < ACTORS; i++)
        if (gActorList[i].type == ACTOR_ITEM_BOX && (gActorList[i].flags & ACTOR_EXISTS))
            tick_box(&gActorList[i]);
}
