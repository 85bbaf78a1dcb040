/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "points.h"

#include "fixed.h"
#include "memory.h"

#define NEIGHBOURS 3u
#define NO_PATH 0xFFu

/* A kind of point: its section, its paths and its list in the heap. Both kinds start with position and radius. */
typedef struct {
    u32 entries, entry_size, count;
    u32 paths, path_count;
    u32 list;
} Points;

static MapPoint *point(const Points *points, u32 index)
{
    return AT(MapPoint, points->list + index * (u32)sizeof(MapPoint));
}

static const NkmPointPath *path_at(const Points *points, u32 index)
{
    return AT(NkmPointPath, points->paths + index * (u32)sizeof(NkmPointPath));
}

/* Makes `to` follow `from`. */
static void link(const Points *points, u32 from, u32 to)
{
    if (from >= points->count || to >= points->count)
        return;
    MapPoint *before = point(points, from), *after = point(points, to);
    if (before->next_count < NEIGHBOURS)
        before->next[before->next_count++] = ADDRESS_OF(after);
    if (after->previous_count < NEIGHBOURS)
        after->previous[after->previous_count++] = ADDRESS_OF(before);
}

static void link_paths(const Points *points)
{
    for (u32 i = 0; i < points->path_count; i++) {
        const NkmPointPath *path = path_at(points, i);
        for (u32 at = path->start; at + 1u < (u32)path->start + path->length && at < points->count; at++)
            link(points, at, at + 1u);
    }
    for (u32 i = 0; i < points->path_count; i++) {
        const NkmPointPath *path = path_at(points, i);
        for (u32 nth = 0; nth < NEIGHBOURS && path->length > 0; nth++)
            if (path->next[nth] != NO_PATH && path->next[nth] < points->path_count)
                link(points, (u32)path->start + path->length - 1u, path_at(points, path->next[nth])->start);
    }
}

static PointList make_list(Points *points)
{
    if (points->count == 0)
        return (PointList){0, 0, 0};
    points->count = (u32)at_most((s32)points->count, (s32)HEAP_POINTS_MAX);
    clear_memory(point(points, 0), points->count * sizeof(MapPoint));
    for (u32 i = 0; i < points->count; i++) {
        u32 entry = points->entries + i * points->entry_size;
        point(points, i)->position = entry;
        point(points, i)->radius = AT(NkmItemPoint, entry)->radius;
    }
    link_paths(points);
    return (PointList){points->list, points->list, ADDRESS_OF(point(points, points->count - 1u))};
}

/* The direction of an item point to the next one, 64 for 1.0. */
static void point_ahead(MapPoint *from)
{
    if (from->next_count == 0)
        return;
    VecFx32 way = vec_sub(*AT(VecFx32, AT(MapPoint, from->next[0])->position), *AT(VecFx32, from->position));
    VecFx32 direction = vec_normal(way, vec(0, 0, 0));
    from->direction[0] = (s8)(direction.x >> 6);
    from->direction[1] = (s8)(direction.y >> 6);
    from->direction[2] = (s8)(direction.z >> 6);
}

void points_link(MapData *map)
{
    Points items = {map->ipoi, sizeof(NkmItemPoint), map->ipoi_count, map->ipat, map->ipat_count, HEAP_ITEM_POINTS};
    map->item_points = make_list(&items);
    for (u32 i = 0; i < items.count; i++) {
        MapPoint *item = point(&items, i);
        item->recalculation = AT(NkmItemPoint, item->position)->recalculation;
        point_ahead(item);
    }
    Points enemies = {map->epoi, sizeof(NkmEnemyPoint), map->epoi_count, map->epat, map->epat_count, HEAP_ENEMY_POINTS};
    map->enemy_points = make_list(&enemies);
    for (u32 i = 0; i < enemies.count; i++)
        point(&enemies, i)->settings = point(&enemies, i)->position + (u32)offsetof(NkmEnemyPoint, settings);
}
