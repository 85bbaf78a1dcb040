//! Sources of main RAM: dumps, save states, and movies played to a frame.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use env_kart::runs::comments::start_frame;
use env_kart::runs::replay::Replay;
use env_kart::runs::{MachineOf, race_frame};
use machine::{Machine as _, Picture};
use ram_views::symbol::{self, Program as _};
use ram_views::{Memory as _, Ram};

use super::LOOK_UP_EVERY;
use super::game::{InspectedGame, MemoryOf};
use crate::arguments::Misuse;
use crate::files::{self, Input};
use crate::game::{self, Game};
use crate::interrupt;
use crate::report::{Report, escaped};

/// A moment of a movie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// After the movie's frame with that number, from 0.
    Frame(u64),
    /// This many frames after the race's first one.
    Race(u64),
    /// After the last frame.
    End,
}

impl Moment {
    /// The movie's frame; `None` if it counts from a race and none has begun, or if the race was past that moment when
    /// the movie began. `race_from` is the frame of the race's first one, negative in a race that ran already: the
    /// first frame of it is then the movie's.
    pub fn frame(self, race_from: Option<i64>, length: u64) -> Option<u64> {
        match self {
            Self::Frame(frame) => Some(frame),
            Self::Race(0) => race_from.map(|from| from.try_into().unwrap_or(0)),
            Self::Race(frames) => race_from?.checked_add_unsigned(frames)?.try_into().ok(),
            Self::End => Some(length.saturating_sub(1)),
        }
    }

    /// Whether it is after another moment in every movie.
    fn is_surely_after(self, other: Self) -> bool {
        match (self, other) {
            (Self::Frame(frame), Self::Frame(other)) | (Self::Race(frame), Self::Race(other)) => {
                frame > other
            }
            _ => false,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |digits: &str| digits.parse().ok();
        let moment = match text {
            "race" => Some(Self::Race(0)),
            "end" => Some(Self::End),
            _ => match text.strip_prefix("race+") {
                Some(frames) => number(frames).map(Self::Race),
                None => number(text).map(Self::Frame),
            },
        };
        moment.ok_or_else(|| {
            format!("expected a frame: a number, race, race+N or end; found {text:?}")
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(frame) => frame.fmt(f),
            Self::Race(0) => f.write_str("race"),
            Self::Race(frames) => write!(f, "race+{frames}"),
            Self::End => f.write_str("end"),
        }
    }
}

/// Refuses a range of frames that is empty in every movie.
///
/// # Errors
/// When it is.
pub fn require_order(from: Option<Moment>, to: Option<Moment>) -> Result<(), Misuse> {
    match (from, to) {
        (Some(from), Some(to)) if from.is_surely_after(to) => Err(Misuse::conflict(format!(
            "--from and --to: expected a frame and a later one, found {from} and {to}"
        ))),
        _ => Ok(()),
    }
}

/// A dump, a save state, or a movie at a moment.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    moment: Option<Moment>,
}

impl Source {
    /// A movie at a moment.
    pub fn at(movie: &Path, moment: Moment) -> Self {
        Self {
            path: movie.to_owned(),
            moment: Some(moment),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A source as it is written: a file, or FILE@FRAME.
    ///
    /// # Errors
    /// A description of the error in the frame.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        // A file may have an @ in its name.
        let (path, moment) = match rsplit_once(text, b'@') {
            Some((path, moment)) if !Path::new(text).exists() => (path, Some(moment.parse()?)),
            _ => (text, None),
        };
        Ok(Self {
            path: path.into(),
            moment,
        })
    }

    /// A parser for the command line, on which names of files need not be UTF-8.
    pub fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(|text: OsString| Self::parse(&text))
    }
}

/// The parts before and after the last `mark`, if there is one and the part after it is UTF-8.
pub fn rsplit_once(text: &OsStr, mark: u8) -> Option<(&OsStr, &str)> {
    let bytes = text.as_bytes();
    let at = bytes.iter().rposition(|&byte| byte == mark)?;
    let after = str::from_utf8(&bytes[at + 1..]).ok()?;
    Some((OsStr::from_bytes(&bytes[..at]), after))
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)?;
        match self.moment {
            Some(moment) => write!(f, "@{moment}"),
            None => Ok(()),
        }
    }
}

/// An image of main RAM.
pub struct Image {
    /// A description of the source.
    pub name: String,
    /// The movie's frame after which it was taken; `None` for dumps and states.
    pub frame: Option<u64>,
    /// The memory that the game uses, as the emulator keeps it.
    pub bytes: Vec<u8>,
}

impl Image {
    /// The image of a source.
    ///
    /// # Errors
    /// As [`Image::read_all`].
    pub fn read<G: InspectedGame>(source: &Source, game: &Game, report: Report) -> Result<Self> {
        let mut images = Self::read_all::<G>(std::slice::from_ref(source), game, report)?;
        images.pop().context("a source has an image")
    }

    /// The images of sources, in their order. A movie that several name is played once.
    ///
    /// # Errors
    /// When a file can't be read, is no dump, state or movie, the state is of another game, or the movie can't be
    /// played to the frame.
    pub fn read_all<G: InspectedGame>(
        sources: &[Source],
        game: &Game,
        report: Report,
    ) -> Result<Vec<Self>> {
        let mut images: Vec<Option<Self>> = sources.iter().map(|_| None).collect();
        for index in 0..sources.len() {
            if images[index].is_some() {
                continue;
            }
            let source = &sources[index];
            let bytes = files::read(&source.path, Input::Image)?;
            if let Some(ram) = MemoryOf::<G>::in_dump(&bytes)
                && G::parse_movie(&bytes).is_err()
            {
                require_movie(source, game, "a RAM dump")?;
                images[index] = Some(Self::of_moment(source, ram.to_vec()));
                continue;
            }
            if G::is_state(&bytes) {
                require_movie(source, game, "a save state")?;
                let start = game.start_from::<G>(&source.path, &G::Console::default())?;
                let ram = main_memory::<G>(&start.machine)?.to_vec();
                images[index] = Some(Self::of_moment(source, ram));
                continue;
            }
            let mut playback = Playback::<G>::open(&source.path, &bytes, game, report)?;
            let of_movie = |other: &Source| other.path == source.path;
            let wanted: Vec<usize> = (index..sources.len())
                .filter(|index| of_movie(&sources[*index]))
                .collect();
            playback.play_to_all(sources, &wanted, &mut images, report)?;
        }
        images
            .into_iter()
            .map(|image| image.context("a source has an image"))
            .collect()
    }

    /// The image of a source that holds one moment only.
    fn of_moment(source: &Source, bytes: Vec<u8>) -> Self {
        Self {
            name: source.to_string(),
            frame: None,
            bytes,
        }
    }

    /// The memory, whatever is in it.
    ///
    /// # Errors
    /// When the image has another size.
    pub fn memory<G: InspectedGame>(&self) -> Result<Ram<'_, MemoryOf<G>>> {
        Ram::new(&self.bytes).with_context(|| self.name.clone())
    }

    /// The game in it.
    ///
    /// # Errors
    /// When the image holds no known game.
    pub fn ram<G: InspectedGame>(&self) -> Result<symbol::Image<'_, G::Program>> {
        G::Program::image(&self.bytes).with_context(|| self.name.clone())
    }
}

/// Refuses a frame and a save state for a source that is not a movie.
fn require_movie(source: &Source, game: &Game, found: &str) -> Result<()> {
    let path = source.path.display();
    if let Some(moment) = source.moment {
        bail!("{path}: expected a movie to play to frame {moment}, found {found}");
    }
    if let Some(state) = &game.state {
        bail!(
            "--state {}: expected a movie that starts from it, found {found}, {path}",
            state.display()
        );
    }
    Ok(())
}

/// The part of a machine's main RAM that its game uses.
fn main_memory<G: InspectedGame>(machine: &MachineOf<G>) -> Result<&[u8]> {
    let ram = machine.ram().context("a machine without RAM")?;
    MemoryOf::<G>::in_dump(ram.bytes).with_context(|| {
        format!(
            "expected {} bytes of RAM, found {}",
            sizes::<G>(),
            ram.bytes.len()
        )
    })
}

/// The sizes of a game's RAM dumps, in words.
fn sizes<G: InspectedGame>() -> String {
    let sizes = MemoryOf::<G>::DUMP_SIZES.iter().map(usize::to_string);
    sizes.collect::<Vec<_>>().join(" or ")
}

/// A movie being played.
pub struct Playback<G: InspectedGame> {
    name: String,
    player: Replay<G>,
    race_from: Option<i64>,
}

impl<G: InspectedGame> Playback<G> {
    /// Starts the movie in `bytes`, which were read from `path`.
    ///
    /// # Errors
    /// When it is no movie, or not for this ROM.
    pub fn open(path: &Path, bytes: &[u8], game: &Game, report: Report) -> Result<Self> {
        let name = path.display().to_string();
        let movie = G::parse_movie(bytes).with_context(|| {
            format!(
                "{name}: expected a RAM dump of {} bytes, a save state or a movie, found {} bytes that are none",
                sizes::<G>(),
                bytes.len()
            )
        })?;
        let player = game
            .replay(path, &movie)
            .with_context(|| format!("playing {name} on {}", game.name))?;
        game::warn_of_rom(path, &player, report);
        Ok(Self {
            name,
            player,
            race_from: None,
        })
    }

    /// How many frames the movie has.
    pub fn length(&self) -> u64 {
        self.player.frames().len() as u64
    }

    /// The movie's frame that is the first of its race, once the race was seen; negative if it ran already when the
    /// movie began.
    pub fn race_from(&self) -> Option<i64> {
        self.race_from
    }

    /// The machine after the frame last played.
    pub fn machine(&self) -> &MachineOf<G> {
        self.player.machine()
    }

    /// Main RAM after the frame last played.
    ///
    /// # Errors
    /// When the machine has none of the game's size.
    pub fn main_ram(&self) -> Result<&[u8]> {
        main_memory::<G>(self.machine())
    }

    /// The race's own count of frames; `None` without a race.
    ///
    /// # Errors
    /// When RAM holds a broken race.
    pub fn race_frame(&self) -> Result<Option<u32>> {
        race_frame::<G>(self.machine()).with_context(|| format!("playing {}", self.name))
    }

    /// Plays a frame and returns its number; `None` after the last.
    ///
    /// # Errors
    /// When the emulator fails, or RAM holds a broken race.
    pub fn step(&mut self) -> Result<Option<u64>> {
        let context = || format!("playing {}", self.name);
        let frame = self.player.step(Picture::Skip).with_context(context)?;
        if let (Some(frame), None) = (frame, self.race_from) {
            let counter = self.race_frame()?;
            self.race_from = counter.map(|counter| start_frame(frame, counter));
        }
        Ok(frame)
    }

    /// Refuses frames that the movie does not have, before it is played.
    ///
    /// # Errors
    /// As [`Playback::missed`].
    pub fn require(&self, moment: Moment) -> Result<()> {
        match moment {
            Moment::Frame(frame) if frame >= self.length() => Err(self.missed(moment)),
            _ => Ok(()),
        }
    }

    /// The error for a moment that the movie does not have.
    pub fn missed(&self, moment: Moment) -> anyhow::Error {
        let Self { name, .. } = self;
        let length = self.length();
        match (moment, self.race_from) {
            (Moment::Race(_), None) => {
                anyhow::anyhow!("{name}: expected a race, found none in its {length} frames")
            }
            (Moment::Race(frames), Some(from)) if from.saturating_add_unsigned(frames) < 0 => {
                anyhow::anyhow!(
                    "{name}: expected frame {moment}, found a movie that begins at race+{}",
                    from.unsigned_abs()
                )
            }
            (Moment::Race(_), Some(from)) => anyhow::anyhow!(
                "{name}: expected frame {moment}, found only {} frames from the race's first one on",
                length.saturating_add_signed(-from)
            ),
            (Moment::Frame(_) | Moment::End, _) => {
                anyhow::anyhow!("{name}: expected frame {moment}, found {length} frames, from 0 on")
            }
        }
    }

    /// Reports on standard error if the race diverged from the recorded one.
    pub fn report_divergence(&self, report: Report) {
        if let Some(divergence) = self.player.divergence() {
            report.note(format_args!("{}: {divergence}", self.name));
        }
    }

    /// Plays until each of the `wanted` sources has its image.
    fn play_to_all(
        &mut self,
        sources: &[Source],
        wanted: &[usize],
        images: &mut [Option<Image>],
        report: Report,
    ) -> Result<()> {
        let moment = |index: usize| sources[index].moment.unwrap_or(Moment::Race(0));
        let length = self.length();
        wanted
            .iter()
            .try_for_each(|index| self.require(moment(*index)))?;
        let mut open = wanted.to_vec();
        let progress = report.progress(length, "frames");
        progress.set_message(escaped(&self.name));
        while let Some(first) = open.first() {
            let Some(frame) = self.step()? else {
                return Err(self.missed(moment(*first)));
            };
            let ram = main_memory::<G>(self.player.machine())?;
            open.retain(|index| {
                let is_met = moment(*index).frame(self.race_from, length) == Some(frame);
                if is_met {
                    images[*index] = Some(Image {
                        name: format!("{}@{frame}", self.name),
                        frame: Some(frame),
                        bytes: ram.to_vec(),
                    });
                }
                !is_met
            });
            if frame % LOOK_UP_EVERY == 0 {
                progress.set_position(frame);
                interrupt::check()?;
            }
        }
        progress.finish_and_clear();
        self.report_divergence(report);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_file_and_a_frame_whatever_the_files_name_is() {
        let parse = |text: &[u8]| Source::parse(OsStr::from_bytes(text));
        let source = parse(b"no\xFFtext.dsm@race+3").expect("a source");
        assert_eq!(source.path, Path::new(OsStr::from_bytes(b"no\xFFtext.dsm")));
        assert_eq!(source.moment, Some(Moment::Race(3)));
        let source = parse(b"a.dsm").expect("a source");
        assert_eq!((source.path, source.moment), ("a.dsm".into(), None));
        assert!(parse(b"a.dsm@soon").is_err());
    }

    #[test]
    fn only_moments_of_one_count_have_an_order() {
        let after = |from: &str, to: &str| {
            let moment = |text: &str| text.parse::<Moment>().expect("a moment");
            moment(from).is_surely_after(moment(to))
        };
        assert!(after("5", "4") && after("race+1", "race"));
        assert!(!after("4", "5") && !after("5", "5"));
        assert!(!after("5", "race") && !after("race+5", "4") && !after("9", "end"));
    }
}
