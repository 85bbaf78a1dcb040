//! The game's sound on the machine's card.
//!
//! Two clocks never agree: the machine makes samples at its pace, the card plays them at its own. [`Speaker`] keeps a
//! few hundredths of a second between them and stretches the sound by up to half a percent, which is not heard, so
//! that this stock neither runs dry nor grows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, ErrorKind, FromSample, I24, Sample, SampleFormat, SizedSample, Stream,
    StreamConfig, SupportedBufferSize, U24,
};

/// What waits to be played, on average: enough that a frame may come this much late.
const STOCK: Duration = Duration::from_millis(45);
/// What may wait beyond that; then the oldest is left out.
const SURPLUS: Duration = Duration::from_millis(100);
/// What is kept for late frames where the card takes so much at once that [`STOCK`] would not do.
const LATENESS: Duration = Duration::from_millis(20);
/// How long sound takes to fade in and out.
const FADE: Duration = Duration::from_millis(5);
/// What the card is asked to take at once, where it lets itself be asked. It holds two of these.
const PERIOD: Duration = Duration::from_millis(15);
/// The sound of a video frame, which comes at once.
const FRAME: Duration = Duration::from_micros(16_730);

/// Left and right, -1 to 1.
type Stereo = [f32; 2];

/// The default output device, playing what it is given; silence while there is nothing.
///
/// From [`Speaker::push`] to the ear it takes 75 ms, more with cards that take much at once.
pub struct Speaker {
    playback: Arc<Mutex<Playback>>,
    trouble: Arc<Mutex<Option<String>>>,
    description: String,
    /// Plays until it is dropped.
    _stream: Stream,
}

impl Speaker {
    /// Opens the default output device as it likes best, for a machine's sound of `sample_rate` samples a second, and
    /// starts to play silence.
    ///
    /// # Errors
    /// If there is no device, or none that can be opened: a window goes on without. Nothing is printed in any case.
    pub fn open(sample_rate: u32) -> Result<Self> {
        silence_alsa();
        let device = cpal::default_host()
            .default_output_device()
            .context("no sound: there is no output device")?;
        let config = device
            .default_output_config()
            .context("no sound: the default output device does not open")?;
        let description = format!(
            "{device}, {} Hz, {} channels, {}",
            config.sample_rate(),
            config.channels(),
            config.sample_format()
        );
        let playback = Arc::new(Mutex::new(Playback::new(sample_rate, config.sample_rate())));
        let trouble = Arc::new(Mutex::new(None));
        let shared = Shared {
            playback: Arc::clone(&playback),
            trouble: Arc::clone(&trouble),
        };
        let wanted = StreamConfig {
            channels: config.channels(),
            sample_rate: config.sample_rate(),
            buffer_size: period(config.sample_rate(), config.buffer_size()),
        };
        let stream = shared
            .start(&device, wanted, config.sample_format())
            .with_context(|| format!("no sound: {description}"))?;
        Ok(Self {
            playback,
            trouble,
            description,
            _stream: stream,
        })
    }

    /// Adds samples, as [`Machine::take_sound`](machine::Machine::take_sound) gives them. What is far too much, as when a game is fast-forwarded, is left out, without a click.
    pub fn push(&self, samples: &[[i16; 2]]) {
        lock(&self.playback).push(samples);
    }

    /// Fades out and keeps what waits, or goes on with it.
    pub fn pause(&self, paused: bool) {
        lock(&self.playback).paused = paused;
    }

    /// Forgets what waits: for jumps to another place in the game.
    pub fn clear(&self) {
        lock(&self.playback).clear();
    }

    /// The device with its sample rate, channels and format, for a log.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// How often there was nothing to play in time, since it was opened.
    pub fn underruns(&self) -> u64 {
        lock(&self.playback).underruns
    }

    /// What the device last reported, once: it was unplugged, say, and a new speaker is to be opened.
    pub fn take_error(&self) -> Option<String> {
        lock(&self.trouble).take()
    }
}

impl std::fmt::Debug for Speaker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Speaker")
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

/// Samples of sound in this time.
fn samples_in(time: Duration, sample_rate: u32) -> usize {
    (time.as_secs_f64() * f64::from(sample_rate)).round() as usize
}

/// A thread that panicked while it held the lock left plain numbers behind.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps ALSA's own reports, in this thread, off stderr: a machine without a card is nothing to report.
fn silence_alsa() {
    // Where it cannot be had, there is nothing lost but a clean stderr.
    #[cfg(target_os = "linux")]
    let _ = alsa::Output::local_error_handler();
}

/// How much a device is asked to take at once; what it likes where it can't be asked for that.
fn period(sample_rate: u32, supported: &SupportedBufferSize) -> BufferSize {
    let wanted = (PERIOD.as_secs_f64() * f64::from(sample_rate)) as u32;
    match supported {
        SupportedBufferSize::Range { min, max } if (*min..=*max).contains(&wanted) => {
            BufferSize::Fixed(wanted)
        }
        _ => BufferSize::Default,
    }
}

/// What the thread that feeds the card has of a [`Speaker`].
#[derive(Clone)]
struct Shared {
    playback: Arc<Mutex<Playback>>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Shared {
    fn start(self, device: &Device, config: StreamConfig, format: SampleFormat) -> Result<Stream> {
        let start = match format {
            SampleFormat::I8 => Self::start_as::<i8>,
            SampleFormat::I16 => Self::start_as::<i16>,
            SampleFormat::I24 => Self::start_as::<I24>,
            SampleFormat::I32 => Self::start_as::<i32>,
            SampleFormat::I64 => Self::start_as::<i64>,
            SampleFormat::U8 => Self::start_as::<u8>,
            SampleFormat::U16 => Self::start_as::<u16>,
            SampleFormat::U24 => Self::start_as::<U24>,
            SampleFormat::U32 => Self::start_as::<u32>,
            SampleFormat::U64 => Self::start_as::<u64>,
            SampleFormat::F32 => Self::start_as::<f32>,
            SampleFormat::F64 => Self::start_as::<f64>,
            other => bail!("samples as {other} are not known here"),
        };
        let by_its_own_period = StreamConfig {
            buffer_size: BufferSize::Default,
            ..config
        };
        Ok(start(self.clone(), device, config)
            .or_else(|_| start(self, device, by_its_own_period))?)
    }

    fn start_as<T>(self, device: &Device, config: StreamConfig) -> Result<Stream, cpal::Error>
    where
        T: SizedSample + FromSample<f32>,
    {
        let channels = usize::from(config.channels);
        let playback = self.playback;
        let mut silenced = false;
        let mut frames = Vec::new();
        let feed = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
            if !std::mem::replace(&mut silenced, true) {
                silence_alsa();
            }
            frames.resize(data.len() / channels, Stereo::default());
            lock(&playback).render(&mut frames);
            write_frames(&frames, channels, data);
        };
        let report = move |error: cpal::Error| match error.kind() {
            // The sound goes on by itself.
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
            _ => *lock(&self.trouble) = Some(format!("sound: {error}")),
        };
        let stream = device.build_output_stream(config, feed, report, None)?;
        stream.play()?;
        Ok(stream)
    }
}

/// Stereo to as many channels as the card has: both sides on one, or the first two and silence on the others.
fn write_frames<T: Sample + FromSample<f32>>(frames: &[Stereo], channels: usize, data: &mut [T]) {
    let sample = |level: f32| T::from_sample(level.clamp(-1.0, 1.0));
    for ([left, right], outputs) in frames.iter().zip(data.chunks_exact_mut(channels)) {
        match outputs {
            [] => {}
            [mono] => *mono = sample((left + right) / 2.0),
            [first, second, others @ ..] => {
                *first = sample(*left);
                *second = sample(*right);
                others.fill(T::EQUILIBRIUM);
            }
        }
    }
}

/// Sound on its way from the machine's clock to the card's.
struct Playback {
    /// Samples of the machine's sound a second.
    sample_rate: u32,
    /// What waits, the oldest first.
    stock: VecDeque<Stereo>,
    /// How many samples are to wait, on average over time.
    target: usize,
    /// The most that the card has taken at once, in samples.
    taken: usize,
    /// The four samples around the one that is played, which lies between the middle ones.
    taps: [Stereo; 4],
    /// Where it lies between them, 0 to 1.
    position: f64,
    /// Samples of the game in one of the card's.
    nominal_step: f64,
    rate: RateControl,
    /// Whether the stock is drawn upon; otherwise it is being filled.
    flowing: bool,
    paused: bool,
    /// 0 is silence, 1 is full volume.
    gain: f32,
    /// The gain's change in one of the card's samples.
    fade: f32,
    underruns: u64,
}

impl Playback {
    /// For a machine and a card of these sample rates.
    fn new(sample_rate: u32, card_rate: u32) -> Self {
        Self {
            sample_rate,
            stock: VecDeque::with_capacity(2 * samples_in(STOCK + SURPLUS, sample_rate)),
            target: samples_in(STOCK, sample_rate),
            taken: 0,
            taps: [Stereo::default(); 4],
            position: 0.0,
            nominal_step: f64::from(sample_rate) / f64::from(card_rate),
            rate: RateControl::default(),
            flowing: false,
            paused: false,
            gain: 0.0,
            fade: (1.0 / (FADE.as_secs_f64() * f64::from(card_rate))) as f32,
            underruns: 0,
        }
    }

    /// Samples of the machine's sound in this time.
    fn samples_in(&self, time: Duration) -> usize {
        samples_in(time, self.sample_rate)
    }

    /// How many are to wait when the card comes for more: half of what it takes has been played since, on average.
    fn target_before_taking(&self) -> usize {
        self.target + self.taken / 2
    }

    /// The most that waits.
    fn capacity(&self) -> usize {
        self.target_before_taking() + self.samples_in(SURPLUS)
    }

    fn push(&mut self, samples: &[[i16; 2]]) {
        let level = |sample: i16| f32::from(sample) / 32768.0;
        let newest = &samples[samples.len().saturating_sub(self.capacity())..];
        self.stock
            .extend(newest.iter().map(|sample| sample.map(level)));
        if self.stock.len() > self.capacity() {
            self.leave_out(self.stock.len() - self.target_before_taking());
        }
    }

    /// Goes over from the oldest samples to those `count` later.
    fn leave_out(&mut self, count: usize) {
        let blended = self.samples_in(FADE);
        for index in 0..blended {
            let share = (index + 1) as f32 / (blended + 1) as f32;
            let old = self.stock[index];
            let new = &mut self.stock[count + index];
            *new = blend(old, *new, share);
        }
        self.stock.drain(..count);
    }

    fn clear(&mut self) {
        self.stock.clear();
        self.flowing = false;
    }

    /// What the card plays next.
    fn render(&mut self, frames: &mut [Stereo]) {
        self.make_room_for(frames.len());
        if !self.flowing && self.gain == 0.0 && self.stock.len() >= self.target_before_taking() {
            self.start();
        }
        if self.flowing && !self.paused {
            let taken = frames.len() as f64 * self.nominal_step;
            let surplus = self.stock.len() as f64 - taken / 2.0 - self.target as f64;
            let second = f64::from(self.sample_rate);
            self.rate.update(surplus / second, taken / second);
        }
        for frame in frames {
            *frame = self.next_frame();
        }
    }

    /// Sees to it that so many of the card's samples can be taken at once.
    fn make_room_for(&mut self, frames: usize) {
        let taken = (frames as f64 * self.nominal_step).ceil();
        let frame = self.samples_in(FRAME) as f64;
        let least = (taken + frame) / 2.0 + self.samples_in(LATENESS) as f64;
        self.taken = self.taken.max(taken as usize);
        self.target = self.target.max(least as usize);
    }

    fn start(&mut self) {
        self.flowing = true;
        self.rate.restart();
        self.position = 0.0;
        for _ in 0..self.taps.len() {
            self.next_sample();
        }
    }

    fn next_frame(&mut self) -> Stereo {
        self.gain = if self.flowing && !self.paused {
            (self.gain + self.fade).min(1.0)
        } else {
            (self.gain - self.fade).max(0.0)
        };
        if self.gain == 0.0 {
            return Stereo::default();
        }
        let frame = interpolate(&self.taps, self.position as f32);
        self.position += self.nominal_step * self.rate.factor();
        while self.position >= 1.0 {
            self.position -= 1.0;
            self.next_sample();
        }
        frame.map(|level| level * self.gain)
    }

    /// Moves on by a sample; stays at the last one while there is none.
    fn next_sample(&mut self) {
        let last = self.taps[3];
        let mut next = last;
        if self.flowing {
            if let Some(sample) = self.stock.pop_front() {
                next = sample;
            } else {
                self.flowing = false;
                self.underruns += 1;
            }
        }
        self.taps.rotate_left(1);
        self.taps[3] = next;
    }
}

fn blend(from: Stereo, to: Stereo, share: f32) -> Stereo {
    std::array::from_fn(|side| from[side] + (to[side] - from[side]) * share)
}

/// The smooth curve through four samples (Catmull-Rom), at this place between the middle ones.
fn interpolate(taps: &[Stereo; 4], at: f32) -> Stereo {
    std::array::from_fn(|side| {
        let [a, b, c, d] = taps.map(|tap| tap[side]);
        let slope_b = (c - a) / 2.0;
        let slope_c = (d - b) / 2.0;
        let cubic = 2.0 * (b - c) + slope_b + slope_c;
        let square = 3.0 * (c - b) - 2.0 * slope_b - slope_c;
        ((cubic * at + square) * at + slope_b) * at + b
    })
}

/// How much faster or slower than it was made the sound is played, so that the stock stays what it should be.
///
/// A proportional and integral controller: the integral part comes to be the clocks' difference, which the other one
/// need not make up for with a stock that is off.
#[derive(Default)]
struct RateControl {
    /// The stock's surplus, smoothed, in seconds; none before the first.
    surplus: Option<f64>,
    integral: f64,
    correction: f64,
}

impl RateControl {
    /// Half a percent: less than a tenth of a semitone.
    const LIMIT: f64 = 0.005;
    /// The stock comes in frames and goes in periods: its rise and fall in between say nothing.
    const SMOOTHING: f64 = 0.25;
    /// Correction for a second of surplus.
    const PROPORTIONAL: f64 = 0.25;
    /// Its change in a second; this much damps it critically.
    const INTEGRAL: f64 = Self::PROPORTIONAL * Self::PROPORTIONAL / 4.0;

    /// Game seconds in one of the card's.
    fn factor(&self) -> f64 {
        1.0 + self.correction
    }

    /// Forgets the stock, which was filled anew, but not the clocks' difference.
    fn restart(&mut self) {
        self.surplus = None;
    }

    /// Takes note of the stock's surplus, in seconds, `time` seconds after the last.
    fn update(&mut self, surplus: f64, time: f64) {
        let before = self.surplus.unwrap_or(surplus);
        let smoothed = before + (surplus - before) * time / (Self::SMOOTHING + time);
        self.surplus = Some(smoothed);
        let integral = self.integral + Self::INTEGRAL * smoothed * time;
        let wanted = Self::PROPORTIONAL * smoothed + integral;
        self.correction = wanted.clamp(-Self::LIMIT, Self::LIMIT);
        if self.correction == wanted {
            self.integral = integral;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::f64::consts::TAU;
    use std::process::Command;

    use proptest::prelude::*;

    /// Of the DS.
    const SAMPLE_RATE: u32 = 44_100;
    const TONE: f64 = 440.0;
    const AMPLITUDE: f64 = 0.5;

    /// A game that plays a tone, and a card with a clock of its own.
    struct World {
        playback: Playback,
        card_rate: u32,
        /// Samples that the card takes at once.
        period: usize,
        /// How much faster the emulator's clock runs than the card's: 0.003 is 0.3 %.
        drift: f64,
        made: u64,
        now: f64,
        next_frame: f64,
        frames: u64,
    }

    impl World {
        fn new(card_rate: u32, period: usize, drift: f64) -> Self {
            Self {
                playback: Playback::new(SAMPLE_RATE, card_rate),
                card_rate,
                period,
                drift,
                made: 0,
                now: 0.0,
                next_frame: 0.0,
                frames: 0,
            }
        }

        /// A video frame's worth of the tone.
        fn tone(&mut self) -> Vec<[i16; 2]> {
            let until = (f64::from(SAMPLE_RATE) / 59.8261 * (self.frames + 1) as f64) as u64;
            self.frames += 1;
            let sample = |index| {
                let phase = TAU * TONE * index as f64 / f64::from(SAMPLE_RATE);
                let level = (AMPLITUDE * 32768.0 * phase.sin()).round() as i16;
                [level, -level]
            };
            let samples = (self.made..until).map(sample).collect();
            self.made = until;
            samples
        }

        /// What the card plays in its next period, into which frames come `late` seconds late.
        fn play(&mut self, late: f64) -> Vec<Stereo> {
            while self.next_frame + late <= self.now {
                let samples = self.tone();
                self.playback.push(&samples);
                self.next_frame += 1.0 / 59.8261 / (1.0 + self.drift);
            }
            self.play_without()
        }

        /// The same without any frame.
        fn play_without(&mut self) -> Vec<Stereo> {
            let mut frames = vec![Stereo::default(); self.period];
            self.playback.render(&mut frames);
            self.now += self.period as f64 / f64::from(self.card_rate);
            frames
        }

        /// Plays until it is heard at full volume.
        fn play_in(&mut self) {
            for _ in 0..10_000 {
                self.play(0.0);
                if self.playback.gain == 1.0 {
                    return;
                }
            }
            panic!("not heard");
        }

        /// The tone's largest step between two of the card's samples, with what a fade adds.
        fn largest_step(&self) -> f32 {
            let step = AMPLITUDE * TAU * TONE / f64::from(self.card_rate) * 1.02;
            step as f32 + self.playback.fade * 0.55
        }

        /// The stock's surplus over what it should be, in seconds.
        fn surplus(&self) -> f64 {
            let after_taking = self.playback.target as f64 - self.playback.taken as f64 / 2.0;
            let surplus = self.playback.stock.len() as f64 - after_taking;
            surplus / f64::from(SAMPLE_RATE)
        }
    }

    fn assert_no_click(before: &mut Stereo, frames: &[Stereo], largest: f32) {
        for frame in frames {
            for side in 0..2 {
                let step = (frame[side] - before[side]).abs();
                assert!(
                    step <= largest,
                    "a step of {step}, expected at most {largest}"
                );
            }
            *before = *frame;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

        #[test]
        fn clocks_that_differ_are_not_heard(
            card_rate in prop::sample::select(vec![22_050_u32, 44_100, 48_000, 96_000]),
            period_ms in 2_u32..40,
            drift in -0.003..0.003,
            jitter_seed: u32,
        ) {
            let period = (card_rate * period_ms / 1000) as usize;
            let mut world = World::new(card_rate, period, drift);
            world.play_in();
            let largest = world.largest_step();
            let mut last = world.play(0.0).pop().unwrap_or_default();
            let mut jitter = jitter_seed;
            let mut rising = 0_u64;
            let mut played = 0_u64;
            let settling = 60.0;
            while world.now < 180.0 {
                jitter = jitter.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let late = f64::from(jitter >> 16) / 65_536.0 * 0.008;
                let before = last;
                let frames = world.play(late);
                assert_no_click(&mut last, &frames, largest);
                prop_assert!(world.playback.rate.correction.abs() <= 0.005);
                let loudest = frames.iter().fold(0.0_f32, |most, frame| most.max(frame[0].abs()));
                prop_assert!(loudest <= AMPLITUDE as f32 * 1.01, "{loudest}");
                if world.now > settling {
                    prop_assert!(world.surplus().abs() < 0.04, "{} s of surplus", world.surplus());
                    let pairs = std::iter::once(&before).chain(&frames).zip(&frames);
                    rising += pairs.filter(|(old, new)| old[0] < 0.0 && new[0] >= 0.0).count() as u64;
                    played += frames.len() as u64;
                }
            }
            prop_assert_eq!(world.playback.underruns, 0);
            let heard = rising as f64 / (played as f64 / f64::from(card_rate));
            let expected = TONE * (1.0 + drift);
            prop_assert!((heard / expected - 1.0).abs() < 0.0005, "{heard} Hz, expected {expected}");
        }

        #[test]
        fn a_constant_level_stays_constant(
            card_rate in 8_000_u32..200_000,
            drift in -0.003..0.003,
            level: i16,
        ) {
            let mut playback = Playback::new(SAMPLE_RATE, card_rate);
            let mut frames = vec![Stereo::default(); (card_rate / 100) as usize];
            let expected = f32::from(level) / 32768.0;
            let mut pushed = 0.0;
            for tenth in 0..1000 {
                pushed += f64::from(SAMPLE_RATE) / 100.0 * (1.0 + drift);
                let count = pushed as usize;
                pushed -= count as f64;
                playback.push(&vec![[level; 2]; count]);
                playback.render(&mut frames);
                if tenth > 20 {
                    let far = frames.iter().flatten().any(|found| (found - expected).abs() > 1e-5);
                    prop_assert!(!far, "expected {expected}, found {frames:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_to_play_fades_to_silence_and_back() {
        let mut world = World::new(48_000, 480, 0.0);
        world.play_in();
        let largest = world.largest_step();
        let mut last = world.play(0.0).pop().expect("a period");
        for _ in 0..3 {
            let mut heard = Vec::new();
            for _ in 0..20 {
                heard.extend(world.play_without());
            }
            assert_no_click(&mut last, &heard, largest);
            let silent = heard.iter().rev().take_while(|frame| **frame == [0.0; 2]);
            assert!(silent.count() > 4_800, "silence after the stock and a fade");
            world.next_frame = world.now;
            heard.clear();
            for _ in 0..20 {
                heard.extend(world.play(0.0));
            }
            assert_no_click(&mut last, &heard, largest);
            assert_eq!(world.playback.gain, 1.0, "it is heard again");
        }
        assert_eq!(world.playback.underruns, 3);
    }

    #[test]
    fn a_game_that_runs_ahead_is_heard_without_clicks_and_late_by_no_more() {
        let mut world = World::new(48_000, 480, 0.0);
        world.play_in();
        // Where two places of the game are blended, both slopes may add up.
        let largest = 2.0 * world.largest_step() + 1.0 / samples_in(FADE, SAMPLE_RATE) as f32;
        let mut last = world.play(0.0).pop().expect("a period");
        for _ in 0..200 {
            for _ in 0..5 {
                let samples = world.tone();
                world.playback.push(&samples);
            }
            assert!(world.playback.stock.len() <= world.playback.capacity());
            let frames = world.play_without();
            assert_no_click(&mut last, &frames, largest);
        }
        let whole_second = vec![[0; 2]; SAMPLE_RATE as usize];
        world.playback.push(&whole_second);
        assert!(world.playback.stock.len() <= world.playback.capacity());
        assert_eq!(world.playback.underruns, 0);
    }

    #[test]
    fn a_pause_keeps_what_waits_and_a_jump_does_not() {
        let mut world = World::new(44_100, 441, 0.0);
        world.play_in();
        let largest = world.largest_step();
        let mut last = world.play(0.0).pop().expect("a period");
        world.playback.paused = true;
        let frames = world.play_without();
        assert_no_click(&mut last, &frames, largest);
        assert_eq!(last, [0.0; 2]);
        let waits = world.playback.stock.len();
        let frames = world.play_without();
        assert!(frames.iter().all(|frame| *frame == [0.0; 2]));
        assert_eq!(world.playback.stock.len(), waits);
        world.playback.paused = false;
        let frames = world.play_without();
        assert_no_click(&mut last, &frames, largest);
        assert!(frames[440] != [0.0; 2], "it goes on at once");

        world.playback.clear();
        let samples = world.tone();
        world.playback.push(&samples);
        let frames = world.play_without();
        assert_no_click(&mut last, &frames, largest);
        assert_eq!(
            world.playback.stock.len(),
            samples.len(),
            "nothing is played before there is enough"
        );
        assert_eq!(world.playback.underruns, 0);
    }

    #[test]
    fn a_card_that_takes_much_at_once_gets_a_stock_to_match() {
        let mut world = World::new(48_000, 8_192, 0.002);
        world.play_in();
        for _ in 0..400 {
            world.play(0.008);
        }
        assert_eq!(world.playback.underruns, 0);
    }

    #[test]
    fn every_number_of_channels_is_served() {
        let frames = [[0.5, -0.25], [2.0, -2.0]];
        let mut mono = [0_i16; 2];
        write_frames(&frames, 1, &mut mono);
        assert_eq!(mono, [4096, 0]);
        let mut stereo = [0.0_f32; 4];
        write_frames(&frames, 2, &mut stereo);
        assert_eq!(
            stereo,
            [0.5, -0.25, 1.0, -1.0],
            "what is too loud is cut off"
        );
        let mut surround = [0_u8; 12];
        write_frames(&frames, 6, &mut surround);
        assert_eq!(
            surround,
            [192, 96, 128, 128, 128, 128, 255, 0, 128, 128, 128, 128]
        );
    }

    const CHILD: &str = "SPEAKER_QUIET_CHILD";

    /// Runs in the child process only.
    #[test]
    fn child() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        // Whether there is a card or not.
        if let Ok(speaker) = Speaker::open(SAMPLE_RATE) {
            speaker.push(&[[0; 2]; 1000]);
        }
    }

    #[test]
    fn nothing_is_printed_with_a_card_or_without() {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "sound::tests::child", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .expect("the child process");
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
