use env_core::columns::{Buffer, Column, DType};
use env_kart::action::DrivingAction;
use env_kart::control::RaceAction;
use machine::{FrameRate, Machine};
use n64_formats::pad as n64;
use nds_formats::pad::Pad;
use serde::{Deserialize, Serialize};

/// The console of a dataset: how what was held on its pad is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Console {
    /// The DS: its keypad's bits. Files do not name it, since the first datasets were of this console alone.
    #[default]
    Ds,
    /// The Nintendo 64: its buttons' bits and the stick.
    N64,
}

impl Console {
    /// Whether files leave the console's name out.
    pub(crate) fn is_unnamed(&self) -> bool {
        *self == Self::default()
    }

    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ds, Self::N64];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ds => "ds",
            Self::N64 => "n64",
        }
    }

    /// The columns of what was held, and the numbers of each.
    pub(super) fn table(self, held: &HeldColumns) -> Vec<(Column, Buffer)> {
        let (most, unit) = match self {
            Self::Ds => (8191.0, "DS keypad bits"),
            Self::N64 => (f64::from(n64::Buttons::all().bits()), "N64 pad bits"),
        };
        let buttons = Column::new("buttons", DType::U16)
            .between(0.0, most)
            .in_unit(unit)
            .documented("the buttons held in the step");
        let mut table = vec![(buttons, held.buttons.clone().into())];
        if self.has_stick() {
            let axis = |name: &str, doc: &str, numbers: &[i8]| {
                let column = Column::new(name, DType::I8)
                    .between(i8::MIN.into(), i8::MAX.into())
                    .in_unit("the controller's own, about 80 at full deflection")
                    .documented(doc);
                (column, numbers.to_vec().into())
            };
            table.push(axis(
                "stick_x",
                "the stick in the step, to the right",
                &held.stick_x,
            ));
            table.push(axis("stick_y", "the stick in the step, up", &held.stick_y));
        }
        table
    }

    /// Whether its pad has a stick, which has columns of its own.
    pub const fn has_stick(self) -> bool {
        matches!(self, Self::N64)
    }

    /// Its frames a second.
    pub fn frame_rate(self) -> FrameRate {
        match self {
            Self::Ds => <desmume::Emulator as Machine>::HARDWARE.frame_rate,
            Self::N64 => <mupen64plus::Emulator as Machine>::HARDWARE.frame_rate,
        }
    }

    /// The stick to the right and up, about 80 at full deflection. The directional pad of a DS is a stick at full deflection.
    pub fn stick(self, held: Held) -> [i32; 2] {
        match self {
            Self::N64 => held.stick.map(i32::from),
            Self::Ds => {
                let pad = Pad::from_bits_retain(held.buttons);
                let side = |button| i32::from(pad.contains(button));
                let axis = |more, less| 80 * (side(more) - side(less));
                [axis(Pad::RIGHT, Pad::LEFT), axis(Pad::UP, Pad::DOWN)]
            }
        }
    }

    /// The names of all buttons.
    pub fn buttons(self) -> Vec<&'static str> {
        self.held_buttons(Held {
            buttons: u16::MAX,
            ..Held::default()
        })
    }

    /// The names of the buttons that are held, in the order of [`buttons`](Self::buttons).
    pub fn held_buttons(self, held: Held) -> Vec<&'static str> {
        match self {
            Self::N64 => {
                let buttons = n64::Buttons::from_bits_retain(held.buttons);
                buttons.iter_names().map(|(name, _)| name).collect()
            }
            Self::Ds => {
                let pad = Pad::from_bits_retain(held.buttons);
                pad.iter_names().map(|(name, _)| name).collect()
            }
        }
    }

    /// The driving action of what was held.
    pub fn action(self, held: Held) -> DrivingAction {
        let controls = match self {
            Self::Ds => env_mkds::facts::controls(Pad::from_bits_retain(held.buttons)),
            Self::N64 => env_mk64::facts::controls(n64::Pad {
                buttons: n64::Buttons::from_bits_retain(held.buttons),
                stick: held.stick,
            }),
        };
        DrivingAction::from(controls)
    }
}

/// What is held on a console's pad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The buttons, as the console's own bits.
    pub buttons: u16,
    /// The stick, to the right and up; at rest on a console without one.
    pub stick: [i8; 2],
}

impl From<Held> for RaceAction {
    /// Of [`ActionSet::Pad`](env_kart::control::ActionSet::Pad).
    fn from(held: Held) -> Self {
        Self::of_pad(held.buttons, held.stick)
    }
}

impl From<Pad> for Held {
    fn from(pad: Pad) -> Self {
        Self {
            buttons: pad.bits(),
            stick: [0, 0],
        }
    }
}

impl From<n64::Pad> for Held {
    fn from(pad: n64::Pad) -> Self {
        Self {
            buttons: pad.buttons.bits(),
            stick: pad.stick,
        }
    }
}

/// What was held in every row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HeldColumns {
    pub(super) buttons: Vec<u16>,
    pub(super) stick_x: Vec<i8>,
    pub(super) stick_y: Vec<i8>,
}

impl HeldColumns {
    pub(super) fn push(&mut self, held: Held) {
        let [x, y] = held.stick;
        self.buttons.push(held.buttons);
        self.stick_x.push(x);
        self.stick_y.push(y);
    }

    pub(super) fn get(&self, row: usize) -> Held {
        Held {
            buttons: self.buttons[row],
            stick: [self.stick_x[row], self.stick_y[row]],
        }
    }
}
