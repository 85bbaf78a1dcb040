/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "points.h"

#include "fixed.h"
#include "memory.h"

#define NEIGHBOURS 3u
#define NO_PATH 0xFFu

/* A kind of point: its section, its paths and its list in the heap. What follows reads an enemy point and its path
 * as an item point and its path, which differ in the settings alone. */
typedef struct {
    u32 entries, entry_size, count;
    u32 paths, path_count;
    u32 list;
} Points;
AT_OFFSET(Epoi, radius, offsetof(Ipoi, radius));
AT_OFFSET(Epat, length, offsetof(Ipat, length));
AT_OFFSET(Epat, next, offsetof(Ipat, next));
HAS_SIZE(Epat, sizeof(Ipat));
AT_OFFSET(EnemyPoint, previous, offsetof(ItemPoint, previous));
AT_OFFSET(EnemyPoint, position, offsetof(ItemPoint, position));
AT_OFFSET(EnemyPoint, radius, offsetof(ItemPoint, radius));
AT_OFFSET(EnemyPoint, next_count, offsetof(ItemPoint, next_count));
AT_OFFSET(EnemyPoint, previous_count, offsetof(ItemPoint, previous_count));
HAS_SIZE(EnemyPoint, sizeof(ItemPoint));
HAS_SIZE(EnemyPoints, sizeof(ItemPoints));

static ItemPoint *point(const Points *points, u32 index)
{
    return AT(ItemPoint, points->list + index * (u32)sizeof(ItemPoint));
}

static const Ipat *path_at(const Points *points, u32 index)
{
    return AT(Ipat, points->paths + index * (u32)sizeof(Ipat));
}

/* Makes `to` follow `from`. */
static void link(const Points *points, u32 from, u32 to)
{
    if (from >= points->count || to >= points->count)
        return;
    ItemPoint *before = point(points, from), *after = point(points, to);
    if (before->next_count < NEIGHBOURS)
        before->next[before->next_count++] = ADDRESS_OF(after);
    if (after->previous_count < NEIGHBOURS)
        after->previous[after->previous_count++] = ADDRESS_OF(before);
}

static void link_paths(const Points *points)
{
    for (u32 i = 0; i < points->path_count; i++) {
        const Ipat *path = path_at(points, i);
        for (u32 at = path->start; at + 1u < (u32)path->start + path->length && at < points->count; at++)
            link(points, at, at + 1u);
    }
    for (u32 i = 0; i < points->path_count; i++) {
        const Ipat *path = path_at(points, i);
        for (u32 nth = 0; nth < NEIGHBOURS && path->length > 0; nth++)
            if (path->next[nth] != NO_PATH && path->next[nth] < points->path_count)
                link(points, (u32)path->start + path->length - 1u, path_at(points, path->next[nth])->start);
    }
}

static ItemPoints make_list(Points *points)
{
    if (points->count == 0)
        return (ItemPoints){0, 0, 0};
    points->count = (u32)at_most((s32)points->count, (s32)HEAP_POINTS_MAX);
    clear_memory(point(points, 0), points->count * sizeof(ItemPoint));
    for (u32 i = 0; i < points->count; i++) {
        u32 entry = points->entries + i * points->entry_size;
        point(points, i)->position = entry;
        point(points, i)->radius = AT(Ipoi, entry)->radius;
    }
    link_paths(points);
    return (ItemPoints){points->list, points->list, ADDRESS_OF(point(points, points->count - 1u))};
}

/* The direction of an item point to the next one, 64 for 1.0. */
static void point_ahead(ItemPoint *from)
{
    if (from->next_count == 0)
        return;
    VecFx32 way = vec_sub(*AT(VecFx32, AT(ItemPoint, from->next[0])->position), *AT(VecFx32, from->position));
    VecFx32 direction = vec_normal(way, vec(0, 0, 0));
    from->direction_x = (s8)(direction.x >> 6);
    from->direction_y = (s8)(direction.y >> 6);
    from->direction_z = (s8)(direction.z >> 6);
}

void points_link(MapData *map)
{
    Points items = {map->ipoi, sizeof(Ipoi), map->ipoi_count, map->ipat, map->ipat_count, HEAP_ITEM_POINTS};
    map->item_points = make_list(&items);
    for (u32 i = 0; i < items.count; i++) {
        ItemPoint *item = point(&items, i);
        item->recalculation = AT(Ipoi, item->position)->recalculation;
        point_ahead(item);
    }
    Points enemies = {map->epoi, sizeof(Epoi), map->epoi_count, map->epat, map->epat_count, HEAP_ENEMY_POINTS};
    *(ItemPoints *)&map->enemy_points = make_list(&enemies);
    for (u32 i = 0; i < enemies.count; i++)
        ((EnemyPoint *)point(&enemies, i))->settings = point(&enemies, i)->position + (u32)offsetof(Epoi, settings);
}
