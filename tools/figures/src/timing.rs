//! Times, and what represents many of them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long one sample of a short call takes at least: long for the clock, short for the scheduler.
const SAMPLE: Duration = Duration::from_micros(200);
/// How long all samples of a short call take at least, and how many there are at least.
const MEASURED: Duration = Duration::from_millis(500);
const SAMPLES: usize = 21;

/// The value in the middle.
///
/// # Errors
/// When there is none.
pub fn median(mut values: Vec<f64>) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2);
    middle.copied().context("expected a value, found none")
}

/// The median time of `count` calls, milliseconds.
///
/// # Errors
/// Those of the calls, and when there is none.
pub fn median_ms(count: usize, mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let times = (0..count).map(|_| milliseconds(&mut call));
    median(times.collect::<Result<_>>()?)
}

/// The median time of a call that is too short for the clock, nanoseconds: many calls are timed together.
///
/// # Errors
/// None: there are always samples.
pub fn median_ns(mut call: impl FnMut()) -> Result<f64> {
    let mut sample = |calls: u32| {
        let begin = Instant::now();
        (0..calls).for_each(|_| call());
        begin.elapsed()
    };
    let mut calls = 1;
    while sample(calls) < SAMPLE {
        calls *= 2;
    }
    let begin = Instant::now();
    let mut samples = Vec::new();
    while begin.elapsed() < MEASURED || samples.len() < SAMPLES {
        samples.push(sample(calls).as_secs_f64() * 1e9 / f64::from(calls));
    }
    median(samples)
}

/// How long a call takes, milliseconds.
///
/// # Errors
/// The call's.
pub fn milliseconds(call: &mut impl FnMut() -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    call()?;
    Ok(begin.elapsed().as_secs_f64() * 1e3)
}
