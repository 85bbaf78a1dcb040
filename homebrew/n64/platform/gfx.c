/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gfx.h"

#include "hardware.h"

/* ---- Encodings, by their usual names ---- */

enum {
    G_MTX = 0x01,
    G_MOVEMEM = 0x03,
    G_VTX = 0x04,
    G_DL = 0x06,
    G_TRI2 = 0xB1,
    G_RDPHALF_2 = 0xB3,
    G_RDPHALF_1 = 0xB4,
    G_CLEARGEOMETRYMODE = 0xB6,
    G_SETGEOMETRYMODE = 0xB7,
    G_ENDDL = 0xB8,
    G_SETOTHERMODE_L = 0xB9,
    G_SETOTHERMODE_H = 0xBA,
    G_TEXTURE = 0xBB,
    G_MOVEWORD = 0xBC,
    G_TRI1 = 0xBF,
    G_TEXRECT = 0xE4,
    G_RDPLOADSYNC = 0xE6,
    G_RDPPIPESYNC = 0xE7,
    G_RDPFULLSYNC = 0xE9,
    G_SETSCISSOR = 0xED,
    G_SETTILESIZE = 0xF2,
    G_LOADBLOCK = 0xF3,
    G_SETTILE = 0xF5,
    G_FILLRECT = 0xF6,
    G_SETFILLCOLOR = 0xF7,
    G_SETPRIMCOLOR = 0xFA,
    G_SETCOMBINE = 0xFC,
    G_SETTIMG = 0xFD,
    G_SETZIMG = 0xFE,
    G_SETCIMG = 0xFF,
};
enum { MTX_MODEL_LOAD = 2, MTX_PROJECTION_LOAD = 3, MOVEMEM_VIEWPORT = 0x80 };
enum { MOVEWORD_SEGMENT = 0x06, MOVEWORD_PERSPECTIVE = 0x0E };
enum {
    GEOMETRY_Z = 0x1,
    GEOMETRY_SHADE = 0x4,
    GEOMETRY_SMOOTH = 0x200,
    GEOMETRY_CULL_BACK = 0x2000,
    GEOMETRY_ALL = 0xFFFFFF,
    GEOMETRY_3D = GEOMETRY_Z | GEOMETRY_SHADE | GEOMETRY_SMOOTH,
};
enum { CYCLE_SHIFT = 20, PERSPECTIVE_SHIFT = 19, FILTER_SHIFT = 12 };
enum { CYCLE_1 = 0, CYCLE_FILL = 3, FILTER_POINT = 0, FILTER_BILINEAR = 2 };
enum { FORMAT_RGBA = 0, FORMAT_I = 4, SIZE_4 = 0, SIZE_16 = 2, TILE_DRAW = 0, TILE_LOAD = 7 };
enum { WRAP = 0, MIRROR = 1, MASK_32 = 5 };
enum { TEXEL = 32, ONE_STEP = 1 << 10 }; /* a texel of coordinates and a texel a pixel */
#define RENDER_OPAQUE_Z 0x00552078u
#define RENDER_GLASS_Z 0x005049D8u
#define RENDER_OPAQUE 0x0F0A4000u
#define RENDER_GLASS 0x00504240u

#define COMMAND(code) ((u32)(code) << 24)
#define POINT_12(x, y) ((u32)(x) << 12 | (u32)(y))

/* The same in both cycles: (a - b) * c + d of colours, and of alphas. */
#define COMBINE_HIGH(a, c, Aa, Ac) \
    (COMMAND(G_SETCOMBINE) | (a) << 20 | (c) << 15 | (Aa) << 12 | (Ac) << 9 | (a) << 5 | (c))
#define COMBINE_LOW(b, d, Ab, Ad, Aa, Ac)                                                          \
    ((u32)(b) << 28 | (b) << 24 | (Aa) << 21 | (Ac) << 18 | (d) << 15 | (Ab) << 12 | (Ad) << 9 |   \
     (d) << 6 | (Ab) << 3 | (Ad))
enum { TEXEL0 = 1, PRIMITIVE = 3, SHADE = 4, ZERO_AB = 15, ZERO_C = 31, ZERO_D = 7, ALPHA_ONE = 6, ALPHA_ZERO = 7 };
#define JUST(color, alpha)                                                                         \
    COMBINE_HIGH(ZERO_AB, ZERO_C, ALPHA_ZERO, ALPHA_ZERO),                                         \
        COMBINE_LOW(ZERO_AB, color, ALPHA_ZERO, alpha, ALPHA_ZERO, ALPHA_ZERO)
#define PRODUCT(first, second, alpha)                                                              \
    COMBINE_HIGH(first, second, ALPHA_ZERO, ALPHA_ZERO),                                           \
        COMBINE_LOW(ZERO_AB, ZERO_D, ALPHA_ZERO, alpha, ALPHA_ZERO, ALPHA_ZERO)

/* ---- Memory ---- */

enum { FRAMES = 2, LIST_MAX = 6000, MATRICES_MAX = 64 };
enum { PIXELS = SCREEN_WIDTH * SCREEN_HEIGHT };

#define FRAMEBUFFER(index) (0x80300000 + (u32)(index) * PIXELS * 2)
#define ZBUFFER (0x80300000 + FRAMES * PIXELS * 2)

static Gfx lists[FRAMES][LIST_MAX];
static Mtx matrices[FRAMES][MATRICES_MAX];
static Gfx *at, *frame_at;
static s32 frame, matrix_count;

/* Emulators tell the microcode by the sum of its first 3 KiB as words, or by the name in its data. */
static const u32 microcode[0x400] = {0x05165579};
static const char microcode_data[0x800] = "RSP Gfx ucode F3DEX fifo 1.23 (placeholder for emulators)";

static const s16 viewport[8] __attribute__((aligned(8))) = {
    SCREEN_WIDTH * 2, SCREEN_HEIGHT * 2, 511, 0, SCREEN_WIDTH * 2, SCREEN_HEIGHT * 2, 511, 0,
};

/* ---- Lists ---- */

void gfx(u32 high, u32 low) { *at++ = (Gfx){high, low}; }

void gfx_open(Gfx *list)
{
    frame_at = at;
    at = list;
}

Gfx *gfx_close(void)
{
    gfx(COMMAND(G_ENDDL), 0);
    Gfx *end = at;
    at = frame_at;
    return end;
}

void gfx_call(const Gfx *list) { gfx(COMMAND(G_DL), PHYSICAL(list)); }

void gfx_initialise(void)
{
    static const u32 ntsc[14] = {
        0x0000320E, FRAMEBUFFER(0), SCREEN_WIDTH, 2, 0, 0x03E52239, 0x20D, 0xC15, 0x0C150C15, 0x006C02EC, 0x002501FF,
        0x000E0204, 0x200, 0x400,
    };
    for (s32 i = 0; i < 14; i++)
        VI_REGISTERS[i] = i == 1 ? PHYSICAL(ntsc[i]) : ntsc[i];
    MI_INTERRUPT_MASK = MI_ENABLE_VI;
}

static void other_mode(u32 command, u32 shift, u32 length, u32 value)
{
    gfx(COMMAND(command) | shift << 8 | length, value);
}

static void set_cycle(u32 cycle) { other_mode(G_SETOTHERMODE_H, CYCLE_SHIFT, 2, cycle << CYCLE_SHIFT); }

static void fill_buffer(u32 buffer, u32 pixels)
{
    gfx(COMMAND(G_SETCIMG) | FORMAT_RGBA << 21 | SIZE_16 << 19 | (SCREEN_WIDTH - 1), PHYSICAL(buffer));
    gfx(COMMAND(G_SETFILLCOLOR), pixels);
    gfx(COMMAND(G_FILLRECT) | POINT_12((SCREEN_WIDTH - 1) << 2, (SCREEN_HEIGHT - 1) << 2), 0);
    gfx(COMMAND(G_RDPPIPESYNC), 0);
}

void gfx_begin_frame(void)
{
    enum { FARTHEST = 0xFFFCFFFC, BLACK = 0x00010001 };
    frame ^= 1;
    at = lists[frame];
    matrix_count = 0;
    gfx(COMMAND(G_MOVEWORD) | MOVEWORD_SEGMENT, 0);
    gfx(COMMAND(G_MOVEMEM) | MOVEMEM_VIEWPORT << 16 | sizeof viewport, PHYSICAL(viewport));
    gfx(COMMAND(G_SETSCISSOR), POINT_12(SCREEN_WIDTH << 2, SCREEN_HEIGHT << 2));
    gfx(COMMAND(G_RDPPIPESYNC), 0);
    set_cycle(CYCLE_FILL);
    gfx(COMMAND(G_SETZIMG), PHYSICAL(ZBUFFER));
    fill_buffer(ZBUFFER, FARTHEST);
    fill_buffer(FRAMEBUFFER(frame), BLACK);
    set_cycle(CYCLE_1);
}

void gfx_end_frame(void)
{
    enum { TASK_GRAPHICS = 1, BOOT_SIZE = 0xD0, WHOLE_CODE = 0x1000, WHOLE_DATA = 0x800 };
    gfx(COMMAND(G_RDPFULLSYNC), 0);
    gfx(COMMAND(G_ENDDL), 0);
    const u32 task[16] = {
        TASK_GRAPHICS, 0, PHYSICAL(microcode), BOOT_SIZE, PHYSICAL(microcode), WHOLE_CODE, PHYSICAL(microcode_data),
        WHOLE_DATA, 0, 0, 0, 0, PHYSICAL(lists[frame]), (u32)(at - lists[frame]) * sizeof(Gfx), 0, 0,
    };
    for (s32 i = 0; i < 16; i++)
        SP_TASK[i] = task[i];
    MI_MODE = MI_CLEAR_DP;
    SP_PC = 0;
    SP_STATUS = SP_CLEAR_HALT | SP_CLEAR_BROKE | SP_CLEAR_INTERRUPT;
    VI_ORIGIN = PHYSICAL(FRAMEBUFFER(frame)) + SCREEN_WIDTH * 2;
}

/* ---- Geometry ---- */

void gfx_vertices(const Vtx *vertices, s32 count)
{
    gfx(COMMAND(G_VTX) | (u32)count << 10 | (u32)(count * sizeof(Vtx) - 1), PHYSICAL(vertices));
}

static u32 corners(s32 a, s32 b, s32 c) { return (u32)(a << 17 | b << 9 | c << 1); }

void gfx_triangle(s32 a, s32 b, s32 c) { gfx(COMMAND(G_TRI1), corners(a, b, c)); }

void gfx_two_triangles(s32 a, s32 b, s32 c, s32 d, s32 e, s32 f)
{
    gfx(COMMAND(G_TRI2) | corners(a, b, c), corners(d, e, f));
}

static const Mtx *fixed(const Matrix matrix)
{
    Mtx *out = &matrices[frame][matrix_count++];
    for (s32 i = 0; i < 16; i++) {
        s32 value = (s32)(matrix[i / 4][i % 4] * 65536);
        out->whole[i] = (u16)(value >> 16);
        out->fraction[i] = (u16)value;
    }
    return out;
}

void gfx_projection(const Matrix matrix)
{
    gfx(COMMAND(G_MTX) | MTX_PROJECTION_LOAD << 16 | sizeof(Mtx), PHYSICAL(fixed(matrix)));
    gfx(COMMAND(G_MOVEWORD) | MOVEWORD_PERSPECTIVE, 0xFFFF);
}

void gfx_model(const Matrix matrix)
{
    gfx(COMMAND(G_MTX) | MTX_MODEL_LOAD << 16 | sizeof(Mtx), PHYSICAL(fixed(matrix)));
}

/* ---- Drawing modes ---- */

typedef struct {
    u32 combine[2];
    u32 render, geometry;
    u8 textured, bilinear;
} Mode;

static const Mode modes[] = {
    [DRAW_SHADED] = {{JUST(SHADE, ALPHA_ONE)}, RENDER_OPAQUE_Z, GEOMETRY_3D | GEOMETRY_CULL_BACK, 0, 0},
    [DRAW_SHADED_BOTH] = {{JUST(SHADE, ALPHA_ONE)}, RENDER_OPAQUE_Z, GEOMETRY_3D, 0, 0},
    [DRAW_TEXTURED] = {{PRODUCT(TEXEL0, SHADE, ALPHA_ONE)}, RENDER_OPAQUE_Z, GEOMETRY_3D | GEOMETRY_CULL_BACK, 1, 1},
    [DRAW_TEXTURED_BOTH] = {{PRODUCT(TEXEL0, SHADE, ALPHA_ONE)}, RENDER_OPAQUE_Z, GEOMETRY_3D, 1, 1},
    [DRAW_GLASS] = {{JUST(SHADE, SHADE)}, RENDER_GLASS_Z, GEOMETRY_3D, 0, 0},
    [DRAW_BACKDROP] = {{JUST(SHADE, ALPHA_ONE)}, RENDER_OPAQUE, GEOMETRY_SHADE | GEOMETRY_SMOOTH, 0, 0},
    [DRAW_FLAT] = {{JUST(PRIMITIVE, PRIMITIVE)}, RENDER_GLASS, 0, 0, 0},
    [DRAW_TEXT] = {{JUST(PRIMITIVE, TEXEL0)}, RENDER_GLASS, 0, 1, 0},
};

void gfx_mode(DrawMode mode)
{
    const Mode *to = &modes[mode];
    gfx(COMMAND(G_RDPPIPESYNC), 0);
    gfx(to->combine[0], to->combine[1]);
    other_mode(G_SETOTHERMODE_L, 3, 29, to->render);
    other_mode(G_SETOTHERMODE_H, FILTER_SHIFT, 2, (to->bilinear ? FILTER_BILINEAR : FILTER_POINT) << FILTER_SHIFT);
    other_mode(G_SETOTHERMODE_H, PERSPECTIVE_SHIFT, 1, (u32)to->bilinear << PERSPECTIVE_SHIFT);
    gfx(COMMAND(G_TEXTURE) | to->textured, 0xFFFFFFFF);
    gfx(COMMAND(G_CLEARGEOMETRYMODE), GEOMETRY_ALL);
    gfx(COMMAND(G_SETGEOMETRYMODE), to->geometry);
}

void gfx_color(u32 rgba) { gfx(COMMAND(G_SETPRIMCOLOR), rgba); }

static void load(const void *texels, u32 bytes, u32 line_bytes)
{
    enum { DXT_ONE = 1 << 11 };
    u32 words = line_bytes / 8;
    gfx(COMMAND(G_SETTIMG) | FORMAT_RGBA << 21 | SIZE_16 << 19, PHYSICAL(texels));
    gfx(COMMAND(G_SETTILE) | FORMAT_RGBA << 21 | SIZE_16 << 19, TILE_LOAD << 24);
    gfx(COMMAND(G_RDPLOADSYNC), 0);
    gfx(COMMAND(G_LOADBLOCK), TILE_LOAD << 24 | POINT_12(bytes / 2 - 1, (DXT_ONE + words - 1) / words));
    gfx(COMMAND(G_RDPPIPESYNC), 0);
}

void gfx_load_texture(const u16 *texels, int mirrored)
{
    enum { LINE = TEXTURE_SIDE * 2 };
    load(texels, TEXTURE_SIDE * LINE, LINE);
    gfx(COMMAND(G_SETTILE) | FORMAT_RGBA << 21 | SIZE_16 << 19 | LINE / 8 << 9,
        MASK_32 << 14 | MASK_32 << 4 | (mirrored ? MIRROR : WRAP) << 8);
    gfx(COMMAND(G_SETTILESIZE), POINT_12((TEXTURE_SIDE - 1) << 2, (TEXTURE_SIDE - 1) << 2));
}

void gfx_load_font(const u8 *texels, s32 width, s32 height)
{
    u32 line = (u32)width / 2;
    load(texels, line * (u32)height, line);
    gfx(COMMAND(G_SETTILE) | FORMAT_I << 21 | SIZE_4 << 19 | line / 8 << 9, 0);
    gfx(COMMAND(G_SETTILESIZE), POINT_12((width - 1) << 2, (height - 1) << 2));
}

void gfx_rectangle(s32 x, s32 y, s32 width, s32 height)
{
    gfx(COMMAND(G_FILLRECT) | POINT_12((x + width) << 2, (y + height) << 2), POINT_12(x << 2, y << 2));
}

void gfx_glyph(s32 x, s32 y, s32 size, s32 s, s32 t, s32 scale)
{
    s32 side = size * scale;
    gfx(COMMAND(G_TEXRECT) | POINT_12((x + side) << 2, (y + side) << 2), TILE_DRAW << 24 | POINT_12(x << 2, y << 2));
    gfx(COMMAND(G_RDPHALF_1), (u32)(s * TEXEL) << 16 | (u32)(t * TEXEL));
    gfx(COMMAND(G_RDPHALF_2), (u32)(ONE_STEP / scale) << 16 | (u32)(ONE_STEP / scale));
}
