/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registers, by their usual names. Source: the public descriptions of the N64's memory map.
 */
#ifndef HARDWARE_H
#define HARDWARE_H

#include "types.h"

#define REGISTER(address) (*(volatile u32 *)(address))
#define PHYSICAL(pointer) ((u32)(pointer) & 0x1FFFFFFF)

/* The RSP's memory and control. */
#define SP_TASK ((volatile u32 *)0xA4000FC0)
#define SP_STATUS REGISTER(0xA4040010)
#define SP_PC REGISTER(0xA4080000)
enum { SP_CLEAR_HALT = 1 << 0, SP_CLEAR_BROKE = 1 << 2, SP_CLEAR_INTERRUPT = 1 << 3 };

#define MI_MODE REGISTER(0xA4300000)
#define MI_INTERRUPT_MASK REGISTER(0xA430000C)
enum { MI_CLEAR_DP = 1 << 11, MI_ENABLE_VI = 1 << 7 };

#define VI_STATUS REGISTER(0xA4400000)
#define VI_ORIGIN REGISTER(0xA4400004)
#define VI_REGISTERS ((volatile u32 *)0xA4400000)

#define AI_ADDRESS REGISTER(0xA4500000)
#define AI_LENGTH REGISTER(0xA4500004)
#define AI_CONTROL REGISTER(0xA4500008)
#define AI_STATUS REGISTER(0xA450000C)
#define AI_RATE REGISTER(0xA4500010)
#define AI_BIT_RATE REGISTER(0xA4500014)

#define SI_ADDRESS REGISTER(0xA4800000)
#define SI_READ REGISTER(0xA4800004)
#define SI_WRITE REGISTER(0xA4800010)
#define SI_STATUS REGISTER(0xA4800018)
enum { SI_BUSY = 3 };
#define PIF_MEMORY 0x1FC007C0

u32 wait_for_vertical_interrupt(u32 seen);

#endif
