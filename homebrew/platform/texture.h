// SPDX-License-Identifier: GPL-3.0-or-later
// The course's textures, computed at power-on: 64 by 64 texels in direct colour, a texel a course unit.
#ifndef TEXTURE_H
#define TEXTURE_H

#include "course_mesh.h"

void texture_initialise(void);
// The engine's texture word of a skin; 0 for none.
u32 texture_parameter(Skin skin);
// Lays the ground's textures over the course as seen from above.
void texture_project_from_above(void);

#endif
