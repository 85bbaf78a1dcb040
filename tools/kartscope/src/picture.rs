//! Pictures of a replay: which frames, what is drawn on them, where they go.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use env_mkds::observation;
use env_mkds::replay::Replay as Player;
use mkds_formats::pad::Pad;
use mkds_memory::Ram;
use mkds_memory::course::Course;
use mkds_memory::sensor::RayFan;
use overlays::export::{self, Gif};
use overlays::{Buttons, Checkpoints, DrawList, Image, Overlay, Rays, Scene};
use tempfile::NamedTempFile;

use crate::cli::Replay;
use crate::files;

/// Both screens, one above the other.
const WIDTH: u32 = 256;
const BOTH_HEIGHT: u32 = 384;
/// Video frames a second of the console.
const FRAME_RATE: f64 = 59.8261;
/// Frames from the race's first one to the start signal: the countdown is no race to look at.
const COUNTDOWN: u64 = 300;

/// Draws the frames of a replay that were asked for.
pub struct Artist {
    overlays: Vec<Box<dyn Overlay>>,
    course: Option<Course>,
    fan: RayFan,
    scale: u32,
    png: Option<(u64, PathBuf)>,
    gif: Option<Animation>,
}

/// A GIF that is being drawn, under a passing name until it is whole.
struct Animation {
    path: PathBuf,
    from: u64,
    to: u64,
    every: u64,
    gif: Option<Gif<BufWriter<File>>>,
    file: NamedTempFile,
}

impl Artist {
    /// What `args` asks of a movie of `length` frames.
    ///
    /// # Errors
    /// When the GIF can't be created.
    pub fn new(args: &Replay, player: &Player, length: u64) -> Result<Self> {
        let race_from = player
            .comment()
            .map_or(0, |comment| comment.start_frame + COUNTDOWN)
            .min(length);
        let overlays: Vec<Box<dyn Overlay>> = if args.plain {
            Vec::new()
        } else {
            vec![
                Box::new(Rays),
                Box::new(Checkpoints::default()),
                Box::new(Buttons),
            ]
        };
        let middle = race_from + (length - race_from) / 2;
        let gif = args.gif.as_deref().map(|path| {
            Animation::create(path, race_from, race_from + args.gif_frames, args.gif_every)
                .with_context(|| format!("can't write {}", path.display()))
        });
        Ok(Self {
            overlays,
            course: None,
            fan: observation::Rays::default().fan()?,
            scale: args.scale,
            png: args
                .png
                .clone()
                .map(|path| (args.frame.unwrap_or(middle), path)),
            gif: gif.transpose()?,
        })
    }

    /// Whether this frame of the movie is to be drawn.
    #[must_use]
    pub fn wants(&self, frame: u64) -> bool {
        self.wants_png(frame) || self.gif.as_ref().is_some_and(|gif| gif.wants(frame))
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
    pub fn see(&mut self, frame: u64, pad: Pad, player: &Player) -> Result<()> {
        let picture = self.draw(pad, player)?;
        if let Some((wanted, path)) = &self.png
            && *wanted == frame
        {
            files::write(path, |file| {
                Ok(export::png(&picture, BufWriter::new(file))?)
            })?;
        }
        if let Some(gif) = &mut self.gif
            && gif.wants(frame)
        {
            gif.push(&picture)?;
        }
        Ok(())
    }

    fn draw(&mut self, pad: Pad, player: &Player) -> Result<Image> {
        let emulator = player.emulator();
        let picture = Image::new(WIDTH, BOTH_HEIGHT, emulator.screens().rgba())?;
        let mut list = DrawList::default();
        if let Some(race) = Ram::new(emulator.main_ram())?.race()?
            && !self.overlays.is_empty()
        {
            let course = match self.course.take() {
                Some(course) if course.id() == race.config().course().0 => course,
                _ => Course::read(&race)?,
            };
            let scene = Scene::of(&race, &course, &self.fan, pad)?;
            for overlay in &self.overlays {
                overlay.draw(&scene, &mut list);
            }
            self.course = Some(course);
        }
        Ok(overlays::render(&picture, &list, self.scale)?)
    }

    /// Gives the GIF its name.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(self) -> Result<()> {
        match self.gif {
            Some(gif) => gif.finish(),
            None => Ok(()),
        }
    }
}

impl Animation {
    fn create(path: &Path, from: u64, to: u64, every: u64) -> Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            from,
            to,
            every,
            gif: None,
            file: files::passing(path)?,
        })
    }

    fn wants(&self, frame: u64) -> bool {
        (self.from..self.to).contains(&frame) && (frame - self.from).is_multiple_of(self.every)
    }

    fn push(&mut self, picture: &Image) -> Result<()> {
        let gif = match &mut self.gif {
            Some(gif) => gif,
            None => self.gif.insert(Gif::new(
                BufWriter::new(self.file.reopen()?),
                picture.width(),
                picture.height(),
                self.every as f64 / FRAME_RATE,
            )?),
        };
        gif.push(picture)
            .with_context(|| format!("can't write {}", self.path.display()))
    }

    fn finish(self) -> Result<()> {
        let finish = || {
            if let Some(gif) = self.gif {
                gif.finish()?;
            }
            files::persist(self.file, &self.path)
        };
        finish().with_context(|| format!("can't write {}", self.path.display()))
    }
}
