//! The driver.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;

use env_core::Driver;
use env_kart::observation::Observation;
use search::{Condition, Neighbour, Query, Search, Value};

use super::card::Card;
use super::situation::Situation;
use super::{Fallback, Settings, Weighting, index};
use crate::dataset::{Held, PictureFormat};
use crate::embed::{Embedder, Picture, choice};
use crate::{Error, Result};

/// A row that a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The file name of the row's movie.
    pub movie: String,
    /// The row's number in it.
    pub row: usize,
    /// How far it is, by the index's metric.
    pub distance: f64,
    /// What was held.
    pub held: Held,
}

/// The places of a row's movie and number, of its run, and of what was held, in its payload.
#[derive(Clone, Copy, Debug)]
struct Places {
    movie: usize,
    row: usize,
    run: usize,
    buttons: usize,
    stick: [usize; 2],
}

/// The run that is followed.
#[derive(Clone, Copy, Debug)]
struct Followed {
    /// The row whose action was held last.
    row: u32,
    run: i64,
    /// The steps that it is still followed for.
    left: u32,
    /// The distance from which on it is left.
    limit: f64,
}

/// A driver that holds what was held in the nearest situations.
pub struct Player {
    card: Card,
    index: Box<dyn Search + Send>,
    places: Places,
    conditions: Vec<Condition>,
    embedder: Box<dyn Embedder + Send>,
    situation: Situation,
    last: Held,
    followed: Option<Followed>,
    neighbours: Vec<Neighbour>,
}

impl std::fmt::Debug for Player {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Player")
            .field("card", &self.card)
            .finish_non_exhaustive()
    }
}

impl Player {
    /// Loads a model's folder.
    ///
    /// # Errors
    /// The card or the index is missing, damaged or of another kind; the embedder's weights are missing, or others than those that
    /// the index was made with.
    pub fn load(folder: &Path) -> Result<Self> {
        let card = Card::read(folder)?;
        let index = index::open(folder, &card)?;
        let weights = card.weights.as_ref().map(|file| folder.join(file));
        let embedder = choice::open(&card.embedder, weights.as_deref())?;
        let embedding = Situation::embedding(embedder.embedding(), &card.settings);
        let name = card.place(folder).display().to_string();
        let description = index.description();
        description.require(&name, &embedding, card.settings.metric)?;
        let place = |name| description.field(name).expect("the fields were compared");
        Ok(Self {
            places: Places {
                movie: place(index::MOVIE),
                row: place(index::ROW),
                run: place(index::RUN),
                buttons: place(index::BUTTONS),
                stick: index::STICK.map(place),
            },
            conditions: card.settings.conditions(),
            situation: Situation::new(&card.settings),
            embedder,
            index,
            card,
            last: Held::default(),
            followed: None,
            neighbours: Vec::new(),
        })
    }

    /// The model's card.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The frames that each decision is held.
    pub fn frames_per_step(&self) -> NonZeroU32 {
        let of_rows = self.card.frames_per_step;
        self.card.settings.frames.unwrap_or(of_rows)
    }

    /// The neighbours of the last search, the nearest first: those of the last decision, or of the run that it follows.
    pub fn neighbours(&self) -> &[Neighbour] {
        &self.neighbours
    }

    /// The rows of those neighbours.
    pub fn found(&self) -> Vec<Found> {
        let found = self.neighbours.iter();
        found
            .map(|neighbour| self.places.found(neighbour))
            .collect()
    }

    /// The action of the next row of the followed run, if that is still near.
    fn follow(&mut self, vector: &[f32]) -> Result<Option<Held>> {
        let Some(followed) = self.followed.take().filter(|followed| followed.left > 0) else {
            return Ok(None);
        };
        let row = followed.row + 1;
        if u64::from(row) >= self.index.count() {
            return Ok(None);
        }
        let (own, payload) = self.index.row(row)?;
        if integer(&payload[self.places.run]) != followed.run
            || self.index.description().distance(&own, vector)? > followed.limit
        {
            return Ok(None);
        }
        self.followed = Some(Followed {
            row,
            left: followed.left - 1,
            ..followed
        });
        Ok(Some(self.places.held(&payload)))
    }

    /// The action of the nearest neighbours.
    fn search(&mut self, vector: &[f32]) -> Result<Held> {
        let settings = &self.card.settings;
        self.neighbours = self.index.nearest(&Query {
            vector,
            neighbours: NonZeroUsize::try_from(settings.neighbours)
                .expect("addresses have 32 bits at least"),
            filter: &self.conditions,
        })?;
        let farthest = settings.farthest.unwrap_or(f64::INFINITY);
        let near = |neighbour: &&Neighbour| neighbour.distance <= farthest;
        let near: Vec<&Neighbour> = self.neighbours.iter().filter(near).collect();
        let Some(nearest) = near.first() else {
            return Ok(match (settings.fallback, self.neighbours.first()) {
                (Fallback::Nearest, Some(nearest)) => self.places.held(&nearest.payload),
                (Fallback::Release, _) => Held::default(),
                _ => self.last,
            });
        };
        self.followed = (settings.follow > 0).then(|| Followed {
            row: nearest.row,
            run: integer(&nearest.payload[self.places.run]),
            left: settings.follow,
            limit: nearest.distance * settings.drift,
        });
        if self.followed.is_some() {
            return Ok(self.places.held(&nearest.payload));
        }
        let votes = near.iter().map(|neighbour| {
            let held = self.places.held(&neighbour.payload);
            (held, weight(settings, neighbour.distance))
        });
        Ok(together(&votes.collect::<Vec<_>>()))
    }
}

impl Places {
    fn found(&self, neighbour: &Neighbour) -> Found {
        Found {
            movie: neighbour.payload[self.movie].to_string(),
            row: integer(&neighbour.payload[self.row]) as usize,
            distance: neighbour.distance,
            held: self.held(&neighbour.payload),
        }
    }

    fn held(&self, payload: &[Value]) -> Held {
        // The numbers were what a pad holds when the index was built; a damaged index is refused when it is opened.
        Held {
            buttons: integer(&payload[self.buttons]) as u16,
            stick: self.stick.map(|place| integer(&payload[place]) as i8),
        }
    }
}

/// The number of a field of integers.
fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(value) => *value,
        Value::Text(_) => unreachable!("the fields were compared"),
    }
}

/// How much a neighbour counts.
fn weight(settings: &Settings, distance: f64) -> f64 {
    /// Of pictures that are the same, since a distance is only as exact as numbers of 32 bits.
    const LEAST: f64 = 1e-6;
    match settings.weighting {
        Weighting::Uniform => 1.0,
        Weighting::Distance => 1.0 / distance.max(LEAST),
    }
}

/// What several hold together: the mean of the stick, and each button that more than half hold; if just half do, what the first
/// one does.
fn together(votes: &[(Held, f64)]) -> Held {
    let total: f64 = votes.iter().map(|(_, weight)| weight).sum();
    let mean = |axis: usize| {
        let sum: f64 = votes
            .iter()
            .map(|(held, weight)| f64::from(held.stick[axis]) * weight)
            .sum();
        (sum / total).round() as i8
    };
    let mut buttons = 0;
    for bit in 0..u16::BITS {
        let held = |held: &Held| held.buttons >> bit & 1 == 1;
        let holding = votes.iter().filter(|(vote, _)| held(vote));
        let share = holding.map(|(_, weight)| weight).sum::<f64>() / total;
        let is_held = match share {
            0.5 => held(&votes[0].0),
            share => share > 0.5,
        };
        buttons |= u16::from(is_held) << bit;
    }
    Held {
        buttons,
        stick: [mean(0), mean(1)],
    }
}

impl Driver<Observation> for Player {
    type Action = Held;
    type Error = Error;

    fn reset(&mut self) {
        self.situation.clear();
        self.last = Held::default();
        self.followed = None;
        self.neighbours.clear();
    }

    fn act(&mut self, observation: &Observation) -> Result<Held> {
        let PictureFormat { width, height, .. } = self.card.pictures;
        let picture = Picture::new(width, height, &observation.bytes)?;
        let vector = self.embedder.embed(&[picture])?.swap_remove(0);
        self.situation.see(vector);
        let vector = self.situation.vector();
        let held = match self.follow(&vector)? {
            Some(held) => held,
            None => self.search(&vector)?,
        };
        self.situation.act(held);
        self.last = held;
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(buttons: u16, x: i8) -> Held {
        Held {
            buttons,
            stick: [x, -x],
        }
    }

    #[test]
    fn neighbours_agree_on_the_mean_of_the_stick_and_the_buttons_of_most() {
        let alike = |votes: &[Held]| {
            let votes: Vec<_> = votes.iter().map(|held| (*held, 1.0)).collect();
            together(&votes)
        };
        let of_three = alike(&[held(0b011, 80), held(0b110, -20), held(0b010, 10)]);
        assert_eq!(of_three, held(0b010, 23));
        // The first one decides where there are as many for as against.
        assert_eq!(alike(&[held(0b01, 5), held(0b10, 5)]), held(0b01, 5));
        let heavy = together(&[(held(1, 80), 1.0), (held(2, -80), 3.0)]);
        assert_eq!(heavy, held(2, -40));
    }

    #[test]
    fn the_nearer_one_counts_more() {
        let settings = Settings {
            weighting: Weighting::Distance,
            ..Settings::default()
        };
        assert!(weight(&settings, 0.1) > 2.0 * weight(&settings, 0.3));
        assert!(weight(&settings, 0.0).is_finite());
        assert_eq!(weight(&Settings::default(), 0.1), 1.0);
    }
}
