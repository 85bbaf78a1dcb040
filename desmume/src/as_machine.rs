//! The emulator as a [`Machine`].

use machine::{FrameRate, Hardware, Machine, Picture, PictureShape, Ram};
use nds_formats::pad::Frame;

use crate::{Emulator, Error, MAIN_RAM_BASE, Result, SAMPLE_RATE, Screens, State};

/// The DS's clock and the clocks that a video frame takes (GBATEK, "DS Video").
const FRAME_RATE: FrameRate = FrameRate {
    frames: 33_513_982,
    seconds: 355 * 6 * 263,
};

impl Machine for Emulator {
    type Input = Frame;
    type State = State;
    type Error = Error;

    const HARDWARE: Hardware = Hardware {
        picture: PictureShape {
            width: Screens::WIDTH as u32,
            height: Screens::HEIGHT as u32,
            count: 2,
            touch: Some(1),
        },
        frame_rate: FRAME_RATE,
        sample_rate: SAMPLE_RATE,
    };

    fn step(&mut self, input: &Frame, picture: Picture) -> Result<()> {
        self.step(input, picture)
    }

    fn write_picture(&self, rgba: &mut [u8]) {
        self.draw_screens_into(rgba);
    }

    fn save_state(&mut self) -> Result<State> {
        self.save_state()
    }

    fn load_state(&mut self, state: &State) -> Result<()> {
        self.load_state(state)
    }

    fn hash(&self) -> u64 {
        self.ram_hash()
    }

    fn ram(&self) -> Option<Ram<'_>> {
        Some(Ram {
            base: MAIN_RAM_BASE,
            bytes: self.main_ram(),
        })
    }

    fn ram_mut(&mut self) -> Option<&mut [u8]> {
        Some(self.main_ram_mut())
    }

    fn set_sound(&mut self, on: bool) {
        self.set_sound(on);
    }

    fn take_sound(&mut self, into: &mut Vec<[i16; 2]>) {
        self.take_sound(into);
    }
}

impl machine::State for State {
    type Error = Error;

    fn to_bytes(&self) -> Vec<u8> {
        self.bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes(bytes)
    }
}
