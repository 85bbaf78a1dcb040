//! What is done with the controllers.

use std::fmt;

use bitflags::bitflags;
use machine::Held;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

bitflags! {
    /// The buttons of a controller, in the order in which it sends them: in the first byte of a movie's sample bits 0
    /// to 7, in the second one bits 8 to 13.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Buttons: u16 {
        /// Right on the cross.
        const RIGHT = 1;
        /// Left on the cross.
        const LEFT = 1 << 1;
        /// Down on the cross.
        const DOWN = 1 << 2;
        /// Up on the cross.
        const UP = 1 << 3;
        /// Start.
        const START = 1 << 4;
        /// The trigger below the stick.
        const Z = 1 << 5;
        /// B.
        const B = 1 << 6;
        /// A.
        const A = 1 << 7;
        /// The yellow button on the right.
        const C_RIGHT = 1 << 8;
        /// The yellow button on the left.
        const C_LEFT = 1 << 9;
        /// The lower yellow button.
        const C_DOWN = 1 << 10;
        /// The upper yellow button.
        const C_UP = 1 << 11;
        /// The right shoulder.
        const R = 1 << 12;
        /// The left shoulder.
        const L = 1 << 13;
    }
}

/// What is held on one controller. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Pad {
    /// The held buttons.
    pub buttons: Buttons,
    /// The stick, to the right and up: a console's reaches about 80 on each side, and -128 to 127 can be sent.
    pub stick: [i8; 2],
}

impl Pad {
    /// As the controller sends it: two bytes of buttons, then the stick.
    #[must_use]
    pub fn to_sample(self) -> [u8; 4] {
        let [low, high] = self.buttons.bits().to_le_bytes();
        let [x, y] = self.stick;
        [low, high, x.cast_unsigned(), y.cast_unsigned()]
    }

    /// From what the controller sends. The two bits that no button has are ignored.
    #[must_use]
    pub fn from_sample([low, high, x, y]: [u8; 4]) -> Self {
        Self {
            buttons: Buttons::from_bits_truncate(u16::from_le_bytes([low, high])),
            stick: [x.cast_signed(), y.cast_signed()],
        }
    }
}

impl fmt::Display for Pad {
    /// The buttons' names and the stick.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, _) in self.buttons.iter_names() {
            write!(formatter, "{name} + ")?;
        }
        let [x, y] = self.stick;
        write!(formatter, "stick {x} {y}")
    }
}

/// The input of one step: what is held on the four controllers. The default is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Frame {
    /// Each port's. Those of ports without a controller are ignored.
    pub pads: [Pad; 4],
}

impl Frame {
    /// Something is held on the first controller only.
    #[must_use]
    pub fn first(pad: Pad) -> Self {
        let mut frame = Self::default();
        frame.pads[0] = pad;
        frame
    }
}

/// How far a console's stick goes.
const REACH: i8 = 80;

/// A controller's buttons, as machines have them. The cross, which games hardly use, moves the stick. X, the button of
/// items on other consoles, is Z too.
const BUTTONS: [(machine::Buttons, Buttons); 11] = [
    (machine::Buttons::A, Buttons::A),
    (machine::Buttons::B, Buttons::B),
    (machine::Buttons::X, Buttons::Z),
    (machine::Buttons::Z, Buttons::Z),
    (machine::Buttons::L, Buttons::L),
    (machine::Buttons::R, Buttons::R),
    (machine::Buttons::START, Buttons::START),
    (machine::Buttons::C_UP, Buttons::C_UP),
    (machine::Buttons::C_DOWN, Buttons::C_DOWN),
    (machine::Buttons::C_LEFT, Buttons::C_LEFT),
    (machine::Buttons::C_RIGHT, Buttons::C_RIGHT),
];

impl machine::Input for Frame {
    fn of(held: &Held) -> Self {
        let buttons = BUTTONS.iter();
        let buttons = buttons.filter(|(button, _)| held.buttons.contains(*button));
        let [right, up] = held.stick;
        let axis = |stick: i8, less, more| match stick {
            0 => {
                let side = |button| i8::from(held.buttons.contains(button));
                REACH * (side(more) - side(less))
            }
            _ => (i16::from(stick) * i16::from(REACH) / 127) as i8,
        };
        Self::first(Pad {
            buttons: buttons.map(|(_, button)| *button).collect(),
            stick: [
                axis(right, machine::Buttons::LEFT, machine::Buttons::RIGHT),
                axis(up, machine::Buttons::DOWN, machine::Buttons::UP),
            ],
        })
    }
}

/// A pad in files: the buttons' number and the stick.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PadFile {
    buttons: u16,
    stick: [i8; 2],
}

/// A frame in files: the pads up to the last one on which something is held, but for the first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameFile {
    pads: Vec<PadFile>,
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let last = self.pads.iter().rposition(|pad| *pad != Pad::default());
        let pads = self.pads[..=last.unwrap_or(0)].iter();
        let file = FrameFile {
            pads: pads
                .map(|pad| PadFile {
                    buttons: pad.buttons.bits(),
                    stick: pad.stick,
                })
                .collect(),
        };
        file.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Frame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = FrameFile::deserialize(deserializer)?;
        let mut frame = Self::default();
        if file.pads.len() > frame.pads.len() {
            let found = file.pads.len();
            return Err(D::Error::custom(format_args!(
                "pads: expected at most 4, found {found}"
            )));
        }
        for (pad, file) in frame.pads.iter_mut().zip(file.pads) {
            let buttons = Buttons::from_bits(file.buttons).ok_or_else(|| {
                D::Error::custom(format_args!(
                    "buttons: expected a number below 16384, found {}",
                    file.buttons
                ))
            })?;
            *pad = Pad {
                buttons,
                stick: file.stick,
            };
        }
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use machine::Input;
    use proptest::prelude::*;

    use super::*;

    fn pads() -> impl Strategy<Value = Pad> {
        (any::<u16>(), any::<[i8; 2]>()).prop_map(|(buttons, stick)| Pad {
            buttons: Buttons::from_bits_truncate(buttons),
            stick,
        })
    }

    proptest! {
        #[test]
        fn frames_go_into_files_and_back(pads in prop::array::uniform4(pads())) {
            let frame = Frame { pads };
            let text = serde_json::to_string(&frame)?;
            prop_assert_eq!(serde_json::from_str::<Frame>(&text)?, frame);
        }

        #[test]
        fn pads_go_into_samples_and_back(pad in pads(), sample: [u8; 4]) {
            prop_assert_eq!(Pad::from_sample(pad.to_sample()), pad);
            let [low, high, x, y] = sample;
            prop_assert_eq!(Pad::from_sample(sample).to_sample(), [low, high & 0x3F, x, y]);
        }
    }

    #[test]
    fn a_file_holds_what_is_held_and_refuses_what_no_console_has() {
        let pad = Pad {
            buttons: Buttons::A | Buttons::Z,
            stick: [-80, 3],
        };
        let text = serde_json::to_string(&Frame::first(pad)).expect("JSON");
        assert_eq!(text, r#"{"pads":[{"buttons":160,"stick":[-80,3]}]}"#);
        assert_eq!(pad.to_string(), "Z + A + stick -80 3");
        let pads = [r#"{"buttons":0,"stick":[0,0]}"#; 5].join(",");
        for (text, expected) in [
            (
                format!(r#"{{"pads":[{pads}]}}"#),
                "pads: expected at most 4, found 5",
            ),
            (
                r#"{"pads":[{"buttons":16384,"stick":[0,0]}]}"#.to_owned(),
                "buttons: expected a number below 16384, found 16384",
            ),
            (r#"{"pads":[],"jump":1}"#.to_owned(), "unknown field `jump`"),
        ] {
            let error = serde_json::from_str::<Frame>(&text).expect_err(expected);
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn the_cross_moves_the_stick_as_far_as_it_goes_and_a_stick_by_degrees() {
        let buttons = machine::Buttons::LEFT | machine::Buttons::UP | machine::Buttons::C_DOWN;
        for (stick, expected) in [
            ([0, 0], [-80, 80]),
            ([-127, 127], [-80, 80]),
            ([-64, 0], [-40, 80]),
            ([2, -1], [1, 0]),
            ([-128, -128], [-80, -80]),
        ] {
            let held = Held {
                buttons,
                stick,
                touch: None,
            };
            let expected = Pad {
                buttons: Buttons::C_DOWN,
                stick: expected,
            };
            assert_eq!(Frame::of(&held), Frame::first(expected));
        }
    }

    #[test]
    fn every_button_but_the_cross_can_be_held() {
        let held = Held {
            buttons: machine::Buttons::all(),
            ..Held::default()
        };
        let cross = Buttons::UP | Buttons::DOWN | Buttons::LEFT | Buttons::RIGHT;
        let [pad, ..] = Frame::of(&held).pads;
        assert_eq!(pad.buttons, Buttons::all() - cross);
    }
}
