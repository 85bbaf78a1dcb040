/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sphere against the course: the prisms of one octree leaf.
 */
#ifndef COLLISION_H
#define COLLISION_H

#include "mkds.h"

/* The contacts of one class of prisms. */
typedef struct {
    u32 count;
    VecFx32 push_high, push_low; /* per axis, the furthest push either way */
    VecFx32 normals;             /* sum over the contacts */
    u16 attribute;               /* of the deepest contact */
    fx32 depth;
} Contacts;

typedef struct {
    u8 outside; /* of the course's area */
    u8 fall;    /* touches a fall boundary or out of bounds */
    Contacts floor, wall;
} SphereContacts;

SphereContacts collide_sphere(VecFx32 centre, fx32 radius);
VecFx32 contacts_push(const Contacts *contacts);
VecFx32 contacts_normal(const Contacts *contacts);

#endif
