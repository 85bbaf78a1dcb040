/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The packing MIO0: bits that tell literal bytes from copies, copies of two bytes, literals. Source: published
 * descriptions.
 */
#ifndef MIO0_H
#define MIO0_H

#include "types.h"

/* Returns the packed length, or 0 if it would be more than `capacity`. */
u32 mio0_pack(const u8 *data, u32 size, u8 *packed, u32 capacity);
/* Returns whether `packed` holds exactly `size` bytes. */
int mio0_unpack(const u8 *packed, u32 packed_size, u8 *data, u32 size);

#endif
