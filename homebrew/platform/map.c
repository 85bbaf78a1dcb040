// SPDX-License-Identifier: GPL-3.0-or-later
#include "map.h"

#include "course_view.h"
#include "fixed.h"
#include "hardware.h"

// The bitmap is 256 by 256 pixels of 256 colours; the course fills this part of it.
enum { LEFT = 104, TOP = 12, WIDTH = 144, HEIGHT = 148, STRIDE = 256 };
enum { BITMAP_BLOCK = 2, BITMAP_OFFSET = BITMAP_BLOCK * 0x4000 };
enum { COLOR_FIRST = 0xF0 }; // above the colours of text and boxes
static const u16 colors[] = {
    [GROUND_ROAD] = RGB15(25, 25, 27),
    [GROUND_OFF_ROAD] = RGB15(7, 15, 6),
    [GROUND_BOOST] = RGB15(31, 20, 3),
    [GROUND_START] = RGB15(31, 31, 31),
};

static struct {
    u32 next;
    int measured;
    s32 min_x, min_z;
    s32 scale; // pixels a vertex coordinate, 16 fractional bits
    s32 offset_x, offset_y;
} map;

static volatile u16 *bitmap(void) { return (volatile u16 *)(VRAM_BG(SUB_ENGINE) + BITMAP_OFFSET); }

// ---- The karts' arrows: sprites that the engine turns, one palette for each racer ----

enum { ARROW_SIZE = 16, PALETTE_COLORS = 16 };

static int arrow_pixel(int x, int y)
{
    int from_middle = 2 * x < ARROW_SIZE ? ARROW_SIZE / 2 - x : x - ARROW_SIZE / 2 + 1;
    if (y < 1 || y > 13 || 2 * from_middle > y + 1 || (y > 10 && from_middle < y - 10))
        return 0;
    return 2 * from_middle + 1 >= y || y == 13 || (y > 9 && from_middle <= y - 9) ? 2 : 1;
}

static void make_arrow(void)
{
    volatile u16 *tiles = (volatile u16 *)VRAM_OBJ_SUB;
    for (int y = 0; y < ARROW_SIZE; y++)
        for (int x = 0; x < ARROW_SIZE; x += 4) {
            u16 pixels = 0;
            for (int i = 0; i < 4; i++)
                pixels |= (u16)(arrow_pixel(x + i, y) << (4 * i));
            int tile = (y / 8) * 2 + x / 8;
            tiles[tile * 16 + (y & 7) * 2 + (x & 7) / 4] = pixels;
        }
    static const u16 fills[RACERS_MAX] = {RGB15(31, 8, 4), RGB15(12, 20, 31)};
    for (u32 racer = 0; racer < RACERS_MAX; racer++) {
        PALETTE_OBJ(SUB_ENGINE)[PALETTE_COLORS * racer + 1] = fills[racer];
        PALETTE_OBJ(SUB_ENGINE)[PALETTE_COLORS * racer + 2] = RGB15(31, 31, 31);
    }
}

static void hide_sprites(volatile u16 *oam)
{
    for (int sprite = 0; sprite < 128; sprite++)
        oam[sprite * 4] = OAM_HIDDEN;
}

void map_initialise(void)
{
    VRAMCNT_D = VRAM_ENABLE | VRAM_D_SUB_OBJ;
    make_arrow();
    hide_sprites(OAM_MAIN);
    hide_sprites(OAM_SUB);
    BGCNT(SUB_ENGINE, 3) = BGCNT_PRIORITY(2) | BGCNT_MAP(BITMAP_BLOCK) | BGCNT_BITMAP | BGCNT_BITMAP_256;
    BG3PA(SUB_ENGINE) = BG3PD(SUB_ENGINE) = 0x100;
    BG3PB(SUB_ENGINE) = BG3PC(SUB_ENGINE) = 0;
    BG3X(SUB_ENGINE) = BG3Y(SUB_ENGINE) = 0;
    for (u32 ground = 0; ground < sizeof(colors) / sizeof(colors[0]); ground++)
        PALETTE_BG(SUB_ENGINE)[COLOR_FIRST + ground] = colors[ground];
    map_clear();
}

void map_clear(void)
{
    map.measured = 0;
    map.next = 0;
}

// ---- Drawing the course ----

static void measure(void)
{
    s32 max_x = -0x8000, max_z = -0x8000;
    map.min_x = map.min_z = 0x7FFF;
    for (u32 face = 0; face < course_view_faces(); face++) {
        int corners;
        Vertex corner[MAX_CORNERS];
        if (course_view_face(face, &corners, corner) == GROUND_NONE)
            continue;
        for (int i = 0; i < corners; i++) {
            map.min_x = at_most(map.min_x, corner[i].x);
            map.min_z = at_most(map.min_z, corner[i].z);
            max_x = at_least(max_x, corner[i].x);
            max_z = at_least(max_z, corner[i].z);
        }
    }
    s32 width = at_least(max_x - map.min_x, 1), height = at_least(max_z - map.min_z, 1);
    map.scale = at_most((WIDTH << 16) / width, (HEIGHT << 16) / height);
    map.offset_x = LEFT + (WIDTH - (s32)(((s64)width * map.scale) >> 16)) / 2;
    map.offset_y = TOP + (HEIGHT - (s32)(((s64)height * map.scale) >> 16)) / 2;
    for (u32 i = 0; i < STRIDE * 192 / 2; i++)
        bitmap()[i] = 0;
    map.measured = 1;
}

static s32 to_pixel_x(s32 x) { return map.offset_x + (s32)(((s64)(x - map.min_x) * map.scale) >> 16); }
static s32 to_pixel_y(s32 z) { return map.offset_y + (s32)(((s64)(z - map.min_z) * map.scale) >> 16); }

// Video memory takes no single bytes.
static void put_pixel(s32 x, s32 y, u16 color)
{
    volatile u16 *pair = &bitmap()[(y * STRIDE + x) / 2];
    *pair = x & 1 ? (u16)((*pair & 0x00FF) | color << 8) : (u16)((*pair & 0xFF00) | color);
}

static void fill_span(s32 y, s32 from, s32 to, u16 color)
{
    for (s32 x = from; x <= to; x++)
        put_pixel(x, y, color);
}

static void fill_face(int corners, const Vertex corner[MAX_CORNERS], u16 color)
{
    s32 x[MAX_CORNERS], y[MAX_CORNERS], low = 192, high = -1;
    for (int i = 0; i < corners; i++) {
        x[i] = to_pixel_x(corner[i].x);
        y[i] = to_pixel_y(corner[i].z);
        low = at_most(low, y[i]);
        high = at_least(high, y[i]);
    }
    for (s32 line = low; line <= high; line++) {
        s32 from = 256, to = -1;
        for (int i = 0; i < corners; i++) {
            int j = (i + 1) % corners;
            if (line < at_most(y[i], y[j]) || line > at_least(y[i], y[j]))
                continue;
            s32 at = y[i] == y[j] ? x[j] : x[i] + (x[j] - x[i]) * (line - y[i]) / (y[j] - y[i]);
            from = at_most(from, at_most(at, y[i] == y[j] ? x[i] : at));
            to = at_least(to, at_least(at, y[i] == y[j] ? x[i] : at));
        }
        fill_span(line, from, to, color);
    }
}

int map_build(int until_line)
{
    u32 faces = course_view_faces();
    if (faces == 0)
        return 0;
    if (!map.measured)
        measure();
    // Off-road first, so that the road is drawn over it where they share pixels.
    for (; map.next < 2 * faces && (VCOUNT >= 192 || VCOUNT < until_line); map.next++) {
        int corners;
        Vertex corner[MAX_CORNERS];
        Ground ground = course_view_face(map.next % faces, &corners, corner);
        if (ground != GROUND_NONE && (ground == GROUND_OFF_ROAD) == (map.next < faces))
            fill_face(corners, corner, (u16)(COLOR_FIRST + ground));
    }
    return map.next == 2 * faces;
}

// ---- Showing it ----

void map_show(int visible)
{
    if (visible) {
        DISPCNT(SUB_ENGINE) |= DISPCNT_BG(3) | DISPCNT_OBJ;
    } else {
        DISPCNT(SUB_ENGINE) &= ~(u32)(DISPCNT_BG(3) | DISPCNT_OBJ);
        hide_sprites(OAM_SUB);
    }
}

void map_put_kart(u32 racer, const Driver *driver)
{
    if (!map.measured)
        return;
    Vertex at = course_view_vertex(driver->position);
    s32 x = to_pixel_x(at.x), y = to_pixel_y(at.z);
    // The arrow points up, which is -Z; the yaw grows to the left from +Z, which is down on the map.
    s16 sin = (s16)(sine(driver->yaw) >> 4), cos = (s16)(cosine(driver->yaw) >> 4);
    // Turns are kept behind the sprites' own entries, one for four of these.
    volatile u16 *turn = OAM_SUB + 16 * racer + 3, *sprite = OAM_SUB + 4 * racer;
    turn[0] = (u16)-cos;
    turn[4] = (u16)sin;
    turn[8] = (u16)-sin;
    turn[12] = (u16)-cos;
    sprite[0] = (u16)((y - ARROW_SIZE / 2) & 0xFF) | OAM_ROTATED;
    sprite[1] = (u16)((x - ARROW_SIZE / 2) & 0x1FF) | OAM_TURN(racer) | OAM_SIZE_16;
    sprite[2] = OAM_PRIORITY(0) | OAM_PALETTE(racer);
}
