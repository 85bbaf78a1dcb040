//! The emulator as a [`Machine`].

use machine::{FrameRate, Hardware, Machine, Picture, PictureShape, Ram};

use crate::{Emulator, Error, Frame, PICTURE_SIZE, RAM_BASE, Result, SAMPLE_RATE, State};

impl Machine for Emulator {
    type Input = Frame;
    type State = State;
    type Error = Error;

    /// The frame rate is the one at which the core counts an NTSC console's vertical interrupts.
    const HARDWARE: Hardware = Hardware {
        picture: PictureShape {
            width: PICTURE_SIZE[0] as u32,
            height: PICTURE_SIZE[1] as u32,
            count: 1,
            touch: None,
        },
        frame_rate: FrameRate {
            frames: 60,
            seconds: 1,
        },
        sample_rate: SAMPLE_RATE,
    };

    fn step(&mut self, input: &Frame, picture: Picture) -> Result<()> {
        self.step(input, picture)
    }

    fn write_picture(&self, rgba: &mut [u8]) {
        rgba.copy_from_slice(self.picture());
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
            base: RAM_BASE,
            bytes: self.ram(),
        })
    }

    fn ram_mut(&mut self) -> Option<&mut [u8]> {
        Some(self.ram_mut())
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
