/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A kart's movement, a tick at a time. Figures: LAYOUT A5, unless marked as ours.
 */
#ifndef KART_H
#define KART_H

#include "mk64.h"

#define KMH 12.0f /* of a speed of 1 */

/* Places a new player on the course, at rest. */
void kart_create(Player *player, u16 type, u16 character, const Vec3f position, s16 yaw);
void kart_tick(Player *player, const Controller *pad);
/* Karts that touch push each other apart. */
void karts_collide(void);
void kart_boost(Player *player, u32 effect, s16 ticks);
s32 player_number(const Player *player);

#endif
