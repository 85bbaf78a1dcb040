//! The arguments of `kartscope replay`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::overlay_names::Overlays;
use crate::arguments::values::whole;
use crate::arguments::{Misuse, OutputPath};
use crate::commands::inspect::source::{self, Moment};

const REPLAY: &str = "\
Examples:
  kartscope replay race.dsm
  kartscope replay race.dsm --png race.png --frame race+600
  kartscope replay race.dsm --gif race.gif --from race+600 --to race+900
  kartscope replay race.dsm --video race.mp4 --overlays rays,checkpoints

The ffmpeg of a video is the one in PATH, or the one that KARTSCOPE_FFMPEG names.";

/// `kartscope replay`.
#[derive(Debug, Args)]
#[command(after_help = REPLAY)]
#[command(group(ArgGroup::new("pictures").args(["png", "gif", "video"]).multiple(true)))]
#[command(group(ArgGroup::new("moving").args(["gif", "video"]).multiple(true)))]
pub struct Replay {
    /// Movies to play
    #[arg(required = true, value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// The save state that the movies start from, in place of the .dst (.st of a Nintendo 64) beside each
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Write the race as an animated GIF
    #[arg(long, value_name = "FILE")]
    pub gif: Option<OutputPath>,
    /// Write the race as a video, .mp4 or .webm, without sound; needs ffmpeg
    #[arg(long, value_name = "FILE")]
    pub video: Option<OutputPath>,
    /// Write one frame of the race as PNG
    #[arg(long, value_name = "FILE")]
    pub png: Option<OutputPath>,
    /// The frame that --png shows: N, race+N, end; the middle of the race when left out
    #[arg(long, value_name = "FRAME", requires = "png")]
    pub frame: Option<Moment>,
    /// The first frame of GIF and video: N, race, race+N; the start signal when left out
    #[arg(long, value_name = "FRAME", requires = "moving")]
    pub from: Option<Moment>,
    /// The last frame of GIF and video: N, race+N, end; when left out, a video shows the whole race and a GIF ten seconds
    #[arg(long, value_name = "FRAME", requires = "moving")]
    pub to: Option<Moment>,
    /// Enlarge the pictures
    #[arg(long, value_name = "N", default_value_t = 2, requires = "pictures", value_parser = whole(1..=8_u32))]
    pub scale: u32,
    /// Frames of the game for each of the GIF; a video shows them all
    #[arg(long, value_name = "N", default_value_t = 4, requires = "gif", value_parser = whole(1..=60_u64))]
    pub gif_every: u64,
    /// Overlays to draw: names separated by commas, or `all`, or `default`; checkpoints, rays and buttons
    /// when left out
    #[arg(
        long,
        value_name = "NAMES",
        requires = "pictures",
        conflicts_with = "plain"
    )]
    pub overlays: Option<Overlays>,
    /// Show the game alone, without overlays
    #[arg(long, requires = "pictures")]
    pub plain: bool,
}

impl Replay {
    /// Whether the command line asks for pictures.
    pub fn draws(&self) -> bool {
        self.png.is_some() || self.gif.is_some() || self.video.is_some()
    }

    /// Refuses pictures of several movies, and an empty range of frames.
    ///
    /// # Errors
    /// When the command line asks for one.
    pub fn check(&self) -> Result<(), Misuse> {
        let count = self.movies.len();
        if self.draws() && count != 1 {
            return Err(Misuse::conflict(format!(
                "--png, --gif and --video: expected one movie, found {count}"
            )));
        }
        source::require_order(self.from, self.to)
    }
}
