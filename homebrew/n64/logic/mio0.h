/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The packing MIO0: bits that tell literal bytes from copies, copies of two bytes, literals. Source: published
 * descriptions.
 */
#ifndef MIO0_H
#define MIO0_H

#include "types.h"

enum { MIO0_PLAIN_MAX = 0x401C };

/* Packs at most MIO0_PLAIN_MAX bytes. Returns the packed length, or 0 if it would be more than `capacity`. */
u32 mio0_pack(const u8 *data, u32 size, u8 *packed, u32 capacity);
/* Returns the plain length, or 0 if it is more than `capacity` or `packed` is not whole. */
u32 mio0_unpack(const u8 *packed, u32 packed_size, u8 *data, u32 capacity);

#endif
