/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collision.h"

#include "fixed.h"
#include "game.h"

/* Turns of an octree walk: no course is cut finer than this. */
#define OCTREE_DEPTH 12
/* A leaf's list ends with zero; the bound limits the list of a course file without the zero. */
#define LEAF_PRISMS 256

#define OCTREE_LEAF 0x80000000u

/* The address of the prism list (u16, 1-based) around a point; 0 = outside. */
static u32 find_leaf(const CollisionHeader *kcl, VecFx32 point)
{
    u32 x = (u32)((point.x - kcl->area_minimum.x) >> 12);
    u32 y = (u32)((point.y - kcl->area_minimum.y) >> 12);
    u32 z = (u32)((point.z - kcl->area_minimum.z) >> 12);
    if ((x & kcl->area_x_width_mask) || (y & kcl->area_y_width_mask) || (z & kcl->area_z_width_mask))
        return 0;

    u32 shift = kcl->block_width_shift & 31u;
    u32 block = kcl->octree;
    u32 index = ((z >> shift) << (kcl->area_xy_blocks_shift & 31u)) |
                ((y >> shift) << (kcl->area_x_blocks_shift & 31u)) | (x >> shift);
    for (u32 depth = 0; depth < OCTREE_DEPTH; depth++) {
        u32 node = *AT(Word, block + 4u * index);
        if (node & OCTREE_LEAF)
            return block + (node & ~OCTREE_LEAF) + 2u;
        if (shift == 0)
            return 0;
        block += node;
        shift--;
        index = ((z >> shift & 1u) << 2) | ((y >> shift & 1u) << 1) | (x >> shift & 1u);
    }
    return 0;
}

static VecFx32 normal_at(const CollisionHeader *kcl, u32 index)
{
    const VecFx16 *normal = AT(VecFx16, kcl->normals + 6u * index);
    return vec(normal->x, normal->y, normal->z);
}

/* How far the sphere reaches into the prism along its face normal; 0 = not at all. */
static fx32 penetration(const CollisionHeader *kcl, const Prism *prism, VecFx32 centre, fx32 radius, VecFx32 face)
{
    VecFx32 point = vec_sub(centre, *AT(VecFx32, kcl->positions + 12u * prism->position_index));
    fx32 height = vec_dot(point, face);
    if (height >= radius || height < -kcl->prism_thickness)
        return 0;

    /* Distances beyond the three edges, in the plane of the triangle. */
    VecFx32 edge[3] = {normal_at(kcl, prism->edge_normal_1_index), normal_at(kcl, prism->edge_normal_2_index),
                       normal_at(kcl, prism->edge_normal_3_index)};
    fx32 beyond[3];
    for (u32 i = 0; i < 3; i++) {
        beyond[i] = vec_dot(point, edge[i]) - (i == 2 ? prism->height : 0);
        if (beyond[i] >= radius)
            return 0;
    }

    u32 first = beyond[0] >= beyond[1] ? 0 : 1;
    if (beyond[2] > beyond[first])
        first = 2;
    if (beyond[first] <= 0)
        return radius - height;

    /* The vector from the furthest edge's line to the edge itself: zero, or along the line to a corner. */
    s64 gap_squared = (s64)beyond[first] * beyond[first];
    fx32 along = 0, sine_squared = FX_ONE;
    for (u32 other = 0; other < 3; other++) {
        fx32 alike = vec_dot(edge[first], edge[other]);
        fx32 past = beyond[other] - fx_mul(beyond[first], alike);
        if (other != first && past > along) {
            along = past;
            sine_squared = FX_ONE - fx_mul(alike, alike);
        }
    }
    if (sine_squared <= 0)
        return 0;
    gap_squared += (s64)along * along / sine_squared * FX_ONE;
    s64 reach_squared = (s64)radius * radius - gap_squared;
    if (reach_squared <= 0)
        return 0;
    fx32 reach = (fx32)square_root((u64)reach_squared);
    return reach > height ? reach - height : 0;
}

static void add_contact(Contacts *contacts, VecFx32 normal, fx32 depth, u16 attribute)
{
    VecFx32 push = vec_scale(normal, depth);
    contacts->push_high.x = at_least(contacts->push_high.x, push.x);
    contacts->push_high.y = at_least(contacts->push_high.y, push.y);
    contacts->push_high.z = at_least(contacts->push_high.z, push.z);
    contacts->push_low.x = at_most(contacts->push_low.x, push.x);
    contacts->push_low.y = at_most(contacts->push_low.y, push.y);
    contacts->push_low.z = at_most(contacts->push_low.z, push.z);
    contacts->normals = vec_add(contacts->normals, normal);
    contacts->count++;
    if (depth > contacts->depth) {
        contacts->depth = depth;
        contacts->attribute = attribute;
    }
}

SphereContacts collide_sphere(VecFx32 centre, fx32 radius)
{
    const CollisionHeader *kcl = collision();
    SphereContacts contacts = {0};
    u32 leaf = find_leaf(kcl, centre);
    if (leaf == 0) {
        contacts.outside = 1;
        return contacts;
    }
    for (u32 i = 0; i < LEAF_PRISMS; i++) {
        u32 index = *AT(Half, leaf + 2u * i);
        if (index == 0)
            break;
        const Prism *prism = AT(Prism, kcl->prisms + 0x10u * index);
        if (ATTRIBUTE_IGNORE_DRIVERS(prism->attribute))
            continue;
        u32 type = 1u << ATTRIBUTE_COLLISION_TYPE(prism->attribute);
        u32 fall = type & (1u << KCL_OUT_OF_BOUNDS | 1u << KCL_FALL_BOUNDARY);
        if (!(fall || type & (KCL_FLOORS | KCL_WALLS)))
            continue;
        VecFx32 face = normal_at(kcl, prism->face_normal_index);
        fx32 depth = penetration(kcl, prism, centre, radius, face);
        if (depth <= 0)
            continue;
        if (fall)
            contacts.fall = 1;
        if (type & KCL_FLOORS)
            add_contact(&contacts.floor, face, depth, prism->attribute);
        else if (type & KCL_WALLS)
            add_contact(&contacts.wall, face, depth, prism->attribute);
    }
    return contacts;
}

VecFx32 contacts_push(const Contacts *contacts)
{
    return vec_add(contacts->push_high, contacts->push_low);
}

VecFx32 contacts_normal(const Contacts *contacts)
{
    return vec_normal(contacts->normals, vec(0, FX_ONE, 0));
}
