//! `kartscope ghosts records`: lists and writes the records of Mario Kart 64's time trials.

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use clap::Args;
use mk64_formats::eeprom::{CourseRecords, Record, Save, TIMES_OF_THREE_LAPS};
use mk64_formats::names::{CHARACTERS, COURSES, Course, course_code};
use mk64_formats::time::RaceTime;
use outputs::{Kind, Outputs};
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::files::{self, Input};
use crate::report::{Report, time};

const RECORDS: &str = "\
Examples:
  kartscope ghosts records mk64.eep
  kartscope ghosts records mk64.eep --race lr=1:45.30/0 --lap lr=0:33.07/0 -o new.eep

A record is COURSE=MINUTES:SECONDS.HUNDREDTHS/CHARACTER. One of three laps takes its place among the five best.";

/// `kartscope ghosts records`.
#[derive(Debug, Args)]
#[command(after_help = RECORDS)]
pub struct Records {
    /// The cartridge's EEPROM: 512 bytes, or 2,048 as emulators pad it
    pub save: PathBuf,
    /// A time of three laps to add; needs --output
    #[arg(long, value_name = "RECORD", requires = "output")]
    pub race: Vec<Entry>,
    /// The best time of a lap to set; needs --output
    #[arg(long, value_name = "RECORD", requires = "output")]
    pub lap: Vec<Entry>,
    /// The file for the changed EEPROM, of the size that was read; it must not be SAVE
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<OutputPath>,
}

/// A record of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    course: &'static Course,
    record: Record,
}

impl FromStr for Entry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| {
            let courses = COURSES.map(|course| course_code(course.id)).join(" ");
            format!(
                "expected COURSE=M:SS.HH/CHARACTER with one of {courses}, a time below 100 minutes and a character from 0 to {}",
                CHARACTERS.len() - 1
            )
        })
    }
}

fn parse(text: &str) -> Option<Entry> {
    let (course, rest) = text.split_once('=')?;
    let (time, character) = rest.split_once('/')?;
    let (minutes, rest) = time.split_once(':')?;
    let (seconds, hundredths) = rest.split_once('.')?;
    let number = |digits: &str, length: usize, most: u32| {
        let is_number = digits.len() <= length && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_number.then(|| digits.parse().ok()).flatten();
        number.filter(|number: &u32| *number <= most)
    };
    let (minutes, seconds) = (number(minutes, 2, 99)?, number(seconds, 2, 59)?);
    let hundredths = (hundredths.len() == 2).then(|| number(hundredths, 2, 99))??;
    let character = number(character, 1, CHARACTERS.len() as u32 - 1)?;
    Some(Entry {
        course: Course::by_abbreviation(course)?,
        record: Record {
            time: RaceTime((minutes * 60 + seconds) * 100 + hundredths),
            character: u8::try_from(character).ok()?,
        },
    })
}

/// The records of a course.
#[derive(Serialize)]
struct Row {
    course_abbreviation: &'static str,
    /// The best times of three laps, the best first.
    three_laps: Vec<Time>,
    /// The best time of a lap.
    one_lap: Option<Time>,
}

/// A record.
#[derive(Serialize)]
struct Time {
    total_ms: u32,
    character: u8,
}

impl Time {
    fn of(record: &Record) -> Option<Self> {
        record.is_some().then(|| Self {
            total_ms: record.time.ms(),
            character: record.character,
        })
    }

    fn text(&self) -> String {
        let names = CHARACTERS.get(usize::from(self.character));
        format!("{} {}", time(self.total_ms), names.unwrap_or(&"?"))
    }
}

/// The kind of file that a changed EEPROM may replace.
const EEPROM: Kind = Kind {
    name: "an EEPROM's file of Mario Kart 64",
    is_one: |bytes| Save::parse(bytes).is_ok_and(|save| save.faults().is_empty()),
};

/// Lists the records of a save, after adding those of the command line.
///
/// # Errors
/// When the file can't be read or has another size, records have a wrong checksum, or the changed file can't be written.
pub fn run(args: &Records, outputs: &Outputs, report: Report) -> Result<()> {
    let path = args.save.display().to_string();
    let output = match &args.output {
        Some(path) => Some(outputs.begin(path, EEPROM)?),
        None => None,
    };
    let save = Save::parse(&files::read(&args.save, Input::Save)?);
    let mut save = save.with_context(|| path.clone())?;
    for Entry { course, record } in &args.race {
        let mut records = save
            .records(course.slot.into())
            .with_context(|| path.clone())?;
        add(&mut records, *record);
        save.set_records(course.slot.into(), &records)?;
    }
    for Entry { course, record } in &args.lap {
        let mut records = save
            .records(course.slot.into())
            .with_context(|| path.clone())?;
        records.one_lap = *record;
        save.set_records(course.slot.into(), &records)?;
    }
    if let Some(output) = output {
        output.commit_with(&save.to_bytes())?;
    }
    let mut rows = Vec::new();
    let mut broken = 0;
    for course in &COURSES {
        match save.records(course.slot.into()) {
            Ok(records) => rows.extend(row(course, &records)),
            Err(error) => {
                report.note(format_args!("error: {path}: {error}"));
                broken += 1;
            }
        }
    }
    report.result(&rows, |rows, output| print(rows, output))?;
    ensure!(
        broken == 0,
        "{path}: the records of {broken} courses can't be read"
    );
    Ok(())
}

/// Puts a time of three laps in its place among the best, of which the worst is lost.
fn add(records: &mut CourseRecords, record: Record) {
    let times = &mut records.three_laps;
    let place = times.partition_point(|there| there.time <= record.time);
    if place < TIMES_OF_THREE_LAPS {
        times[place..].rotate_right(1);
        times[place] = record;
    }
}

/// The records of a course; `None` if there are none.
fn row(course: &Course, records: &CourseRecords) -> Option<Row> {
    let row = Row {
        course_abbreviation: course.abbreviation,
        three_laps: records.three_laps.iter().filter_map(Time::of).collect(),
        one_lap: Time::of(&records.one_lap),
    };
    (row.one_lap.is_some() || !row.three_laps.is_empty()).then_some(row)
}

fn print(rows: &[Row], output: &mut dyn Write) -> Result<()> {
    writeln!(output, "course  lap               three laps")?;
    for row in rows {
        let lap = row
            .one_lap
            .as_ref()
            .map_or_else(|| "-".to_owned(), Time::text);
        let times: Vec<String> = row.three_laps.iter().map(Time::text).collect();
        let course = row.course_abbreviation;
        writeln!(output, "{course:<6}  {lap:<16}  {}", times.join(", "))?;
    }
    Ok(())
}
