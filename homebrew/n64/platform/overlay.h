/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is drawn flat: the display of the race, and the menus.
 */
#ifndef OVERLAY_H
#define OVERLAY_H

void hud_prepare(void);
void hud_draw(void);
void menu_draw(void);

#endif
