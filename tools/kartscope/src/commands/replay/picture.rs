//! Pictures of a replay: PNG, GIF and video, with overlays.

use std::io::BufWriter;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use drawing::{DrawList, Image, export};
use env_kart::observation;
use env_kart::race_env::PadOf;
use env_kart::runs::MachineOf;
use env_kart::runs::replay::Replay as Player;
use machine::{Hardware, Machine};
use outputs::{Kind, Output, Outputs};
use overlays::{Overlay, OverlayKind, Races};
use track::RayFan;

use super::arguments::Replay;
use super::overlay_names::Overlays;
use crate::commands::inspect::source::Moment;
use crate::games::KartGame;
use crate::interrupt;

/// Frames from the race's first one to the start signal: pictures leave out the countdown.
const COUNTDOWN: u64 = 300;
/// Default length of a GIF in frames: longer ones become large.
const GIF_FRAMES: u64 = 600;

/// Draws the requested frames of a replay.
pub struct Artist<G: KartGame> {
    painter: Painter<G>,
    png: Option<(u64, Output)>,
    animations: Vec<Animation>,
}

/// Draws frames.
struct Painter<G: KartGame> {
    overlays: Vec<Box<dyn Overlay + Send + Sync>>,
    fan: RayFan,
    /// The course of the last race, with its number.
    course: Option<(u32, <G::Races as Races>::Course)>,
    scale: u32,
}

/// A GIF or a video of some of the frames.
struct Animation {
    frames: RangeInclusive<u64>,
    file: export::Animation,
}

impl<G: KartGame> Artist<G> {
    const HARDWARE: Hardware = MachineOf::<G>::HARDWARE;
    /// All screens, one above the other.
    const SIZE: [u32; 2] = [
        Self::HARDWARE.picture.width,
        Self::HARDWARE.picture.height * Self::HARDWARE.picture.count,
    ];

    /// The pictures that `args` requests of a movie of `length` frames.
    ///
    /// # Errors
    /// When there is no such frame in the movie, or a file can't be begun.
    pub fn new(args: &Replay, outputs: &Outputs, player: &Player<G>, length: u64) -> Result<Self> {
        let frames = Frames {
            // The comment counts the frames before the race's first input; RAM has the race a frame earlier.
            race_from: player.comment().map(|comment| comment.start_frame - 1),
            length,
        };
        let painter = Painter {
            overlays: chosen(args),
            fan: observation::Rays::default().fan()?,
            course: None,
            scale: args.scale,
        };
        let png = match &args.png {
            Some(path) => Some((frames.of_png(args)?, outputs.begin(path, Kind::PNG)?)),
            None => None,
        };
        let [width, height] = Self::SIZE.map(|side| side * args.scale);
        let size = (width, height);
        let rate = Self::HARDWARE.frame_rate;
        let mut animations = Vec::new();
        if let Some(path) = &args.gif {
            let frames = frames.of_animation(args, Some(GIF_FRAMES))?;
            let output = outputs.begin(path, Kind::GIF)?;
            let file = export::Animation::gif(output, size, rate, args.gif_every)
                .with_context(|| cannot_write(path))?;
            animations.push(Animation { frames, file });
        }
        if let Some(path) = &args.video {
            let frames = frames.of_animation(args, None)?;
            let output = outputs.begin(path, Kind::VIDEO)?;
            let file = export::Animation::video(output, size, rate)
                .with_context(|| cannot_write(path))?
                .interrupted_by(interrupt::flag());
            animations.push(Animation { frames, file });
        }
        Ok(Self {
            painter,
            png,
            animations,
        })
    }

    /// Whether this frame of the movie is to be drawn.
    #[must_use]
    pub fn wants(&self, frame: u64) -> bool {
        self.wants_png(frame) || self.animations.iter().any(|one| one.wants(frame))
    }

    fn wants_png(&self, frame: u64) -> bool {
        self.png
            .as_ref()
            .is_some_and(|(wanted, _)| *wanted == frame)
    }

    /// Draws a frame that was wanted, with the buttons that were held.
    ///
    /// # Errors
    /// When RAM holds a broken race, or the picture can't be drawn or written.
    pub fn see(&mut self, frame: u64, pad: PadOf<G>, player: &Player<G>) -> Result<()> {
        let picture = self.painter.draw(pad, player)?;
        if let Some((_, mut output)) = self.png.take_if(|(wanted, _)| *wanted == frame) {
            export::png(&picture, BufWriter::new(&mut output))
                .with_context(|| cannot_write(output.path()))?;
            output.commit()?;
        }
        for animation in &mut self.animations {
            if animation.wants(frame) {
                animation.push(&picture)?;
            }
        }
        Ok(())
    }

    /// Gives GIF and video their names.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn finish(self) -> Result<()> {
        self.animations.into_iter().try_for_each(Animation::finish)
    }
}

/// The overlays that `args` requests.
fn chosen(args: &Replay) -> Vec<Box<dyn Overlay + Send + Sync>> {
    if args.plain {
        return Vec::new();
    }
    let Overlays(mut kinds) = args.overlays.clone().unwrap_or_default();
    // The drawing order does not depend on the order of the names: overlays that hide little are drawn last.
    kinds.sort();
    kinds.into_iter().map(OverlayKind::make).collect()
}

/// A movie's frames, of which some are drawn.
struct Frames {
    race_from: Option<i64>,
    length: u64,
}

impl Frames {
    /// The frame of the start signal; the first frame for a movie without a comment on its race.
    fn start(&self) -> u64 {
        let start = Moment::Race(COUNTDOWN).frame(self.race_from, self.length);
        start.unwrap_or(0).min(self.length.saturating_sub(1))
    }

    fn of_png(&self, args: &Replay) -> Result<u64> {
        match args.frame {
            Some(moment) => self.at("--frame", moment),
            None => Ok(self.start() + (self.length - self.start()) / 2),
        }
    }

    /// From `--from` to `--to`; without `--to`, at most `at_most` frames.
    fn of_animation(&self, args: &Replay, at_most: Option<u64>) -> Result<RangeInclusive<u64>> {
        let from = match args.from {
            Some(moment) => self.at("--from", moment)?,
            None => self.start(),
        };
        let last = self.length.saturating_sub(1);
        let to = match args.to {
            Some(moment) => self.at("--to", moment)?,
            None => at_most.map_or(last, |frames| last.min(from.saturating_add(frames - 1))),
        };
        ensure!(
            from <= to,
            "--from and --to: expected a frame and a later one, found {from} and {to}"
        );
        Ok(from..=to)
    }

    fn at(&self, option: &str, moment: Moment) -> Result<u64> {
        let frame = moment
            .frame(self.race_from, self.length)
            .with_context(|| match self.race_from {
                Some(from) => format!(
                    "{option} {moment}: expected a frame of the movie, found that it begins at race+{}",
                    from.unsigned_abs()
                ),
                None => format!(
                    "{option} {moment}: expected a movie that says where its race begins, found one that does not"
                ),
            })?;
        ensure!(
            frame < self.length,
            "{option}: expected a frame below {}, the movie's length, found {frame}",
            self.length
        );
        Ok(frame)
    }
}

impl<G: KartGame> Painter<G> {
    fn draw(&mut self, pad: PadOf<G>, player: &Player<G>) -> Result<Image> {
        let machine = player.machine();
        let [width, height] = Artist::<G>::SIZE;
        let picture = Image::new(width, height, machine.picture())?;
        let mut list = DrawList::default();
        if !self.overlays.is_empty()
            && let Some(ram) = machine.ram()
            && let Some(race) = G::Races::race(ram.bytes)?
        {
            let id = G::Races::course_id(&race)?;
            let course = match self.course.take() {
                Some((known, course)) if known == id => course,
                _ => G::Races::read_course(&race)?,
            };
            let scene = G::Races::scene(&race, &course, &G::input(pad))?.with_rays(&self.fan);
            overlays::draw_all(&self.overlays, &scene, &mut list);
            self.course = Some((id, course));
        }
        Ok(drawing::render(&picture, &list, self.scale)?)
    }
}

impl Animation {
    fn wants(&self, frame: u64) -> bool {
        self.frames.contains(&frame)
            && (frame - self.frames.start()).is_multiple_of(self.file.every())
    }

    fn push(&mut self, picture: &Image) -> Result<()> {
        let pushed = self.file.push(picture);
        pushed.with_context(|| cannot_write(self.file.path()))
    }

    fn finish(self) -> Result<()> {
        let path = self.file.path().to_owned();
        self.file.finish().with_context(|| cannot_write(&path))
    }
}

fn cannot_write(path: &Path) -> String {
    format!("can't write {}", path.display())
}
