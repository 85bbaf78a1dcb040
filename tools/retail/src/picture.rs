//! The game's picture with all overlays, compared by hash with pictures that were reviewed once.

use std::io::BufWriter;
use std::path::Path;

use anyhow::{Result, ensure};
use desmume::{Cpu, Picture};
use drawing::{DrawList, Image, export, raster};
use nds_formats::pad::Frame;
use outputs::{Kind, Output};
use overlays::{History, Races as _};
use overlays_mkds::MkdsRaces;
use xxhash_rust::xxh3::xxh3_64;

use crate::check::Check;
use crate::folder::Ghost;
use crate::race::Run;

/// Both screens, one above the other.
const WIDTH: u32 = 256;
const HEIGHT: u32 = 384;

/// A picture that was reviewed.
struct Reviewed {
    /// The ghost's total time, milliseconds.
    total_ms: u32,
    hash: u64,
}

/// The frame counter of the race at which the pictures are drawn.
const FRAME: u32 = 900;

const KNOWN: [Reviewed; 2] = [
    Reviewed {
        total_ms: 78_488,
        hash: 7_099_776_453_153_504_182,
    },
    Reviewed {
        total_ms: 46_275,
        hash: 6_391_672_106_713_811_727,
    },
];

/// Checks the picture of a ghost's race if it was reviewed, and writes it into a folder, if one is given.
///
/// # Errors
/// The emulator's and those of writing.
pub fn check(rom: &[u8], ghost: &Ghost, folder: Option<&Path>) -> Result<Option<Check>> {
    let known = KNOWN.iter().find(|known| known.total_ms == ghost.total_ms);
    if known.is_none() && folder.is_none() {
        return Ok(None);
    }
    let picture = draw(rom, ghost)?;
    if let Some(folder) = folder {
        let path = folder.join(format!("{}.png", ghost.number));
        let mut output = Output::begin(&path, Kind::PNG)?;
        export::png(&picture, BufWriter::new(&mut output))?;
        output.commit()?;
    }
    Ok(known.map(|known| {
        let name = format!("{}, hash of the picture with all overlays", ghost.name);
        Check::equal(name, &known.hash, &xxh3_64(picture.rgba()))
    }))
}

fn draw(rom: &[u8], ghost: &Ghost) -> Result<Image> {
    let mut run = Run::new(rom, ghost, Cpu::default())?;
    let mut history = History::default();
    while run.counter() < FRAME {
        ensure!(
            run.step(Picture::Draw)?,
            "{}: expected a race of {FRAME} frames, found one of {}",
            ghost.name,
            run.counter()
        );
        let race = run.race()?;
        // The history does not depend on the input.
        let facts = MkdsRaces::facts(&race, &Frame::default())?;
        history.see(MkdsRaces::course_id(&race)?, &facts);
    }
    let race = run.race()?;
    let course = MkdsRaces::read_course(&race)?;
    let fan = env_mkds::observation::Rays::default().fan()?;
    let scene = MkdsRaces::scene(&race, &course, &ghost.frame(run.counter() - 1))?;
    let scene = scene.with_rays(&fan).with_history(&history);
    let mut list = DrawList::default();
    overlays::draw_all(&overlays::all(), &scene, &mut list);
    let mut rgba = run.screens().rgba();
    raster::draw(&list, &mut rgba, WIDTH, HEIGHT, 1)?;
    Ok(Image::new(WIDTH, HEIGHT, rgba)?)
}
