//! The steps of a movie as it is played, and the rows that they become.

use std::sync::mpsc::sync_channel;
use std::thread;

use env_kart::driver::race_frame;
use env_kart::facts::Facts;
use env_kart::observation::Observation;
use env_kart::runs::recording::RaceFrame;
use image::RgbImage;

use super::RecordedGame;
use crate::Result;
use crate::dataset::{Held, Row, Rows, Schema};

/// Steps that wait for their pictures to be encoded: a few megabytes.
const WAITING: usize = 8;

/// The step of a row, as far as it was played.
pub(super) struct Step {
    frame: u32,
    observation: Observation,
    picture: Option<RgbImage>,
    /// What was held when the game first read its pad: in the last of the frames until it has.
    pub(super) held: Held,
    after: Facts,
    reward: f64,
}

impl Step {
    pub(super) fn begin<G: RecordedGame>(first: RaceFrame, picture: Option<RgbImage>) -> Self {
        Self {
            frame: race_frame::<G>(&first.before),
            observation: first.observation,
            picture,
            held: Held::default(),
            after: first.after,
            reward: first.reward,
        }
    }

    pub(super) fn with(self, frame: &RaceFrame) -> Self {
        Self {
            after: frame.after,
            reward: self.reward + frame.reward,
            ..self
        }
    }

    fn row<'a>(&'a self, picture: Option<&'a [u8]>) -> Row<'a> {
        Row {
            frame: self.frame,
            observation: self.observation.as_ref(),
            picture,
            held: self.held,
            race_progress: self.after.race_progress,
            lap: self.after.lap,
            reward: self.reward as f32,
        }
    }
}

/// The rows of the steps that `play` passes on. Those with pictures are made on a thread of its own: encoding a picture takes as long
/// as playing several frames.
///
/// # Errors
/// Those of `play`.
pub(super) fn rows_of(
    schema: &Schema,
    play: impl FnOnce(&mut dyn FnMut(Step)) -> Result<()>,
) -> Result<Rows> {
    let mut rows = Rows::new(schema);
    let Some(format) = schema.pictures() else {
        play(&mut |step| rows.push(&step.row(None)))?;
        return Ok(rows);
    };
    let (sender, steps) = sync_channel::<Step>(WAITING);
    thread::scope(|scope| {
        let encoded = scope.spawn(|| {
            for step in steps {
                let picture = step.picture.as_ref().expect("a step with a picture");
                let picture = format
                    .encode(picture)
                    .expect("a picture of the format's size");
                rows.push(&step.row(Some(&picture)));
            }
        });
        // The thread receives until there is no sender, and ends earlier only by a panic, which is passed on below.
        let played = play(&mut move |step| drop(sender.send(step)));
        let encoded = encoded.join();
        encoded.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        played
    })?;
    Ok(rows)
}
