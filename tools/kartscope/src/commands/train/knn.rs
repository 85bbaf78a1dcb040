//! `kartscope train knn`: makes a driver of nearest neighbours.

use std::io::Write;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use learn::neighbours::{self, Card, Engine, Fallback, Making, Settings, Weighting};
use outputs::Outputs;
use search::Metric;

use crate::arguments::{EmbedderArguments, OutputPath};
use crate::failures::Failures;
use crate::games::CourseName;
use crate::interrupt;
use crate::report::Report;

/// `kartscope train knn`.
#[derive(Debug, Args)]
pub struct NearestNeighbours {
    /// Datasets with pictures, as `record --pictures` writes them
    #[arg(required = true, value_name = "DATASET")]
    pub datasets: Vec<PathBuf>,
    /// Folder for the model
    #[arg(long, short, value_name = "DIR", default_value = "model")]
    pub output: OutputPath,
    /// What turns pictures into vectors.
    #[command(flatten)]
    pub embedder: EmbedderArguments,
    /// How many neighbours decide
    #[arg(long, short, value_name = "N", default_value = "3")]
    pub k: NonZeroU32,
    /// How vectors are compared
    #[arg(long, value_enum, default_value = "cosine")]
    pub metric: MetricName,
    /// What finds neighbours: exact, edge for Qdrant in the process, or the address of a Qdrant server,
    /// http://HOST:PORT/COLLECTION, whose API key is in QDRANT_API_KEY
    #[arg(long, value_name = "ENGINE", default_value = "exact")]
    pub engine: Engine,
    /// How neighbours decide together: all alike, or each by the inverse of its distance
    #[arg(long, value_enum, default_value = "distance")]
    pub weighting: WeightingName,
    /// How many of the last pictures are compared, the present one included
    #[arg(long, value_name = "N", default_value = "1")]
    pub stack: NonZeroU32,
    /// How many of the last actions are compared, too
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub actions: u32,
    /// How much an action counts beside a picture
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.2)]
    pub action_weight: f32,
    /// For how many decisions the run of the nearest neighbour is followed before the next search
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub follow: u32,
    /// Search again when the followed run is this many times as far as the neighbour was
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0)]
    pub drift: f64,
    /// Frames that each decision is held; when left out 4, or those of a row with --follow
    #[arg(long, value_name = "N")]
    pub every: Option<NonZeroU32>,
    /// The distance from which on a neighbour does not count
    #[arg(long, value_name = "DISTANCE")]
    pub farthest: Option<f64>,
    /// What is done where no neighbour counts
    #[arg(long, value_enum, default_value = "repeat")]
    pub fallback: FallbackName,
    /// Rows of waiting decide, too: those of a run before its first button. A driver that finds them may never leave the start
    #[arg(long)]
    pub waiting: bool,
    /// Only rows of these courses decide, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    pub course_name: Vec<CourseName>,
    /// Only rows of these movies decide, by the movies' names
    #[arg(long, value_name = "NAME")]
    pub movie: Vec<String>,
}

/// The frames that a decision is held: a kart that decides only as often as pictures were recorded leaves the road.
const HELD: NonZeroU32 = NonZeroU32::new(4).expect("not 0");

/// A metric on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum MetricName {
    /// By their angle
    Cosine,
    /// By the distance between them
    L2,
}

impl From<MetricName> for Metric {
    fn from(name: MetricName) -> Self {
        match name {
            MetricName::Cosine => Self::Cosine,
            MetricName::L2 => Self::Euclidean,
        }
    }
}

/// A [`Weighting`] on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum WeightingName {
    /// All alike
    Uniform,
    /// By the inverse of the distance
    Distance,
}

/// A [`Fallback`] on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum FallbackName {
    /// Go on holding what was held
    Repeat,
    /// What the nearest one says all the same
    Nearest,
    /// Release everything
    Release,
}

impl NearestNeighbours {
    fn settings(&self) -> Settings {
        let courses = self.course_name.iter();
        Settings {
            neighbours: self.k,
            metric: self.metric.into(),
            weighting: match self.weighting {
                WeightingName::Uniform => Weighting::Uniform,
                WeightingName::Distance => Weighting::Distance,
            },
            pictures: self.stack,
            actions: self.actions,
            action_weight: self.action_weight,
            follow: self.follow,
            drift: self.drift,
            frames: self.every.or((self.follow == 0).then_some(HELD)),
            farthest: self.farthest,
            fallback: match self.fallback {
                FallbackName::Repeat => Fallback::Repeat,
                FallbackName::Nearest => Fallback::Nearest,
                FallbackName::Release => Fallback::Release,
            },
            waiting: self.waiting,
            courses: courses.map(|course| course.0.to_lowercase()).collect(),
            movies: self.movie.clone(),
        }
    }
}

/// Makes a driver of nearest neighbours.
///
/// # Errors
/// When a dataset is damaged, has no pictures, other vectors or differs from the first, the embedder's weights are missing, the folder holds another
/// kind of model or can't be written, or the user interrupts.
pub fn run(args: &NearestNeighbours, outputs: &Outputs, report: Report) -> Result<()> {
    outputs.require_free_folder(&args.output)?;
    let mut failures = Failures::none("datasets", report);
    let open = |folder: &PathBuf| failures.keep(Dataset::open(folder).map_err(anyhow::Error::from));
    let datasets: Vec<Dataset> = args.datasets.iter().filter_map(open).collect();
    // A driver without a dataset that can't be read would be another than requested.
    failures.end()?;
    interrupt::catch()?;
    let (embedder, weights) = args.embedder.choice()?;
    note_vectors(&datasets, report);
    let rows = datasets.iter().flat_map(Dataset::movies);
    let bar = report.progress(rows.map(|movie| movie.rows).sum(), "pictures");
    let making = Making {
        embedder,
        weights,
        settings: &args.settings(),
        engine: &args.engine,
        threads: args.embedder.threads(),
    };
    let progress = &mut |done, _| -> ControlFlow<()> {
        bar.set_position(done);
        interrupt::control_flow()
    };
    let card = neighbours::train(&datasets, &making, &args.output, progress)?;
    bar.finish_and_clear();
    interrupt::check()?;
    let Some(card) = card else { return Ok(()) };
    report.summary(&card, |card, output| print(card, &args.output, output))
}

/// Says how many pictures need not be embedded, since their datasets have the vectors.
pub fn note_vectors(datasets: &[Dataset], report: Report) {
    let there: u64 = datasets.iter().map(Dataset::rows_with_vectors).sum();
    if there > 0 {
        report.note(format_args!(
            "the vectors of {there} pictures are taken from their datasets"
        ));
    }
}

fn print(card: &Card, folder: &std::path::Path, output: &mut dyn Write) -> Result<()> {
    let rows: u64 = card.movies.iter().map(|movie| movie.rows).sum();
    writeln!(
        output,
        "{}: {} movies, {rows} pictures by {}, {} numbers each",
        folder.display(),
        card.movies.len(),
        card.embedder,
        card.embedding.dimension
    )?;
    Ok(())
}
