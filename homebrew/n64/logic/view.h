/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The camera behind the first player.
 */
#ifndef VIEW_H
#define VIEW_H

void view_reset(void);
void view_tick(void);

#endif
