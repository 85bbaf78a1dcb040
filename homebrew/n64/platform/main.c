/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A drawn frame every second vertical interrupt.
 */
#include "game.h"
#include "gfx.h"
#include "hardware.h"
#include "letters.h"
#include "overlay.h"
#include "scene.h"
#include "serial.h"
#include "sound.h"
#include "textures.h"

enum { INTERRUPTS_PER_FRAME = 2 };
#define TICK (1.0f / 60)

static void draw(void)
{
    if (gGamestate == GAMESTATE_RACE && gRaceFrameCounter == 0) {
        scene_prepare();
        hud_prepare();
    }
    gfx_begin_frame();
    if (gGamestate == GAMESTATE_RACE) {
        scene_draw();
        hud_draw();
    } else {
        menu_draw();
    }
    gfx_end_frame();
}

int main(void)
{
    gfx_initialise();
    textures_initialise();
    letters_initialise();
    sound_initialise();
    game_power_on();
    for (u32 seen = 0;;) {
        serial_request_pads();
        for (s32 i = 0; i < INTERRUPTS_PER_FRAME; i++)
            seen = wait_for_vertical_interrupt(seen);
        gVBlankTimer += INTERRUPTS_PER_FRAME * TICK;
        serial_take_pads();
        game_frame();
        sound_frame();
        draw();
    }
}
