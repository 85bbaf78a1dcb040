//! Pictures, decoded on a thread ahead of the row that is shown.

use std::collections::{BTreeMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};
use learn::dataset::{Dataset, Rows};

/// How many rows after the one that is shown are decoded, and how many before it are kept.
const AHEAD: usize = 32;
const BEHIND: usize = 8;

/// A decoded picture, RGBA, or the reason why there is none.
pub(crate) type Decoded = Result<Vec<u8>, String>;

/// A picture's place: its movie, and its row in it.
type Place = (usize, usize);

/// The pictures around the row that is shown.
#[derive(Debug)]
pub(crate) struct Pictures {
    wanted: Arc<Wanted>,
    decoded: Receiver<(usize, Decoded)>,
    ready: BTreeMap<usize, Decoded>,
}

/// The pictures that the thread has yet to decode, by their rows' numbers, the first one next.
#[derive(Debug, Default)]
struct Wanted {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    rows: VecDeque<(usize, Place)>,
    /// The row whose picture is being decoded.
    current: Option<usize>,
    is_over: bool,
}

impl Pictures {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system refuses it.
    pub(crate) fn of(dataset: Dataset) -> Result<Self> {
        let wanted = Arc::new(Wanted::default());
        let (sender, decoded) = channel();
        let decoder = Decoder {
            dataset,
            movie: None,
        };
        let queue = Arc::clone(&wanted);
        thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(move || decoder.run(&queue, &sender))
            .context("can't start a thread for pictures")?;
        Ok(Self {
            wanted,
            decoded,
            ready: BTreeMap::new(),
        })
    }

    /// Shows a row: its picture is decoded next, then those after it. `place` is that of each row up to `last`.
    pub(crate) fn show(&mut self, row: usize, last: usize, place: impl Fn(usize) -> Place) {
        let around = row.saturating_sub(BEHIND)..=last.min(row + AHEAD);
        self.ready.retain(|row, _| around.contains(row));
        self.collect(&around);
        let mut queue = self.wanted.lock();
        let current = queue.current;
        let is_missing = |row: &usize| !self.ready.contains_key(row) && current != Some(*row);
        let missing = (row..=*around.end()).filter(is_missing);
        queue.rows = missing.map(|row| (row, place(row))).collect();
        self.wanted.changed.notify_one();
    }

    /// The picture of a row; `None` if it is not decoded yet.
    pub(crate) fn get(&self, row: usize) -> Option<&Decoded> {
        self.ready.get(&row)
    }

    /// Takes what the thread has decoded.
    fn collect(&mut self, around: &RangeInclusive<usize>) {
        let decoded = self.decoded.try_iter();
        self.ready
            .extend(decoded.filter(|(row, _)| around.contains(row)));
    }
}

impl Drop for Pictures {
    fn drop(&mut self) {
        self.wanted.lock().is_over = true;
        self.wanted.changed.notify_one();
    }
}

impl Wanted {
    /// A thread that panicked has left the queue whole.
    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a picture to decode; `None` at the end.
    fn next(&self) -> Option<(usize, Place)> {
        let is_idle = |queue: &mut Queue| queue.rows.is_empty() && !queue.is_over;
        let waited = self.changed.wait_while(self.lock(), is_idle);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
        if queue.is_over {
            return None;
        }
        let next = queue.rows.pop_front();
        queue.current = next.map(|(row, _)| row);
        next
    }
}

/// What the thread has.
struct Decoder {
    dataset: Dataset,
    /// The movie that was read last, and its rows.
    movie: Option<(usize, Rows)>,
}

impl Decoder {
    fn run(mut self, wanted: &Wanted, decoded: &Sender<(usize, Decoded)>) {
        while let Some((row, place)) = wanted.next() {
            let picture = self.decode(place).map_err(|error| format!("{error:#}"));
            if decoded.send((row, picture)).is_err() {
                return;
            }
        }
    }

    fn decode(&mut self, (movie, row): Place) -> Result<Vec<u8>> {
        if self.movie.as_ref().is_none_or(|(other, _)| *other != movie) {
            self.movie = Some((movie, self.dataset.read(movie)?));
        }
        let (_, rows) = self.movie.as_ref().context("a movie was read")?;
        let picture = rows.picture(row)?.context("a row has a picture")?;
        let rgba = |rgb: &[u8]| [rgb[0], rgb[1], rgb[2], 255];
        Ok(picture.chunks_exact(3).flat_map(rgba).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::fixture;

    /// The picture of a row once it is decoded.
    fn picture(pictures: &mut Pictures, catalogue: &Catalogue, row: usize) -> Vec<u8> {
        loop {
            pictures.show(row, catalogue.last(), |row| catalogue.place(row));
            if let Some(decoded) = pictures.get(row) {
                return decoded.clone().expect("a sound picture");
            }
            thread::yield_now();
        }
    }

    #[test]
    fn the_picture_of_a_row_comes_and_then_those_after_it() {
        let (_folder, dataset) = fixture::dataset(&[3, 60]);
        let catalogue = Catalogue::of(&dataset).expect("read");
        let mut pictures = Pictures::of(dataset).expect("a thread");
        // There and back, across movies.
        for row in [0, 2, 3, 60, 1, 62] {
            let found = picture(&mut pictures, &catalogue, row);
            let (movie, row_of_movie) = catalogue.place(row);
            let [red, green, blue] = fixture::color(movie, row_of_movie);
            assert_eq!(found[..4], [red, green, blue, 255], "row {row}");
        }
        // All that will be shown soon is decoded while nothing else is wanted.
        picture(&mut pictures, &catalogue, 4);
        while pictures.get(4 + AHEAD).is_none() {
            pictures.show(4, catalogue.last(), |row| catalogue.place(row));
            thread::yield_now();
        }
        assert!((4..=4 + AHEAD).all(|row| pictures.get(row).is_some()));
        assert!(pictures.get(5 + AHEAD).is_none(), "not all at once");
    }

    #[test]
    fn a_picture_that_cannot_be_read_says_why() {
        let (folder, dataset) = fixture::dataset(&[2]);
        let file = folder.path().join(&dataset.movies()[0].file);
        std::fs::remove_file(&file).expect("removed");
        let mut pictures = Pictures::of(dataset).expect("a thread");
        let reason = loop {
            pictures.show(1, 1, |row| (0, row));
            if let Some(decoded) = pictures.get(1) {
                break decoded.clone().expect_err("the file is gone");
            }
            thread::yield_now();
        };
        assert!(reason.contains(&file.display().to_string()), "{reason}");
    }
}
