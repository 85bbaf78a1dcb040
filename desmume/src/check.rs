//! Validation of states: the core does not check the numbers in a state that it uses as counts, shifts and indices.
//!
//! A game can't bring them out of their ranges, but a forged or damaged file can. They are therefore checked before the
//! core loads a state that it did not save itself.
//!
//! Source: the functions of DeSmuME 0.9.12 that load the chunks, and those that use the fields afterwards.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::chunks::{Chunk, NO_MOVIE, chunks, word};
use crate::error::{Error, Result};

/// Chunks of named fields.
const FIELDS: [u32; 12] = [1, 2, 4, 5, 60, 90, 100, 120, 130, 160, 170, 180];

/// Fields of these chunks whose elements have a maximum: the chunk, the name, an element's size in bytes, the maximum.
const AT_MOST: [(u32, &[u8; 4], usize, u64); 44] = [
    // The line being drawn.
    (5, b"_VCT", 4, 262),
    // A DS, a DS Lite, an iQue: what a DSi adds is not emulated. 0xFF is a DS.
    (5, b"_TYP", 4, 0xFF),
    // Bytes that are left of a block of the card.
    (60, b"GC0T", 4, CARD_BLOCK),
    (60, b"GC1T", 4, CARD_BLOCK),
    // Between the processors: places and length.
    (60, b"F0TH", 1, 15),
    (60, b"F0TL", 1, 15),
    (60, b"F0SZ", 1, 16),
    (60, b"F1TH", 1, 15),
    (60, b"F1TL", 1, 15),
    (60, b"F1SZ", 1, 16),
    // To the screen.
    (60, b"FDHD", 4, SCREEN_WORDS - 1),
    (60, b"FDTL", 4, SCREEN_WORDS - 1),
    // Bytes of an address of the firmware that are still to come, and how many it has.
    (60, b"BUAS", 1, 3),
    (60, b"BUAZ", 1, 3),
    // Which matrix commands are for.
    (90, b"GMOD", 4, 3),
    // How many words of a command have arrived.
    (90, b"ML4I", 1, 15),
    (90, b"ML3I", 1, 15),
    (90, b"MM4I", 1, 15),
    (90, b"MM3I", 1, 15),
    (90, b"MMxI", 1, 11),
    (90, b"GCOI", 1, 1),
    (90, b"GTRI", 1, 2),
    (90, b"GSCI", 1, 2),
    (90, b"GLBT", 4, 4),
    (90, b"GLPT", 4, 2),
    (90, b"GSSI", 1, 124),
    // Triangles, quads, strips of both.
    (90, b"GVFM", 4, 3),
    (90, b"GTST", 1, 1),
    (90, b"GTVC", 4, 3),
    (90, b"GTVM", 4, VERTICES - 1),
    // To the geometry engine: places and length.
    (90, b"GFHE", 4, GEOMETRY_WORDS - 1),
    (90, b"GFTA", 4, GEOMETRY_WORDS - 1),
    (90, b"GFSZ", 4, GEOMETRY_WORDS),
    (90, b"GFMS", 4, GEOMETRY_WORDS),
    (90, b"GPHE", 1, 3),
    (90, b"GPTA", 1, 3),
    (90, b"GPSZ", 1, 4),
    (90, b"GFSH", 4, 11),
    (90, b"gFSH", 4, 11),
    (90, b"GSAR", 1, 31),
    (90, b"gSAR", 1, 31),
    // The clock counts frames from its start.
    (100, b"FRAC", 4, i32::MAX as u64),
    // The clock's chip: bits of its answer, and how many each of its commands has.
    (120, b"R140", 1, 63),
    (120, b"R160", 1, 63),
];

/// The most bytes of a block of the card.
const CARD_BLOCK: u64 = 0x4000;
/// Words of both screens' picture.
const SCREEN_WORDS: u64 = 0x6000;
/// The core's capacity for words to the geometry engine, for a picture's polygons and for their vertices.
const GEOMETRY_WORDS: u64 = 200_000;
const POLYGONS: u64 = 20_000;
const VERTICES: u64 = 4 * POLYGONS;

/// The modes of a timer: it counts every cycle, every 64th, 256th, 1024th (stored as the shift, or 0 for a timer that
/// was never set), or the overflows of the timer before it.
const TIMER_MODES: [u64; 6] = [0, 1, 7, 9, 11, CHAINED];
const CHAINED: u64 = 0xFFFF;

/// The console's cycles in a frame.
const FRAME_CYCLES: u64 = 1_120_380;
/// The most cycles since power-on: thousands of years.
const MOST_CYCLES: u64 = 1 << 62;

/// Sizes of chunks that the core reads as one piece: the ARM9's system control, pictures and wireless hardware.
const CP15: usize = 496;
const PICTURES: usize = 4 + 2 * 256 * 192 * 2 + 8 * 4 + 2 * 4;
const WIRELESS: usize = 9276;

/// Bytes that a game card keeps of the command in progress.
const CARD: u64 = 52;
/// Battery memory of the largest chip, and the console's firmware.
const BATTERY: u64 = 8 << 20;
const FIRMWARE: u64 = 0x4_0000;

/// The devices in the slots of a console with a game card; the core's other devices open files.
const GAME_CARD: u64 = 1;
const NOTHING: u64 = 0xFF;
const PASSME: u64 = 8;

/// Refuses a state that is unsafe for the core to load.
///
/// # Errors
/// [`Error::State`], which names the chunk and the field.
pub(crate) fn check(payload: &[u8]) -> Result<()> {
    let (chunks, size) = chunks(payload)?;
    let mut related = Related::default();
    let mut vertices = 0;
    for (id, contents) in chunks {
        let mut reader = Reader::new(id, contents);
        match id {
            id if FIELDS.contains(&id) => check_fields((id, contents), &mut related)?,
            3 => reader.whole(1, CP15)?,
            51 => related.now = Some(check_schedule(reader)?),
            61 => check_memory_control(reader)?,
            7 => reader.whole(2, PICTURES)?,
            8 => check_sound(reader)?,
            91 => vertices = check_geometry(reader)?,
            101 => expect("the movie", contents == NO_MOVIE, &"none", &"one", id)?,
            // Other builds of DeSmuME append more data.
            111 => reader.skip(WIRELESS)?,
            140 => check_slot(&mut reader, 1, &[GAME_CARD], CARD)?,
            150 => check_slot(&mut reader, 0, &[NOTHING, PASSME], 0)?,
            _ => {}
        }
    }
    related.check()?;
    check_pictures(&payload[size..], vertices)
}

/// Numbers of different chunks that must be consistent with each other.
#[derive(Default)]
struct Related {
    /// Cycles since power-on.
    now: Option<u64>,
    /// Each timer's next overflow, whether it runs, and its mode.
    ends: Vec<u64>,
    runs: Vec<u64>,
    modes: Vec<u64>,
    /// Whether each processor is in Thumb state, which decides how its next instruction is read, and the instruction.
    thumb: [bool; 2],
    instruction: [u64; 2],
}

impl Related {
    /// Stores numbers that other chunks are checked against.
    fn keep(&mut self, chunk: u32, name: &[u8; 4], values: &[u64]) {
        match (chunk, name, values) {
            (5, b"_TCY", [_, _, _, _, _, _, _, _]) => self.ends = values.to_vec(),
            (60, b"MTON", [_, _, _, _, _, _, _, _]) => self.runs = values.to_vec(),
            (60, b"MTMO", [_, _, _, _, _, _, _, _]) => self.modes = values.to_vec(),
            (1, b"9CPS", [status]) => self.thumb[0] = status >> 5 & 1 != 0,
            (2, b"7CPS", [status]) => self.thumb[1] = status >> 5 & 1 != 0,
            (1, b"9INS", [instruction]) => self.instruction[0] = *instruction,
            (2, b"7INS", [instruction]) => self.instruction[1] = *instruction,
            _ => {}
        }
    }

    fn check(&self) -> Result<()> {
        let now = self.now.unwrap_or_default();
        let timers = self.ends.iter().zip(&self.runs).zip(&self.modes);
        for (timer, ((end, runs), mode)) in timers.enumerate() {
            let counts = *runs != 0 && *mode != CHAINED;
            let earliest = now.saturating_sub(FRAME_CYCLES);
            expect(
                &format_args!("the end of timer {timer}"),
                !counts || (earliest..MOST_CYCLES).contains(end),
                &format_args!("cycle {earliest} or later"),
                end,
                5,
            )?;
        }
        for processor in 0..2 {
            let instruction = self.instruction[processor];
            expect(
                "the next instruction",
                !self.thumb[processor] || instruction <= 0xFFFF,
                &"one of 16 bits",
                &format_args!("0x{instruction:08X}"),
                processor as u32 + 1,
            )?;
        }
        Ok(())
    }
}

/// A chunk of fields: each is its name, an element's size, their count, the elements. The core skips unknown fields and
/// fields of another size.
fn check_fields((chunk, contents): Chunk<'_>, related: &mut Related) -> Result<()> {
    let mut rest = contents;
    while !rest.is_empty() {
        let at = contents.len() - rest.len();
        let field = rest.split_first_chunk().and_then(|(name, after)| {
            let size = word(after)? as usize;
            let count = word(after.get(4..)?)? as usize;
            let (elements, after) = after[8..].split_at_checked(size.checked_mul(count)?)?;
            Some((name, size, elements, after))
        });
        let Some((name, size, elements, after)) = field else {
            return Err(refused(
                "fields",
                &"whole ones",
                &format_args!("a part at byte {at}"),
                chunk,
            ));
        };
        check_field(chunk, name, size, elements)?;
        related.keep(chunk, name, &numbers(elements, size));
        rest = after;
    }
    Ok(())
}

fn check_field(chunk: u32, name: &[u8; 4], size: usize, elements: &[u8]) -> Result<()> {
    let values = numbers(elements, size);
    for (_, _, _, most) in AT_MOST
        .iter()
        .filter(|rule| (rule.0, rule.1, rule.2) == (chunk, name, size))
    {
        for value in &values {
            at_most(&name.escape_ascii(), *value, *most, chunk)?;
        }
    }
    let name = name.escape_ascii();
    match (chunk, name.to_string().as_str()) {
        (60, "MTMO") => values.iter().try_for_each(|mode| {
            let is_known = TIMER_MODES.contains(mode);
            expect(
                &name,
                is_known,
                &format_args!("one of {TIMER_MODES:?}"),
                mode,
                chunk,
            )
        }),
        // The first byte alone is the register.
        (60, "MWRA") => at_most(&name, values.first().copied().unwrap_or_default(), 3, chunk),
        _ => Ok(()),
    }
}

/// Elements of 1 to 8 bytes.
fn numbers(elements: &[u8], size: usize) -> Vec<u64> {
    match size {
        // Memory is stored as elements of a byte, and holds no number to check.
        1 if elements.len() > 64 => Vec::new(),
        1..=8 => elements.chunks_exact(size).map(number).collect(),
        _ => Vec::new(),
    }
}

/// A number of at most 8 bytes, the lowest first.
fn number(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().rev();
    digits.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The schedule of events; returns the cycles since power-on.
fn check_schedule(mut reader: Reader<'_>) -> Result<u64> {
    let version = reader.at_most::<4>("version", 4)?;
    expect("version", version >= 3, &"3 or 4", &version, reader.chunk)?;
    let now = reader.at_most::<8>("cycle", MOST_CYCLES)?;
    for processor in ["the ARM9's cycle", "the ARM7's cycle"] {
        let nearby = now.saturating_sub(FRAME_CYCLES)..=now + FRAME_CYCLES;
        reader.within::<8>(processor, nearby)?;
    }
    // The screen's lines, the divider, the root, geometry, the card and wireless; then timers and DMA.
    for (event, most) in [
        ("the screen's event", 3),
        ("the divider's event", u64::MAX),
        ("the root's event", u64::MAX),
        ("the geometry engine's event", u64::MAX),
        ("the card's processor", 1),
        ("the wireless event", u64::MAX),
    ] {
        reader.skip(8)?;
        reader.at_most::<4>(event, most)?;
        reader.skip(4)?;
    }
    reader.skip(16 * 16)?;
    for _ in 0..2 {
        for _ in 0..14 {
            reader.at_most::<1>("buttons", 1)?;
        }
        reader.skip(4 + 2 + 2 + 4)?;
    }
    reader.at_most::<4>("input in progress", 0)?;
    reader.skip(14 * 4 + 4 + 1)?;
    reader.end()?;
    Ok(now)
}

/// Battery memory, DMA, caches, the units for division and roots, the touch screen, firmware.
fn check_memory_control(mut reader: Reader<'_>) -> Result<()> {
    reader.version(8)?;
    check_battery(&mut reader)?;
    reader.version(1)?;
    reader.skip(5)?;
    for _ in 0..8 {
        check_dma(&mut reader)?;
    }
    reader.skip(4 * 4)?;
    for blocks in [64, 32] {
        reader.skip(4)?;
        for _ in 0..blocks {
            reader.skip(4 * 4)?;
            reader.at_most::<4>("a cache's next way", 3)?;
        }
    }
    reader.at_most::<1>("the root's mode", 1)?;
    reader.skip(1)?;
    reader.at_most::<1>("the division's mode", 3)?;
    reader.skip(2)?;
    reader.skip(4 + 1 + 1 + 4 + 4 + 0x80)?;
    let firmware = reader.at_most::<4>("the firmware's size", FIRMWARE)?;
    reader.skip(firmware as usize)?;
    reader.end()
}

fn check_battery(reader: &mut Reader<'_>) -> Result<()> {
    reader.version(5)?;
    reader.skip(4 + 4)?;
    reader.at_most::<4>("the battery memory's address size", 3)?;
    reader.at_most::<4>("the battery memory's address bytes", 3)?;
    reader.at_most::<4>("the battery memory's phase", 2)?;
    let size = reader.at_most::<4>("the battery memory's size", BATTERY)?;
    reader.skip(size as usize)?;
    let seen = reader.at_most::<4>("the battery memory's commands", BATTERY)?;
    reader.skip(seen as usize)?;
    reader.at_most::<4>("the battery memory's address", 2 * BATTERY)?;
    reader.skip(1 + 1 + 4 + 1)?;
    reader.at_most::<4>("the battery memory's place", 2 * BATTERY)?;
    Ok(())
}

fn check_dma(reader: &mut Reader<'_>) -> Result<()> {
    reader.version(1)?;
    reader.skip(3)?;
    reader.at_most::<1>("a DMA channel's start mode", 7)?;
    reader.skip(1)?;
    reader.at_most::<4>("a DMA channel's words", 0x20_0000)?;
    reader.at_most::<1>("a DMA channel's mode", 9)?;
    reader.at_most::<1>("a DMA channel's width", 1)?;
    reader.at_most::<1>("a DMA channel's source step", 3)?;
    reader.at_most::<1>("a DMA channel's target step", 3)?;
    reader.skip(2 * 4 + 4 * 4 + 8 + 2 * 4)
}

/// The most samples of a channel: 8 a word, for as many words as its registers can express.
const SAMPLES: f64 = (8 * (0x3F_FFFF + 0xFFFF)) as f64;
/// The largest step of a channel: samples of it for one output sample.
const FASTEST: f64 = 400.0;

fn check_sound(mut reader: Reader<'_>) -> Result<()> {
    reader.version(6)?;
    for channel in 0..16 {
        reader.within::<4>("a channel's number", channel..=channel)?;
        reader.at_most::<1>("a channel's volume", 127)?;
        reader.at_most::<1>("a channel's volume divider", 4)?;
        reader.skip(1)?;
        reader.at_most::<1>("a channel's panning", 127)?;
        reader.at_most::<1>("a channel's duty", 7)?;
        reader.at_most::<1>("a channel's repetition", 3)?;
        let format = reader.at_most::<1>("a channel's format", 3)?;
        let plays = reader.at_most::<1>("a channel's status", 1)? != 0;
        reader.skip(4 + 2 + 2)?;
        reader.at_most::<4>("a channel's length", 0x3F_FFFF)?;
        // The position of tones and noise is not limited by a length.
        let most = if format == 3 {
            4.0e9
        } else {
            SAMPLES + FASTEST
        };
        let place = reader.float("a channel's place", -4.0..=most, plays)?;
        reader.float("a channel's step", 0.0..=FASTEST, plays)?;
        let last = reader.number::<4>("a channel's last place")?;
        // For formats whose samples depend on earlier ones, the core decodes from the last position on.
        expect(
            "a channel's last place",
            !plays || place - (last as f64) < SAMPLES,
            &format_args!("within {SAMPLES} samples of {place}"),
            &last,
            reader.chunk,
        )?;
        reader.skip(2 + 2)?;
        reader.at_most::<4>("a channel's ADPCM step", 127)?;
        reader.skip(2 + 2 + 1)?;
    }
    reader.float("samples of a line", 0.0..=1.0, true)?;
    reader.at_most::<1>("the volume", 127)?;
    reader.at_most::<1>("the left output", 3)?;
    reader.at_most::<1>("the right output", 3)?;
    reader.skip(3 + 2)?;
    for _ in 0..2 {
        reader.skip(5 + 4 + 2)?;
        let runs = reader.number::<1>("a capture")? != 0;
        reader.skip(4 + 4)?;
        // At its end, the position of a capture moves back by the capture's length.
        reader.float("a capture's place", -SAMPLES..=SAMPLES, runs)?;
    }
    for _ in 0..2 {
        reader.version(1)?;
        reader.at_most::<4>("a capture's first sample", 15)?;
        reader.at_most::<4>("a capture's next sample", 15)?;
        reader.at_most::<4>("a capture's samples", 16)?;
        reader.skip(16 * 2)?;
    }
    reader.end()
}

/// The picture that is being sent; returns the number of its vertices.
fn check_geometry(mut reader: Reader<'_>) -> Result<u64> {
    reader.version(4)?;
    // The core checks its capacity before each polygon, which has up to four vertices.
    let vertices = reader.at_most::<4>("vertices", VERTICES - 4)?;
    for _ in 0..vertices {
        check_vertex_place(&mut reader)?;
        reader.skip(3)?;
        check_colours(&mut reader)?;
    }
    let polygons = reader.at_most::<4>("polygons", POLYGONS)?;
    for _ in 0..polygons {
        let corners = reader.within::<4>("a polygon's corners", 3..=4)?;
        check_corners(&mut reader, corners, vertices)?;
        reader.skip(6 * 4)?;
    }
    // The position of each matrix stack, and its matrices.
    for (stack, most, matrices) in [
        ("the projection stack's place", 1, 1),
        ("the position stack's place", 63, 32),
        ("the vector stack's place", 63, 32),
        ("the texture stack's place", 1, 1),
    ] {
        reader.at_most::<4>(stack, most)?;
        reader.skip(matrices * 16 * 4)?;
    }
    reader.version(2)?;
    reader.skip(4)?;
    reader.at_most::<4>("words of a geometry command", 32)?;
    reader.skip(2 * 16 * 4)?;
    reader.end()?;
    Ok(vertices)
}

/// Coordinates are fixed-point numbers of the game's.
fn check_vertex_place(reader: &mut Reader<'_>) -> Result<()> {
    for _ in 0..4 {
        reader.single("a vertex's place", (1 << 19) as f32)?;
    }
    for _ in 0..2 {
        reader.single("a vertex's place on its texture", (1 << 27) as f32)?;
    }
    Ok(())
}

fn check_colours(reader: &mut Reader<'_>) -> Result<()> {
    (0..3).try_for_each(|_| reader.single("a vertex's colour", 255.0))
}

fn check_corners(reader: &mut Reader<'_>, corners: u64, vertices: u64) -> Result<()> {
    for corner in 0..4 {
        let vertex = reader.number::<2>("a polygon's vertex")?;
        expect(
            "a polygon's vertex",
            corner >= corners || vertex < vertices,
            &format_args!("one of {vertices}"),
            &vertex,
            reader.chunk,
        )?;
    }
    Ok(())
}

/// The part after the chunks: the polygons of the picture that is being sent and of the one that waits, and the latter's
/// vertices, as the core has them in memory.
fn check_pictures(bytes: &[u8], sent: u64) -> Result<()> {
    let mut reader = Reader::new(END_OF_CHUNKS, bytes);
    let lists = [reader.polygons()?, reader.polygons()?];
    let waiting = reader.at_most::<4>("vertices", VERTICES)?;
    for _ in 0..waiting {
        check_vertex_place(&mut reader)?;
        reader.skip(2 * 4)?;
        check_colours(&mut reader)?;
        reader.skip(4 + 4 + 12)?;
    }
    reader.end()?;
    for (list, vertices) in lists.into_iter().zip([sent, waiting]) {
        for polygon in list.chunks_exact(POLYGON) {
            let mut reader = Reader::new(END_OF_CHUNKS, polygon);
            let corners = reader.within::<4>("a polygon's corners", 3..=4)?;
            reader.at_most::<4>("a polygon's kind", 7)?;
            check_corners(&mut reader, corners, vertices)?;
        }
    }
    Ok(())
}

/// Bytes of a polygon in the core's memory.
const POLYGON: usize = 40;
/// The id that stands for the part after the chunks, in errors.
const END_OF_CHUNKS: u32 = u32::MAX;

/// The device in a slot, and the size of its data.
fn check_slot(reader: &mut Reader<'_>, version: u64, devices: &[u64], size: u64) -> Result<()> {
    reader.version(version)?;
    let device = reader.number::<4>("the device in the slot")?;
    expect(
        "the device in the slot",
        devices.contains(&device),
        &format_args!("one of {devices:?}"),
        &device,
        reader.chunk,
    )?;
    reader.within::<4>("the size of what the device keeps", size..=size)?;
    reader.skip(size as usize)?;
    reader.end()
}

/// The numbers of a chunk, one after the other.
struct Reader<'a> {
    chunk: u32,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn new(chunk: u32, contents: &'a [u8]) -> Self {
        Self {
            chunk,
            rest: contents,
        }
    }

    fn take(&mut self, size: usize, field: &str) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.rest.split_at_checked(size) else {
            let found = self.rest.len();
            return Err(refused(
                field,
                &format_args!("{size} bytes"),
                &format_args!("{found}"),
                self.chunk,
            ));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn skip(&mut self, size: usize) -> Result<()> {
        self.take(size, "contents").map(drop)
    }

    fn number<const SIZE: usize>(&mut self, field: &str) -> Result<u64> {
        self.take(SIZE, field).map(number)
    }

    fn at_most<const SIZE: usize>(&mut self, field: &str, most: u64) -> Result<u64> {
        let value = self.number::<SIZE>(field)?;
        at_most(&field, value, most, self.chunk)?;
        Ok(value)
    }

    fn within<const SIZE: usize>(
        &mut self,
        field: &str,
        range: RangeInclusive<u64>,
    ) -> Result<u64> {
        let value = self.number::<SIZE>(field)?;
        let is_within = range.contains(&value);
        let (start, end) = range.into_inner();
        expect(
            &field,
            is_within,
            &format_args!("{start} to {end}"),
            &value,
            self.chunk,
        )?;
        Ok(value)
    }

    fn version(&mut self, expected: u64) -> Result<()> {
        self.within::<4>("version", expected..=expected).map(drop)
    }

    /// A float that must be in a range if `is_at_work`, and can be anything otherwise.
    fn float(&mut self, field: &str, range: RangeInclusive<f64>, is_at_work: bool) -> Result<f64> {
        let value = f64::from_bits(self.number::<8>(field)?);
        let is_right = !is_at_work || range.contains(&value);
        let (start, end) = range.into_inner();
        expect(
            &field,
            is_right,
            &format_args!("{start} to {end}"),
            &value,
            self.chunk,
        )?;
        Ok(value)
    }

    fn single(&mut self, field: &str, most: f32) -> Result<()> {
        let value = f32::from_bits(self.number::<4>(field)? as u32);
        let is_within = value.abs() <= most;
        expect(
            &field,
            is_within,
            &format_args!("{} to {most}", -most),
            &value,
            self.chunk,
        )
    }

    /// A list of the core's polygons.
    fn polygons(&mut self) -> Result<&'a [u8]> {
        let count = self.at_most::<4>("polygons", POLYGONS)?;
        self.take(count as usize * POLYGON, "polygons")
    }

    fn require_size(&self, size: usize) -> Result<()> {
        let found = self.rest.len();
        expect(
            &"size",
            found == size,
            &format_args!("{size} bytes"),
            &found,
            self.chunk,
        )
    }

    /// A version, and data that the core reads as one piece.
    fn whole(&mut self, version: u64, size: usize) -> Result<()> {
        self.require_size(size)?;
        self.version(version)
    }

    fn end(&self) -> Result<()> {
        self.require_size(0)
    }
}

fn at_most(field: &dyn Display, value: u64, most: u64, chunk: u32) -> Result<()> {
    expect(
        field,
        value <= most,
        &format_args!("at most {most}"),
        &value,
        chunk,
    )
}

fn expect(
    field: &(impl Display + ?Sized),
    holds: bool,
    expected: &dyn Display,
    found: &dyn Display,
    chunk: u32,
) -> Result<()> {
    match holds {
        true => Ok(()),
        false => Err(refused(field, expected, found, chunk)),
    }
}

fn refused(
    field: &(impl Display + ?Sized),
    expected: &dyn Display,
    found: &dyn Display,
    chunk: u32,
) -> Error {
    let place = match chunk {
        END_OF_CHUNKS => "behind the chunks".to_owned(),
        chunk => format!("chunk {chunk}"),
    };
    Error::state(format!("{place}, {field}"), expected, found)
}
