/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Display lists of the F3DEX microcode, which emulators execute themselves: the ROM has only a placeholder that they
 * recognise.
 */
#ifndef GFX_H
#define GFX_H

#include "mk64.h"

typedef struct {
    u32 high, low;
} Gfx;

/* Fixed-point: whole parts, then fractions. */
typedef struct __attribute__((aligned(8))) {
    u16 whole[16], fraction[16];
} Mtx;

typedef f32 Matrix[4][4]; /* for row vectors */

enum { SCREEN_WIDTH = 320, SCREEN_HEIGHT = 240 };
enum { TEXTURE_SIDE = 32 };

/* ---- Lists ---- */

void gfx_initialise(void);
void gfx_begin_frame(void);
/* Hands the frame's list to the RSP; its picture shows from the next vertical interrupt on. */
void gfx_end_frame(void);

/* A command at the end of the frame's list. */
void gfx(u32 high, u32 low);
/* Builds another list at `list` instead, until gfx_close(). */
void gfx_open(Gfx *list);
Gfx *gfx_close(void);
void gfx_call(const Gfx *list);

/* ---- Commands ---- */

void gfx_vertices(const Vtx *vertices, s32 count);
void gfx_triangle(s32 a, s32 b, s32 c);
void gfx_two_triangles(s32 a, s32 b, s32 c, s32 d, s32 e, s32 f);

void gfx_projection(const Matrix matrix);
void gfx_model(const Matrix matrix);

typedef enum {
    DRAW_SHADED,
    DRAW_SHADED_BOTH, /* also seen from behind */
    DRAW_TEXTURED,
    DRAW_TEXTURED_BOTH,
    DRAW_GLASS,
    DRAW_BACKDROP,
    DRAW_FLAT,
    DRAW_TEXT,
} DrawMode;
void gfx_mode(DrawMode mode);
void gfx_color(u32 rgba);
void gfx_load_texture(const u16 *texels, int mirrored);
void gfx_load_font(const u8 *texels, s32 width, s32 height);
void gfx_rectangle(s32 x, s32 y, s32 width, s32 height);
/* A piece of the font's texture, `scale` times as large. */
void gfx_glyph(s32 x, s32 y, s32 size, s32 s, s32 t, s32 scale);

#endif
