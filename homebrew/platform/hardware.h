// SPDX-License-Identifier: GPL-3.0-or-later
// The DS registers and memories that the platform layer uses. Source: GBATEK.
#ifndef HARDWARE_H
#define HARDWARE_H

#include <stdint.h>

#define REGISTER8(address) (*(volatile uint8_t *)(address))
#define REGISTER16(address) (*(volatile uint16_t *)(address))
#define REGISTER32(address) (*(volatile uint32_t *)(address))

// Interrupts, keys, power, cartridge.
#define VCOUNT REGISTER16(0x04000006)
#define DISPSTAT REGISTER16(0x04000004)
#define DISPSTAT_VBLANK_REQUEST (1 << 3)
#define KEYINPUT REGISTER16(0x04000130)
#define IME REGISTER32(0x04000208)
#define IE REGISTER32(0x04000210)
#define IF REGISTER32(0x04000214)
#define INTERRUPT_VBLANK (1 << 0)
#define POWCNT1 REGISTER16(0x04000304)
#define POWER_ALL 0x820F // both screens, both 2D engines, the 3D engine; the main engine shows on top
#define EXMEMCNT REGISTER16(0x04000204)
#define EXMEMCNT_CARTRIDGE_TO_ARM7 (1 << 11)
#define AUXSPICNT REGISTER16(0x040001A0)
#define AUXSPICNT_HOLD (1 << 6)
#define AUXSPICNT_BUSY (1 << 7)
#define AUXSPICNT_SERIAL (1 << 13)
#define AUXSPICNT_ENABLE (1 << 15)
#define AUXSPIDATA REGISTER8(0x040001A2)
#define CARDCNT REGISTER32(0x040001A4)
#define CARDCNT_CLOCKING 0x087F7FFF // delays and encryption, as the header gives them
#define CARDCNT_READY (1 << 23)
#define CARDCNT_BLOCK_200 (1 << 24)
#define CARDCNT_NO_RESET (1 << 29)
#define CARDCNT_START (1u << 31) // stays until all is transferred
#define CARD_COMMAND(word) REGISTER32(0x040001A8 + 4 * (word))
#define CARD_DATA REGISTER32(0x04100010)
// X and Y as the ARM7 program copies them, 0 = pressed, in bits 0 and 1.
#define SHARED_EXTKEYIN REGISTER16(0x027FFFA8)

// The FIFO to the ARM7 program, which takes its words as halfwords for sound registers.
#define IPCFIFOCNT REGISTER16(0x04000184)
#define IPCFIFOCNT_FULL (1 << 1)
#define IPCFIFOCNT_CLEAR (1 << 3)
#define IPCFIFOCNT_ENABLE (1 << 15)
#define IPCFIFOSEND REGISTER32(0x04000188)
#define SEND_SOUND(offset, value) ((uint32_t)(offset) << 16 | (uint16_t)(value))

// Sound registers, as offsets from 0x04000400.
#define SOUND_VOLUME(channel) (0x10 * (channel))
#define SOUND_START(channel) (0x10 * (channel) + 2)
#define SOUND_START_PSG(duty) (1 << 15 | 3 << 13 | (duty) << 8 | 64) // in the middle
#define SOUND_TIMER(channel) (0x10 * (channel) + 8)
#define SOUND_CONTROL 0x100
#define SOUND_CONTROL_ON (1 << 15 | 127) // at full volume
#define SOUND_CLOCK 16756991 // timer steps a second

// 2D engines. The sub engine has the same registers 0x1000 further on.
#define MAIN_ENGINE 0x04000000
#define SUB_ENGINE 0x04001000
#define DISPCNT(engine) REGISTER32((engine) + 0x00)
#define DISPCNT_3D_ON_BG0 (1 << 3)
#define DISPCNT_BITMAP_MODE 3 // BG3 extended
#define DISPCNT_OBJ_1D (1 << 4)
#define DISPCNT_BG(n) (1 << (8 + (n)))
#define DISPCNT_OBJ (1 << 12)
#define DISPCNT_GRAPHICS (1 << 16)
#define BGCNT(engine, n) REGISTER16((engine) + 0x08 + 2 * (n))
#define BGCNT_PRIORITY(p) (p)
#define BGCNT_MAP(block) ((block) << 8)   // 2 KiB blocks; 16 KiB blocks for bitmaps
#define BGCNT_BITMAP 0x0080 // extended BG: 256-colour bitmap
#define BGCNT_512_WIDE (1 << 14)
#define BGCNT_BITMAP_256 (1 << 14)
#define BGHOFS(engine, n) REGISTER16((engine) + 0x10 + 4 * (n))
#define BGVOFS(engine, n) REGISTER16((engine) + 0x12 + 4 * (n))
#define BG3PA(engine) REGISTER16((engine) + 0x30)
#define BG3PB(engine) REGISTER16((engine) + 0x32)
#define BG3PC(engine) REGISTER16((engine) + 0x34)
#define BG3PD(engine) REGISTER16((engine) + 0x36)
#define BG3X(engine) REGISTER32((engine) + 0x38)
#define BG3Y(engine) REGISTER32((engine) + 0x3C)

#define PALETTE_BG(engine) ((volatile uint16_t *)(0x05000000 + (((engine) & 0x1000) >> 2)))
#define PALETTE_OBJ(engine) ((volatile uint16_t *)(0x05000200 + (((engine) & 0x1000) >> 2)))
#define VRAM_BG(engine) (0x06000000 + (((engine) & 0x1000) << 9))
#define VRAM_OBJ_SUB 0x06600000
#define OAM_MAIN ((volatile uint16_t *)0x07000000)
#define OAM_SUB ((volatile uint16_t *)0x07000400)

#define OAM_HIDDEN (1 << 9)
#define OAM_ROTATED (1 << 8)
#define OAM_SIZE_16 (1 << 14)
#define OAM_TURN(n) ((uint16_t)((n) << 9))
#define OAM_PRIORITY(p) ((p) << 10)
#define OAM_PALETTE(n) ((uint16_t)((n) << 12))

#define VRAMCNT_A REGISTER8(0x04000240)
#define VRAMCNT_B REGISTER8(0x04000241)
#define VRAMCNT_C REGISTER8(0x04000242)
#define VRAMCNT_D REGISTER8(0x04000243)
#define VRAM_ENABLE 0x80
#define VRAM_A_MAIN_BG 1
#define VRAM_B_TEXTURE 3
#define VRAM_C_SUB_BG 4
#define VRAM_D_SUB_OBJ 4
#define VRAM_LCDC 0
#define VRAM_B_LCDC ((volatile uint16_t *)0x06820000)

#define RGB15(r, g, b) ((uint16_t)((r) | ((g) << 5) | ((b) << 10)))

// 3D engine.
#define DISP3DCNT REGISTER16(0x04000060)
#define DISP3DCNT_TEXTURES (1 << 0)
#define DISP3DCNT_BLEND (1 << 3)
#define DISP3DCNT_ANTIALIAS (1 << 4)
#define DISP3DCNT_FOG_SHIFT(shift) ((shift) << 8)
#define DISP3DCNT_FOG (1 << 7)
#define CLEAR_COLOR REGISTER32(0x04000350)
#define CLEAR_DEPTH REGISTER16(0x04000354)
#define FOG_COLOR REGISTER32(0x04000358)
#define FOG_OFFSET REGISTER16(0x0400035C)
#define FOG_TABLE ((volatile uint8_t *)0x04000360)
#define GX_MTX_MODE REGISTER32(0x04000440)
#define GX_MTX_LOAD_4X4 REGISTER32(0x04000458)
#define GX_MTX_LOAD_4X3 REGISTER32(0x0400045C)
#define GX_MTX_PUSH REGISTER32(0x04000444)
#define GX_MTX_POP REGISTER32(0x04000448)
#define GX_MTX_MULT_4X3 REGISTER32(0x04000464)
#define GX_COLOR REGISTER32(0x04000480)
#define GX_TEXCOORD REGISTER32(0x04000488)
#define GX_VTX_16 REGISTER32(0x0400048C)
#define GX_POLYGON_ATTR REGISTER32(0x040004A4)
#define GX_TEXIMAGE_PARAM REGISTER32(0x040004A8)
#define GX_BEGIN_VTXS REGISTER32(0x04000500)
#define GX_SWAP_BUFFERS REGISTER32(0x04000540)
#define GX_VIEWPORT REGISTER32(0x04000580)

// Command bytes of packed lists.
enum {
    GX_CMD_NOP = 0x00,
    GX_CMD_COLOR = 0x20,
    GX_CMD_TEXCOORD = 0x22,
    GX_CMD_VTX_16 = 0x23,
    GX_CMD_VTX_XY = 0x25,
    GX_CMD_VTX_XZ = 0x26,
    GX_CMD_VTX_YZ = 0x27,
    GX_CMD_TEXIMAGE_PARAM = 0x2A,
    GX_CMD_BEGIN_VTXS = 0x40,
};

enum { GX_MODE_PROJECTION = 0, GX_MODE_POSITION = 1, GX_MODE_POSITION_VECTOR = 2, GX_MODE_TEXTURE = 3 };
enum { GX_TRIANGLES = 0, GX_QUADS = 1, GX_TRIANGLE_STRIP = 2, GX_QUAD_STRIP = 3 };

#define POLYGON_SHOW_BACK (1 << 6)
#define POLYGON_SHOW_FRONT (1 << 7)
#define POLYGON_FAR_CLIP (1 << 12)
#define POLYGON_FOG (1 << 15)
#define POLYGON_ALPHA(alpha) ((alpha) << 16)
#define POLYGON_ID(id) ((uint32_t)(id) << 24)

#define TEXTURE_REPEAT (3 << 16)
#define TEXTURE_64X64 ((3 << 20) | (3 << 23))
#define TEXTURE_FROM_VERTEX ((uint32_t)3 << 30)
#define TEXTURE_DIRECT ((uint32_t)7 << 26)

#define SWAP_MANUAL_SORT (1 << 0)
#define SWAP_W_BUFFER (1 << 1)

void wait_for_interrupt(void);
void gx_submit(const uint32_t *words, uint32_t count);

#endif
