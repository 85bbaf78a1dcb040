/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The records in the EEPROM.
 */
#ifndef SAVE_H
#define SAVE_H

#include "mk64.h"

/* Of a place without a record. */
enum { NO_TIME = 600000 };

void save_load(void);
/* Enters a finished time trial's total and best lap where they belong. */
void save_times(const Hud *hud, u16 character);
/* A course's best three laps and best lap: centiseconds, and by which character. */
u32 save_record(s16 course, u16 *character);
u32 save_lap_record(s16 course, u16 *character);

#endif
