//! What the drivers press: controllers, and the recordings made from them.

use bitflags::bitflags;
use ram_views::pointer::To;
use ram_views::view::{Table, View};
use ram_views::{enumeration, flags_value};

use crate::main_ram::view;

bitflags! {
    /// The buttons that a controller tells. Source: GBATEK, a published write-up of the race logic.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Keys: u16 {
        /// A: accelerate.
        const A = 0x1;
        /// B: brake.
        const B = 0x2;
        /// Select.
        const SELECT = 0x4;
        /// Start.
        const START = 0x8;
        /// Right.
        const RIGHT = 0x10;
        /// Left.
        const LEFT = 0x20;
        /// Up.
        const UP = 0x40;
        /// Down.
        const DOWN = 0x80;
        /// R: hop and drift.
        const R = 0x100;
        /// L: use the item.
        const L = 0x200;
        /// X: use the item.
        const X = 0x400;
        /// Y.
        const Y = 0x800;
        const _ = !0;
    }
}

flags_value!(Keys: u16);

bitflags! {
    /// The buttons that a recording keeps. Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct RecordedKeys: u8 {
        /// A: accelerate.
        const A = 0x1;
        /// B: brake.
        const B = 0x2;
        /// R: hop and drift.
        const R = 0x4;
        /// L or X: use the item.
        const ITEM = 0x8;
        /// Right.
        const RIGHT = 0x10;
        /// Left.
        const LEFT = 0x20;
        /// Down.
        const DOWN = 0x40;
        /// Up.
        const UP = 0x80;
    }
}

flags_value!(RecordedKeys: u8);

bitflags! {
    /// How buttons become input. Bits without a name keep their value.
    /// Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct RawInputFlags: u16 {
        /// Left and right are swapped: the course is mirrored.
        const MIRROR = 0x4;
        const _ = !0;
    }
}

flags_value!(RawInputFlags: u16);

enumeration! {
    /// Where a controller's input comes from. Source: HaroohiePals headers.
    pub struct ControllerMode: u32 {
        DISABLED = 0, "There is none.";
        REPLAYER = 1, "A recording is played: a ghost.";
        RECORDER = 2, "The console's buttons, recorded.";
        VIRTUAL = 3, "What the game presses: the computer.";
        MASTER = 5, "The console's buttons, or over the network the host's.";
        DIRECT = 6, "The console's buttons.";
        NETWORK = 7, "A driver over the network.";
    }
}

enumeration! {
    /// What a recorder does. Source: HaroohiePals headers.
    pub struct RecorderState: u32 {
        IDLE = 0, "Nothing.";
        RECORDING = 1, "It records.";
        PLAYING = 2, "It plays.";
        BUFFER_FULL = 3, "It stopped recording: the recording is full.";
    }
}

view! {
    /// The console's buttons, before controllers are made of them.
    /// Source: HaroohiePals headers.
    pub struct RawInput, RawInputMut = "input_pad_data_t" [0x10] {
        Unnamed field_0 @ 0x0: u16,
        /// The buttons that are down.
        Tools pressed("pressedKeys") @ 0x2: Keys,
        /// How they become input.
        Headers flags @ 0x4: RawInputFlags,
        Unnamed field_6 @ 0x6: u16,
        Unnamed field_8 @ 0x8: u32,
        Unnamed field_c @ 0xC: u32,
    }
}

view! {
    /// A controller's buttons.
    /// Source: HaroohiePals headers.
    pub struct ControllerPad, ControllerPadMut = "input_pad_t" [0x28] {
        /// The buttons that went down this frame.
        Tools pressed("triggeredKeys") @ 0x0: Keys,
        /// The buttons that are down.
        Tools held("pressedKeys") @ 0x2: Keys,
        /// The buttons that went up this frame.
        Tools released("releasedKeys") @ 0x4: Keys,
        /// The buttons that went down this frame, or count as pressed again since they are held.
        Tools repeated("repeatedKeys") @ 0x6: Keys,
        /// How they are repeated: 0 not, 1 waiting for the first time, 2 repeating.
        Tools repeat_state @ 0x8: u16,
        /// Frames until they are repeated next.
        Tools repeat_frame_counter @ 0xA: u16,
        /// The buttons that are repeated.
        Tools repeat_mask @ 0xC: Keys,
        /// Frames until they are repeated for the first time.
        Tools repeat_first_frame @ 0xE: u16,
        /// Frames between repetitions.
        Tools repeat_next_frame @ 0x10: u16,
        /// 1 once L, R, Start and Select ask for a soft reset.
        Headers reset_invoked @ 0x12: u16,
        Unnamed field_14 @ 0x14: u16,
        /// When they went down, ticks of the console's clock: the low word, then the high one.
        Headers reset_start_time @ 0x18: [u32; 2],
        Unnamed field_20 @ 0x20: u32,
        Unnamed field_24 @ 0x24: u32,
    }
}

view! {
    /// Buttons, and how long they were held.
    /// Source: HaroohiePals headers.
    pub struct RecordedRun, RecordedRunMut = "input_rec_recording_entry_t" [0x2] {
        /// The buttons.
        Tools keys @ 0x0: RecordedKeys,
        /// Frames that they were held.
        Tools duration @ 0x1: u8,
    }
}

view! {
    /// The input of a race: what a ghost is made of.
    /// Source: HaroohiePals headers.
    pub struct Recording, RecordingMut = "input_rec_recording_t" [0xDCC] {
        /// How many of [`Self::run`] are in use.
        Tools length("dataLength") @ 0x0: u32,
    }
    structs {
        /// Buttons, and how long they were held.
        Tools run("entries") @ 0x4: [RecordedRun, RecordedRunMut; 1764],
    }
}

view! {
    /// What records a controller, or plays a recording to it.
    /// Source: HaroohiePals headers.
    pub struct Recorder, RecorderMut = "input_rec_t" [0x10] {
        /// The recording; null if there is none.
        Tools recording @ 0x0: To<Recording<'static>>,
        /// The run being recorded or played.
        Headers current_run("curEntry") @ 0x4: u16,
        /// Frames of it so far.
        Headers wait("waitCounter") @ 0x6: u16,
        /// What it does.
        Headers state @ 0x8: RecorderState,
        /// 1 if the recording is empty, 0 if not.
        Headers is_cleared("isBufferClear") @ 0xC: i32,
    }
}

view! {
    /// Where the touch screen is touched.
    /// Source: HaroohiePals headers.
    pub struct Touch, TouchMut = "input_tpmic_tp_t" [0x8] {
        /// Across, 0 to 255.
        Headers x("tpX") @ 0x0: u16,
        /// Down, 0 to 191.
        Headers y("tpY") @ 0x2: u16,
        /// 1 while it is touched, 0 while not.
        Headers is_touched("tpValid") @ 0x4: u16,
        Unnamed field_6 @ 0x6: u16,
    }
}

view! {
    /// A controller's touch screen and microphone.
    /// Source: HaroohiePals headers.
    pub struct TouchMicrophone, TouchMicrophoneMut = "input_tpmic_t" [0x14] {
        /// Frames since the last touch ended.
        Headers frames_since_release("tpReleaseFrameCounter") @ 0x10: u16,
        /// 1 while it is blown into, 0 while not.
        Headers microphone("mic") @ 0x12: u8,
    }
    structs {
        /// The touch.
        Headers current("curTp") @ 0x0: [Touch, TouchMut],
        /// The touch before the frame.
        Headers previous("prevTp") @ 0x8: [Touch, TouchMut],
    }
}

view! {
    /// What a driver, or the menus, are steered with.
    /// Source: HaroohiePals headers.
    pub struct Controller, ControllerMut = "input_unit_t" [0x5C] {
        Unnamed field_38 @ 0x38: u32,
        /// Where its input comes from.
        Tools mode @ 0x3C: ControllerMode,
        /// What the game presses, while it is [`ControllerMode::VIRTUAL`].
        Headers virtual_keys("virtualPadKeys") @ 0x40: Keys,
        /// The buttons that count.
        Tools key_mask @ 0x42: Keys,
        Unnamed field_44 @ 0x44: i32,
    }
    structs {
        /// Its buttons.
        Tools pad @ 0x0: [ControllerPad, ControllerPadMut],
        /// What records it, or plays to it.
        Tools recorder("inputRecorder") @ 0x28: [Recorder, RecorderMut],
        /// Its touch screen and microphone.
        Tools touch_microphone("tpMic") @ 0x48: [TouchMicrophone, TouchMicrophoneMut],
    }
}

/// The most runs that a recording has.
pub const MAX_RUNS: usize = 1764;

impl<'a> Recording<'a> {
    /// What was pressed, in order; at most [`MAX_RUNS`] runs.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = RecordedRun<'a>> + use<'a> {
        let count = (self.length() as usize / RecordedRun::SIZE).min(MAX_RUNS);
        let runs = &self.bytes[size_of::<u32>()..];
        Table::new(&runs[..count * RecordedRun::SIZE]).iter()
    }
}
