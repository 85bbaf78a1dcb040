//! From a movie of a race to its ghost.

use super::buttons::{GhostButtons, Run, extend};
use super::slot::{Combo, FORMAT, Ghost, MAX_RUNS, PLAYBACK_DELAY};
use super::time::RaceTime;
use crate::{Error, Result};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Commands, Frame, Pad};

/// Frames from the first recorded one to the finish beyond the race's own time, the countdown
/// mostly. No ghost of the real saves has more, and 64 of 64 have more than half of it.
const MOST_BEYOND_TIME: usize = 200;
/// Video frames in ten million milliseconds: 59.8261 a second.
const FRAMES: u64 = 598_261;
const MILLISECONDS: u64 = 10_000_000;
/// Buttons that a ghost cannot hold.
const FOREIGN: Pad = Pad::SELECT
    .union(Pad::START)
    .union(Pad::Y)
    .union(Pad::DEBUG);

impl Ghost {
    /// A new ghost of the race that `movie` plays, of its frames from [`PLAYBACK_DELAY`] frames
    /// after `start` to the finish. `start` is the frame that is played on the race's frame
    /// counter 1, in frames from the movie's beginning; `time` and `laps` are the race's.
    ///
    /// X and L are one button to a ghost: it plays back as X. What is pressed before the recording
    /// begins, while the race fades in, is lost, as in the game.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the movie's frame, if the movie ends before the race does, or
    /// a frame of the race holds what a ghost cannot: Select, Start, Y, the debug button, a touch,
    /// a reset, the lid, or one change of buttons more than its [`MAX_RUNS`] runs have.
    pub fn from_movie(
        movie: &Movie,
        start: usize,
        combo: Combo,
        time: RaceTime,
        laps: Vec<RaceTime>,
        nickname: &str,
    ) -> Result<Self> {
        let race_frames = (u64::from(time.0) * FRAMES).div_ceil(MILLISECONDS) as usize;
        let first = start.saturating_add(PLAYBACK_DELAY);
        let least = first.saturating_add(race_frames);
        if movie.frames.len() < least {
            return Err(Error::out_of_range(
                FORMAT,
                "movie",
                format!("a race of {time} from frame {start}, which ends behind frame {least}"),
                format!("{} frames", movie.frames.len()),
            ));
        }
        let end = movie.frames.len().min(least + MOST_BEYOND_TIME);
        let mut runs: Vec<Run> = Vec::new();
        for (index, frame) in movie.frames[first..end].iter().enumerate() {
            let buttons = buttons(frame, first + index)?;
            extend(&mut runs, buttons);
            if runs.len() > MAX_RUNS {
                let found = format!("one more in frame {}", first + index);
                let expected = format!("at most {MAX_RUNS}");
                return Err(Error::out_of_range(FORMAT, "runs", expected, found));
            }
        }
        Ok(Self::new(combo, time, laps, nickname, runs))
    }
}

/// A frame's buttons, if a ghost can hold everything that happens in it.
fn buttons(frame: &Frame, index: usize) -> Result<GhostButtons> {
    let foreign = frame.pad & FOREIGN;
    let commands = frame.commands & (Commands::RESET | Commands::LID);
    let found = if !foreign.is_empty() {
        let names: Vec<_> = foreign.iter_names().map(|(name, _)| name).collect();
        names.join(" and ")
    } else if frame.touch.is_some() {
        "a touch".into()
    } else if !commands.is_empty() {
        let names: Vec<_> = commands.iter_names().map(|(name, _)| name).collect();
        names.join(" and ")
    } else {
        return Ok(GhostButtons::from(frame.pad));
    };
    let expected = "the cross, A, B, R, X and L alone";
    let found = format!("{found} in frame {index}");
    Err(Error::out_of_range(FORMAT, "buttons", expected, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ghost::SLOT_SIZE;
    use nds_formats::pad::Touch;

    /// Where the race starts.
    const START: usize = 30;
    /// Its time, and how many frames that is.
    const TIME: RaceTime = RaceTime(20_000);
    const TIME_FRAMES: usize = 1197;

    fn movie(frames: usize) -> Movie {
        let mut movie = Movie::new();
        movie.frames = vec![Frame::pad(Pad::A); frames];
        movie
    }

    fn ghost(movie: &Movie) -> Result<Ghost> {
        let combo = Combo {
            character: 0,
            kart: 1,
            course: 20,
        };
        Ghost::from_movie(movie, START, combo, TIME, vec![TIME], "me")
    }

    fn message(movie: &Movie) -> String {
        ghost(movie).unwrap_err().to_string()
    }

    #[test]
    fn a_race_becomes_a_ghost_from_its_recorded_frame_to_its_finish() {
        let mut movie = movie(START + PLAYBACK_DELAY + TIME_FRAMES + MOST_BEYOND_TIME + 100);
        let first = START + PLAYBACK_DELAY;
        // The menus, and what is done after the race, do not matter.
        movie.frames[first - 1] = Frame::pad(Pad::START);
        *movie.frames.last_mut().unwrap() = Frame::pad(Pad::START);
        movie.frames[first] = Frame::pad(Pad::L | Pad::B);
        movie.frames[first + 1] = Frame::pad(Pad::X | Pad::B);
        let ghost = ghost(&movie).unwrap();
        assert_eq!(ghost.frame_count(), TIME_FRAMES + MOST_BEYOND_TIME);
        assert_eq!(ghost.runs[0].buttons, GhostButtons::ITEM | GhostButtons::B);
        assert_eq!(ghost.runs[0].frames, 2);
        assert_eq!(
            (ghost.time, ghost.laps.as_slice()),
            (TIME, [TIME].as_slice())
        );
        let slot: [u8; SLOT_SIZE] = ghost.to_slot().unwrap();
        let read = Ghost::from_slot(&slot, 0).unwrap().unwrap();
        assert_eq!(read.runs, ghost.runs);
    }

    #[test]
    fn a_movie_that_ends_with_the_race_is_long_enough() {
        let whole = START + PLAYBACK_DELAY + TIME_FRAMES;
        assert_eq!(ghost(&movie(whole)).unwrap().frame_count(), TIME_FRAMES);
        assert_eq!(
            message(&movie(whole - 1)),
            "ghost, movie: expected a race of 0:20.000 from frame 30, which ends behind frame \
             1347, found 1346 frames"
        );
        let mut far = movie(whole);
        far.frames.clear();
        assert!(message(&far).contains("found 0 frames"));
    }

    #[test]
    fn what_a_ghost_cannot_hold_is_named_with_its_frame() {
        for (frame, found) in [
            (
                Frame::pad(Pad::A | Pad::START | Pad::Y),
                "START and Y in frame 200",
            ),
            (Frame::pad(Pad::SELECT), "SELECT in frame 200"),
            (
                Frame {
                    touch: Some(Touch::default()),
                    ..Frame::default()
                },
                "a touch in frame 200",
            ),
            (
                Frame {
                    commands: Commands::RESET,
                    ..Frame::default()
                },
                "RESET in frame 200",
            ),
        ] {
            let mut movie = movie(2000);
            movie.frames[200] = frame;
            assert!(message(&movie).ends_with(found), "{}", message(&movie));
        }
    }

    #[test]
    fn too_many_runs_are_refused_where_they_begin() {
        let mut movie = movie(4000);
        for frame in movie.frames.iter_mut().step_by(2) {
            frame.pad = Pad::B;
        }
        let combo = Combo {
            character: 0,
            kart: 0,
            course: 20,
        };
        let time = RaceTime(60_000);
        let error = Ghost::from_movie(&movie, START, combo, time, vec![], "").unwrap_err();
        let first = START + PLAYBACK_DELAY + MAX_RUNS;
        assert_eq!(
            error.to_string(),
            format!("ghost, runs: expected at most 1764, found one more in frame {first}")
        );
    }
}
