//! `kartscope inspect search`: finds values by their amount and their changes.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use mkds_memory::RAM_BASE;
use mkds_memory::path::Places;
use serde::Serialize;

use super::source::{Image, Moment, Source, rsplit_once};
use crate::arguments::Misuse;
use crate::arguments::values::whole;
use crate::game::GameFiles;
use crate::report::Report;
use mkds_memory::words;

const SEARCH: &str = "\
A step is WHEN:CONDITION. WHEN is a frame of the movie (1200, race, race+300, end), or without a movie a source
of its own (ram.bin, race.dsm@1200). What was found before stays if the condition holds:
  any              everything, to begin with
  =VALUE           the value is VALUE
  A..B             the value is from A to B, both included
  changed, unchanged, increased, decreased       since the step before
  by=N             it changed by N since the step before, which may be negative

Values are decimal, or hexadecimal after 0x; fx16 and fx32 are in units (4096 of the raw number), angles in degrees.

Examples:
  kartscope inspect search race.dsm --type i32 --at race+300:=0 --at race+1300:=1
  kartscope inspect search race.dsm -t fx32 --at race+310:any --at race+320:increased --at race+330:increased
  kartscope inspect search -t u16 --at before.bin:=30 --at after.bin:by=-1";

/// `kartscope inspect search`.
#[derive(Debug, Args)]
#[command(after_help = SEARCH)]
pub struct Search {
    /// The movie whose frames the steps name; left out if they name sources
    pub movie: Option<PathBuf>,
    /// The kind of value
    #[arg(long = "type", short = 't', value_enum)]
    pub kind: ValueKind,
    /// A step of the search; repeat it for further steps, in order
    #[arg(long, value_name = "WHEN:CONDITION", required = true, value_parser = Step::parser())]
    pub at: Vec<Step>,
    /// Search at every byte, not only at aligned addresses
    #[arg(long)]
    pub unaligned: bool,
    /// The most addresses to print
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = whole(0..=usize::MAX))]
    pub limit: usize,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ValueKind {
    U8,
    #[value(alias = "s8")]
    I8,
    U16,
    #[value(alias = "s16")]
    I16,
    U32,
    #[value(alias = "s32")]
    I32,
    Fx16,
    Fx32,
    Angle,
}

/// A step of a search, as it is written.
#[derive(Debug, Clone)]
pub struct Step {
    when: OsString,
    condition: Condition,
}

impl Step {
    /// A parser for the command line, on which names of files need not be UTF-8.
    pub fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(|text: OsString| Self::parse(&text))
    }

    fn parse(text: &OsStr) -> Result<Self, String> {
        let (when, condition) =
            rsplit_once(text, b':').ok_or_else(|| "expected WHEN:CONDITION".to_owned())?;
        Ok(Self {
            when: when.to_owned(),
            condition: condition.parse()?,
        })
    }

    /// The source of its RAM.
    fn source(&self, movie: Option<&Path>) -> Result<Source> {
        let parsed = match movie {
            Some(movie) => {
                let moment = self.when.to_string_lossy().parse::<Moment>();
                moment.map(|moment| Source::at(movie, moment))
            }
            None => Source::parse(&self.when),
        };
        parsed.map_err(|error| anyhow::anyhow!("--at {}: {error}", self.when.display()))
    }
}

/// A condition on a value, in the units of its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Condition {
    Any,
    Is(f64),
    Within(f64, f64),
    Changed,
    Unchanged,
    Increased,
    Decreased,
    By(f64),
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let condition = match text {
            "any" => Some(Self::Any),
            "changed" => Some(Self::Changed),
            "unchanged" => Some(Self::Unchanged),
            "increased" => Some(Self::Increased),
            "decreased" => Some(Self::Decreased),
            _ => {
                if let Some(value) = text.strip_prefix('=') {
                    number(value).map(Self::Is)
                } else if let Some(value) = text.strip_prefix("by=") {
                    number(value).map(Self::By)
                } else {
                    text.split_once("..")
                        .and_then(|(low, high)| Some(Self::Within(number(low)?, number(high)?)))
                        .filter(|within| !matches!(within, Self::Within(low, high) if low > high))
                }
            }
        };
        condition.ok_or_else(|| {
            format!(
                "expected a condition: any, =VALUE, A..B with A up to B, changed, unchanged, increased, decreased or \
                 by=N; found {text:?}"
            )
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Is(value) => write!(f, "={value}"),
            Self::Within(low, high) => write!(f, "{low}..{high}"),
            Self::Changed => f.write_str("changed"),
            Self::Unchanged => f.write_str("unchanged"),
            Self::Increased => f.write_str("increased"),
            Self::Decreased => f.write_str("decreased"),
            Self::By(value) => write!(f, "by={value}"),
        }
    }
}

/// A decimal number, or a hexadecimal one after `0x`.
fn number(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text),
    };
    let value = match digits.strip_prefix("0x") {
        Some(digits) => f64::from(u32::from_str_radix(digits, 16).ok()?),
        None => digits.parse().ok()?,
    };
    (digits.starts_with(|first: char| first.is_ascii_digit()) && value.is_finite())
        .then_some(sign * value)
}

impl ValueKind {
    /// Bytes it takes.
    fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::Fx16 | Self::Angle => 2,
            Self::U32 | Self::I32 | Self::Fx32 => 4,
        }
    }

    /// The least and the greatest raw number.
    fn raw_range(self) -> (i64, i64) {
        let bits = 8 * self.size();
        match self {
            Self::U8 | Self::U16 | Self::U32 | Self::Angle => (0, (1 << bits) - 1),
            Self::I8 | Self::I16 | Self::I32 | Self::Fx16 | Self::Fx32 => {
                (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
            }
        }
    }

    /// The raw number of one unit.
    fn unit(self) -> f64 {
        match self {
            Self::Fx16 | Self::Fx32 => 4096.0,
            Self::Angle => 65536.0 / 360.0,
            _ => 1.0,
        }
    }

    /// The raw number at `offset`. Bytes after the end count as 0.
    fn read(self, bytes: &[u8], offset: usize) -> i64 {
        let byte = |index| bytes.get(offset + index).copied().unwrap_or_default();
        let [a, b, c, d] = [0, 1, 2, 3].map(byte);
        match self {
            Self::U8 => a.into(),
            Self::I8 => a.cast_signed().into(),
            Self::U16 | Self::Angle => u16::from_le_bytes([a, b]).into(),
            Self::I16 | Self::Fx16 => i16::from_le_bytes([a, b]).into(),
            Self::U32 => u32::from_le_bytes([a, b, c, d]).into(),
            Self::I32 | Self::Fx32 => i32::from_le_bytes([a, b, c, d]).into(),
        }
    }

    /// The raw number as text.
    fn text(self, raw: i64) -> String {
        match self {
            Self::Fx16 | Self::Fx32 => words::fixed(raw as f64 / self.unit()),
            Self::Angle => format!("{:.2}", raw as f64 / self.unit()),
            _ => raw.to_string(),
        }
    }
}

/// A condition on raw numbers.
struct Test {
    condition: Condition,
    /// The condition's numbers, raw.
    low: i64,
    high: i64,
    /// Differences wrap at the kind's width, as the game's own arithmetic does.
    mask: i64,
}

impl Test {
    fn new(condition: Condition, kind: ValueKind) -> Self {
        let raw = |value: f64| (value * kind.unit()).round() as i64;
        let (low, high) = match condition {
            Condition::Is(value) | Condition::By(value) => (raw(value), raw(value)),
            Condition::Within(low, high) => (raw(low), raw(high)),
            _ => (0, 0),
        };
        Self {
            condition,
            low,
            high,
            mask: (1 << (8 * kind.size())) - 1,
        }
    }

    fn holds(&self, old: i64, new: i64) -> bool {
        match self.condition {
            Condition::Any => true,
            Condition::Is(_) | Condition::Within(..) => (self.low..=self.high).contains(&new),
            Condition::Changed => new != old,
            Condition::Unchanged => new == old,
            Condition::Increased => new > old,
            Condition::Decreased => new < old,
            Condition::By(_) => (new - old - self.low) & self.mask == 0,
        }
    }
}

impl Condition {
    /// Whether it needs the value of the step before.
    fn is_relative(self) -> bool {
        !matches!(self, Self::Any | Self::Is(_) | Self::Within(..))
    }
}

#[derive(Serialize)]
struct Found {
    r#type: String,
    steps: Vec<StepTaken>,
    /// How many addresses are left; `candidates` has the first of them.
    count: usize,
    candidates: Vec<Candidate>,
}

#[derive(Serialize)]
struct StepTaken {
    source: String,
    condition: String,
    left: usize,
}

#[derive(Serialize)]
struct Candidate {
    address: String,
    /// After each step, in units.
    values: Vec<f64>,
    #[serde(skip)]
    texts: Vec<String>,
    /// The field at the address, if one is known.
    path: Option<String>,
}

impl Search {
    /// Refuses steps that contradict each other, or that no value of the kind can satisfy.
    ///
    /// # Errors
    /// When there is such a step.
    pub fn check(&self) -> Result<(), Misuse> {
        self.check_steps()
            .map_err(|error| Misuse::value(error.to_string()))
    }

    fn check_steps(&self) -> Result<()> {
        for step in &self.at {
            step.source(self.movie.as_deref())?;
            let Test { low, high, .. } = Test::new(step.condition, self.kind);
            let (least, greatest) = self.kind.raw_range();
            let is_absolute = matches!(step.condition, Condition::Is(_) | Condition::Within(..));
            ensure!(
                !is_absolute || low <= greatest && high >= least,
                "--at {}:{}: expected values from {} to {}, which this type has",
                step.when.display(),
                step.condition,
                self.kind.text(least),
                self.kind.text(greatest)
            );
        }
        if let Some(first) = self.at.first().filter(|step| step.condition.is_relative()) {
            bail!(
                "--at {}:{}: expected any, =VALUE or A..B in the first step, which has none before it",
                first.when.display(),
                first.condition
            );
        }
        Ok(())
    }
}

/// Searches step by step.
///
/// # Errors
/// When a step's source can't be read or played.
pub fn run(args: &Search, game: GameFiles<'_>, report: Report) -> Result<()> {
    let sources: Vec<Source> = args
        .at
        .iter()
        .map(|step| step.source(args.movie.as_deref()))
        .collect::<Result<_>>()?;
    let images = Image::read_all(&sources, game, report)?;
    let last = images.last().context("a step has an image")?;
    let (found, steps) = search(args, &images);
    let places = Places::new(&last.ram()?);
    let candidate = |offset: &u32| {
        let address = RAM_BASE + offset;
        let raw = |image: &Image| args.kind.read(&image.bytes, *offset as usize);
        Candidate {
            address: format!("{address:#010X}"),
            values: images
                .iter()
                .map(|image| raw(image) as f64 / args.kind.unit())
                .collect(),
            texts: images
                .iter()
                .map(|image| args.kind.text(raw(image)))
                .collect(),
            path: places.at(address).map(|place| place.to_string()),
        }
    };
    let found = Found {
        r#type: args
            .kind
            .to_possible_value()
            .map_or_else(String::new, |kind| kind.get_name().to_owned()),
        steps,
        count: found.len(),
        candidates: found.iter().take(args.limit).map(candidate).collect(),
    };
    report.result(&found, print)
}

/// The offsets that are left after all steps, and the result of each step.
fn search(args: &Search, images: &[Image]) -> (Vec<u32>, Vec<StepTaken>) {
    let step = if args.unaligned { 1 } else { args.kind.size() };
    let end = mkds_memory::RAM_SIZE - args.kind.size();
    let mut left: Vec<u32> = (0..=end as u32).step_by(step).collect();
    let mut steps = Vec::new();
    for (index, (step, image)) in args.at.iter().zip(images).enumerate() {
        let test = Test::new(step.condition, args.kind);
        let before = &images[index.saturating_sub(1)].bytes;
        left.retain(|offset| {
            let value = |bytes: &[u8]| args.kind.read(bytes, *offset as usize);
            test.holds(value(before), value(&image.bytes))
        });
        steps.push(StepTaken {
            source: image.name.clone(),
            condition: step.condition.to_string(),
            left: left.len(),
        });
    }
    (left, steps)
}

fn print(found: &Found, output: &mut dyn std::io::Write) -> Result<()> {
    for step in &found.steps {
        writeln!(
            output,
            "{:>9} left after {} {}",
            step.left, step.source, step.condition
        )?;
    }
    for candidate in &found.candidates {
        write!(output, "{}", candidate.address)?;
        for text in &candidate.texts {
            write!(output, "  {text:>10}")?;
        }
        writeln!(output, "  {}", candidate.path.as_deref().unwrap_or("-"))?;
    }
    let more = found.count - found.candidates.len();
    if more > 0 {
        writeln!(output, "... and {more} more (--limit)")?;
    }
    Ok(())
}
