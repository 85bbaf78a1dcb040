//! The options of a power-on, besides the ROM and the save memory.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use n64_formats::m64::Controller;

use crate::bindings::{
    ABI_PAK_MEMORY, ABI_PAK_NONE, ABI_PAK_RUMBLE, ABI_SAVE_EEPROM_4K, ABI_SAVE_EEPROM_16K,
    ABI_SAVE_FLASH, ABI_SAVE_NONE, ABI_SAVE_SRAM,
};
use crate::error::{Error, Result};

/// The emulation of the processor. A repeatable run needs the same mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cpu {
    /// One instruction at a time: slow.
    PureInterpreter,
    /// One decoded instruction at a time.
    CachedInterpreter,
    /// Compiled to machine code: the fastest.
    #[default]
    Dynarec,
}

impl Cpu {
    /// The mode's number in the core's configuration and in states.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::PureInterpreter => 0,
            Self::CachedInterpreter => 1,
            Self::Dynarec => 2,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [
            Self::PureInterpreter,
            Self::CachedInterpreter,
            Self::Dynarec,
        ]
        .into_iter()
        .find(|cpu| cpu.number() == number)
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::PureInterpreter => "pure interpreter",
            Self::CachedInterpreter => "cached interpreter",
            Self::Dynarec => "dynarec",
        })
    }
}

/// The memory that a cartridge saves in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SaveChip {
    /// None.
    None,
    /// EEPROM of 512 bytes.
    #[default]
    Eeprom4K,
    /// EEPROM of 2,048 bytes.
    Eeprom16K,
    /// 32 KiB of memory with a battery.
    Sram,
    /// 128 KiB of flash memory.
    Flash,
}

impl SaveChip {
    /// The core's number.
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::None => ABI_SAVE_NONE,
            Self::Eeprom4K => ABI_SAVE_EEPROM_4K,
            Self::Eeprom16K => ABI_SAVE_EEPROM_16K,
            Self::Sram => ABI_SAVE_SRAM,
            Self::Flash => ABI_SAVE_FLASH,
        }
    }
}

/// What a core must know of a cartridge that its ROM does not tell. The core's own database is not used: it differs
/// between versions, and for some games it changes the program (see [`Cheat`]).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cartridge {
    /// The memory that the game saves in.
    pub save: SaveChip,
    /// The clock's counts per instruction, 1..=4: 2 for most games.
    pub count_per_instruction: u8,
    /// Counts that a transfer to or from the controllers takes.
    pub controller_delay: u32,
    /// How long the transfer of sound takes, in percent of the exact time, 1..=1000.
    pub sound_delay: u32,
    /// Codes that change the running program.
    pub cheats: Vec<Cheat>,
}

impl Default for Cartridge {
    /// EEPROM of 512 bytes, the core's usual timing, no cheats.
    fn default() -> Self {
        Self {
            save: SaveChip::default(),
            count_per_instruction: 2,
            controller_delay: 0x900,
            sound_delay: 100,
            cheats: Vec::new(),
        }
    }
}

/// A line of a GameShark code, which the core applies in every vertical interrupt from the 60th after it was loaded on, be
/// it at power-on or in a state. For some games the core's database has such lines that it applies by itself; here nothing
/// is applied but what the options name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cheat {
    /// What is done, in the upper byte, and the address: 0x81001A38 writes a halfword to 0x80001A38.
    pub code: u32,
    /// The value.
    pub value: u16,
}

/// What is plugged into one of the console's four ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Port {
    /// Nothing.
    #[default]
    Empty,
    /// A controller with nothing in it.
    Controller,
    /// A controller with a controller pak, which keeps what games save.
    ControllerPak,
    /// A controller with a rumble pak.
    RumblePak,
}

impl Port {
    /// The core's number of what is in the controller; `None` without one.
    pub(crate) fn pak(self) -> Option<u32> {
        match self {
            Self::Empty => None,
            Self::Controller => Some(ABI_PAK_NONE),
            Self::ControllerPak => Some(ABI_PAK_MEMORY),
            Self::RumblePak => Some(ABI_PAK_RUMBLE),
        }
    }
}

impl From<Controller> for Port {
    /// What a movie's header says is at a port. Of two paks, which no controller has, it is the controller pak.
    fn from(controller: Controller) -> Self {
        match controller {
            Controller { present: false, .. } => Self::Empty,
            Controller { pak: true, .. } => Self::ControllerPak,
            Controller { rumble: true, .. } => Self::RumblePak,
            _ => Self::Controller,
        }
    }
}

impl From<Port> for Controller {
    fn from(port: Port) -> Self {
        Self {
            present: port != Port::Empty,
            pak: port == Port::ControllerPak,
            rumble: port == Port::RumblePak,
        }
    }
}

/// The video plugin that draws pictures. It changes nothing in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Video {
    /// `mupen64plus-video-rice`: several times faster without a graphics card.
    #[default]
    Rice,
    /// `mupen64plus-video-glide64mk2`.
    Glide64mk2,
}

impl Video {
    /// The plugin's file, below the folder of libraries.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Glide64mk2 => "mupen64plus/mupen64plus-video-glide64mk2.so",
            Self::Rice => "mupen64plus/mupen64plus-video-rice.so",
        }
    }
}

/// The options of a console at power-on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Options {
    /// The emulation of the processor.
    pub cpu: Cpu,
    /// What the ROM does not tell of its cartridge.
    pub cartridge: Cartridge,
    /// What is plugged into the four ports.
    pub ports: [Port; 4],
    /// Whether the console has the expansion pak: 8 MiB of RAM instead of 4.
    pub expansion_pak: bool,
    /// The video plugin.
    pub video: Video,
    /// How long a step may take before the core counts as stuck.
    pub step_limit: Duration,
    /// The folder with `libmupen64plus.so.2` and the folder `mupen64plus` with the plugins; `None` for the system's.
    pub libraries: Option<PathBuf>,
}

impl Default for Options {
    /// The fastest CPU mode, an EEPROM of 512 bytes, one controller with a pak, 4 MiB of RAM, ten seconds for a step.
    fn default() -> Self {
        Self {
            cpu: Cpu::default(),
            cartridge: Cartridge::default(),
            ports: [Port::ControllerPak, Port::Empty, Port::Empty, Port::Empty],
            expansion_pak: false,
            video: Video::default(),
            step_limit: Duration::from_secs(10),
            libraries: None,
        }
    }
}

impl Options {
    /// RAM in bytes.
    pub(crate) fn ram_size(&self) -> usize {
        crate::RAM_SIZES[usize::from(self.expansion_pak)]
    }

    pub(crate) fn check(&self) -> Result<()> {
        let in_range = |option, value: u32, low: u32, high: u32, expected| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(Error::Option {
                option,
                expected,
                found: value.to_string(),
            })
        };
        let cartridge = &self.cartridge;
        in_range(
            "cartridge.count_per_instruction",
            cartridge.count_per_instruction.into(),
            1,
            4,
            "1..=4",
        )?;
        in_range(
            "cartridge.controller_delay",
            cartridge.controller_delay,
            1,
            0xFFFF,
            "1..=65535",
        )?;
        in_range(
            "cartridge.sound_delay",
            cartridge.sound_delay,
            1,
            1000,
            "1..=1000",
        )
    }
}
