//! `kartscope search query`: the pictures of an index that look most like one.

use std::io::Cursor;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use image::{ImageReader, RgbImage};
use learn::embed::{Picture, choice};
use outputs::{Kind, Outputs};
use search::{Condition, Neighbour, Query, Search, Value};
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::files::{self, Input};
use crate::games::CourseName;
use crate::report::Report;

/// `kartscope search query`.
#[derive(Debug, Args)]
pub(super) struct FindPictures {
    /// An index of any engine: a file, a folder, or the address of a server's collection
    #[arg(value_name = "INDEX")]
    index: PathBuf,
    /// A picture, PNG or JPEG
    #[arg(value_name = "PICTURE")]
    picture: PathBuf,
    /// How many neighbours to find
    #[arg(long, short, value_name = "N", default_value = "5")]
    k: NonZeroUsize,
    /// Only pictures of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    course_name: Vec<CourseName>,
    /// The file of the embedder's weights, or the folder of the driver whose features it makes; those that `make setup` installs when
    /// left out
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// The datasets that the index was made of, to draw the neighbours' pictures
    #[arg(long, value_name = "DIR", requires = "png")]
    dataset: Vec<PathBuf>,
    /// Draw the picture and its neighbours as PNG
    #[arg(long, value_name = "FILE", requires = "dataset")]
    png: Option<OutputPath>,
}

/// A neighbour in a report.
#[derive(Serialize)]
struct Found {
    distance: f64,
    /// What is known of the neighbour, by the index's names.
    #[serde(flatten)]
    payload: std::collections::BTreeMap<String, Value>,
}

impl Found {
    fn of(index: &dyn Search, neighbour: &Neighbour) -> Self {
        let fields = index.description().fields.iter();
        let payload = fields.zip(&neighbour.payload);
        Self {
            distance: neighbour.distance,
            payload: payload
                .map(|(field, value)| (field.name.clone(), value.clone()))
                .collect(),
        }
    }
}

/// Finds neighbours.
///
/// # Errors
/// When the index or the picture can't be read, the embedder's weights are missing or others than the index's, the index's vectors are
/// of more than a picture, or a neighbour's dataset is not given or can't be read.
pub(super) fn run(args: &FindPictures, outputs: &Outputs, report: Report) -> Result<()> {
    let output = match &args.png {
        Some(path) => Some(outputs.begin(path, Kind::PNG)?),
        None => None,
    };
    let index = search_qdrant::open(&args.index)?;
    let index = &*index;
    let picture = read_picture(args)?;
    let neighbours = neighbours(args, index, &picture)?;
    if neighbours.is_empty() {
        bail!(
            "{}: expected pictures on the given courses, found some on {} alone",
            args.index.display(),
            index.texts("course")?.join(" ")
        );
    }
    if let Some(output) = output {
        draw(args, index, &picture, &neighbours, output)?;
    }
    let found = neighbours.iter().map(|found| Found::of(index, found));
    let found: Vec<Found> = found.collect();
    report.result(&found, |found, output| {
        for Found { distance, payload } in found {
            let payload: Vec<String> = payload
                .iter()
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            writeln!(output, "{distance:<8.5} {}", payload.join("  "))?;
        }
        Ok(())
    })
}

fn read_picture(args: &FindPictures) -> Result<RgbImage> {
    let name = || args.picture.display().to_string();
    let bytes = files::read(&args.picture, Input::Image).with_context(name)?;
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let picture = reader.with_context(name)?.decode();
    let context = || format!("{}: expected a PNG or a JPEG", name());
    Ok(picture.with_context(context)?.into_rgb8())
}

fn neighbours(
    args: &FindPictures,
    index: &dyn Search,
    picture: &RgbImage,
) -> Result<Vec<Neighbour>> {
    let description = index.description();
    let mut embedder = choice::open(&description.embedding.embedder, args.weights.as_deref())?;
    let name = args.index.display().to_string();
    description.require(&name, embedder.embedding(), description.metric)?;
    let picture = Picture::new(picture.width(), picture.height(), picture)?;
    let vector = embedder.embed(&[picture])?.swap_remove(0);
    let courses = args.course_name.iter().map(|course| course.0.as_str());
    let filter = Condition::new("course", courses);
    let filter: Vec<_> = (!args.course_name.is_empty())
        .then_some(filter)
        .into_iter()
        .collect();
    Ok(index.nearest(&Query {
        vector: &vector,
        neighbours: args.k,
        filter: &filter,
    })?)
}

#[cfg(feature = "cairo")]
fn draw(
    args: &FindPictures,
    index: &dyn Search,
    picture: &RgbImage,
    neighbours: &[Neighbour],
    output: outputs::Output,
) -> Result<()> {
    use learn::dataset::Dataset;
    use learn::neighbours::Sources;

    let datasets = args.dataset.iter().map(Dataset::open);
    let mut sources = Sources::new(datasets.collect::<Result<_, _>>()?);
    let mut pictures = vec![("the picture".to_owned(), picture.clone())];
    for neighbour in neighbours {
        let Found { distance, payload } = Found::of(index, neighbour);
        let (Some(Value::Text(movie)), Some(Value::Integer(row))) =
            (payload.get("movie"), payload.get("row"))
        else {
            bail!(
                "{}: expected an index of a dataset's pictures, found another",
                args.index.display()
            );
        };
        let picture = sources.picture(movie, usize::try_from(*row).unwrap_or(usize::MAX))?;
        let picture = picture.with_context(|| {
            format!("--dataset: expected one with the movie {movie}, found none")
        })?;
        pictures.push((format!("{distance:.4}"), picture));
    }
    super::sheet::write(&pictures, output)
}

#[cfg(not(feature = "cairo"))]
fn draw(
    _args: &FindPictures,
    _index: &dyn Search,
    _picture: &RgbImage,
    _neighbours: &[Neighbour],
    _output: outputs::Output,
) -> Result<()> {
    bail!("--png: expected a build with the feature \"cairo\", found one without")
}
