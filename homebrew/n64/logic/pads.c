/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pads.h"

enum { STICK_THRESHOLD = 50, PORTS = 4 };

static u16 stick_as_pad(s32 x, s32 y)
{
    u16 buttons = 0;
    if (x < -STICK_THRESHOLD)
        buttons |= DPAD_LEFT;
    if (x > STICK_THRESHOLD)
        buttons |= DPAD_RIGHT;
    if (y < -STICK_THRESHOLD)
        buttons |= DPAD_DOWN;
    if (y > STICK_THRESHOLD)
        buttons |= DPAD_UP;
    return buttons;
}

void pads_set(Controller *pad, s32 x, s32 y, u16 buttons)
{
    u16 stick = stick_as_pad(x, y);
    pad->stickX = (s16)x;
    pad->stickY = (s16)y;
    pad->pressed = buttons & ~pad->buttons;
    pad->released = pad->buttons & ~buttons;
    pad->buttons = buttons;
    pad->stickPressed = stick & ~pad->stickButtons;
    pad->stickReleased = pad->stickButtons & ~stick;
    pad->stickButtons = stick;
}

void pads_combine(void)
{
    u16 buttons = 0;
    s32 x = 0, y = 0;
    for (s32 i = 0; i < PORTS; i++) {
        const Controller *pad = &gControllers[i];
        buttons |= pad->buttons;
        if (magnitude(pad->stickX) > magnitude(x))
            x = pad->stickX;
        if (magnitude(pad->stickY) > magnitude(y))
            y = pad->stickY;
    }
    pads_set(&gControllers[PAD_ALL], x, y, buttons);
}

u16 pads_pressed(const Controller *pad) { return pad->pressed | pad->stickPressed; }
