/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "params.h"

#include "fixed.h"
#include "game.h"
#include "memory.h"

const u8 surface_of_type[KCL_TYPES] = {0, 5, 2, 3, 0, 4, 6, 8, 0, 0, 0, 0, 8, 0, 0, 9, 0, 10, 8, 11, 0, 0};

/* The parameters that differ between karts. Each owner has a balanced, a heavy and fast, and a nimble kart. */
typedef struct {
    s16 top_speed;         /* raw units a frame */
    s16 acceleration_low, acceleration_high;
    s16 drift_acceleration;
    s16 handling, drift_turn; /* angle units a tick */
    s16 mini_turbo_ticks;
    s16 weight;
    s16 off_road;          /* speed kept off road */
} KartFigures;

/* The first kart carries the figures published for the B Dasher: top speed 21396,
 * acceleration 225/94, drift 249, mini-turbo 35. */
static const KartFigures karts[KARTS] = {
    {21396, 225, 94, 249, 250, 250, 35, 4096, 2253}, {21930, 196, 84, 228, 232, 236, 30, 4710, 1966},
    {20860, 262, 110, 270, 272, 262, 42, 3482, 2540}, {21284, 232, 97, 252, 252, 252, 36, 3900, 2290},
    {21770, 202, 86, 230, 236, 240, 31, 4500, 2010}, {20790, 268, 112, 274, 276, 266, 43, 3300, 2600},
    {21220, 238, 98, 256, 256, 254, 38, 3680, 2330}, {21700, 208, 88, 236, 238, 242, 32, 4300, 2048},
    {20720, 274, 116, 278, 280, 268, 45, 3100, 2640}, {21350, 228, 95, 250, 254, 250, 36, 3960, 2270},
    {21880, 199, 85, 229, 234, 238, 30, 4600, 1990}, {20900, 260, 109, 268, 270, 262, 41, 3500, 2520},
    {21120, 244, 102, 260, 260, 256, 40, 3480, 2370}, {21610, 214, 90, 240, 242, 244, 33, 4100, 2090},
    {20650, 280, 120, 282, 284, 270, 46, 2900, 2700}, {21560, 212, 89, 240, 242, 244, 32, 4400, 2150},
    {22120, 184, 79, 220, 224, 230, 28, 5000, 1880}, {21020, 250, 104, 262, 262, 258, 39, 3800, 2430},
    {21620, 206, 87, 236, 238, 242, 31, 4600, 2110}, {22200, 178, 77, 216, 220, 228, 27, 5200, 1840},
    {21080, 244, 102, 258, 258, 256, 38, 4000, 2400}, {21680, 202, 85, 232, 234, 240, 30, 4800, 2070},
    {22280, 172, 75, 212, 216, 226, 26, 5400, 1800}, {21140, 240, 100, 256, 256, 254, 37, 4200, 2370},
    {21750, 196, 83, 228, 230, 238, 29, 5000, 2030}, {22360, 168, 73, 208, 212, 224, 25, 5600, 1760},
    {21200, 236, 98, 252, 252, 252, 36, 4400, 2330}, {21450, 220, 92, 246, 248, 248, 34, 4150, 2230},
    {21980, 192, 82, 226, 230, 236, 29, 4800, 1950}, {20930, 256, 107, 266, 268, 260, 41, 3560, 2490},
    {21260, 234, 97, 254, 254, 254, 37, 3760, 2310}, {21740, 204, 87, 232, 236, 240, 31, 4360, 2030},
    {20760, 270, 114, 276, 278, 266, 44, 3200, 2620}, {21500, 216, 91, 242, 244, 246, 33, 4240, 2190},
    {22040, 188, 81, 224, 228, 234, 28, 4900, 1920}, {20980, 252, 106, 264, 266, 260, 40, 3640, 2460},
};

/* A character's factor on a kart's handling, and the weight it adds. */
static const s16 characters[CHARACTERS][2] = {
    {4096, 1024}, {4055, 1188}, {4136, 860}, {4096, 980}, {4177, 737}, {4014, 1352},
    {3973, 1516}, {3932, 1638}, {4177, 696}, {4055, 1106}, {4136, 819}, {4014, 1270},
};

/* How fast the direction of travel follows the facing, by surface kind. */
static const s16 grip[SURFACES] = {1024, 1024, 819, 737, 655, 328, 492, 1024, 1024, 1024, 819, 1024};

static void load_kart(KartParameters *params, const KartFigures *figures)
{
    params->sphere_radius = 45056;
    params->sphere_z_offset = FX_ONE / 4;
    params->weight = figures->weight;
    params->mini_turbo_time = figures->mini_turbo_ticks;
    params->max_speed = figures->top_speed;
    params->base_acceleration = figures->acceleration_low;
    params->fast_acceleration = figures->acceleration_high;
    params->fast_ratio = 2867;
    params->drift_acceleration = figures->drift_acceleration;
    params->deceleration = 4030;
    params->handling = figures->handling;
    params->drift = figures->drift_turn;
    for (u32 i = 0; i < SURFACES; i++) {
        params->grip[i] = grip[i];
        params->terrain_multipliers[i] = FX_ONE;
    }
    params->terrain_multipliers[SURFACE_OFF_ROAD] = figures->off_road;
    params->terrain_multipliers[SURFACE_WEAK_OFF_ROAD] = (figures->off_road + FX_ONE) / 2;
    params->terrain_multipliers[SURFACE_HEAVY_OFF_ROAD] = figures->off_road * 3 / 4;
}

void params_load(void)
{
    for (u32 i = 0; i < KARTS; i++) {
        KartParameters *params = AT(KartParameters, kart_params_address(i));
        clear_memory(params, sizeof *params);
        load_kart(params, &karts[i]);
    }
    for (u32 i = 0; i < CHARACTERS; i++) {
        CharacterParameters *params = AT(CharacterParameters, character_params_address(i));
        params->field_0 = characters[i][0];
        params->weight = characters[i][1];
    }
}

u32 kart_params_address(u32 kart)
{
    return HEAP_KART_PARAMETERS + kart * (u32)sizeof(KartParameters);
}

u32 character_params_address(u32 character)
{
    return HEAP_CHARACTER_PARAMETERS + character * (u32)sizeof(CharacterParameters);
}
