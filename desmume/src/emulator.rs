//! One console with a game in it.

use std::cell::Cell;
use std::path::Path;

use desmume_sys::{
    CORE_BATTERY, CORE_HALTED, CORE_JIT, CORE_OK, CORE_ROM, CORE_SPACE, CORE_STATE, core_input,
};
use machine::Picture;
use nds_formats::input::{self, Input};
use nds_formats::pad::{Commands, Frame};
use xxhash_rust::xxh3::xxh3_64;

use crate::MAIN_RAM_SIZE;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::options::Options;
use crate::rom::Rom;
use crate::screens::Screens;
use crate::sound::Sound;
use crate::state::{Origin, State};

/// Initial capacity for a state; the core reports if it needs more.
const STATE_CAPACITY: usize = 8 << 20;

/// Initial capacity for battery memory: the largest of a game for this console.
const BATTERY_CAPACITY: usize = 512 << 10;

/// A console with a game in it.
///
/// Emulators are independent of each other, and each may be moved between threads. A dropped one's
/// memory is kept for the next.
pub struct Emulator {
    /// `None` only during the drop.
    image: Option<Image>,
    rom: Rom,
    options: Options,
    /// As given at power-on.
    battery: Option<Vec<u8>>,
    frame_count: u64,
    sound: Sound,
    /// The core failed and its state is undefined: its image is not used again. (The
    /// `Cell` also makes the emulator `!Sync`, since the core supports one thread at a time only.)
    broken: Cell<bool>,
}

impl Emulator {
    /// Inserts the ROM and switches the console on, with blank battery memory.
    ///
    /// # Errors
    /// [`Error::Rom`] if the core cannot start it, [`Error::Option`] and [`Error::JitUnsupported`]
    /// for invalid `options`, [`Error::Load`] if the core cannot be loaded.
    pub fn open(rom: &[u8], options: &Options) -> Result<Self> {
        Self::open_with_battery(rom, options, None)
    }

    /// Inserts the ROM and switches the console on. `battery`: the contents of the game's battery
    /// memory, of the size of a chip (Mario Kart DS: 256 KiB); blank if there is none.
    ///
    /// # Errors
    /// As [`Emulator::open`], and [`Error::Battery`] if no chip has that size.
    pub fn open_with_battery(
        rom: &[u8],
        options: &Options,
        battery: Option<&[u8]>,
    ) -> Result<Self> {
        check_rom(rom)?;
        let mut emulator = Self {
            image: Some(Image::take()?),
            rom: Rom::new(rom),
            options: options.clone(),
            battery: battery.map(<[u8]>::to_vec),
            frame_count: 0,
            sound: Sound::default(),
            broken: Cell::new(false),
        };
        emulator.power_on()?;
        Ok(emulator)
    }

    /// Reads the ROM from a file; see [`Emulator::open`]. The run does not depend on the file's name.
    ///
    /// # Errors
    /// As [`Emulator::open`], and [`Error::Read`] if the file cannot be read.
    pub fn open_path(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        let path = path.as_ref();
        let rom = input::read(path, Input::Rom).map_err(|source| Error::Read {
            path: path.to_path_buf(),
            source,
        })?;
        Self::open(&rom, options)
    }

    /// Switches the console off and on again, with the battery memory it was opened with. The emulator is then
    /// as a new one, except that the sound setting is kept.
    ///
    /// # Errors
    /// As [`Emulator::open`].
    pub fn reset(&mut self) -> Result<()> {
        self.power_on()
    }

    fn power_on(&mut self) -> Result<()> {
        let settings = self.options.to_settings()?;
        if self.broken.get() {
            let image = Image::take()?;
            if let Some(broken) = self.image.replace(image) {
                broken.abandon();
            }
            self.broken.set(false);
        }
        let battery = self.battery.as_deref().unwrap_or_default();
        let rom = &self.rom.bytes;
        // SAFETY: every pointer comes with the size of what it points to. The ROM's bytes live in
        // `self.rom`, which outlives the image's use of them: see `drop`.
        let status = unsafe {
            self.image().core().core_power_on(
                &raw const settings,
                rom.as_ptr(),
                rom.len(),
                battery.as_ptr(),
                battery.len(),
            )
        };
        self.check(status)?;
        self.frame_count = 0;
        self.sound.clear();
        self.apply_sound();
        Ok(())
    }

    /// Runs one video frame (a 59.8261th of a second) with this input.
    ///
    /// The frame ends at the end of the vertical blank: the game has seen the input and done its
    /// work, and with [`Picture::Draw`] the screens hold the picture shown in this frame.
    ///
    /// # Errors
    /// [`Error::Halted`] if the console halted, now or in an earlier frame.
    pub fn step(&mut self, frame: &Frame, picture: Picture) -> Result<()> {
        let input = to_input(frame);
        let draw = u8::from(picture == Picture::Draw);
        // SAFETY: the input lives through the call.
        let status = unsafe { self.image().core().core_step(&raw const input, draw) };
        self.check(status)?;
        self.frame_count += 1;
        self.keep_sound();
        Ok(())
    }

    /// Sets whether the console's sound is mixed, for [`Emulator::take_sound`]. Off at first; turning it off
    /// discards samples that have not been taken.
    ///
    /// The run is the same either way: RAM, states, pictures. The setting belongs to this emulator,
    /// not to the console in it: resetting or loading a state leaves it as it is, and no state holds it.
    pub fn set_sound(&mut self, on: bool) {
        self.sound.turn(on);
        self.apply_sound();
    }

    /// Moves the samples that the console has played since the last call to the end of `into`: stereo
    /// samples, left and right, at [`SAMPLE_RATE`](crate::SAMPLE_RATE), on average 737.136 a frame.
    ///
    /// No samples with sound off. At most the last second is kept. A reset or a loaded state discards the samples
    /// before it.
    pub fn take_sound(&mut self, into: &mut Vec<[i16; 2]>) {
        self.sound.take(into);
    }

    fn apply_sound(&self) {
        let on = self.sound.is_on().into();
        // SAFETY: the function sets a flag in the image, and no other call into the image is running.
        unsafe { self.image().core().core_set_sound(on) };
    }

    fn keep_sound(&mut self) {
        if !self.sound.is_on() {
            return;
        }
        let mut count = 0;
        // SAFETY: the function writes the count, which lives through the call.
        let samples = unsafe { self.image().core().core_sound(&raw mut count) };
        // SAFETY: `count` pairs of samples, in a static buffer that only calls through this image
        // change, and none is made before the samples have been copied.
        let samples = unsafe { std::slice::from_raw_parts(samples.cast::<[i16; 2]>(), count) };
        self.sound.push(samples);
    }

    /// Video frames since power-on, those before a loaded state included.
    pub fn frame_count(&self) -> u64 {
        self.frame_count
    }

    /// The console's options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The ROM's bytes.
    pub fn rom(&self) -> &[u8] {
        &self.rom.bytes
    }

    /// Main RAM: 4 MiB, address 0x02000000 first, little-endian.
    pub fn main_ram(&self) -> &[u8] {
        // SAFETY: the function has no arguments and only returns an address.
        let start = unsafe { self.image().core().core_main_ram() };
        // SAFETY: main RAM is a static array of at least this size in the image. Only calls through
        // `&mut self` change it, which this borrow excludes.
        unsafe { std::slice::from_raw_parts(start, MAIN_RAM_SIZE) }
    }

    /// Main RAM, for writing. The game sees written data at once; of overwritten code it
    /// may still run the compiled old version.
    pub fn main_ram_mut(&mut self) -> &mut [u8] {
        // SAFETY: the function has no arguments and only returns an address.
        let start = unsafe { self.image().core().core_main_ram() };
        // SAFETY: as in `main_ram`; `&mut self` makes it the only borrow.
        unsafe { std::slice::from_raw_parts_mut(start, MAIN_RAM_SIZE) }
    }

    /// A 64-bit hash (XXH3) of main RAM, to compare runs.
    pub fn ram_hash(&self) -> u64 {
        xxh3_64(self.main_ram())
    }

    /// Both screens as they were last drawn; black before the first.
    pub fn screens(&self) -> Screens {
        let mut rgba = vec![0; Screens::BYTES];
        self.draw_screens_into(&mut rgba);
        Screens::new(rgba)
    }

    /// Writes both screens, 256x384 RGBA with the upper one first, into `rgba`.
    ///
    /// # Panics
    /// If `rgba` is not [`Screens::BYTES`] long.
    pub fn draw_screens_into(&self, rgba: &mut [u8]) {
        assert_eq!(rgba.len(), Screens::BYTES, "both screens as RGBA");
        // SAFETY: the pointer comes with the size of what it points to.
        let status = unsafe {
            self.image()
                .core()
                .core_screens(rgba.as_mut_ptr(), rgba.len())
        };
        // It fails only for another size and without a ROM; an emulator has one.
        debug_assert_eq!(status.unsigned_abs(), CORE_OK);
    }

    /// Saves the console's whole state. A run that loads it continues exactly as this one.
    ///
    /// Saving discards the JIT's compiled code, as loading does, so that both runs compile the same code afterwards. A game
    /// that is never idle, and whose results therefore depend on the time its code takes, may then differ from a run without
    /// saving; games that wait for the vertical blank do not.
    ///
    /// # Errors
    /// [`Error::Core`] if the core fails.
    pub fn save_state(&mut self) -> Result<State> {
        let mut payload = Vec::new();
        let mut size = STATE_CAPACITY;
        loop {
            payload.reserve_exact(size);
            let room = payload.spare_capacity_mut();
            // SAFETY: the core writes at most `room.len()` bytes.
            let status = unsafe {
                self.image().core().core_state_save(
                    room.as_mut_ptr().cast(),
                    room.len(),
                    &raw mut size,
                )
            };
            if status.unsigned_abs() == CORE_SPACE {
                continue;
            }
            self.check(status)?;
            // SAFETY: the core has written this many bytes from the start on, having had room.
            unsafe { payload.set_len(size) };
            return Ok(State::new(self.origin(), self.frame_count, payload));
        }
    }

    /// Loads a state of this ROM with the same options.
    ///
    /// The screens keep what was last drawn until the next drawn frame.
    ///
    /// # Errors
    /// [`Error::State`] if the state is of another ROM, CPU mode, timing or clock (the console then
    /// is unchanged), or if the core cannot read it (the console must then be reset).
    pub fn load_state(&mut self, state: &State) -> Result<()> {
        self.origin().check(state.origin())?;
        let payload = state.payload();
        // SAFETY: the pointer comes with the size of what it points to.
        let status = unsafe {
            self.image()
                .core()
                .core_state_load(payload.as_ptr(), payload.len())
        };
        self.check(status)?;
        self.frame_count = state.frame_count();
        self.sound.clear();
        Ok(())
    }

    fn origin(&self) -> Origin {
        Origin::new(self.rom.hash, &self.options)
    }

    /// The battery memory as it is now; empty if the game was opened without one and
    /// has not used it yet.
    ///
    /// # Errors
    /// [`Error::Core`] if the core fails.
    pub fn battery(&mut self) -> Result<Vec<u8>> {
        let mut battery = vec![0; BATTERY_CAPACITY];
        loop {
            let mut size = 0;
            // SAFETY: the pointer comes with the size of what it points to.
            let status = unsafe {
                self.image()
                    .core()
                    .core_battery(battery.as_mut_ptr(), battery.len(), &raw mut size)
            };
            if status.unsigned_abs() == CORE_SPACE {
                battery.resize(size, 0);
                continue;
            }
            self.check(status)?;
            battery.truncate(size);
            return Ok(battery);
        }
    }

    /// Swaps the battery memory of the running console. Most games read it only at power-on: see
    /// [`Emulator::open_with_battery`].
    ///
    /// # Errors
    /// [`Error::Battery`] if no chip has that size.
    pub fn set_battery(&mut self, battery: &[u8]) -> Result<()> {
        // SAFETY: the pointer comes with the size of what it points to.
        let status = unsafe {
            self.image()
                .core()
                .core_set_battery(battery.as_ptr(), battery.len())
        };
        self.check(status)
    }

    fn image(&self) -> &Image {
        self.image
            .as_ref()
            .expect("an emulator has its image until it is dropped")
    }

    /// Converts a status of the shim to an error.
    fn check(&self, status: i32) -> Result<()> {
        let reason = match status.unsigned_abs() {
            CORE_OK => return Ok(()),
            _ => self.image().message(),
        };
        Err(match status.unsigned_abs() {
            CORE_ROM => Error::Rom {
                size: self.rom.bytes.len(),
                reason,
            },
            CORE_JIT => Error::JitUnsupported { reason },
            CORE_HALTED => Error::Halted {
                frame: self.frame_count,
                reason,
            },
            CORE_STATE => Error::State {
                what: "contents".into(),
                expected: "a state of this core".to_owned(),
                found: reason,
            },
            CORE_BATTERY => Error::Battery { reason },
            _ => {
                self.broken.set(true);
                Error::Core { reason }
            }
        })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(image) = self.image.take() {
            // The image is released before the ROM's bytes, which it uses.
            if self.broken.get() {
                image.abandon();
            } else {
                image.give_back();
            }
        }
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("options", &self.options)
            .field("frame_count", &self.frame_count)
            .finish_non_exhaustive()
    }
}

fn to_input(frame: &Frame) -> core_input {
    let touch = frame.touch.unwrap_or_default();
    core_input {
        pad: frame.pad.bits(),
        touching: frame.touch.is_some().into(),
        touch_x: touch.x,
        touch_y: touch.y,
        microphone: frame.commands.contains(Commands::MICROPHONE).into(),
        lid: frame.commands.contains(Commands::LID).into(),
        reset: frame.commands.contains(Commands::RESET).into(),
    }
}

/// Checks that the ROM contains its header and both programs that the header names: the core reads past the end of a
/// short ROM without an error.
fn check_rom(rom: &[u8]) -> Result<()> {
    let refuse = |reason: String| {
        Err(Error::Rom {
            size: rom.len(),
            reason,
        })
    };
    if rom.len() < 0x200 {
        return refuse("expected a header of 512 bytes".to_owned());
    }
    let word = |offset: usize| {
        let bytes = rom[offset..offset + 4].try_into().expect("four bytes");
        u64::from(u32::from_le_bytes(bytes))
    };
    for (name, offset) in [("ARM9", 0x20), ("ARM7", 0x30)] {
        let (start, size) = (word(offset), word(offset + 0xC));
        if size == 0 {
            return refuse(format!("the {name} program is empty"));
        }
        let end = start + size;
        if end > rom.len() as u64 {
            return refuse(format!(
                "expected the {name} program at 0x{start:X}..0x{end:X}, found the end before that"
            ));
        }
    }
    // The game's files follow its programs: a ROM that was cut short would start, and fail in the middle of a race.
    let used = word(0x80);
    if used > rom.len() as u64 {
        return refuse(format!(
            "expected at least {used} bytes, as the header says"
        ));
    }
    Ok(())
}
