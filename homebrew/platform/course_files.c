// SPDX-License-Identifier: GPL-3.0-or-later
#include "game.h"

// Made by `cargo xtask rom` from the course files: one entry a slot, of size 0 where there is no course.
extern const CourseFile course_files[COURSES];

const CourseFile *platform_course(int slot)
{
    if (slot < 0 || slot >= COURSES || course_files[slot].kcl_size == 0)
        return NULL;
    return &course_files[slot];
}
