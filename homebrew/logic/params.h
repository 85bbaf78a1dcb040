/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The figures of karts and characters.
 */
#ifndef PARAMS_H
#define PARAMS_H

#include "mkds.h"

/* Surface kinds (Driver.floor_kind): indices of KartParameters.grip and .terrain_multipliers. */
enum {
    SURFACE_ROAD = 0,
    SURFACE_WEAK_OFF_ROAD = 2,
    SURFACE_OFF_ROAD = 3,
    SURFACE_HEAVY_OFF_ROAD = 4,
    SURFACE_SLIPPERY = 5,
    SURFACE_SLIPPERY2 = 6,
    SURFACE_BOOST = 8,
    SURFACES = 12,
    SURFACE_AIR = -1,
};

/* The surface kind of each collision type. */
extern const u8 surface_of_type[KCL_TYPES];

/* Writes all karts and characters to the heap. */
void params_load(void);
u32 kart_params_address(u32 kart);
u32 character_params_address(u32 character);

#endif
