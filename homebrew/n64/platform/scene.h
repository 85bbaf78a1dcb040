/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The race as the camera sees it: sky, course and karts.
 */
#ifndef SCENE_H
#define SCENE_H

/* Makes the display lists of the loaded course and of the karts in the race. */
void scene_prepare(void);
void scene_draw(void);

#endif
