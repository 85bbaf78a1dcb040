/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers, and what the structs in RAM are declared with.
 *
 * fx32 is signed 20.12 fixed point, fx16 signed 4.12; 65536 angle units are a turn.
 */
#ifndef TYPES_H
#define TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef s32 fx32;
typedef s16 fx16;

#define MAY_ALIAS __attribute__((may_alias))
#define AT_OFFSET(type, field, offset) \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field)
#define HAS_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)

#endif
