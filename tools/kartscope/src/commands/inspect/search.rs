//! `kartscope inspect search`: finds values by their amount and their changes.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use ram_views::layout::Integer;
use ram_views::places::Places;
use ram_views::search::{self, Condition, Number};
use ram_views::{Memory, Ram};
use serde::Serialize;

use super::game::InspectedGame;
use super::source::{Image, Moment, Source, rsplit_once};
use crate::arguments::Misuse;
use crate::arguments::values::whole;
use crate::game::Game;
use crate::report::Report;

const SEARCH: &str = "\
A step is WHEN:CONDITION. WHEN is a frame of the movie (1200, race, race+300, end), or without a movie a source
of its own (ram.bin, race.dsm@1200). What was found before stays if the condition holds:
  any              everything, to begin with
  =VALUE           the value is VALUE
  A..B             the value is from A to B, both included
  changed, unchanged, increased, decreased       since the step before
  by=N             it changed by N since the step before, which may be negative

Values are decimal, or hexadecimal after 0x; fx16 and fx32 are in units (4096 of the raw number), angles in degrees;
f32 is a floating-point number.

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
    F32,
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

    /// The file of its own source, if it names one.
    pub fn path(&self) -> Option<PathBuf> {
        let source = Source::parse(&self.when).ok()?;
        source.path().is_file().then(|| source.path().to_path_buf())
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

impl ValueKind {
    fn number(self) -> Number {
        match self {
            Self::U8 => Number::Integer(Integer::U8),
            Self::I8 => Number::Integer(Integer::S8),
            Self::U16 => Number::Integer(Integer::U16),
            Self::I16 => Number::Integer(Integer::S16),
            Self::U32 => Number::Integer(Integer::U32),
            Self::I32 => Number::Integer(Integer::S32),
            Self::Fx16 => Number::Fixed(Integer::S16),
            Self::Fx32 => Number::Fixed(Integer::S32),
            Self::Angle => Number::Angle,
            Self::F32 => Number::Float,
        }
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
            let number = self.kind.number();
            let (least, greatest) = number.range();
            ensure!(
                step.condition.can_hold(number),
                "--at {}:{}: expected values from {} to {}, which this type has",
                step.when.display(),
                step.condition,
                number.text(least),
                number.text(greatest)
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
pub fn run<G: InspectedGame>(args: &Search, game: &Game, report: Report) -> Result<()> {
    let sources: Vec<Source> = args
        .at
        .iter()
        .map(|step| step.source(args.movie.as_deref()))
        .collect::<Result<_>>()?;
    let images = Image::read_all::<G>(&sources, game, report)?;
    let last = images.last().context("a step has an image")?;
    let rams = images
        .iter()
        .map(Image::memory::<G>)
        .collect::<Result<Vec<_>>>()?;
    let (found, steps) = search(args, &images, &rams);
    let places = Places::new(&last.ram::<G>()?);
    let number = args.kind.number();
    let candidate = |address: u32| {
        let values: Vec<f64> = rams
            .iter()
            .filter_map(|ram| number.value(ram, address))
            .collect();
        Candidate {
            address: format!("{address:#010X}"),
            texts: values.iter().map(|value| number.text(*value)).collect(),
            values,
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
        candidates: found.addresses().take(args.limit).map(candidate).collect(),
    };
    report.result(&found, print)
}

/// The search after all steps, and the result of each step.
fn search<M: Memory>(
    args: &Search,
    images: &[Image],
    rams: &[Ram<'_, M>],
) -> (search::Search<M>, Vec<StepTaken>) {
    let mut search = search::Search::new(args.kind.number(), args.unaligned);
    let mut steps = Vec::new();
    for (index, (step, image)) in args.at.iter().zip(images).enumerate() {
        let before = &rams[index.saturating_sub(1)];
        search.keep(before, &rams[index], step.condition);
        steps.push(StepTaken {
            source: image.name.clone(),
            condition: step.condition.to_string(),
            left: search.len(),
        });
    }
    (search, steps)
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
