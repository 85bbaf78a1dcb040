//! Indexes of datasets' pictures.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use outputs::{FolderLock, Kind, Output};
use search::{Builder, Description, Exact, Field, Search, Value};
use search_qdrant::Address;

use super::card::{Card, IndexedMovie, VERSION, place};
use super::situation::Situation;
use super::{FORMAT, Settings};
use crate::dataset::{Dataset, Movie, Rows};
use crate::embed::{self, Embedder, Progress, choice};
use crate::{Error, Result, bc, model};

/// The fields of every row's payload: the movie's file name, the row in it, the number of the run of consecutive rows, the course's
/// abbreviation, and what was held.
pub(super) const MOVIE: &str = "movie";
pub(super) const ROW: &str = "row";
pub(super) const RUN: &str = "run";
pub(super) const COURSE: &str = "course";
pub(super) const BUTTONS: &str = "buttons";
pub(super) const STICK: [&str; 2] = ["stick_x", "stick_y"];

/// The exact index's file in a model's folder, Qdrant's copy of it, the file of the weights that the user gave, and the folder of the
/// driver in their place.
const INDEX: &str = "neighbours.index";
const EDGE: &str = "neighbours.edge";
const WEIGHTS: &str = "weights";
const DRIVER: &str = "driver";

/// Which engine finds the neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The exact one.
    Exact,
    /// Qdrant in the process.
    Edge,
    /// A Qdrant server's; the text is an [`Address`], or one that lacks the collection.
    Server(String),
}

impl FromStr for Engine {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "exact" => Ok(Self::Exact),
            "edge" => Ok(Self::Edge),
            _ if search_qdrant::is_server(Path::new(text)) => Ok(Self::Server(text.to_owned())),
            _ => Err(Error::Argument {
                what: "engine".to_owned(),
                expected: "exact, edge, or a server's http:// or https:// address".to_owned(),
                found: text.to_owned(),
            }),
        }
    }
}

/// The fields of the payloads of [`build`].
#[must_use]
pub fn fields() -> Vec<Field> {
    let text = |name| Field::new(name, search::Kind::Text);
    let integer = |name| Field::new(name, search::Kind::Integer);
    let [x, y] = STICK;
    [text(MOVIE), integer(ROW), integer(RUN), text(COURSE)]
        .into_iter()
        .chain([integer(BUTTONS), integer(x), integer(y)])
        .collect()
}

/// An index of all pictures of datasets, which must have the same console, step length and pictures. The rows are in the order of
/// the datasets and their movies. Of `settings` those count that say what a situation is, how two are compared, and whether rows of
/// waiting count. `embedders` are equal, and each works on a thread of its own; where a dataset has the vectors already, those are
/// taken. `None` when `progress` ended the work.
///
/// # Errors
/// [`Error::NoData`] without rows that count, a difference of two datasets, vectors of another embedder in one, a file or picture that
/// can't be read, and the embedder's.
pub fn build(
    datasets: &[Dataset],
    embedders: &mut [Box<dyn Embedder + Send>],
    settings: &Settings,
    progress: &mut Progress<'_>,
) -> Result<Option<Builder>> {
    settings.check()?;
    Dataset::require_alike(datasets)?;
    for dataset in datasets {
        embed::require_vectors(dataset, embedders[0].embedding())?;
    }
    let movies = datasets.iter().flat_map(|dataset| {
        let movies = dataset.movies().iter().enumerate();
        movies.map(move |(number, movie)| (dataset, number, movie))
    });
    let total = movies.clone().map(|(_, _, movie)| movie.rows).sum();
    let mut builder = Builder::new(Description {
        embedding: Situation::embedding(embedders[0].embedding(), settings),
        metric: settings.metric,
        fields: fields(),
    })?;
    let (mut done, mut runs) = (0, 0);
    for (dataset, number, movie) in movies {
        let mut embedded = |count: usize| {
            done += count as u64;
            progress(done, total)
        };
        let (rows, vectors) = match dataset.vectors(number)? {
            Some(vectors) => {
                let goes_on = embedded(vectors.len()).is_continue();
                (dataset.read_numbers(number)?, goes_on.then_some(vectors))
            }
            None => {
                let rows = dataset.read(number)?;
                let vectors = embed::of_movie(dataset, number, &rows, embedders, &mut embedded)?;
                (rows, vectors)
            }
        };
        let Some(vectors) = vectors else {
            return Ok(None);
        };
        let mut situation = Situation::new(settings);
        for run in rows.sequences() {
            let run = match settings.waiting {
                true => run,
                false => from_first_button(&rows, run),
            };
            situation.clear();
            for row in run {
                situation.see(vectors.get(row).to_vec());
                push(&mut builder, &situation, movie, &rows, row, runs)?;
                situation.act(rows.get(row).expect("a row of the movie").held);
            }
            runs += 1;
        }
    }
    match builder.count() {
        0 => Err(Error::NoData("no row in which a button is held".to_owned())),
        _ => Ok(Some(builder)),
    }
}

/// The rows of a run from the first one on in which a button is held.
fn from_first_button(rows: &Rows, run: Range<usize>) -> Range<usize> {
    let holds = |row: &usize| rows.get(*row).is_some_and(|row| row.held.buttons != 0);
    run.clone().find(holds).unwrap_or(run.end)..run.end
}

fn push(
    builder: &mut Builder,
    situation: &Situation,
    movie: &Movie,
    rows: &Rows,
    row: usize,
    run: i64,
) -> Result<()> {
    let held = rows.get(row).expect("a row of the movie").held;
    let [x, y] = held.stick.map(i64::from);
    let payload: [Value; 7] = [
        movie.source.movie.as_str().into(),
        (row as i64).into(),
        run.into(),
        movie.source.game.course_name.as_str().into(),
        i64::from(held.buttons).into(),
        x.into(),
        y.into(),
    ];
    Ok(builder.push(&situation.vector(), &payload)?)
}

/// How a driver is made.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    /// The name of the embedder.
    pub embedder: &'a str,
    /// The embedder's weights, as [`choice::open`] takes them; they are copied into the model.
    pub weights: Option<&'a Path>,
    /// How the driver decides.
    pub settings: &'a Settings,
    /// What finds its neighbours. Another engine than the exact one gets a copy of the index.
    pub engine: &'a Engine,
    /// How many threads embed pictures.
    pub threads: NonZeroUsize,
}

/// Makes a driver of nearest neighbours: embeds the datasets' pictures, and writes index and card into `folder`. `None` when `progress`
/// ended the work.
///
/// # Errors
/// As [`build`] and [`search_qdrant::copy`]; the folder holds another kind of model, or can't be written.
pub fn train(
    datasets: &[Dataset],
    making: &Making<'_>,
    folder: &Path,
    progress: &mut Progress<'_>,
) -> Result<Option<Card>> {
    let Making {
        embedder,
        weights,
        settings,
        engine,
        threads,
    } = *making;
    let _lock = FolderLock::hold(folder)?;
    model::holds(folder, FORMAT)?;
    let index = match engine {
        Engine::Exact => INDEX.to_owned(),
        Engine::Edge => EDGE.to_owned(),
        Engine::Server(text) => Address::parse(text, Some(embedder))?.to_string(),
    };
    let copy = (*engine != Engine::Exact).then(|| place(folder, &index));
    if let Some(copy) = &copy {
        search_qdrant::require_engine(copy)?;
    }
    let open = |_| choice::open(embedder, weights);
    let mut embedders = (0..threads.get()).map(open).collect::<Result<Vec<_>>>()?;
    let Some(builder) = build(datasets, &mut embedders, settings, progress)? else {
        return Ok(None);
    };
    let weights = weights.map(|from| copy_weights(from, folder)).transpose()?;
    builder.write(Output::begin(&folder.join(INDEX), Kind::OWN)?)?;
    let schema = datasets[0].schema();
    let movies = datasets.iter().flat_map(Dataset::movies);
    let card = Card {
        format: FORMAT.to_owned(),
        version: VERSION,
        console: schema.console(),
        frames_per_step: schema.frames_per_step(),
        pictures: schema.pictures().expect("the datasets have pictures"),
        settings: settings.clone(),
        embedder: embedder.to_owned(),
        weights,
        embedding: Situation::embedding(embedders[0].embedding(), settings),
        index,
        movies: movies
            .map(|movie| IndexedMovie {
                movie: movie.source.movie.clone(),
                rows_sha256: movie.sha256.clone(),
                course_name: movie.source.game.course_name.clone(),
                rows: movie.rows,
            })
            .collect(),
    };
    remove_copy(folder)?;
    if let Some(copy) = copy {
        let exact = Exact::open(&folder.join(INDEX))?;
        let rows = exact.count();
        let progress = &mut |_| progress(rows, rows);
        if search_qdrant::copy(&exact, &copy, progress)?.is_none() {
            return Ok(None);
        }
    }
    card.write(folder)?;
    Ok(Some(card))
}

/// Removes Qdrant's copy of an earlier index.
fn remove_copy(folder: &Path) -> Result<()> {
    let copy = folder.join(EDGE);
    match std::fs::remove_dir_all(&copy) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", &copy)(error))
        }
        _ => Ok(()),
    }
}

/// Copies a file of weights, or a driver's folder in its place, into a model's folder; returns its name there.
fn copy_weights(from: &Path, folder: &Path) -> Result<String> {
    if from.is_dir() {
        bc::Card::copy(from, &folder.join(DRIVER))?;
        return Ok(DRIVER.to_owned());
    }
    let bytes = std::fs::read(from).map_err(Error::io("read", from))?;
    outputs::write(&folder.join(WEIGHTS), Kind::OWN, &bytes)?;
    Ok(WEIGHTS.to_owned())
}

/// Opens the index of a model's folder, which has the card's vectors.
pub(super) fn open(folder: &Path, card: &Card) -> Result<Box<dyn Search + Send>> {
    let path = card.place(folder);
    let index = search_qdrant::open(&path)?;
    let name = path.display().to_string();
    let description = index.description();
    description.require(&name, &card.embedding, card.settings.metric)?;
    if description.fields != fields() {
        let list = |fields: &[Field]| {
            let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
            names.join(", ")
        };
        let (expected, found) = (list(&fields()), list(&description.fields));
        return Err(Error::mismatch(&path, "fields", expected, found));
    }
    Ok(index)
}
