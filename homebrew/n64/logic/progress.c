/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include "angle.h"
#include "course.h"
#include "kart.h"

enum { LINE_POINTS = 20, WRONG_WAY_TICKS = 30 };
#define LOST 250.0f /* farther from its path point, a player is looked for along the whole lap */
#define TICK (1.0f / 60)

static f32 distance_to(const Player *player, s32 point)
{
    const s16 *place = path_point(point)->pos;
    f32 dx = player->pos[0] - place[0], dz = player->pos[2] - place[2];
    return dx * dx + dz * dz;
}

static s32 nearest_of_all(const Player *player)
{
    s32 best = 0;
    f32 least = distance_to(player, 0);
    for (s32 point = 1; point < path_count(); point++) {
        f32 distance = distance_to(player, point);
        if (distance < least) {
            least = distance;
            best = point;
        }
    }
    return best;
}

/* Walks along the path from the last nearest point for as long as the points come nearer. */
static s32 nearest_point(const Player *player, s32 last)
{
    s32 best = last;
    f32 least = distance_to(player, last);
    for (s32 step = -1; step <= 1; step += 2)
        for (s32 i = 0; i < path_count(); i++) {
            s32 next = path_wrapped(best + step);
            f32 distance = distance_to(player, next);
            if (distance >= least)
                break;
            least = distance;
            best = next;
        }
    return least > LOST * LOST ? nearest_of_all(player) : best;
}

/* The lap counts up where z falls through the start's near the start, and down where it rises. */
static s32 line_crossed(const Player *player, s32 point)
{
    if (point > LINE_POINTS && point < path_count() - LINE_POINTS)
        return 0;
    if (player->oldPos[2] > gPathStartZ && player->pos[2] <= gPathStartZ)
        return 1;
    return player->oldPos[2] <= gPathStartZ && player->pos[2] > gPathStartZ ? -1 : 0;
}

/* The time of the crossing, between the last tick and this. */
static f32 crossing_time(const Player *player)
{
    f32 past = (gPathStartZ - player->pos[2]) / (player->oldPos[2] - player->pos[2]);
    return gCourseTimer - past * TICK;
}

static void update_wrong_way(Player *player, s32 number, s32 point)
{
    s16 off = (s16)(player->rotation[1] - gPathExpectedRotation[0][point]);
    int wrong = magnitude(off) > 0x5000 && player->speed > 1;
    gWrongWayCounter[number] = wrong ? (u16)at_most(gWrongWayCounter[number] + 1, WRONG_WAY_TICKS) : 0;
    gWrongWayFlag[number] = gWrongWayCounter[number] == WRONG_WAY_TICKS;
    player->effects &= ~(u32)EFFECT_WRONG_WAY;
    if (gWrongWayFlag[number])
        player->effects |= EFFECT_WRONG_WAY;
}

/* Path points from the start of the lap that the player's lap count means: the nearest point turns over to 0 a little
 * before or after the line is crossed. */
static s32 points_of_lap(const Player *player, s32 point)
{
    int crossed = player->pos[2] <= gPathStartZ;
    if (point < LINE_POINTS && !crossed)
        return point + path_count();
    return point > path_count() - LINE_POINTS && crossed ? point - path_count() : point;
}

static void update_completion(const Player *player, s32 number, s32 point)
{
    s32 points = points_of_lap(player, point);
    gLapCompletionByPlayer[number] = (f32)points / path_count();
    gCourseCompletionByPlayer[number] = player->lap + gLapCompletionByPlayer[number];
    gPathPointsTraversedByPlayer[number] = player->lap * path_count() + points;
}

void progress_start(Player *player)
{
    s32 number = player_number(player), point = nearest_of_all(player);
    gNearestPathPointByPlayer[number] = (u16)point;
    gLapCountByPlayer[number] = -1;
    player->lap = -1;
    player->nearestPathPoint = (s16)point;
    update_completion(player, number, point);
}

int progress_update(Player *player)
{
    s32 number = player_number(player), point = nearest_point(player, gNearestPathPointByPlayer[number]);
    s32 crossed = line_crossed(player, point);
    gNearestPathPointByPlayer[number] = (u16)point;
    player->nearestPathPoint = (s16)point;
    gTrackSectionByPlayer[number] = path_point(point)->section;
    player->lap += (s16)crossed;
    gLapCountByPlayer[number] = player->lap;
    if (crossed > 0)
        gTimeLastTouchedFinishLine[number] = crossing_time(player);
    update_completion(player, number, point);
    update_wrong_way(player, number, point);
    return crossed > 0;
}

static int is_ahead(s32 a, s32 b)
{
    int a_finished = gPlayers[a].lap >= LAPS, b_finished = gPlayers[b].lap >= LAPS;
    if (a_finished && b_finished)
        return gPlayers[a].rank < gPlayers[b].rank;
    if (a_finished != b_finished)
        return a_finished;
    return gCourseCompletionByPlayer[a] > gCourseCompletionByPlayer[b];
}

void progress_rank(void)
{
    for (s32 i = 0; i < PLAYERS; i++)
        gPreviousRankByPlayer[i] = gRankByPlayer[i];
    for (s32 i = 0; i < PLAYERS; i++) {
        if (!player_exists(&gPlayers[i]) || (gPlayers[i].type & PLAYER_INVISIBLE))
            continue;
        s32 rank = 0;
        for (s32 k = 0; k < PLAYERS; k++)
            if (k != i && player_exists(&gPlayers[k]) && !(gPlayers[k].type & PLAYER_INVISIBLE) && is_ahead(k, i))
                rank++;
        gRankByPlayer[i] = rank;
        gPlayersByRank[rank] = (s16)i;
        gCourseCompletionByRank[rank] = gCourseCompletionByPlayer[i];
    }
    for (s32 i = 0; i < PLAYERS; i++)
        gPlayers[i].rank = (s16)gRankByPlayer[i];
}
