/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file of Mario Kart 64 on a controller pak. Source of the pak's own format: published descriptions.
 */
#ifndef PAK_H
#define PAK_H

#include "types.h"

enum { PAK_PAGE = 256, PAK_FILE_PAGES = 0x7900 / PAK_PAGE };

/* Finds the file, or makes it if `create`. Returns whether there is one; the other functions then serve it. */
int pak_open(int create);
int pak_read_page(u32 page, u8 *data);
int pak_write_page(u32 page, const u8 *data);

#endif
