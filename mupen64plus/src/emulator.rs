//! One console with a game in it.

use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use machine::Picture;
use n64_formats::pad::Frame;
use n64_formats::rom::Rom;
use xxhash_rust::xxh3::xxh3_64;

use crate::PICTURE_SIZE;
use crate::core::{Core, Fault};
use crate::coroutine::End;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::pages::Pages;
use crate::polls::{self, Playback, Poll};
use crate::scan_out::scan_out;
use crate::sound::Sound;
use crate::st::Header;
use crate::state::{Host, Origin, RAM_OFFSET, State, Storage, Storages, expect};

/// A console with a game in it.
///
/// Emulators are independent of each other, and each may be moved between threads.
pub struct Emulator {
    /// `None` after it has failed.
    core: Option<Core>,
    rom: Arc<Rom>,
    options: Options,
    /// Save memory as given at power-on.
    storages: Storages,
    /// The console at its first vertical interrupt; `None` before it.
    power_on: Option<PowerOn>,
    frame_count: u64,
    /// Those of the last step.
    polls: Vec<Poll>,
    /// The core's state in which the console stands, if nothing has run since it was made or loaded.
    standing: Option<Arc<Pages>>,
    sound: Sound,
    picture: Vec<u8>,
    /// Not `Sync`: the core supports one thread at a time only.
    _one_thread: PhantomData<Cell<()>>,
}

/// The way to the first vertical interrupt.
#[derive(Clone)]
struct PowerOn {
    state: State,
    polls: Vec<Poll>,
}

impl Emulator {
    /// Inserts the ROM and switches the console on, with blank save memory. It then stands at the first vertical interrupt
    /// that the game has set up.
    ///
    /// # Errors
    /// [`Error::Rom`] if it is none, [`Error::Option`] for invalid `options`, [`Error::Library`] and [`Error::Version`] if
    /// Mupen64Plus is missing or another version, [`Error::Stuck`] if the game sets up no picture in time.
    pub fn open(rom: &[u8], options: &Options) -> Result<Self> {
        Self::open_with(rom, options, &[])
    }

    /// Inserts the ROM and switches the console on. `saved`: the contents of save memory, each whole, or only the first 512
    /// bytes of EEPROM or the first pak; what is not given is blank.
    ///
    /// # Errors
    /// As [`Emulator::open`], and [`Error::Storage`] for contents of another size.
    pub fn open_with(rom: &[u8], options: &Options, saved: &[(Storage, &[u8])]) -> Result<Self> {
        Self::open_polled(rom, options, saved, &mut Playback::default())
    }

    /// Inserts the ROM and switches the console on to play a movie: its samples answer a game that polls its controllers
    /// before the first vertical interrupt. Few games do. See [`Emulator::step_polled`].
    ///
    /// # Errors
    /// As [`Emulator::open_with`].
    pub fn open_polled(
        rom: &[u8],
        options: &Options,
        saved: &[(Storage, &[u8])],
        playback: &mut Playback,
    ) -> Result<Self> {
        options.check()?;
        let mut storages = Storages::blank();
        for (storage, contents) in saved {
            storages.put(*storage, contents)?;
        }
        let [width, height] = PICTURE_SIZE;
        let mut emulator = Self {
            core: None,
            rom: Arc::new(Rom::read(rom)?),
            options: options.clone(),
            storages,
            power_on: None,
            frame_count: 0,
            polls: Vec::new(),
            standing: None,
            sound: Sound::default(),
            picture: [0, 0, 0, 0xFF].repeat(width * height),
            _one_thread: PhantomData,
        };
        emulator.start(playback)?;
        emulator.power_on = Some(PowerOn {
            state: emulator.save_state()?,
            polls: emulator.polls.clone(),
        });
        Ok(emulator)
    }

    /// Reads the ROM from a file; see [`Emulator::open`]. The run does not depend on the file's name.
    ///
    /// # Errors
    /// As [`Emulator::open`], and [`Error::Read`] if the file cannot be read.
    pub fn open_path(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        let path = path.as_ref();
        let rom = std::fs::read(path).map_err(|source| Error::Read {
            path: path.to_path_buf(),
            source,
        })?;
        Self::open(&rom, options)
    }

    /// Takes a new copy of the core.
    fn start(&mut self, playback: &mut Playback) -> Result<()> {
        let mut core = Core::start(&self.rom, &self.options, &self.storages, playback)
            .map_err(|fault| self.error(fault))?;
        core.set_sound(self.sound.is_on());
        self.polls = core.polls().collect();
        self.core = Some(core);
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(core) = self.core.take() {
            core.stop();
        }
    }

    /// Switches the console off and on again, with the save memory and the movie it was opened with. The emulator is then
    /// as a new one, except that the sound setting is kept. One that has failed gets another copy of the core.
    ///
    /// # Errors
    /// As [`Emulator::open`].
    pub fn reset(&mut self) -> Result<()> {
        self.frame_count = 0;
        // A core counts the interrupts before codes act, and no state holds that count.
        if !self.options.cartridge.cheats.is_empty() {
            self.stop();
        }
        if self.core.is_none() {
            // What follows loads the state that the way to the first interrupt led to, whatever was held.
            self.start(&mut Playback::default())?;
        }
        let Some(power_on) = self.power_on.clone() else {
            return Ok(());
        };
        self.load_state(&power_on.state)?;
        self.polls = power_on.polls;
        Ok(())
    }

    /// Runs from one vertical interrupt to the next (a 60th of a second, or a 50th on a PAL console) with this input.
    ///
    /// With [`Picture::Draw`] the picture is then that of the last display list.
    ///
    /// # Errors
    /// [`Error::Crashed`], [`Error::Stuck`] and [`Error::Core`] if the core fails: the emulator can then only be reset.
    /// [`Error::Picture`], [`Error::Library`] and [`Error::Version`] if the picture cannot be drawn: the step itself is
    /// complete.
    pub fn step(&mut self, frame: &Frame, picture: Picture) -> Result<()> {
        self.play(frame, &mut Playback::default(), picture)
    }

    /// Runs from one vertical interrupt to the next, as [`Emulator::step`], while the game gets a movie's samples: one in
    /// each of its polls, and nothing held after the last one. [`Playback::position`] then tells how many it got.
    ///
    /// A movie is played exactly, however often the game polls its controllers in an interrupt. The same movie is written
    /// down from the polls of a run:
    ///
    /// ```no_run
    /// # fn play(mut movie: n64_formats::m64::Movie, mut emulator: mupen64plus::Emulator) -> mupen64plus::Result<()> {
    /// use mupen64plus::{Picture, Playback};
    /// use n64_formats::m64::Sample;
    ///
    /// let mut playback = Playback::new(&movie.samples)?;
    /// movie.samples.clear();
    /// while !playback.is_over() {
    ///     emulator.step_polled(&mut playback, Picture::Skip)?;
    ///     movie.samples.extend(emulator.polls().iter().map(|poll| Sample::from(poll.pad)));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Emulator::step`].
    pub fn step_polled(&mut self, playback: &mut Playback, picture: Picture) -> Result<()> {
        self.play(&Frame::default(), playback, picture)
    }

    /// Plays a step; `held` is what the game gets after the end of `playback`.
    fn play(&mut self, held: &Frame, playback: &mut Playback, picture: Picture) -> Result<()> {
        self.advance(1, |core| core.step(held, playback))?;
        self.keep_sound();
        match picture {
            Picture::Skip => Ok(()),
            Picture::Draw => self.draw(),
        }
    }

    /// Runs through `count` vertical interrupts in one go with this input, as the core does by itself: what figures of the
    /// cost of steps are compared with. The run is that of as many steps. Its sound is not kept, [`Emulator::polls`] are
    /// those of all of it, and the limit of a step is its limit.
    ///
    /// # Errors
    /// As [`Emulator::step`].
    pub fn run_freely(&mut self, frame: &Frame, count: NonZeroU32) -> Result<()> {
        self.advance(count.get().into(), |core| core.run_freely(frame, count))
    }

    /// Runs on by `count` vertical interrupts.
    fn advance(
        &mut self,
        count: u64,
        run: impl FnOnce(&mut Core) -> Result<(), Fault>,
    ) -> Result<()> {
        self.standing = None;
        self.polls.clear();
        self.run(run)?;
        self.polls
            .extend(self.core.iter().flat_map(|core| core.polls()));
        self.frame_count += count;
        Ok(())
    }

    fn draw(&mut self) -> Result<()> {
        let options = self.options.clone();
        self.picture = self.run(|core| match core.task() {
            Some(_) => core.paint(&options).map(<[u8]>::to_vec),
            None => Ok(scan_out(&core.video_registers(), core.ram())),
        })?;
        Ok(())
    }

    /// The picture that was last drawn: RGBA with rows from the top, of [`PICTURE_SIZE`]; black before the first.
    pub fn picture(&self) -> &[u8] {
        &self.picture
    }

    /// The game's polls of its controllers in the last step, in their order: none, one or several of each controller. Ports
    /// without a controller have none. After power-on they are those before the first vertical interrupt, and after a
    /// state was loaded there are none.
    pub fn polls(&self) -> &[Poll] {
        &self.polls
    }

    /// The input of the last step as one frame: stepping with it from the same state gives the same run. On controllers
    /// that the game did not poll, nothing is held.
    ///
    /// # Errors
    /// [`Error::Polls`] if the game polled a controller several times and got different answers, as it can from a movie: no
    /// frame gives the same run. Only [`Emulator::step_polled`] can play such a movie.
    pub fn held(&self) -> Result<Frame> {
        polls::as_frame(&self.polls, self.frame_count)
    }

    /// Sets whether the console's sound is kept, for [`Emulator::take_sound`]. Off at first; turning it off discards samples
    /// that have not been taken.
    ///
    /// The run is the same either way. Resetting or loading a state leaves the setting as it is.
    pub fn set_sound(&mut self, on: bool) {
        self.sound.turn(on);
        if let Some(core) = &mut self.core {
            core.set_sound(on);
        }
    }

    /// Moves the samples that the console has played since the last call to the end of `into`: stereo samples, left and
    /// right, at [`SAMPLE_RATE`](crate::SAMPLE_RATE).
    ///
    /// No samples with sound off. At most the last second is kept. A reset or a loaded state discards the samples before
    /// it.
    pub fn take_sound(&mut self, into: &mut Vec<[i16; 2]>) {
        self.sound.take(into);
    }

    fn keep_sound(&mut self) {
        if let Some(core) = self.core.as_ref().filter(|_| self.sound.is_on()) {
            let (samples, rate) = core.samples();
            self.sound.push(samples, rate);
        }
    }

    /// Vertical interrupts since the one after power-on, those before a loaded state included.
    pub fn frame_count(&self) -> u64 {
        self.frame_count
    }

    /// The console's options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The ROM.
    pub fn rom(&self) -> &Rom {
        &self.rom
    }

    /// RAM, from address 0x80000000: 4 MiB, or 8 with the expansion pak. The console's words are in the host's byte order:
    /// on a little-endian host the byte of address `a` is at `a ^ 3` and the halfword at `a ^ 2`. Empty after the core has
    /// failed.
    pub fn ram(&self) -> &[u8] {
        self.core.as_ref().map(Core::ram).unwrap_or_default()
    }

    /// RAM, for writing. The game sees written data at once; of overwritten code it may still run the old version. Empty
    /// after the core has failed.
    pub fn ram_mut(&mut self) -> &mut [u8] {
        self.core.as_mut().map(Core::ram_mut).unwrap_or_default()
    }

    /// A 64-bit hash (XXH3) of RAM, to compare runs.
    pub fn ram_hash(&self) -> u64 {
        xxh3_64(self.ram())
    }

    /// Save memory as it is now. Empty after the core has failed.
    pub fn storage(&self, storage: Storage) -> &[u8] {
        let core = self.core.as_ref();
        core.map(|core| core.storage(storage)).unwrap_or_default()
    }

    /// Save memory of the running console, for writing. Most games read it only at power-on: see
    /// [`Emulator::open_with`]. Empty after the core has failed.
    pub fn storage_mut(&mut self, storage: Storage) -> &mut [u8] {
        let core = self.core.as_mut();
        core.map(|core| core.storage_mut(storage))
            .unwrap_or_default()
    }

    /// Saves the console's whole state. A run that loads it continues exactly as this one.
    ///
    /// # Errors
    /// As [`Emulator::step`] if the core fails.
    pub fn save_state(&mut self) -> Result<State> {
        let console = match &self.standing {
            // All but RAM is as it was, and RAM may have been written to from outside.
            Some(standing) => Arc::new(standing.with(RAM_OFFSET, self.ram())),
            None => Arc::new(self.run(Core::save)?),
        };
        self.standing = Some(console.clone());
        Ok(State {
            host: Some(Host {
                origin: self.origin(),
                frame_count: self.frame_count,
                task: self.core.as_ref().and_then(Core::task),
                storages: self.saved(),
            }),
            console,
        })
    }

    /// A copy of save memory.
    fn saved(&self) -> Arc<Storages> {
        let storages = Storage::ALL.map(|storage| self.storage(storage).to_vec());
        Arc::new(Storages(storages))
    }

    /// Loads a state of this ROM with the same options. One from a file of Mupen64Plus's leaves save memory as it is, and
    /// the frame count begins at 0.
    ///
    /// The picture is what was last drawn until the next drawn one.
    ///
    /// # Errors
    /// [`Error::State`] if the state is of another ROM, CPU mode or size of RAM (the console then is unchanged), and those
    /// of [`Emulator::step`] if the core fails.
    pub fn load_state(&mut self, state: &State) -> Result<()> {
        let host = state.host.as_ref();
        match host {
            Some(host) => self.origin().check(&host.origin)?,
            None => self.check_console(state)?,
        }
        let storages = host.map_or_else(|| self.saved(), |host| host.storages.clone());
        self.run(|core| {
            core.load(&state.console, &storages)?;
            core.set_task(host.and_then(|host| host.task));
            Ok(())
        })?;
        self.standing = Some(state.console.clone());
        self.frame_count = state.frame_count();
        self.polls.clear();
        self.sound.clear();
        Ok(())
    }

    /// Whether a state that does not tell its origin may be loaded, by what the core's own part tells.
    fn check_console(&self, state: &State) -> Result<()> {
        let rom = |state: &State| Header::read(state.console.first_page()).map(|header| header.rom);
        if let Some(power_on) = &self.power_on {
            let [expected, found] = [rom(&power_on.state)?, rom(state)?];
            expect(
                "MD5 of its ROM",
                &expected.escape_ascii(),
                &found.escape_ascii(),
            )?;
        }
        if state.uses_expansion() {
            expect("expansion pak", &self.options.expansion_pak, &true)?;
        }
        Ok(())
    }

    fn origin(&self) -> Origin {
        Origin::new(self.rom.hash(), &self.options)
    }

    /// Calls the core. It is given up if it fails.
    fn run<T>(&mut self, call: impl FnOnce(&mut Core) -> Result<T, Fault>) -> Result<T> {
        let Some(core) = &mut self.core else {
            return Err(Error::Core {
                reason: "it has failed before: reset the emulator".to_owned(),
            });
        };
        call(core).map_err(|fault| {
            if !matches!(
                fault,
                Fault::Error(Error::Picture { .. } | Error::Library { .. } | Error::Version { .. })
            ) && let Some(core) = self.core.take()
            {
                core.abandon();
            }
            self.error(fault)
        })
    }

    fn error(&self, fault: Fault) -> Error {
        let frame = self.frame_count;
        match fault {
            Fault::Error(error) => error,
            Fault::End(End::Crashed { signal, address }) => Error::Crashed {
                frame,
                signal,
                address,
            },
            Fault::End(End::Stuck) => Error::Stuck {
                frame,
                seconds: self.options.step_limit.as_secs_f64(),
                reason: "the game may have set up no picture",
            },
            Fault::End(End::Returned) => Error::Core {
                reason: "it has stopped".to_owned(),
            },
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop();
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("rom", &self.rom)
            .field("options", &self.options)
            .field("frame_count", &self.frame_count)
            .finish_non_exhaustive()
    }
}
