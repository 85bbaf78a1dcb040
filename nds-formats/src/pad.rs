//! What a player can do to the DS in one video frame.

use bitflags::bitflags;
use machine::{Buttons, Held};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

bitflags! {
    /// The held buttons, as in DeSmuME's keypad word: the DS's KEYINPUT order, then X, Y and the
    /// debug button; 1 = held.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Pad: u16 {
        /// Accelerate.
        const A = 1;
        /// Brake and reverse.
        const B = 2;
        /// Select.
        const SELECT = 4;
        /// Start.
        const START = 8;
        /// Right on the cross.
        const RIGHT = 16;
        /// Left on the cross.
        const LEFT = 32;
        /// Up on the cross.
        const UP = 64;
        /// Down on the cross.
        const DOWN = 128;
        /// The right shoulder: hop and drift.
        const R = 256;
        /// The left shoulder: use an item.
        const L = 512;
        /// X: use an item.
        const X = 1024;
        /// Y.
        const Y = 2048;
        /// The debug button, which retail consoles lack.
        const DEBUG = 4096;
    }
}

bitflags! {
    /// What happens to the console in a frame besides buttons and touch.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Commands: u8 {
        /// Noise reaches the microphone.
        const MICROPHONE = 1;
        /// The console is switched off and on again.
        const RESET = 2;
        /// The lid is moved.
        const LID = 4;
    }
}

/// Rows of the screen that can be touched.
const TOUCH_HEIGHT: u8 = 192;

/// A touched point of the lower screen, in pixels: x 0..256, y 0..192 from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Touch {
    /// Pixels from the left.
    pub x: u8,
    /// Pixels from the top.
    pub y: u8,
}

/// The whole input of one video frame. The default is "nothing is pressed".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Frame {
    /// Held buttons.
    pub pad: Pad,
    /// The touched point, if the stylus is down.
    pub touch: Option<Touch>,
    /// Which of the movie's microphone samples is heard (`micsampleN` in its header).
    pub microphone: u8,
    /// Reset, lid and microphone.
    pub commands: Commands,
}

impl Frame {
    /// A frame in which only buttons are held.
    pub const fn pad(pad: Pad) -> Self {
        Self {
            pad,
            touch: None,
            microphone: 0,
            commands: Commands::empty(),
        }
    }
}

/// Every button of a retail console, as machines' controllers have them.
const BUTTONS: [(Buttons, Pad); 12] = [
    (Buttons::UP, Pad::UP),
    (Buttons::DOWN, Pad::DOWN),
    (Buttons::LEFT, Pad::LEFT),
    (Buttons::RIGHT, Pad::RIGHT),
    (Buttons::A, Pad::A),
    (Buttons::B, Pad::B),
    (Buttons::X, Pad::X),
    (Buttons::Y, Pad::Y),
    (Buttons::L, Pad::L),
    (Buttons::R, Pad::R),
    (Buttons::START, Pad::START),
    (Buttons::SELECT, Pad::SELECT),
];

impl machine::Input for Frame {
    fn of(held: &Held) -> Self {
        let pads = BUTTONS.iter();
        let pads = pads.filter(|(button, _)| held.buttons.contains(*button));
        let touch = held.touch.and_then(|[x, y]| {
            let y = u8::try_from(y).ok().filter(|y| *y < TOUCH_HEIGHT)?;
            let x = u8::try_from(x).ok()?;
            Some(Touch { x, y })
        });
        Self {
            pad: pads.map(|(_, pad)| *pad).collect(),
            touch,
            ..Self::default()
        }
    }
}

/// A frame in files: numbers, of which those that are 0 are left out, but for the buttons.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameFile {
    pad: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    touch: Option<[u8; 2]>,
    #[serde(default, skip_serializing_if = "is_zero")]
    microphone: u8,
    #[serde(default, skip_serializing_if = "is_zero")]
    commands: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let file = FrameFile {
            pad: self.pad.bits(),
            touch: self.touch.map(|touch| [touch.x, touch.y]),
            microphone: self.microphone,
            commands: self.commands.bits(),
        };
        file.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Frame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = FrameFile::deserialize(deserializer)?;
        let wrong = |expected: &str, found: u64| {
            D::Error::custom(format_args!("{expected}, found {found}"))
        };
        let pad = Pad::from_bits(file.pad)
            .ok_or_else(|| wrong("pad: expected buttons", file.pad.into()))?;
        let commands = Commands::from_bits(file.commands)
            .ok_or_else(|| wrong("commands: expected a number below 8", file.commands.into()))?;
        let touch = file.touch.map(|[x, y]| Touch { x, y });
        if let Some(Touch { y, .. }) = touch
            && y >= TOUCH_HEIGHT
        {
            return Err(wrong("touch: expected a y below 192", y.into()));
        }
        Ok(Self {
            pad,
            touch,
            microphone: file.microphone,
            commands,
        })
    }
}

#[cfg(test)]
mod tests {
    use machine::Input;
    use proptest::prelude::*;

    use super::*;

    fn frames() -> impl Strategy<Value = Frame> {
        let touch = proptest::option::of((any::<u8>(), 0..TOUCH_HEIGHT));
        (0..=Pad::all().bits(), touch, any::<u8>(), 0..8u8).prop_map(
            |(pad, touch, microphone, commands)| Frame {
                pad: Pad::from_bits_truncate(pad),
                touch: touch.map(|(x, y)| Touch { x, y }),
                microphone,
                commands: Commands::from_bits_truncate(commands),
            },
        )
    }

    proptest! {
        #[test]
        fn frames_go_into_files_and_back(frame in frames()) {
            let text = serde_json::to_string(&frame)?;
            prop_assert_eq!(serde_json::from_str::<Frame>(&text)?, frame);
        }
    }

    #[test]
    fn a_file_holds_what_is_pressed_and_refuses_what_no_console_has() {
        let pressed = serde_json::to_string(&Frame::pad(Pad::A | Pad::RIGHT)).expect("JSON");
        assert_eq!(pressed, r#"{"pad":17}"#);
        for (text, expected) in [
            (r#"{"pad":65535}"#, "pad: expected buttons, found 65535"),
            (
                r#"{"pad":0,"touch":[3,192]}"#,
                "touch: expected a y below 192, found 192",
            ),
            (
                r#"{"pad":0,"commands":9}"#,
                "commands: expected a number below 8, found 9",
            ),
            (r#"{"pad":0,"jump":1}"#, "unknown field `jump`"),
        ] {
            let error = serde_json::from_str::<Frame>(text).expect_err(text);
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_hand_presses_every_button_of_a_retail_console_and_its_screen() {
        let all = Held {
            buttons: Buttons::all(),
            stick: [127, -127],
            touch: Some([255, 191]),
        };
        let frame = Frame::of(&all);
        assert_eq!(frame.pad, Pad::all() - Pad::DEBUG);
        assert_eq!(frame.touch, Some(Touch { x: 255, y: 191 }));
        for outside in [[256, 0], [0, 192]] {
            let held = Held {
                touch: Some(outside),
                ..Held::default()
            };
            assert_eq!(Frame::of(&held), Frame::default());
        }
    }
}
