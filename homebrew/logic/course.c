/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "course.h"

#include "fixed.h"
#include "game.h"
#include "memory.h"
#include "narc.h"
#include "points.h"

#define SECTION(a, b, c, d) ((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)
#define NO_PATH 0xFFu
#define NKM_SECTIONS 17u
#define RESPAWN_IDS 256
#define PATHS_MAX 256u

/* Bytes that a frame reads from the card and unpacks. */
#define READ_AT_ONCE 0x2000u
#define UNPACK_AT_ONCE 0x4000u

/* Head of a course map file; offsets count from the end of the header. (nkm_header_t) */
typedef struct MAY_ALIAS {
    u32 magic;
    u16 version;
    u16 header_length;
    u32 offsets[NKM_SECTIONS];
} NkmHeader;
AT_OFFSET(NkmHeader, magic, 0x0);
AT_OFFSET(NkmHeader, version, 0x4);
AT_OFFSET(NkmHeader, header_length, 0x6);
AT_OFFSET(NkmHeader, offsets, 0x8);
HAS_SIZE(NkmHeader, 0x4c);

static const Cpoi *checkpoint(u32 index)
{
    return AT(Cpoi, map_data()->cpoi + index * (u32)sizeof(Cpoi));
}

static const Cpat *checkpoint_path(u32 index)
{
    return AT(Cpat, map_data()->cpat + index * (u32)sizeof(Cpat));
}

/* ---- The collision ---- */

static int load_kcl(ArchiveFile file)
{
    CollisionHeader *kcl = collision();
    if (file.size < sizeof *kcl)
        return 0;
    *kcl = *AT(CollisionHeader, file.address);
    u32 last = kcl->positions | kcl->normals | kcl->prisms | kcl->octree;
    if (last >= HEAP_ARCHIVE_END - HEAP_ARCHIVE)
        return 0;
    kcl->positions += file.address;
    kcl->normals += file.address;
    kcl->prisms += file.address;
    kcl->octree += file.address;
    return 1;
}

/* ---- The map ---- */

/* The offset of a section's pointer, which its count follows, in MapData. */
static const struct {
    u32 magic;
    u16 field;
} sections[] = {
    {SECTION('O', 'B', 'J', 'I'), offsetof(MapData, obji)}, {SECTION('P', 'A', 'T', 'H'), offsetof(MapData, path)},
    {SECTION('P', 'O', 'I', 'T'), offsetof(MapData, poit)}, {SECTION('K', 'T', 'P', 'S'), offsetof(MapData, ktps)},
    {SECTION('K', 'T', 'P', 'J'), offsetof(MapData, ktpj)}, {SECTION('K', 'T', 'P', '2'), offsetof(MapData, ktp2)},
    {SECTION('K', 'T', 'P', 'C'), offsetof(MapData, ktpc)}, {SECTION('K', 'T', 'P', 'M'), offsetof(MapData, ktpm)},
    {SECTION('C', 'P', 'O', 'I'), offsetof(MapData, cpoi)}, {SECTION('C', 'P', 'A', 'T'), offsetof(MapData, cpat)},
    {SECTION('I', 'P', 'O', 'I'), offsetof(MapData, ipoi)}, {SECTION('I', 'P', 'A', 'T'), offsetof(MapData, ipat)},
    {SECTION('E', 'P', 'O', 'I'), offsetof(MapData, epoi)}, {SECTION('E', 'P', 'A', 'T'), offsetof(MapData, epat)},
    {SECTION('M', 'E', 'P', 'O'), offsetof(MapData, mepo)}, {SECTION('M', 'E', 'P', 'A'), offsetof(MapData, mepa)},
    {SECTION('A', 'R', 'E', 'A'), offsetof(MapData, area)}, {SECTION('C', 'A', 'M', 'E'), offsetof(MapData, came)},
};

/* A section: its magic, a count (none for STAG) and its entries. */
static void load_section(u32 section)
{
    u32 magic = *AT(Word, section);
    if (magic == SECTION('S', 'T', 'A', 'G'))
        map_data()->stag = section + 4u;
    for (u32 i = 0; i < sizeof sections / sizeof *sections; i++) {
        u32 field = HEAP_MAP_DATA + sections[i].field;
        if (magic != sections[i].magic)
            continue;
        *AT(Word, field) = section + 8u;
        *AT(Half, field + 4u) = *AT(Half, section + 4u);
    }
}

static void load_sections(ArchiveFile file)
{
    const NkmHeader *header = AT(NkmHeader, file.address);
    map_data()->nkm_version = header->version;
    for (u32 i = 0; i < NKM_SECTIONS && 8u + 4u * i < header->header_length; i++) {
        u32 offset = header->offsets[i];
        if (offset % 4u == 0 && offset < file.size && header->header_length + offset + 8u <= file.size)
            load_section(file.address + header->header_length + offset);
    }
}

static void measure_lap(MapData *map)
{
    for (u32 i = 0; i < map->cpoi_count; i++) {
        map->track_length += checkpoint(i)->distance;
        if (checkpoint(i)->key_id >= map->key_checkpoint_count)
            map->key_checkpoint_count = (u16)(checkpoint(i)->key_id + 1);
    }
    map->track_length_by_15000 = (u32)map->track_length / 15000u;
    for (u32 i = 0; i < map->cpat_count; i++) {
        const Cpat *path = checkpoint_path(i);
        if (path->section_order >= map->max_section_order) {
            map->max_section_order = path->section_order;
            map->last_checkpoint = (u16)(path->start + path->length - 1);
        }
    }
}

static void index_respawns(MapData *map)
{
    Half *indices = AT(Half, HEAP_KTPJ_INDEX_TABLE);
    clear_memory(indices, 2u * RESPAWN_IDS);
    map->ktpj_index_table = HEAP_KTPJ_INDEX_TABLE;
    for (u32 i = 0; i < map->ktpj_count; i++) {
        s16 id = AT(Ktpj, map->ktpj + i * (u32)sizeof(Ktpj))->id;
        if (id >= 0 && id < RESPAWN_IDS)
            indices[id] = (u16)i;
    }
}

static void divide_paths(MapData *map)
{
    u32 point = map->poit;
    map->paths = HEAP_PATHS;
    for (u32 i = 0; i < map->path_count && i < PATHS_MAX; i++) {
        u32 path = map->path + i * (u32)sizeof(Path);
        *AT(Route, HEAP_PATHS + i * (u32)sizeof(Route)) = (Route){path, point};
        point += AT(Path, path)->point_count * (u32)sizeof(Poit);
    }
}

static void find_cameras(MapData *map)
{
    for (u32 i = 0; i < map->came_count; i++) {
        u32 address = map->came + i * (u32)sizeof(Came);
        const Came *camera = AT(Came, address);
        if (camera->intro_first == 1 && map->intro_camera_top == 0)
            map->intro_camera_top = address;
        if (camera->intro_first == 2 && map->intro_camera_bottom == 0)
            map->intro_camera_bottom = address;
        if (camera->kind == CAME_KIND_6 && map->camera_kind_6 == 0)
            map->camera_kind_6 = address;
    }
}

static int load_nkm(ArchiveFile file)
{
    MapData *map = map_data();
    clear_memory(map, sizeof *map);
    if (file.size < sizeof(NkmHeader))
        return 0;
    load_sections(file);
    if (map->cpoi_count == 0 || map->cpat_count == 0 || map->ktps_count == 0 || map->stag == 0)
        return 0;
    measure_lap(map);
    index_respawns(map);
    divide_paths(map);
    find_cameras(map);
    points_link(map);
    return 1;
}

/* ---- Loading ---- */

/* The archive is read to the end of its buffer, from a word boundary on, and unpacked to the buffer's start. */
static u32 packed_archive(u32 size)
{
    return (HEAP_ARCHIVE_END - size) & ~3u;
}

void course_load(u32 slot)
{
    CourseLoad *load = &game()->course;
    *load = (CourseLoad){.state = COURSE_LOADING, .file = game()->course_files[slot % COURSES]};
    if (load->file.size == 0 || load->file.size > HEAP_ARCHIVE_END - HEAP_ARCHIVE)
        load->state = COURSE_REFUSED;
}

static CourseState read_part(CourseLoad *load)
{
    u32 size = load->file.size, left = size - load->read;
    if (size > HEAP_ARCHIVE_END - HEAP_ARCHIVE || left > size)
        return COURSE_REFUSED;
    u32 part = left < READ_AT_ONCE ? left : READ_AT_ONCE, packed = packed_archive(size);
    platform_card_read(load->file.start + load->read, AT(u8, packed + load->read), part);
    load->read += part;
    if (load->read < size)
        return COURSE_LOADING;
    return lz10_begin(&load->unpacking, packed, size, HEAP_ARCHIVE, HEAP_ARCHIVE_END) ? COURSE_LOADING : COURSE_REFUSED;
}

static CourseState use_archive(const Lz10 *unpacked)
{
    u32 size = unpacked->target_end - HEAP_ARCHIVE;
    ArchiveFile kcl = narc_find(HEAP_ARCHIVE, size, "course_collision.kcl");
    ArchiveFile nkm = narc_find(HEAP_ARCHIVE, size, "course_map.nkm");
    return load_kcl(kcl) && load_nkm(nkm) ? COURSE_LOADED : COURSE_REFUSED;
}

static CourseState load_part(CourseLoad *load)
{
    if (load->read != load->file.size)
        return read_part(load);
    switch (lz10_continue(&load->unpacking, UNPACK_AT_ONCE)) {
    case LZ10_MORE:
        return COURSE_LOADING;
    case LZ10_DONE:
        return use_archive(&load->unpacking);
    default:
        return COURSE_REFUSED;
    }
}

CourseState course_load_continue(void)
{
    CourseLoad *load = &game()->course;
    if (load->state == COURSE_LOADING)
        load->state = load_part(load);
    return load->state;
}

u32 course_laps(void)
{
    u32 laps = AT(Stag, map_data()->stag)->laps;
    return laps >= 1 && laps <= 5 ? laps : 3;
}

u16 yaw_of_degrees(fx32 degrees)
{
    return (u16)(((s64)degrees * 65536 / 360) >> 12);
}

/* ---- Checkpoints ---- */

/* On which side of a checkpoint's line, which runs from left to right, a point is: above 0
 * is past it, in proportion to the distance and to the line's length. */
static s64 past_line(const Cpoi *line, VecFx32 point)
{
    s64 x = (s64)line->x2 - line->x1, z = (s64)line->z2 - line->z1;
    return z * ((s64)point.x - line->x1) - x * ((s64)point.z - line->z1);
}

/* How far past a checkpoint's line a point is. */
static fx32 distance_past(const Cpoi *line, VecFx32 point)
{
    s64 x = (s64)line->x2 - line->x1, z = (s64)line->z2 - line->z1;
    s64 length = square_root((u64)(x * x + z * z));
    return length == 0 ? 0 : (fx32)(past_line(line, point) / length);
}

/* Whether a point is left (1) or right (-1) of the line from (x1, z1) to (x2, z2). */
static s32 side(fx32 x1, fx32 z1, fx32 x2, fx32 z2, VecFx32 point)
{
    s64 cross = ((s64)x2 - x1) * ((s64)point.z - z1) - ((s64)z2 - z1) * ((s64)point.x - x1);
    return cross < 0 ? 1 : -1;
}

static u32 path_of(u32 index)
{
    const MapData *map = map_data();
    for (u32 i = 0; i < map->cpat_count; i++) {
        const Cpat *path = checkpoint_path(i);
        if (index >= path->start && index - path->start < path->length)
            return i;
    }
    return 0;
}

/* The checkpoint after one along its path or, at its end, in the nth path that follows. */
static s32 next_checkpoint(u32 index, u32 nth)
{
    const Cpat *path = checkpoint_path(path_of(index));
    if (index - path->start + 1u < path->length)
        return nth == 0 ? (s32)index + 1 : -1;
    if (path->next[nth] == NO_PATH || path->next[nth] >= map_data()->cpat_count)
        return -1;
    return checkpoint_path(path->next[nth])->start;
}

static s32 previous_checkpoint(u32 index, u32 nth)
{
    const Cpat *path = checkpoint_path(path_of(index));
    if (index > path->start)
        return nth == 0 ? (s32)index - 1 : -1;
    if (path->previous[nth] == NO_PATH || path->previous[nth] >= map_data()->cpat_count)
        return -1;
    const Cpat *before = checkpoint_path(path->previous[nth]);
    return before->start + before->length - 1;
}

/* Whether a point is between two neighbouring lines. */
static int between_lines(const Cpoi *from, const Cpoi *to, VecFx32 point)
{
    if (past_line(from, point) < 0 || past_line(to, point) >= 0)
        return 0;
    return side(from->x1, from->z1, to->x1, to->z1, point) != side(from->x2, from->z2, to->x2, to->z2, point);
}

/* Whether a point is in the stretch that starts at a checkpoint, on any of the paths that follow. */
static int in_stretch(u32 index, VecFx32 point)
{
    for (u32 nth = 0; nth < 3; nth++) {
        s32 next = next_checkpoint(index, nth);
        if (next >= 0 && between_lines(checkpoint(index), checkpoint((u32)next), point))
            return 1;
    }
    return 0;
}

/* The stretch that holds a point: this one, a neighbour, else any; unchanged off the course. */
static u32 find_stretch(u32 current, VecFx32 point)
{
    if (in_stretch(current, point))
        return current;
    for (u32 nth = 0; nth < 3; nth++) {
        s32 next = next_checkpoint(current, nth);
        if (next >= 0 && in_stretch((u32)next, point))
            return (u32)next;
        s32 previous = previous_checkpoint(current, nth);
        if (previous >= 0 && in_stretch((u32)previous, point))
            return (u32)previous;
    }
    for (u32 i = 0; i < map_data()->cpoi_count; i++) {
        if (in_stretch(i, point))
            return i;
    }
    return current;
}

/* The last key point at or before a checkpoint. */
static s32 key_point_of(u32 index)
{
    for (u32 steps = 0; steps < map_data()->cpoi_count; steps++) {
        if (checkpoint(index)->key_id >= 0)
            return checkpoint(index)->key_id;
        s32 previous = previous_checkpoint(index, 0);
        if (previous < 0)
            break;
        index = (u32)previous;
    }
    return 0;
}

/* The part of the distance from a checkpoint to the next at a point, 0 to 1. */
static fx32 stretch_progress(u32 index, VecFx32 point)
{
    s32 next = next_checkpoint(index, 0);
    for (u32 nth = 1; nth < 3; nth++) {
        s32 other = next_checkpoint(index, nth);
        if (other >= 0 && between_lines(checkpoint(index), checkpoint((u32)other), point))
            next = other;
    }
    if (next < 0)
        return 0;
    fx32 gone = distance_past(checkpoint(index), point);
    fx32 left = -distance_past(checkpoint((u32)next), point);
    if (gone <= 0)
        return 0;
    return left <= 0 ? FX_ONE : fx_div(gone, gone + left);
}

/* The part of the lap at a point of a stretch, 0 to 1: each section of the course counts the same. */
static fx32 way_round(u32 index, fx32 progress)
{
    const Cpat *path = checkpoint_path(path_of(index));
    s32 sections = map_data()->max_section_order + 1;
    fx32 within = (FX((s32)index - path->start) + progress) / at_least(path->length, 1);
    return (FX(path->section_order) + within) / sections;
}

static void update_progress(DriverStatus *status, VecFx32 position)
{
    const MapData *map = map_data();
    status->checkpoint_path = (u16)path_of(status->checkpoint);
    status->checkpoint_progress = stretch_progress(status->checkpoint, position);
    status->lap_progress = way_round(status->checkpoint, status->checkpoint_progress);
    /* The stretches before the start line belong to a lap only once its key points are passed. */
    if (status->last_correct_key_point == 0 && status->key_point != 0 &&
        status->key_point == map->key_checkpoint_count - 1)
        status->lap_progress -= FX_ONE;
    status->race_progress = (FX(status->lap) + status->lap_progress) / (s32)course_laps();
}

void course_enter(DriverStatus *status, VecFx32 position)
{
    status->checkpoint = (u16)find_stretch(0, position);
    status->key_point = (s16)key_point_of(status->checkpoint);
    status->last_correct_key_point = 0;
    update_progress(status, position);
}

int course_follow(DriverStatus *status, VecFx32 position)
{
    s32 keys = at_least(map_data()->key_checkpoint_count, 1);
    int lap = 0;
    u32 stretch = find_stretch(status->checkpoint, position);
    if (stretch != status->checkpoint) {
        /* The shorter way round tells forwards from backwards. */
        fx32 step = way_round(stretch, 0) - way_round(status->checkpoint, 0);
        int forwards = (step > 0) != (magnitude(step) > FX_ONE / 2);
        s16 key = (s16)key_point_of(stretch);
        if (forwards && key != status->key_point && key == (status->key_point + 1) % keys &&
            key == (status->last_correct_key_point + 1) % keys) {
            status->last_correct_key_point = key;
            lap = key == 0;
        }
        status->checkpoint = (u16)stretch;
        status->key_point = key;
    }
    if (lap)
        status->lap++;
    update_progress(status, position);
    return lap;
}

void course_respawn(const DriverStatus *status, VecFx32 *position, u16 *yaw)
{
    const MapData *map = map_data();
    const Ktps *start = AT(Ktps, map->ktps);
    *position = start->position;
    *yaw = yaw_of_degrees(start->rotation.y);
    s16 respawn = checkpoint(status->checkpoint)->respawn_id;
    for (u32 i = 0; i < map->ktpj_count; i++) {
        const Ktpj *point = AT(Ktpj, map->ktpj + i * (u32)sizeof(Ktpj));
        if (point->id != respawn)
            continue;
        *position = point->position;
        *yaw = yaw_of_degrees(point->rotation.y);
        return;
    }
}
