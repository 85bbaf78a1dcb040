//! Compares every field that both a peer and we read, over a whole race, frame by frame.
//!
//! The peer's emulator plays the movie; after each frame it sends its readers' values and its main RAM, and our
//! readers read the same RAM. The comparison is therefore independent of differences between the emulators.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use mkds_memory::course::Course;
use mkds_memory::{RAM_SIZE, Ram};
use serde::{Deserialize, Serialize};

use super::differences::{DIFFERENCES, How, difference_of};
use super::package::{Log, MKDS};
use super::race::{Race, Races};
use super::readings::{Reading, Seen, race};

/// A reading that is not the same on both sides.
#[derive(Debug, Clone, Serialize)]
pub struct Unequal {
    /// The peer's name for it.
    pub name: String,
    /// Frames at which it differs.
    pub frames: u64,
    /// The first of them, from power-on.
    pub first: u32,
    /// Our value there.
    pub ours: f64,
    /// The peer's.
    pub theirs: f64,
}

/// The result of the comparison of one race.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// The course's abbreviation.
    pub course: String,
    /// Frames of the race.
    pub frames: u64,
    /// Readings of every frame that both have.
    pub fields: usize,
    /// Readings that both have of values that do not change in a race, read once.
    pub once: usize,
    /// Readings of every frame whose value changed during the race.
    pub moved: usize,
    /// Readings that are always equal.
    pub equal: usize,
    /// Readings that differ as listed.
    pub listed: Vec<Unequal>,
    /// Readings that differ in other ways.
    pub unlisted: Vec<Unequal>,
    /// Readings of the peer only.
    pub peer_only: Vec<String>,
    /// The peer's readings that fail, with its error.
    pub fails: BTreeMap<String, String>,
}

/// The first line of the peer's answer.
#[derive(Deserialize)]
struct Header {
    fields: Vec<String>,
    once: BTreeMap<String, f64>,
    raises: BTreeMap<String, String>,
}

/// Compares one race.
///
/// # Errors
/// When the peer can't be run or its answer is malformed. Differences are no error here.
pub fn compare(root: &Path, out: &Path, races: &Races, watched: &Race) -> Result<Compared> {
    let log = Log(out.join(format!("fields_{}.log", watched.course)));
    let mut process = MKDS
        .script(root, "mkds_fields.py", &log)?
        .arg(&races.rom)
        .arg(&watched.movie)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start {}", MKDS.name))?;
    let answers = process.stdout.take().context("no standard output")?;
    let compared = follow(BufReader::new(answers), &watched.course);
    let ended = log.check(MKDS.name, process.wait()?);
    // The answer may end because the peer failed, or the peer may fail because we stopped reading: report both errors.
    let compared = compared.map_err(|error| match &ended {
        Ok(()) => error.context(format!("{} on {}", MKDS.name, watched.course)),
        Err(ended) => error.context(format!("{}: {ended:#}", watched.course)),
    })?;
    ended?;
    // The race ends with its movie, a little after the finish.
    let length = movie_length(&watched.movie)?;
    let expected = u64::from(length.saturating_sub(watched.start));
    ensure!(
        compared.frames.abs_diff(expected) <= 2,
        "{}: expected about {expected} frames of a race, {} saw {}",
        watched.course,
        MKDS.name,
        compared.frames
    );
    Ok(compared)
}

fn movie_length(movie: &Path) -> Result<u32> {
    let bytes = std::fs::read(movie).with_context(|| format!("reading {}", movie.display()))?;
    Ok(u32::try_from(
        nds_formats::dsm::Movie::parse(&bytes)?.frames.len(),
    )?)
}

/// Reads the peer's answer to its end.
fn follow(mut answers: impl BufRead, course: &str) -> Result<Compared> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    ensure!(!line.is_empty(), "no answer: it saw no race");
    let header: Header = serde_json::from_str(&line).context("the first line of its answer")?;
    let mut peer_only = Vec::new();
    let mut tracked = Vec::new();
    for (index, name) in header.fields.iter().enumerate() {
        match Reading::of(name) {
            Some(reading) => tracked.push(Tracked::new(index, name, reading)),
            None => peer_only.push(name.clone()),
        }
    }
    let mut record = vec![0; 4 + 8 * header.fields.len() + RAM_SIZE];
    let mut first = None;
    let mut frames = 0;
    let mut last = None;
    while let Some(frame) = next(&mut answers, &mut record)? {
        ensure!(
            last.is_none_or(|last| frame == last + 1),
            "frame {frame} after {last:?}"
        );
        last = Some(frame);
        let (values, bytes) = record[4..].split_at(8 * header.fields.len());
        let ram = Ram::new(bytes)?;
        let course = match first.take() {
            Some(course) => course,
            None => {
                let course = Course::read(&race(&ram)?)?;
                compare_once(
                    &header.once,
                    &Seen::new(ram, &course)?,
                    frame,
                    &mut tracked,
                    &mut peer_only,
                )?;
                course
            }
        };
        let seen = Seen::new(ram, &course)?;
        for field in tracked.iter_mut().filter(|field| field.index.is_some()) {
            let Some(theirs) = field.index.and_then(|index| value(values, index)) else {
                bail!("no value of {}", field.name);
            };
            field.see(&seen, frame, theirs)?;
        }
        frames += 1;
        first = Some(course);
    }
    Ok(summary(course, frames, tracked, peer_only, header.raises))
}

/// The next record: its frame, or `None` at the end.
fn next(answers: &mut impl Read, record: &mut [u8]) -> Result<Option<u32>> {
    let mut filled = 0;
    while filled < record.len() {
        match answers.read(&mut record[filled..])? {
            0 if filled == 0 => return Ok(None),
            0 => bail!("a frame was cut short after {filled} bytes"),
            count => filled += count,
        }
    }
    let frame = record.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    Ok(frame)
}

fn value(values: &[u8], index: usize) -> Option<f64> {
    let bytes = values.get(8 * index..)?.first_chunk()?;
    Some(f64::from_le_bytes(*bytes))
}

/// Compares the values that do not change in a race.
fn compare_once(
    once: &BTreeMap<String, f64>,
    seen: &Seen<'_>,
    frame: u32,
    tracked: &mut Vec<Tracked>,
    peer_only: &mut Vec<String>,
) -> Result<()> {
    for (name, theirs) in once {
        let Some(reading) = Reading::of(name) else {
            peer_only.push(name.clone());
            continue;
        };
        let mut field = Tracked {
            index: None,
            ..Tracked::new(0, name, reading)
        };
        field.see(seen, frame, *theirs)?;
        tracked.push(field);
    }
    Ok(())
}

/// A reading that both have, and its differences.
struct Tracked {
    /// Its index among the values of a frame; `None` for a value that is read once.
    index: Option<usize>,
    name: String,
    reading: Reading,
    /// The peer's value at the first frame.
    start: Option<f64>,
    moved: bool,
    /// How it is expected to differ.
    expected: Option<How>,
    /// Our reading whose value the peer is expected to return.
    instead: Option<Reading>,
    listed: Option<Unequal>,
    unlisted: Option<Unequal>,
}

impl Tracked {
    fn new(index: usize, name: &str, reading: Reading) -> Self {
        let difference = difference_of(name);
        let instead = difference.and_then(|difference| match difference.how {
            How::Instead(other) => Reading::of(&name.replacen(difference.name, other, 1)),
            _ => None,
        });
        Self {
            index: Some(index),
            name: name.to_owned(),
            reading,
            start: None,
            moved: false,
            expected: difference.map(|difference| difference.how),
            instead,
            listed: None,
            unlisted: None,
        }
    }

    fn see(&mut self, seen: &Seen<'_>, frame: u32, theirs: f64) -> Result<()> {
        self.moved |= *self.start.get_or_insert(theirs) != theirs;
        let ours = self
            .reading
            .read(seen)
            .with_context(|| format!("frame {frame}: {}", self.name))?;
        // A value that we report as absent equals no number of the peer.
        let ours = ours.unwrap_or(f64::NAN);
        let apart = (ours - theirs).abs();
        if apart <= self.reading.tolerance() {
            return Ok(());
        }
        let instead = match &self.instead {
            Some(reading) => reading.read(seen)?,
            None => None,
        };
        let explained =
            instead == Some(theirs) || self.expected.is_some_and(|how| how.explains(ours, theirs));
        let kept = match explained {
            true => &mut self.listed,
            false => &mut self.unlisted,
        };
        let unequal = kept.get_or_insert_with(|| Unequal {
            name: self.name.clone(),
            frames: 0,
            first: frame,
            ours,
            theirs,
        });
        unequal.frames += 1;
        Ok(())
    }
}

fn summary(
    course: &str,
    frames: u64,
    tracked: Vec<Tracked>,
    peer_only: Vec<String>,
    fails: BTreeMap<String, String>,
) -> Compared {
    let (fields, once) = (
        tracked.iter().filter(|field| field.index.is_some()).count(),
        tracked.iter().filter(|field| field.index.is_none()).count(),
    );
    let moved = tracked.iter().filter(|field| field.moved).count();
    let equal = tracked
        .iter()
        .filter(|field| field.listed.is_none() && field.unlisted.is_none())
        .count();
    let (mut listed, mut unlisted) = (Vec::new(), Vec::new());
    for field in tracked {
        listed.extend(field.listed);
        unlisted.extend(field.unlisted);
    }
    Compared {
        course: course.to_owned(),
        frames,
        fields,
        once,
        moved,
        equal,
        listed,
        unlisted,
        peer_only,
        fails,
    }
}

/// The faults of the comparisons: unlisted differences, unlisted failures, and listed differences that
/// occurred in none of the races.
pub fn faults(compared: &[Compared], whole: bool) -> Vec<String> {
    let mut faults = Vec::new();
    for race in compared {
        for unequal in &race.unlisted {
            faults.push(format!(
                "{}: {}: frame {}: ours {}, the peer's {} ({} frames differ)",
                race.course,
                unequal.name,
                unequal.first,
                unequal.ours,
                unequal.theirs,
                unequal.frames
            ));
        }
        for (name, error) in &race.fails {
            if difference_of(name).is_none_or(|difference| difference.how != How::Fails) {
                faults.push(format!("{}: the peer's {name} fails: {error}", race.course));
            }
        }
    }
    if whole {
        for difference in DIFFERENCES {
            let shows =
                |name: &str| difference_of(name).is_some_and(|found| found.name == difference.name);
            let seen = compared.iter().any(|race| {
                race.listed.iter().any(|unequal| shows(&unequal.name))
                    || race.fails.keys().any(|name| shows(name))
            });
            if !seen {
                faults.push(format!(
                    "{} is listed as different and is equal in every race",
                    difference.name
                ));
            }
        }
    }
    faults
}
