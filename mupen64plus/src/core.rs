//! One running core.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::num::NonZeroU32;
use std::ptr::{NonNull, null_mut};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use libloading::Library;
use n64_formats::pad::{Frame, Pad};
use n64_formats::rom::Rom;

use crate::bindings::{
    ABI_AUDIO, ABI_BOOL, ABI_CORE, ABI_CORE_STATE_SET, ABI_FRONTEND_VERSION, ABI_INPUT, ABI_INT,
    ABI_MEMORY_RDRAM, ABI_MEMORY_VI, ABI_ROM_CLOSE, ABI_ROM_GET_SETTINGS, ABI_ROM_OPEN,
    ABI_ROM_SET_SETTINGS, ABI_RSP, ABI_SPEED_LIMITER, ABI_STRING, ABI_SUCCESS, ABI_VIDEO, CoreApi,
    SHIM_IMAGE, SHIM_INTERRUPT, SHIM_LOAD, SHIM_LOADED, SHIM_PAINTED, SHIM_POLLS, SHIM_SAVE,
    SHIM_SAVED, SHIM_STEP, SHIM_STOP, Shim, abi_cheat_code, abi_rom_settings, coroutine_yield,
    shim,
};
use crate::coroutine::{Coroutine, End};
use crate::error::{Error, Result};
use crate::library::{Copy, find};
use crate::options::Options;
use crate::pages::Pages;
use crate::polls::{Playback, Poll};
use crate::scan_out::REGISTERS;
use crate::state::{CONSOLE_SIZE, Storage, Storages};

/// The core's file and its signal processor's, in the folder of libraries.
const CORE_FILE: &str = "libmupen64plus.so.2";
const RSP_FILE: &str = "mupen64plus/mupen64plus-rsp-hle.so";

/// Stacks, whose pages are taken when they are used. Mesa compiles shaders on the painter's.
const CORE_STACK: usize = 4 << 20;
const PAINTER_STACK: usize = 16 << 20;

/// Cores share SDL and EGL with each other: one at a time starts, stops or opens a picture.
static SHARED: Mutex<()> = Mutex::new(());

/// What every plugin has.
type PluginStartup = unsafe extern "C" fn(
    *mut c_void,
    *mut c_void,
    Option<unsafe extern "C" fn(*mut c_void, c_int, *const c_char)>,
) -> c_int;
type PluginShutdown = unsafe extern "C" fn() -> c_int;

/// A copy of the core with its plugins, in which a console runs.
///
/// Its console stands at a vertical interrupt whenever no function of this is running.
pub(crate) struct Core {
    runner: Coroutine,
    painter: Option<Painter>,
    rsp: Copy<Library>,
    core: Copy<CoreApi>,
    /// Last: the others call it until they are unloaded.
    shim: Copy<Shim>,
    state: NonNull<shim>,
    ram: NonNull<u8>,
    ram_size: usize,
    video_registers: NonNull<u32>,
    limit: Duration,
}

// SAFETY: a core has no thread of its own that it is bound to: its coroutines may be resumed on any, and its painter's GL
// context is current only while it paints. The pointers are into its own copies of libraries and their memory.
unsafe impl Send for Core {}

/// The video plugin, once a picture was asked for.
struct Painter {
    coroutine: Coroutine,
    _video: Copy<Library>,
}

/// A value of the core's configuration.
enum Setting {
    Int(c_int),
    Bool(bool),
    Text(&'static CStr),
}

impl Core {
    /// Loads a copy of the core, inserts the ROM and switches the console on: it then stands at its first vertical
    /// interrupt. Until there the game's polls are answered by `playback`.
    pub(crate) fn start(
        rom: &Rom,
        options: &Options,
        storages: &Storages,
        playback: &mut Playback,
    ) -> Result<Self, Fault> {
        let folder = options.libraries.as_deref();
        let (core, rsp) = (find(folder, CORE_FILE)?, find(folder, RSP_FILE)?);
        let _one = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let shim = Copy::load("shim", SHIM_IMAGE, None, |library| {
            // SAFETY: the table was bound from the header that the shim was compiled with.
            unsafe { Shim::from_library(library) }
        })?;
        let core = Copy::load(CORE_FILE, &core, Some(ABI_CORE), |library| {
            // SAFETY: the table was bound from the core's interface as of the version that was checked.
            unsafe { CoreApi::from_library(library) }
        })?;
        let rsp = Copy::load(RSP_FILE, &rsp, Some(ABI_RSP), Ok)?;
        // SAFETY: it has no arguments and returns the address of a static.
        let state = NonNull::new(unsafe { shim.functions.shim_state() }).expect("an address");
        // SAFETY: the coroutine runs on one thread at a time, as the core's functions may.
        let runner = unsafe { Coroutine::new(CORE_STACK, shim.functions.shim_run_core) }
            .ok_or_else(|| failed("there is no memory for its stack"))?;
        let mut core = Self {
            runner,
            painter: None,
            rsp,
            core,
            shim,
            state,
            ram: NonNull::dangling(),
            ram_size: options.ram_size(),
            video_registers: NonNull::dangling(),
            limit: options.step_limit,
        };
        match core.power_on(rom, options, storages, playback) {
            Ok(()) => Ok(core),
            Err(fault) => {
                core.abandon();
                Err(fault)
            }
        }
    }

    fn power_on(
        &mut self,
        rom: &Rom,
        options: &Options,
        storages: &Storages,
        playback: &mut Playback,
    ) -> Result<(), Fault> {
        self.wire(options, storages)?;
        self.configure(options)?;
        self.insert(rom, options)?;
        self.attach()?;
        self.step(&Frame::default(), playback)?;
        self.ram = self.memory(ABI_MEMORY_RDRAM)?;
        self.video_registers = self.memory(ABI_MEMORY_VI)?;
        Ok(())
    }

    fn state(&self) -> &shim {
        // SAFETY: a static of the shim's copy, which lives as long as `self`. Only the coroutines change it, and they run
        // only in functions that borrow `self` mutably.
        unsafe { self.state.as_ref() }
    }

    fn state_mut(&mut self) -> &mut shim {
        // SAFETY: as in `state`; `&mut self` makes it the only borrow.
        unsafe { self.state.as_mut() }
    }

    /// Connects core, shim and coroutine.
    fn wire(&mut self, options: &Options, storages: &Storages) -> Result<()> {
        let core = self.core.handle();
        // SAFETY: the handle is of a loaded library.
        let missing = unsafe { self.shim.functions.shim_hook_core(core) };
        if !missing.is_null() {
            // SAFETY: a zero-terminated text of the shim's.
            let missing = unsafe { CStr::from_ptr(missing) }.to_string_lossy();
            return Err(Error::Version {
                library: CORE_FILE.to_owned(),
                expected: format!("one that calls the function {missing}"),
                found: "one that does not".to_owned(),
            });
        }
        let (runner, command) = (self.runner.as_ptr(), self.core.functions.CoreDoCommand);
        let state = self.state_mut();
        state.core = runner;
        state.yield_ = Some(coroutine_yield);
        state.command = Some(command);
        for (port, plugged) in options.ports.iter().enumerate() {
            state.present[port] = plugged.pak().is_some().into();
            state.pak[port] = plugged.pak().unwrap_or_default() as u8;
        }
        for (storage, contents) in state.storages.iter_mut().zip(&storages.0) {
            storage.initial = contents.as_ptr();
            storage.size = contents.len();
        }
        Ok(())
    }

    /// Starts the core's library, with settings that make runs repeatable.
    fn configure(&self, options: &Options) -> Result<()> {
        // Nothing is in this folder that the core reads: see `shim/files.c`.
        let folder = c"/".as_ptr();
        // SAFETY: the texts and functions live as long as the core.
        let status = unsafe {
            self.core.functions.CoreStartup(
                ABI_FRONTEND_VERSION as c_int,
                folder,
                null_mut(),
                null_mut(),
                Some(self.shim.functions.shim_on_message),
                null_mut(),
                Some(self.shim.functions.shim_on_state),
            )
        };
        self.check("CoreStartup", status)?;
        // A core comes with a signal processor attached that crashes when it stops.
        // SAFETY: no console runs.
        let status = unsafe { self.core.functions.CoreDetachPlugin(ABI_RSP as c_int) };
        self.check("CoreDetachPlugin", status)?;
        self.set(
            c"Core",
            &[
                (c"R4300Emulator", Setting::Int(options.cpu.number().into())),
                (c"RandomizeInterrupt", Setting::Bool(false)),
                (c"OnScreenDisplay", Setting::Bool(false)),
                (c"DisableExtraMem", Setting::Bool(!options.expansion_pak)),
                (c"CountPerOp", Setting::Int(0)),
                (c"CountPerOpDenomPot", Setting::Int(0)),
                (c"SiDmaDuration", Setting::Int(-1)),
                (c"GbCameraVideoCaptureBackend1", Setting::Text(c"")),
                (c"SaveSRAMPath", Setting::Text(c"/")),
                (c"SaveStatePath", Setting::Text(c"/")),
                (c"ScreenshotPath", Setting::Text(c"/")),
            ],
        )?;
        // SAFETY: it has no arguments and returns the address of a static.
        let window = unsafe { self.shim.functions.shim_window() };
        // SAFETY: the window lives as long as the shim's copy.
        let status = unsafe { self.core.functions.CoreOverrideVidExt(window) };
        self.check("CoreOverrideVidExt", status)?;
        self.start_plugin(&self.rsp.functions)
    }

    /// Gives a section of the configuration its values.
    fn set(&self, section: &CStr, settings: &[(&CStr, Setting)]) -> Result<()> {
        let mut handle = null_mut();
        // SAFETY: the text and the handle live through the call.
        let status = unsafe {
            self.core
                .functions
                .ConfigOpenSection(section.as_ptr(), &raw mut handle)
        };
        self.check("ConfigOpenSection", status)?;
        for (name, setting) in settings {
            let (number, flag);
            let (kind, value): (u32, *const c_void) = match setting {
                Setting::Int(value) => {
                    number = *value;
                    (ABI_INT, (&raw const number).cast())
                }
                Setting::Bool(value) => {
                    flag = c_int::from(*value);
                    (ABI_BOOL, (&raw const flag).cast())
                }
                Setting::Text(text) => (ABI_STRING, text.as_ptr().cast()),
            };
            // SAFETY: the section is open, and the value has the type that is named.
            let status = unsafe {
                self.core
                    .functions
                    .ConfigSetParameter(handle, name.as_ptr(), kind as c_int, value)
            };
            self.check("ConfigSetParameter", status)?;
        }
        Ok(())
    }

    fn start_plugin(&self, plugin: &Library) -> Result<()> {
        // SAFETY: the function has this type in every plugin.
        let start = unsafe { plugin.get::<PluginStartup>("PluginStartup") }
            .map_err(|error| failed(error.to_string()))?;
        let on_message = Some(self.shim.functions.shim_on_message);
        // SAFETY: the core's handle is of a loaded library that outlives the plugin.
        let status = unsafe { start(self.core.handle(), null_mut(), on_message) };
        self.check("PluginStartup", status)
    }

    fn insert(&self, rom: &Rom, options: &Options) -> Result<()> {
        let cartridge = &options.cartridge;
        let size = c_int::try_from(rom.bytes().len()).unwrap_or(c_int::MAX);
        // The core copies the bytes.
        let bytes = rom.bytes().as_ptr().cast_mut().cast();
        self.command(ABI_ROM_OPEN, size, bytes)?;
        let mut settings = abi_rom_settings::default();
        let size = size_of::<abi_rom_settings>() as c_int;
        self.command(ABI_ROM_GET_SETTINGS, size, (&raw mut settings).cast())?;
        settings.save = cartridge.save.number() as u8;
        settings.players = 4;
        settings.rumble = 1;
        settings.transfer_pak = 0;
        settings.memory_pak = 1;
        settings.bio_pak = 0;
        settings.no_expansion = 0;
        settings.count_per_op = cartridge.count_per_instruction.into();
        settings.si_dma_duration = cartridge.controller_delay;
        settings.ai_dma_modifier = cartridge.sound_delay;
        self.command(ABI_ROM_SET_SETTINGS, size, (&raw mut settings).cast())?;
        let mut codes: Vec<abi_cheat_code> = cartridge
            .cheats
            .iter()
            .map(|cheat| abi_cheat_code {
                address: cheat.code,
                value: cheat.value.into(),
            })
            .collect();
        if codes.is_empty() {
            return Ok(());
        }
        let name = c"options".as_ptr();
        // SAFETY: the pointer comes with the count of what it points to.
        let status = unsafe {
            self.core
                .functions
                .CoreAddCheat(name, codes.as_mut_ptr(), codes.len() as c_int)
        };
        self.check("CoreAddCheat", status)?;
        // SAFETY: the text lives through the call.
        let status = unsafe { self.core.functions.CoreCheatEnabled(name, 1) };
        self.check("CoreCheatEnabled", status)
    }

    fn attach(&self) -> Result<()> {
        for (kind, library) in [
            (ABI_VIDEO, self.shim.handle()),
            (ABI_AUDIO, self.shim.handle()),
            (ABI_INPUT, self.shim.handle()),
            (ABI_RSP, self.rsp.handle()),
        ] {
            // SAFETY: it sets a static.
            unsafe { self.shim.functions.shim_attach_as(kind as c_int) };
            // SAFETY: the handle is of a loaded library that outlives the core's use of it: see `stop`.
            let status = unsafe { self.core.functions.CoreAttachPlugin(kind as c_int, library) };
            self.check("CoreAttachPlugin", status)?;
        }
        let mut off: c_int = 0;
        self.command(
            ABI_CORE_STATE_SET,
            ABI_SPEED_LIMITER as c_int,
            (&raw mut off).cast(),
        )
    }

    fn command(&self, command: u32, number: c_int, pointer: *mut c_void) -> Result<()> {
        // SAFETY: callers pass what the command needs.
        let status = unsafe {
            self.core
                .functions
                .CoreDoCommand(command as c_int, number, pointer)
        };
        self.check("CoreDoCommand", status)
    }

    fn check(&self, call: &str, status: c_int) -> Result<()> {
        if status.unsigned_abs() == ABI_SUCCESS {
            return Ok(());
        }
        // SAFETY: it takes every number.
        let meaning = unsafe { self.core.functions.CoreErrorMessage(status) };
        // SAFETY: it has returned a static, zero-terminated text.
        let meaning = unsafe { CStr::from_ptr(meaning) };
        let (meaning, message) = (meaning.to_string_lossy(), self.message());
        Err(failed(format!("{call}: {meaning} ({message})")))
    }

    /// The core's last complaint.
    fn message(&self) -> String {
        text(&self.state().message)
    }

    fn memory<T>(&self, memory: u32) -> Result<NonNull<T>> {
        // SAFETY: it returns the address of memory of the running console.
        let address = unsafe { self.core.functions.DebugMemGetPointer(memory as c_int) };
        NonNull::new(address.cast()).ok_or_else(|| failed("it has no such memory"))
    }

    /// Lets the core run with a wish until it yields.
    fn run_to(&mut self, want: u32, event: u32) -> Result<(), Fault> {
        self.state_mut().want = want as c_int;
        let limit = self.limit;
        match self.runner.resume(limit) {
            Ok(found) if found == event => Ok(()),
            Ok(found) => Err(failed(format!("expected event {event}, found {found}")).into()),
            Err(End::Returned) => Err(failed(format!("it stopped: {}", self.message())).into()),
            Err(end) => Err(Fault::End(end)),
        }
    }

    /// Plays on to the next vertical interrupt. The game's polls are answered by `playback` as long as it lasts, and then
    /// by what is held.
    pub(crate) fn step(&mut self, held: &Frame, playback: &mut Playback) -> Result<(), Fault> {
        let queue = playback.rest();
        let state = self.state_mut();
        state.held = held.pads.map(Pad::to_sample).map(u32::from_le_bytes);
        state.queue = queue.as_ptr();
        state.queue_size = queue.len();
        state.poll_count = 0;
        state.sample_count = 0;
        let ran = self.run_to(SHIM_STEP, SHIM_INTERRUPT);
        let left = std::mem::take(&mut self.state_mut().queue_size);
        ran?;
        playback.advance(queue.len() - left);
        let count = self.state().poll_count;
        if count > SHIM_POLLS as usize {
            let reason = format!("the game polled its controllers {count} times in an interrupt");
            return Err(failed(reason).into());
        }
        Ok(())
    }

    /// Plays on through so many vertical interrupts without stopping at those before the last.
    pub(crate) fn run_freely(&mut self, held: &Frame, count: NonZeroU32) -> Result<(), Fault> {
        self.state_mut().to_pass = count.get() - 1;
        self.step(held, &mut Playback::default())
    }

    /// The polls of the last step, in their order.
    pub(crate) fn polls(&self) -> impl ExactSizeIterator<Item = Poll> {
        let state = self.state();
        let polls = state.polls[..state.poll_count].iter();
        polls.map(|poll| Poll {
            port: poll.port as usize,
            pad: Pad::from_sample(poll.held.to_le_bytes()),
        })
    }

    /// Makes a state. It is of the console as it is now: nothing runs in between.
    pub(crate) fn save(&mut self) -> Result<Pages, Fault> {
        self.run_to(SHIM_SAVE, SHIM_SAVED)?;
        let (saved, size) = (self.state().saved, self.state().saved_size);
        if saved.is_null() {
            return Err(failed("it made no state").into());
        }
        // SAFETY: the core keeps this many bytes until it is told that they are no longer needed.
        let pages = Pages::new(unsafe { std::slice::from_raw_parts(saved, size) });
        // SAFETY: the slice is gone.
        unsafe { self.shim.functions.shim_release_saved() };
        if size != CONSOLE_SIZE {
            return Err(Error::Version {
                library: CORE_FILE.to_owned(),
                expected: format!("states of {CONSOLE_SIZE} bytes"),
                found: format!("one of {size}"),
            }
            .into());
        }
        Ok(pages)
    }

    /// Loads a state.
    pub(crate) fn load(&mut self, pages: &Pages, storages: &Storages) -> Result<(), Fault> {
        let state = self.state_mut();
        state.load_present = pages.present().as_ptr();
        state.load_pages = pages.stored().as_ptr();
        state.load_size = pages.size();
        state.load_succeeded = 0;
        let sound = std::mem::take(&mut state.sound);
        self.run_to(SHIM_LOAD, SHIM_LOADED)?;
        for storage in Storage::ALL {
            self.storage_mut(storage)
                .copy_from_slice(&storages.0[storage as usize]);
        }
        let state = self.state_mut();
        state.sound = sound;
        state.poll_count = 0;
        if state.load_succeeded == 0 {
            return Err(failed("it does not load the state").into());
        }
        Ok(())
    }

    /// RAM, as words of the host's byte order.
    pub(crate) fn ram(&self) -> &[u8] {
        // SAFETY: RAM of this size, which only the coroutines change, and they run only in functions that borrow `self`
        // mutably.
        unsafe { std::slice::from_raw_parts(self.ram.as_ptr(), self.ram_size) }
    }

    pub(crate) fn ram_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `ram`; `&mut self` makes it the only borrow.
        unsafe { std::slice::from_raw_parts_mut(self.ram.as_ptr(), self.ram_size) }
    }

    pub(crate) fn storage(&self, storage: Storage) -> &[u8] {
        let live = self.state().storages[storage as usize].live;
        assert!(!live.is_null(), "a started core has opened every storage");
        // SAFETY: the core keeps it in memory of this size while it runs; as in `ram`.
        unsafe { std::slice::from_raw_parts(live, storage.size()) }
    }

    pub(crate) fn storage_mut(&mut self, storage: Storage) -> &mut [u8] {
        let live = self.state().storages[storage as usize].live;
        assert!(!live.is_null(), "a started core has opened every storage");
        // SAFETY: as in `storage`; `&mut self` makes it the only borrow.
        unsafe { std::slice::from_raw_parts_mut(live, storage.size()) }
    }

    /// The video interface's registers.
    pub(crate) fn video_registers(&self) -> [u32; REGISTERS] {
        // SAFETY: the core has so many of them in a row, which change only while it runs.
        unsafe { self.video_registers.cast().read() }
    }

    /// The task of the last display list.
    pub(crate) fn task(&self) -> Option<crate::state::Task> {
        (self.state().has_task != 0).then_some(self.state().task)
    }

    pub(crate) fn set_task(&mut self, task: Option<crate::state::Task>) {
        let state = self.state_mut();
        state.has_task = task.is_some().into();
        state.task = task.unwrap_or_default();
    }

    pub(crate) fn set_sound(&mut self, on: bool) {
        self.state_mut().sound = on.into();
    }

    /// The samples of the last step, left in the upper half of each word, and how many a second there are.
    pub(crate) fn samples(&self) -> (&[u32], u32) {
        let state = self.state();
        (&state.samples[..state.sample_count], state.sample_rate)
    }

    /// Draws the last display list: RGBA.
    pub(crate) fn paint(&mut self, options: &Options) -> Result<&[u8], Fault> {
        let limit = self.limit;
        let end = match &mut self.painter {
            Some(painter) => painter.coroutine.resume(limit),
            None => {
                let _one = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
                let mut painter = self.open_painter(options)?;
                let end = painter.coroutine.resume(limit);
                self.painter = Some(painter);
                end
            }
        };
        match end {
            Ok(SHIM_PAINTED) => Ok(&self.state().picture),
            Ok(event) => Err(failed(format!("the painter yielded {event}")).into()),
            Err(End::Returned) => {
                self.painter = None;
                let reason = text(&self.state().refused);
                Err(Error::Picture { reason }.into())
            }
            Err(end) => Err(Fault::End(end)),
        }
    }

    fn open_painter(&mut self, options: &Options) -> Result<Painter> {
        let file = options.video.file();
        let video = find(options.libraries.as_deref(), file)?;
        let video = Copy::load(file, &video, Some(ABI_VIDEO), Ok)?;
        let [width, height] = crate::PICTURE_SIZE.map(|size| size as c_int);
        self.set(
            c"Video-General",
            &[
                (c"ScreenWidth", Setting::Int(width)),
                (c"ScreenHeight", Setting::Int(height)),
                (c"Fullscreen", Setting::Bool(false)),
                (c"VerticalSync", Setting::Bool(false)),
            ],
        )?;
        // The picture is complete when the plugin is told of the vertical interrupt. The shim clears it, without the
        // plugin's messages.
        self.set(
            c"Video-Glide64mk2",
            &[
                (c"swapmode", Setting::Int(0)),
                (c"buff_clear", Setting::Int(0)),
            ],
        )?;
        self.set(c"Video-Rice", &[(c"ScreenUpdateSetting", Setting::Int(1))])?;
        self.state_mut().refused = [0; _];
        self.state_mut().painter_ends = 0;
        let (core, library) = (self.core.handle(), video.handle());
        // SAFETY: the handle is of a loaded library.
        unsafe { self.shim.functions.shim_hook_video(library) };
        // SAFETY: both handles are of loaded libraries, which outlive the painter's use of them.
        unsafe { self.shim.functions.shim_paint_with(core, library) };
        // SAFETY: the coroutine runs on one thread at a time, and its GL context is current only while it runs.
        let coroutine =
            unsafe { Coroutine::new(PAINTER_STACK, self.shim.functions.shim_run_painter) }
                .ok_or_else(|| failed("there is no memory for its painter's stack"))?;
        self.state_mut().painter = coroutine.as_ptr();
        Ok(Painter {
            coroutine,
            _video: video,
        })
    }

    /// Switches the console off and unloads everything.
    pub(crate) fn stop(mut self) {
        let _one = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if self.try_stop().is_err() {
            self.abandon();
        }
    }

    fn try_stop(&mut self) -> Result<(), End> {
        let limit = self.limit;
        let ends = |end| match end {
            Err(End::Returned) => Ok(()),
            Err(end) => Err(end),
            Ok(_) => Err(End::Stuck),
        };
        self.state_mut().painter_ends = 1;
        if let Some(painter) = &mut self.painter {
            ends(painter.coroutine.resume(limit))?;
        }
        self.state_mut().want = SHIM_STOP as c_int;
        ends(self.runner.resume(limit))?;
        for kind in [ABI_RSP, ABI_INPUT, ABI_AUDIO, ABI_VIDEO] {
            // SAFETY: no console runs.
            unsafe { self.core.functions.CoreDetachPlugin(kind as c_int) };
        }
        // SAFETY: the function has this type in every plugin.
        if let Ok(shutdown) = unsafe { self.rsp.functions.get::<PluginShutdown>("PluginShutdown") }
        {
            // SAFETY: it is detached.
            unsafe { shutdown() };
        }
        let core = &self.core.functions;
        // SAFETY: no console runs, and nothing is attached.
        unsafe { core.CoreDoCommand(ABI_ROM_CLOSE as c_int, 0, null_mut()) };
        // SAFETY: no ROM is open.
        unsafe { core.CoreShutdown() };
        Ok(())
    }

    /// Leaks a copy that has failed: its memory is in an unknown state, and a thread of its own waits in its code, so that
    /// even unloading it is unsafe.
    pub(crate) fn abandon(self) {
        std::mem::forget(self);
    }
}

/// What keeps a core from running on.
pub(crate) enum Fault {
    /// An error that says all.
    Error(Error),
    /// It crashed or is stuck.
    End(End),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

fn failed(reason: impl Into<String>) -> Error {
    Error::Core {
        reason: reason.into(),
    }
}

/// A text that ends at its first zero.
fn text(bytes: &[c_char]) -> String {
    let bytes: Vec<u8> = bytes
        .iter()
        .map(|byte| *byte as u8)
        .take_while(|byte| *byte != 0)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
