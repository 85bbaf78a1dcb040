// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include "hardware.h"

// Video memory of an engine: tiles of 32 bytes from its start, then the maps, then 256-colour or picture data.
enum {
    MAP_TEXT = 12, // in 2 KiB blocks
    MAP_BOXES = 13,
    MAP_BACKDROP = 14, // two blocks: 512 pixels wide
    TILE_SMALL = 0,
    TILE_LARGE = FONT_GLYPHS,
    TILE_BOX = TILE_LARGE + 4 * FONT_GLYPHS,
    TILE_BAR = TILE_BOX + 8,
    TILE_BACKDROP = TILE_BAR + 9,
};
enum { BOX_EMPTY, BOX_FILL, BOX_CORNER, BOX_EDGE, BOX_SIDE };
enum { FLIP_X = 1 << 10, FLIP_Y = 1 << 11 };
enum { PALETTE_BOXES = INKS, PALETTE_BAR = PALETTE_BOXES + BOXES, PALETTE_NIGHT, PALETTE_SKY };
enum { INK_PIXEL = 1, SHADOW_PIXEL = 2 };
enum { BG_TEXT = 1, BG_BOXES = 2 };

static int backdrop_layer(uint32_t engine) { return engine == MAIN_ENGINE ? 3 : 0; }

static volatile uint16_t *map(uint32_t engine, int block)
{
    return (volatile uint16_t *)(VRAM_BG(engine) + (uint32_t)block * 0x800);
}

typedef uint8_t TilePixels[8][8];

static void store_tile(uint32_t engine, int tile, TilePixels pixels)
{
    volatile uint32_t *rows = (volatile uint32_t *)(VRAM_BG(engine) + (uint32_t)tile * 32);
    for (int y = 0; y < 8; y++) {
        uint32_t row = 0;
        for (int x = 0; x < 8; x++)
            row |= (uint32_t)pixels[y][x] << (4 * x);
        rows[y] = row;
    }
}

static int glyph_pixel(int glyph, int x, int y)
{
    if (x < 0 || x >= 6 || y < 0 || y >= FONT_ROWS)
        return 0;
    return FONT[glyph][y] >> (5 - x) & 1;
}

// Letters cast a shadow to the lower right, so that they read on any ground.
static uint8_t shaded(int ink, int shadow) { return ink ? INK_PIXEL : shadow ? SHADOW_PIXEL : 0; }

static void make_small_glyph(uint32_t engine, int glyph)
{
    TilePixels pixels;
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            pixels[y][x] = shaded(glyph_pixel(glyph, x - 1, y), glyph_pixel(glyph, x - 2, y - 1));
    store_tile(engine, TILE_SMALL + glyph, pixels);
}

// Twice the size with the stairs of diagonals filled: a corner pixel is inked if both its outer neighbours are.
static int large_pixel(int glyph, int x, int y)
{
    int gx = x >> 1, gy = y >> 1, dx = (x & 1) * 2 - 1, dy = (y & 1) * 2 - 1;
    if (x < 0 || y < 0)
        return 0;
    return glyph_pixel(glyph, gx, gy) || (glyph_pixel(glyph, gx + dx, gy) && glyph_pixel(glyph, gx, gy + dy) &&
                                          !glyph_pixel(glyph, gx + dx, gy + dy));
}

static void make_large_glyph(uint32_t engine, int glyph)
{
    for (int quarter = 0; quarter < 4; quarter++) {
        TilePixels pixels;
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++) {
                int px = (quarter & 1) * 8 + x - 1, py = (quarter >> 1) * 8 + y;
                int shadow = large_pixel(glyph, px - 1, py - 1) || large_pixel(glyph, px - 2, py - 2);
                pixels[y][x] = shaded(large_pixel(glyph, px, py), shadow);
            }
        store_tile(engine, TILE_LARGE + 4 * glyph + quarter, pixels);
    }
}

// Boxes: pixel 1 fill, 2 rim, 3 upper sheen. Only the upper left corner and edges are drawn; the others are flips.
static uint8_t box_pixel(int part, int x, int y)
{
    int from_side = part == BOX_CORNER || part == BOX_SIDE ? x : 8;
    int from_edge = part == BOX_CORNER || part == BOX_EDGE ? y : 8;
    if (part == BOX_EMPTY || (part == BOX_CORNER && x + y < 2))
        return 0;
    if (from_side == 0 || from_edge == 0 || (part == BOX_CORNER && x + y == 2))
        return 2;
    return from_side == 1 || from_edge == 1 ? 3 : 1;
}

static void make_boxes(uint32_t engine)
{
    for (int part = BOX_EMPTY; part <= BOX_SIDE; part++) {
        TilePixels pixels;
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++)
                pixels[y][x] = box_pixel(part, x, y);
        store_tile(engine, TILE_BOX + part, pixels);
    }
    for (int filled = 0; filled <= 8; filled++) {
        TilePixels pixels;
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++)
                pixels[y][x] = y == 0 || y == 7 ? 3 : x < filled ? 1 : 2;
        store_tile(engine, TILE_BAR + filled, pixels);
    }
}

// Backdrops are columns of 24 tiles, one a row, whose pixels step through a vertical gradient of 12 colours.
enum { GRADIENT_FIRST = 2, GRADIENT_STEPS = 12, HILL_PIXEL = 14, FAR_HILL_PIXEL = 15, MAP_ROWS = 32, SKY_WRAP_ROWS = 6 };
enum { TILE_GRADIENT = TILE_BACKDROP, TILE_HILLS = TILE_BACKDROP + ROWS, HILL_COLUMNS = 16, HILL_ROWS = 3 };

// Ordered dithering hides the steps between neighbouring colours.
static uint8_t gradient_pixel(int x, int y, int height)
{
    static const uint8_t bayer[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};
    int level = y * (GRADIENT_STEPS - 1) * 16 / height + bayer[y & 3][x & 3];
    int step = level / 16;
    return (uint8_t)(GRADIENT_FIRST + (step < GRADIENT_STEPS ? step : GRADIENT_STEPS - 1));
}

static int triangle_wave(int x, int period, int height)
{
    int phase = x % period;
    return (phase < period / 2 ? phase : period - phase) * 2 * height / period;
}

static uint8_t hill_pixel(int x, int y_above_horizon, int sky_y, int sky_height)
{
    int far = 6 + triangle_wave(x + 20, 64, 9) + triangle_wave(x, 32, 4);
    int near = 2 + triangle_wave(x, 128, 5) + triangle_wave(x + 9, 16, 2);
    if (y_above_horizon <= near)
        return HILL_PIXEL;
    return y_above_horizon <= far ? FAR_HILL_PIXEL : gradient_pixel(x, sky_y, sky_height);
}

static void make_backdrops(uint32_t engine)
{
    TilePixels pixels;
    for (int row = 0; row < ROWS; row++) {
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++)
                pixels[y][x] = gradient_pixel(x, row * 8 + y, ROWS * 8);
        store_tile(engine, TILE_GRADIENT + row, pixels);
    }
    for (int row = 0; row < HILL_ROWS; row++)
        for (int column = 0; column < HILL_COLUMNS; column++) {
            for (int y = 0; y < 8; y++)
                for (int x = 0; x < 8; x++)
                    pixels[y][x] = hill_pixel(column * 8 + x, HILL_ROWS * 8 - row * 8 - y,
                                              ROWS * 8 * 3 / 4 + row * 8 + y, ROWS * 8);
            store_tile(engine, TILE_HILLS + row * HILL_COLUMNS + column, pixels);
        }
}

static uint16_t mix(uint16_t from, uint16_t to, int part, int whole)
{
    uint16_t color = 0;
    for (int shift = 0; shift < 15; shift += 5) {
        int a = from >> shift & 31, b = to >> shift & 31;
        color |= (uint16_t)((a + (b - a) * part / whole) << shift);
    }
    return color;
}

static void make_gradient(volatile uint16_t *palette, uint16_t upper, uint16_t lower)
{
    for (int step = 0; step < GRADIENT_STEPS; step++)
        palette[GRADIENT_FIRST + step] = mix(upper, lower, step, GRADIENT_STEPS - 1);
}

static void make_palettes(uint32_t engine)
{
    static const uint16_t inks[INKS] = {
        [INK_WHITE] = RGB15(31, 31, 31), [INK_YELLOW] = RGB15(31, 29, 8),  [INK_GREEN] = RGB15(12, 31, 12),
        [INK_RED] = RGB15(31, 10, 8),    [INK_BLUE] = RGB15(14, 24, 31),   [INK_GREY] = RGB15(17, 18, 20),
        [INK_ORANGE] = RGB15(31, 20, 4),
    };
    static const uint16_t boxes[BOXES][3] = {
        [BOX_PLAIN] = {RGB15(5, 8, 16), RGB15(12, 17, 27), RGB15(7, 11, 20)},
        [BOX_SELECTED] = {RGB15(24, 11, 2), RGB15(31, 28, 12), RGB15(29, 16, 4)},
        [BOX_LOCKED] = {RGB15(5, 5, 6), RGB15(9, 9, 10), RGB15(6, 6, 7)},
        [BOX_TITLE] = {RGB15(16, 3, 6), RGB15(28, 10, 10), RGB15(20, 5, 8)},
        [BOX_DARK] = {RGB15(2, 3, 6), RGB15(7, 9, 14), RGB15(3, 4, 8)},
    };
    volatile uint16_t *palette = PALETTE_BG(engine);
    palette[0] = RGB15(2, 3, 8);
    for (int ink = 0; ink < INKS; ink++) {
        palette[16 * ink + INK_PIXEL] = inks[ink];
        palette[16 * ink + SHADOW_PIXEL] = RGB15(1, 1, 3);
    }
    for (int box = 0; box < BOXES; box++)
        for (int i = 0; i < 3; i++)
            palette[16 * (PALETTE_BOXES + box) + 1 + i] = boxes[box][i];
    palette[16 * PALETTE_BAR + 1] = RGB15(31, 24, 4);
    palette[16 * PALETTE_BAR + 2] = RGB15(4, 5, 9);
    palette[16 * PALETTE_BAR + 3] = RGB15(20, 22, 26);
    make_gradient(palette + 16 * PALETTE_NIGHT, RGB15(3, 4, 12), RGB15(9, 5, 16));
    make_gradient(palette + 16 * PALETTE_SKY, RGB15(8, 16, 29), RGB15(27, 29, 31));
    palette[16 * PALETTE_SKY + HILL_PIXEL] = RGB15(10, 19, 12);
    palette[16 * PALETTE_SKY + FAR_HILL_PIXEL] = RGB15(15, 21, 24);
}

void text_initialise(uint32_t engine)
{
    for (int glyph = 0; glyph < FONT_GLYPHS; glyph++) {
        make_small_glyph(engine, glyph);
        make_large_glyph(engine, glyph);
    }
    make_boxes(engine);
    make_backdrops(engine);
    make_palettes(engine);
    BGCNT(engine, BG_TEXT) = BGCNT_PRIORITY(0) | BGCNT_MAP(MAP_TEXT);
    BGCNT(engine, BG_BOXES) = BGCNT_PRIORITY(1) | BGCNT_MAP(MAP_BOXES);
    BGCNT(engine, backdrop_layer(engine)) = BGCNT_PRIORITY(3) | BGCNT_MAP(MAP_BACKDROP) | BGCNT_512_WIDE;
    text_clear(engine);
    text_backdrop(engine, BACKDROP_NIGHT);
}

void text_clear(uint32_t engine) { text_erase(engine, 0, 0, COLUMNS, ROWS); }

void text_erase(uint32_t engine, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        for (int column = x; column < x + width; column++) {
            map(engine, MAP_TEXT)[row * COLUMNS + column] = TILE_SMALL;
            map(engine, MAP_BOXES)[row * COLUMNS + column] = TILE_BOX + BOX_EMPTY;
        }
}

static uint16_t backdrop_tile(Backdrop backdrop, int row, int column)
{
    if (backdrop == BACKDROP_NIGHT)
        return (uint16_t)((TILE_GRADIENT + row % ROWS) | PALETTE_NIGHT << 12);
    // The map wraps: its last rows appear above the first when the horizon sinks.
    if (row >= MAP_ROWS - SKY_WRAP_ROWS)
        row = 0;
    int hills = row - (SKY_ROWS - HILL_ROWS);
    if (hills < 0)
        return (uint16_t)((TILE_GRADIENT + row * 3 / 2) | PALETTE_SKY << 12);
    // Below the horizon the backdrop is hidden by the ground, or shows as haze at the end of the view.
    if (hills >= HILL_ROWS)
        return (uint16_t)((TILE_HILLS + (HILL_ROWS - 1) * HILL_COLUMNS) | PALETTE_SKY << 12);
    return (uint16_t)((TILE_HILLS + hills * HILL_COLUMNS + column % HILL_COLUMNS) | PALETTE_SKY << 12);
}

void text_backdrop(uint32_t engine, Backdrop backdrop)
{
    int layer = backdrop_layer(engine);
    if (backdrop == BACKDROP_NONE) {
        DISPCNT(engine) &= ~(uint32_t)DISPCNT_BG(layer);
        return;
    }
    for (int row = 0; row < MAP_ROWS; row++)
        for (int column = 0; column < 2 * COLUMNS; column++)
            map(engine, MAP_BACKDROP + column / COLUMNS)[row * COLUMNS + column % COLUMNS] =
                backdrop_tile(backdrop, row, column);
    BGHOFS(engine, layer) = 0;
    BGVOFS(engine, layer) = 0;
    DISPCNT(engine) |= DISPCNT_BG(layer);
}

static int glyph_of(char character)
{
    if (character >= 'a' && character <= 'z')
        character = (char)(character - 'a' + 'A');
    int glyph = character - FONT_FIRST;
    return glyph >= 0 && glyph < FONT_GLYPHS ? glyph : 0;
}

static int length_of(const char *text)
{
    int length = 0;
    while (text[length])
        length++;
    return length;
}

static void put_glyph(uint32_t engine, int x, int y, Ink ink, char character)
{
    map(engine, MAP_TEXT)[y * COLUMNS + x] = (uint16_t)((TILE_SMALL + glyph_of(character)) | ink << 12);
}

void text_put(uint32_t engine, int x, int y, Ink ink, const char *text)
{
    for (; *text && x < COLUMNS; x++, text++)
        put_glyph(engine, x, y, ink, *text);
}

void text_put_centred(uint32_t engine, int y, Ink ink, const char *text)
{
    text_put(engine, (COLUMNS - length_of(text)) / 2, y, ink, text);
}

void text_put_large(uint32_t engine, int x, int y, Ink ink, const char *text)
{
    for (; *text && x + 1 < COLUMNS; x += 2, text++)
        for (int quarter = 0; quarter < 4; quarter++)
            map(engine, MAP_TEXT)[(y + (quarter >> 1)) * COLUMNS + x + (quarter & 1)] =
                (uint16_t)((TILE_LARGE + 4 * glyph_of(*text) + quarter) | ink << 12);
}

void text_put_large_centred(uint32_t engine, int y, Ink ink, const char *text)
{
    text_put_large(engine, (COLUMNS - 2 * length_of(text)) / 2, y, ink, text);
}

void text_box(uint32_t engine, int x, int y, int width, int height, Box box)
{
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++) {
            int edge = row == 0 || row == height - 1, side = column == 0 || column == width - 1;
            int part = edge ? side ? BOX_CORNER : BOX_EDGE : side ? BOX_SIDE : BOX_FILL;
            int flips = (column == width - 1 ? FLIP_X : 0) | (row == height - 1 ? FLIP_Y : 0);
            map(engine, MAP_BOXES)[(y + row) * COLUMNS + x + column] =
                (uint16_t)((TILE_BOX + part) | flips | (PALETTE_BOXES + (int)box) << 12);
        }
}

void text_bar(uint32_t engine, int x, int y, int width, int filled)
{
    for (int column = 0; column < width; column++) {
        int pixels = filled - column * 8;
        pixels = pixels < 0 ? 0 : pixels > 8 ? 8 : pixels;
        map(engine, MAP_BOXES)[y * COLUMNS + x + column] = (uint16_t)((TILE_BAR + pixels) | PALETTE_BAR << 12);
    }
}

void text_put_number(uint32_t engine, int x, int y, Ink ink, uint32_t number, int digits)
{
    for (int digit = digits - 1; digit >= 0; digit--, number /= 10)
        put_glyph(engine, x + digit, y, ink, number == 0 && digit < digits - 1 ? ' ' : (char)('0' + number % 10));
}

static void put_digits(uint32_t engine, int x, int y, Ink ink, uint32_t number, int digits)
{
    for (int digit = digits - 1; digit >= 0; digit--, number /= 10)
        put_glyph(engine, x + digit, y, ink, (char)('0' + number % 10));
}

void text_put_time(uint32_t engine, int x, int y, Ink ink, uint32_t milliseconds)
{
    if (milliseconds == 0xFFFFFFFFu) {
        text_put(engine, x, y, ink, "-:--.---");
        return;
    }
    put_digits(engine, x, y, ink, milliseconds / 60000, 1);
    put_glyph(engine, x + 1, y, ink, ':');
    put_digits(engine, x + 2, y, ink, milliseconds / 1000 % 60, 2);
    put_glyph(engine, x + 4, y, ink, '.');
    put_digits(engine, x + 5, y, ink, milliseconds % 1000, 3);
}
