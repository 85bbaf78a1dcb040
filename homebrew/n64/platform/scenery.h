/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands beside the course and is only looked at: the start and the trees.
 */
#ifndef SCENERY_H
#define SCENERY_H

void scenery_prepare(void);
void scenery_draw(void);

#endif
