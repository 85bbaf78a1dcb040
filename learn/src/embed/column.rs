//! The vectors of a dataset's pictures.

use std::ops::{ControlFlow, Range};
use std::thread::{self, ScopedJoinHandle};

use search::Embedding;

use super::{Embedder, Picture};
use crate::dataset::{Dataset, Movie, Rewriting, Rows, Vectors};
use crate::{Error, Result};

/// Rows that an embedder is given at once, after which the caller may interrupt.
const ROWS_AT_ONCE: usize = 32;

/// Receives how many rows of how many are embedded, and may end the work.
pub type Progress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// Writes the vectors of a dataset's pictures into its folder, movie by movie: each movie's file is replaced as a whole, and has one
/// column more. Movies that have these vectors already are left as they are, so that work that was ended goes on from there. Those
/// with others are an error, or get these if `replaces`. `embedders` are equal, and each works on a thread of its own.
///
/// Returns how many movies got vectors: all that had none, unless `progress` ended the work.
///
/// # Errors
/// The dataset has no pictures; it has other vectors, and not `replaces`; another process writes it or has changed it since it was
/// opened; a file or picture can't be read or written; the embedder's. Movies that got vectors before keep them.
pub fn add_to(
    dataset: &Dataset,
    embedders: &mut [Box<dyn Embedder + Send>],
    replaces: bool,
    progress: &mut Progress<'_>,
) -> Result<usize> {
    dataset.require_pictures()?;
    let embedding = embedders[0].embedding().clone();
    if !replaces {
        require_vectors(dataset, &embedding)?;
    }
    let movies = dataset.movies().iter().enumerate();
    let lacks = |movie: &Movie| movie.embedding.as_ref() != Some(&embedding);
    let movies: Vec<_> = movies.filter(|(_, movie)| lacks(movie)).collect();
    let total = movies.iter().map(|(_, movie)| movie.rows).sum();
    let mut rewriting = Rewriting::begin(dataset)?;
    let mut done = 0;
    for (place, (index, movie)) in movies.iter().enumerate() {
        let rows = dataset.read(*index)?;
        let mut embedded = |count: usize| {
            done += count as u64;
            progress(done, total)
        };
        let Some(vectors) = of_movie(dataset, *index, &rows, embedders, &mut embedded)? else {
            return Ok(place);
        };
        rewriting.replace(movie, &rows, Some(&vectors))?;
        rewriting.commit()?;
    }
    Ok(movies.len())
}

/// Refuses a dataset with vectors that can't be compared with those of `embedding`, by the first movie that has some.
pub(crate) fn require_vectors(dataset: &Dataset, embedding: &Embedding) -> Result<()> {
    for movie in dataset.movies() {
        if let Some(found) = &movie.embedding {
            let file = dataset.folder().join(&movie.file);
            found.require(&format!("{}: vectors", file.display()), embedding)?;
        }
    }
    Ok(())
}

/// The vectors of a movie's pictures; `rows` are the movie's. `None` when `embedded`, which receives how many more are done, ended
/// the work.
///
/// # Errors
/// A picture is damaged; the embedder's.
pub(crate) fn of_movie(
    dataset: &Dataset,
    index: usize,
    rows: &Rows,
    embedders: &mut [Box<dyn Embedder + Send>],
    embedded: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Option<Vectors>> {
    let in_file = |error| match error {
        Error::Picture { row, reason } => {
            let file = dataset.folder().join(&dataset.movies()[index].file);
            Error::mismatch(&file, format!("picture, row {row}"), "a sound one", reason)
        }
        other => other,
    };
    let embedding = embedders[0].embedding().clone();
    let mut numbers = Vec::with_capacity(rows.len() * embedding.dimension);
    let mut next = 0;
    while next < rows.len() {
        let first = next;
        let parts: Vec<_> = embedders
            .iter_mut()
            .map(|embedder| {
                let part = next..(next + ROWS_AT_ONCE).min(rows.len());
                next = part.end;
                (embedder, part)
            })
            .collect();
        for vectors in side_by_side(rows, parts).map_err(in_file)? {
            numbers.extend(vectors);
        }
        if embedded(next - first).is_break() {
            return Ok(None);
        }
    }
    Vectors::new(embedding, numbers).map(Some)
}

/// The vectors of several parts of the rows, in order, each by an embedder on a thread of its own.
fn side_by_side(
    rows: &Rows,
    parts: Vec<(&mut Box<dyn Embedder + Send>, Range<usize>)>,
) -> Result<Vec<Vec<f32>>> {
    thread::scope(|scope| {
        let threads = parts
            .into_iter()
            .map(|(embedder, part)| scope.spawn(move || embed(rows, part, &mut **embedder)));
        let threads: Vec<_> = threads.collect();
        let join = |thread: ScopedJoinHandle<'_, Result<Vec<Vec<f32>>>>| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        let vectors: Result<Vec<_>> = threads.into_iter().map(join).collect();
        Ok(vectors?.into_iter().flatten().collect())
    })
}

fn embed(rows: &Rows, part: Range<usize>, embedder: &mut dyn Embedder) -> Result<Vec<Vec<f32>>> {
    let decode = |row| Ok(rows.picture(row)?.expect("the schema has pictures"));
    let pictures = part.map(decode).collect::<Result<Vec<_>>>()?;
    let views = pictures
        .iter()
        .map(|picture| Picture::new(picture.width(), picture.height(), picture));
    embedder.embed(&views.collect::<Result<Vec<_>>>()?)
}
