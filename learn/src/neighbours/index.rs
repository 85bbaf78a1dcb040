//! Indexes of datasets' pictures.

use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::str::FromStr;

use outputs::{FolderLock, Kind, Output};
use search::{Builder, Description, Exact, Field, Search, Value};
use search_qdrant::Address;

use super::card::{Card, IndexedMovie, VERSION, place};
use super::situation::Situation;
use super::{FORMAT, Settings};
use crate::dataset::{Dataset, Movie, Rows};
use crate::embed::{Embedder, Picture, choice};
use crate::{Error, Result, model};

/// The fields of every row's payload: the movie's file name, the row in it, the number of the run of consecutive rows, the course's
/// abbreviation, and what was held.
pub(super) const MOVIE: &str = "movie";
pub(super) const ROW: &str = "row";
pub(super) const RUN: &str = "run";
pub(super) const COURSE: &str = "course";
pub(super) const BUTTONS: &str = "buttons";
pub(super) const STICK: [&str; 2] = ["stick_x", "stick_y"];

/// The exact index's file in a model's folder, Qdrant's copy of it, and the file of the weights that the user gave.
const INDEX: &str = "neighbours.index";
const EDGE: &str = "neighbours.edge";
const WEIGHTS: &str = "weights";
/// Rows that an embedder is given at once, after which the caller may interrupt.
const ROWS_AT_ONCE: usize = 32;

/// Receives how many rows of how many are embedded, and may end the work.
pub type Progress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

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
/// the datasets and their movies. Of `settings` those count that say what a situation is and how two are compared. `embedders` are
/// equal, and each works on a thread of its own. `None` when `progress` ended the work.
///
/// # Errors
/// [`Error::NoData`] without rows, a difference of two datasets, a file or picture that can't be read, and the embedder's.
pub fn build(
    datasets: &[Dataset],
    embedders: &mut [Box<dyn Embedder + Send>],
    settings: &Settings,
    progress: &mut Progress<'_>,
) -> Result<Option<Builder>> {
    settings.check()?;
    require_alike(datasets)?;
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
        let rows = dataset.read(number)?;
        let mut embedded = |count: usize| {
            done += count as u64;
            progress(done, total)
        };
        let vectors = vectors(&rows, embedders, &mut embedded);
        let vectors = vectors.map_err(|error| in_file(error, dataset, movie))?;
        let Some(vectors) = vectors else {
            return Ok(None);
        };
        let mut situation = Situation::new(settings);
        for run in rows.sequences() {
            situation.clear();
            for row in run {
                situation.see(vectors[row].clone());
                push(&mut builder, &situation, movie, &rows, row, runs)?;
                situation.act(rows.get(row).expect("a row of the movie").held);
            }
            runs += 1;
        }
    }
    Ok(Some(builder))
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

/// Refuses datasets without pictures, without rows, and such that differ in what a row is.
fn require_alike(datasets: &[Dataset]) -> Result<()> {
    let rows: u64 = datasets
        .iter()
        .flat_map(Dataset::movies)
        .map(|movie| movie.rows)
        .sum();
    let Some(first) = datasets.first().filter(|_| rows > 0) else {
        let folders = datasets.iter().map(|dataset| dataset.folder().display());
        let folders: Vec<_> = folders.map(|folder| folder.to_string()).collect();
        return Err(Error::NoData(format!("no rows in {}", folders.join(", "))));
    };
    for dataset in datasets {
        if dataset.schema().pictures().is_none() {
            let expected = "pictures, as `record --pictures` writes them";
            return Err(Error::mismatch(
                dataset.folder(),
                "schema",
                expected,
                "numbers alone",
            ));
        }
        if let Some(difference) = first.schema().difference(dataset.schema()) {
            return Err(Error::differs(dataset.folder(), difference));
        }
    }
    Ok(())
}

/// A picture's error, with the file that it is in.
fn in_file(error: Error, dataset: &Dataset, movie: &Movie) -> Error {
    match error {
        Error::Picture { row, reason } => Error::mismatch(
            &dataset.folder().join(&movie.file),
            format!("picture, row {row}"),
            "a sound one",
            reason,
        ),
        other => other,
    }
}

/// The vector of each row's picture; `None` when `embedded`, which receives how many more are done, ended the work.
fn vectors(
    rows: &Rows,
    embedders: &mut [Box<dyn Embedder + Send>],
    embedded: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Option<Vec<Vec<f32>>>> {
    let mut vectors = Vec::with_capacity(rows.len());
    while vectors.len() < rows.len() {
        let mut next = vectors.len();
        let parts = embedders.iter_mut().map(|embedder| {
            let part = next..(next + ROWS_AT_ONCE).min(rows.len());
            next = part.end;
            (embedder, part)
        });
        let parts: Vec<_> = parts.collect();
        let done: Result<Vec<_>> = std::thread::scope(|scope| {
            let work = |(embedder, part): (&'_ mut Box<dyn Embedder + Send>, Range<usize>)| {
                embed(rows, part, &mut **embedder)
            };
            let threads: Vec<_> = parts
                .into_iter()
                .map(|part| scope.spawn(move || work(part)))
                .collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, Result<Vec<Vec<f32>>>>| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().map(join).collect()
        });
        let before = vectors.len();
        vectors.extend(done?.into_iter().flatten());
        if embedded(vectors.len() - before).is_break() {
            return Ok(None);
        }
    }
    Ok(Some(vectors))
}

fn embed(rows: &Rows, part: Range<usize>, embedder: &mut dyn Embedder) -> Result<Vec<Vec<f32>>> {
    let decode = |row| Ok(rows.picture(row)?.expect("the schema has pictures"));
    let pictures = part.map(decode).collect::<Result<Vec<_>>>()?;
    let views = pictures
        .iter()
        .map(|picture| Picture::new(picture.width(), picture.height(), picture));
    embedder.embed(&views.collect::<Result<Vec<_>>>()?)
}

/// How a driver is made.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    /// The name of the embedder.
    pub embedder: &'a str,
    /// The file of the embedder's weights, which is copied into the model; `None` for those that `make setup` installs.
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
    model::require_free_or(folder, FORMAT)?;
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
    let weights = match weights {
        Some(from) => {
            let bytes = std::fs::read(from).map_err(Error::io("read", from))?;
            outputs::write(&folder.join(WEIGHTS), Kind::OWN, &bytes)?;
            Some(WEIGHTS.to_owned())
        }
        None => None,
    };
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
