// SPDX-License-Identifier: GPL-3.0-or-later
// The shape and colours of the low-poly karts and drivers of both games.
#ifndef KART_BLOCKS_H
#define KART_BLOCKS_H

#include "types.h"

enum { MODEL_CHARACTERS = 12 };

typedef enum { PAINT_BODY, PAINT_TRIM, PAINT_SUIT, PAINT_HELMET, PAINT_SKIN, PAINT_VISOR, PAINT_DARK, PAINT_METAL, PAINTS } Paint;

// A block between a lower and an upper rectangle; `half` is half the width around x. Only the sides that can be seen
// are drawn: TOP, BACK, FRONT, LEFT, RIGHT.
enum { TOP = 1, BACK = 2, FRONT = 4, LEFT = 8, RIGHT = 16 };
typedef struct {
    u8 paint, sides;
    s8 x;
    s8 low_half, low_back, low_front, low_y;
    s8 high_half, high_back, high_front, high_y;
} Block;

static const Block blocks[] = {
    {PAINT_BODY, TOP | BACK | LEFT | RIGHT, 0, 40, -80, 76, 12, 38, -80, 68, 34},      // floor pan
    {PAINT_BODY, TOP | FRONT | LEFT | RIGHT, 0, 30, 72, 112, 14, 18, 66, 96, 36},      // nose
    {PAINT_TRIM, TOP | FRONT, 0, 46, 100, 112, 14, 44, 98, 110, 24},                   // front bumper
    {PAINT_TRIM, TOP | BACK | FRONT | LEFT, 52, 13, -40, 42, 14, 9, -34, 34, 36},      // side pods
    {PAINT_TRIM, TOP | BACK | FRONT | RIGHT, -52, 13, -40, 42, 14, 9, -34, 34, 36},
    {PAINT_METAL, TOP | BACK | LEFT | RIGHT, 0, 30, -94, -48, 34, 22, -88, -54, 58},   // engine
    {PAINT_DARK, TOP | BACK, 22, 6, -104, -86, 38, 5, -104, -88, 48},                  // exhausts
    {PAINT_DARK, TOP | BACK, -22, 6, -104, -86, 38, 5, -104, -88, 48},
    {PAINT_TRIM, TOP | BACK | FRONT, 0, 52, -100, -80, 76, 52, -104, -82, 84},         // rear wing
    {PAINT_DARK, TOP | BACK | LEFT | RIGHT, 0, 24, -50, -38, 32, 20, -56, -44, 78},    // seat
    {PAINT_SUIT, FRONT | LEFT | RIGHT, 0, 21, -40, -6, 34, 16, -38, -12, 74},          // trunk
    {PAINT_SUIT, TOP | LEFT, 20, 6, -26, 26, 56, 5, -28, 24, 66},                      // arms
    {PAINT_SUIT, TOP | RIGHT, -20, 6, -26, 26, 56, 5, -28, 24, 66},
    {PAINT_DARK, BACK | FRONT, 0, 13, 20, 28, 50, 13, 14, 22, 68},                     // steering wheel
    {PAINT_SKIN, BACK | FRONT | LEFT | RIGHT, 0, 13, -36, -6, 74, 21, -42, 0, 90},     // face
    {PAINT_HELMET, TOP | BACK | FRONT | LEFT | RIGHT, 0, 23, -46, 2, 90, 13, -36, -10, 114},
    {PAINT_VISOR, TOP | FRONT, 0, 17, -8, 4, 88, 14, -12, 0, 98},
};
enum { BLOCKS = sizeof(blocks) / sizeof(blocks[0]) };

enum { WHEEL_SIDES = 6, WHEEL_HALF = 10, WHEEL_X = 60, FRONT_Z = 66, REAR_Z = -62 };
static const s8 wheel_rim[WHEEL_SIDES][2] = {{26, 0}, {13, 23}, {-13, 23}, {-26, 0}, {-13, -23}, {13, -23}};
enum { WHEEL_RADIUS = 26 };

typedef struct {
    u8 red, green, blue;
} Color;

static const Color suits[MODEL_CHARACTERS] = {
    {28, 5, 5},  {6, 20, 8},  {29, 20, 4}, {24, 8, 22}, {5, 10, 26},  {30, 28, 8},
    {8, 24, 26}, {20, 12, 6}, {30, 16, 20}, {14, 8, 26}, {26, 27, 28}, {10, 11, 13},
};
static const Color helmets[MODEL_CHARACTERS] = {
    {30, 28, 26}, {30, 26, 6}, {8, 9, 26},  {30, 22, 28}, {31, 31, 31}, {28, 6, 6},
    {6, 12, 14},  {28, 18, 6}, {26, 6, 14}, {12, 28, 14}, {6, 20, 30},  {30, 8, 4},
};
static const Color skins[4] = {{30, 23, 17}, {24, 16, 10}, {28, 20, 14}, {17, 11, 7}};
// Head size by character, in sixteenths.
static const u8 head_sizes[MODEL_CHARACTERS] = {16, 17, 19, 15, 16, 18, 14, 20, 15, 17, 16, 18};
static const Color bodies[12] = {
    {29, 4, 4},  {4, 9, 27},  {4, 21, 6},   {30, 25, 3}, {29, 14, 2}, {18, 5, 25},
    {4, 23, 25}, {29, 13, 20}, {26, 27, 28}, {9, 10, 12}, {14, 25, 5}, {19, 11, 5},
};
// Width, height and length by kind of kart (its id modulo 3), in sixteenths: standard, nimble, heavy.
static const u8 builds[3][3] = {{16, 16, 16}, {14, 15, 14}, {18, 17, 17}};

#endif
