//! `.nkm`: a course's map: checkpoints, start and respawn positions, routes, objects, cameras.
//!
//! A file is a header (magic, version, header length, 17 section offsets that count from the end
//! of the header) and the sections OBJI PATH POIT STAG KTPS KTPJ KTP2 KTPC KTPM CPOI CPAT IPOI
//! IPAT EPOI EPAT AREA CAME. A section is its magic, a `u32` count and the entries; STAG has no
//! count. Battle courses have MEPO and MEPA instead of EPOI and EPAT.
//!
//! Rotations are in degrees; a start that faces yaw `y` has rotation (0, `y`, 0) and looks along
//! (sin `y`, 0, cos `y`).
//!
//! Source: HaroohiePals headers (`nkm_*`).

use crate::fx::{Fx16, Fx32, VecFx32};
use crate::record::{Record, put_all, records, take_all};
use crate::{Error, Result};

const FORMAT: &str = "NKM";
const MAGIC: [u8; 4] = *b"NKMD";
const SECTIONS: usize = 17;
/// Bytes of the header in front of the sections.
pub const HEADER_SIZE: usize = 8 + 4 * SECTIONS;
/// The version of the sections' entries that this module knows.
pub const VERSION: u16 = 37;
/// Every section but [`STAG`] starts with this.
const SECTION_HEADER_SIZE: usize = 8;
const STAG: [u8; 4] = *b"STAG";

records! {
    /// An object of the course (OBJI).
    Object, 60 {
        /// Where it stands, units.
        position: VecFx32,
        /// How it is turned, degrees.
        rotation: VecFx32,
        /// Its size as a factor.
        scale: VecFx32,
        /// What it is.
        object_id: u16,
        /// The path it moves along, or -1.
        path_id: i16,
        /// Meaning depends on the object.
        settings: [i16; 7],
        /// Which modes it appears in.
        flags: i16,
        /// Whether it appears in time trials.
        shows_in_time_trial: u16,
        /// Unknown.
        unknown_3a: u16,
    }

    /// A path of objects or cameras (PATH).
    Path, 4 {
        /// Number that objects and cameras refer to.
        id: u8,
        /// Whether the last point leads to the first.
        is_loop: u8,
        /// Points in [`Nkm::path_points`], after those of the paths before.
        point_count: u16,
    }

    /// A point of a path (POIT).
    PathPoint, 20 {
        /// Where it is, units.
        position: VecFx32,
        /// Its number within the path.
        index: u8,
        /// Unknown.
        unknown_0d: u8,
        /// How long to stay, frames.
        duration: i16,
        /// Unknown.
        unknown_10: u32,
    }

    /// The course as a whole (STAG).
    Stage, 40 {
        /// The course's id; see `names`.
        course_id: u16,
        /// Laps of a race.
        laps: u16,
        /// Unknown layout choice of the starting grid.
        pole_position: u8,
        /// Whether there is fog.
        fog_enabled: u8,
        /// How the fog's table is made.
        fog_table_mode: u8,
        /// The fog's slope.
        fog_slope: u8,
        /// Unknown.
        unknown_08: [u8; 8],
        /// Where the fog begins.
        fog_density: Fx32,
        /// BGR555.
        fog_colour: u32,
        /// BGR555 tints of the collision's four lights.
        light_colours: [u16; 4],
        /// Where objects stop being drawn, units; 0 for the default.
        object_far_clip: Fx32,
        /// Where everything stops being drawn, units; 0 for the default.
        far_clip: Fx32,
    }

    /// A starting position (KTPS), or one of a battle or mission (KTP2, KTPM).
    Start, 28 {
        /// Where the kart stands, units.
        position: VecFx32,
        /// Where it looks, degrees.
        rotation: VecFx32,
        /// Zero.
        padding: u16,
        /// Which starting position this is, -1 if the only one.
        id: i16,
    }

    /// A position to continue from after a fall (KTPJ).
    Respawn, 32 {
        /// Where the kart is put down, units.
        position: VecFx32,
        /// Where it looks, degrees.
        rotation: VecFx32,
        /// The nearest point of [`Nkm::enemy_route`].
        enemy_point_id: u16,
        /// The nearest point of [`Nkm::item_points`].
        item_point_id: u16,
        /// The number that checkpoints refer to.
        id: i16,
        /// Unknown.
        unknown_1e: u16,
    }

    /// Where a cannon shoots to (KTPC).
    CannonTarget, 28 {
        /// Where the flight ends, units.
        position: VecFx32,
        /// Where the kart then looks, degrees.
        rotation: VecFx32,
        /// The next battle route point, or -1.
        next_battle_point: i16,
        /// The cannon's number.
        id: u16,
    }

    /// A checkpoint (CPOI): a line across the course, seen from above.
    Checkpoint, 36 {
        /// x of the left end, looking along the course, units.
        x1: Fx32,
        /// z of the left end.
        z1: Fx32,
        /// x of the right end.
        x2: Fx32,
        /// z of the right end.
        z2: Fx32,
        /// (`z2` - `z1`) / length of the line.
        sin: Fx32,
        /// (`x2` - `x1`) / length of the line.
        cos: Fx32,
        /// Distance to the next checkpoint, middle to middle, units.
        distance: Fx32,
        /// Section to go to behind this checkpoint, or -1.
        goto_section: i16,
        /// Section that starts here, or -1.
        start_section: i16,
        /// Number of the key checkpoint, 0 at the line; -1 for all others.
        key_id: i16,
        /// The [`Respawn::id`] used after a fall behind this checkpoint.
        respawn_id: u8,
        /// Unknown.
        flags: u8,
    }

    /// A run of checkpoints, item or enemy points and where it leads (CPAT, IPAT, EPAT).
    Route, 12 {
        /// Index of the first point.
        start: u16,
        /// Number of points.
        length: u16,
        /// Routes that may follow; 0xFF for none.
        next: [u8; 3],
        /// Routes that may lead here; 0xFF for none.
        previous: [u8; 3],
        /// Order along the lap.
        section_order: i16,
    }

    /// A point that items fly along (IPOI).
    ItemPoint, 20 {
        /// Where it is, units.
        position: VecFx32,
        /// How far from it counts as reached, units.
        radius: Fx32,
        /// Which recalculation area it belongs to.
        recalculation_index: u8,
        /// Zero in a file; the game keeps the direction to the next point there.
        direction: [i8; 3],
    }

    /// A point that computer drivers steer for (EPOI).
    EnemyPoint, 24 {
        /// Where it is, units.
        position: VecFx32,
        /// How far from it counts as reached, units.
        radius: Fx32,
        /// Whether to drift here.
        drifting: u16,
        /// Unknown.
        unknown_12: u16,
        /// Unknown.
        unknown_14: u32,
    }

    /// A point that computer drivers steer for in a battle (MEPO).
    BattlePoint, 24 {
        /// Where it is, units.
        position: VecFx32,
        /// How far from it counts as reached, units.
        radius: Fx32,
        /// Whether to drift here.
        drifting: u32,
        /// Unknown.
        unknown_14: u32,
    }

    /// A run of battle points and where it leads (MEPA).
    BattleRoute, 20 {
        /// Index of the first point.
        start: u16,
        /// Number of points.
        length: u16,
        /// Routes that may follow; 0xFF for none.
        next: [u8; 8],
        /// Routes that may lead here; 0xFF for none.
        previous: [u8; 8],
    }

    /// A region with an effect, mostly on the camera (AREA).
    Area, 72 {
        /// The middle of its lower side, units.
        position: VecFx32,
        /// Its size along its three vectors.
        size: VecFx32,
        /// Its first axis, of length 1.
        x_vector: VecFx32,
        /// Its upward axis, of length 1.
        y_vector: VecFx32,
        /// Its third axis, of length 1.
        z_vector: VecFx32,
        /// Meaning depends on the type.
        parameter_0: i16,
        /// Meaning depends on the type.
        parameter_1: i16,
        /// A point of the enemy route, or -1.
        enemy_point_id: i16,
        /// 0 box, 1 cylinder.
        shape: u8,
        /// The camera shown here.
        camera_id: u8,
        /// What the region does.
        kind: u8,
        /// Unknown.
        unknown_45: [u8; 3],
    }

    /// A camera of the introduction or the replay (CAME).
    Camera, 76 {
        /// Where it stands, units.
        position: VecFx32,
        /// How it is turned, degrees.
        rotation: VecFx32,
        /// Where it looks first, units.
        target_1: VecFx32,
        /// Where it looks last, units.
        target_2: VecFx32,
        /// Field of view at the beginning, degrees.
        fov_begin: u16,
        /// Its sine.
        fov_begin_sin: Fx16,
        /// Its cosine.
        fov_begin_cos: Fx16,
        /// Field of view at the end, degrees.
        fov_end: u16,
        /// Its sine.
        fov_end_sin: Fx16,
        /// Its cosine.
        fov_end_cos: Fx16,
        /// How fast the field of view changes.
        fov_speed: i16,
        /// What the camera does.
        kind: u16,
        /// The path it moves along, or -1.
        path_id: i16,
        /// How fast it moves along the path.
        route_speed: i16,
        /// How fast it turns from the first target to the last.
        target_speed: u16,
        /// How long it is shown, frames.
        duration: u16,
        /// The camera after it, or -1.
        next: i16,
        /// Whether the introduction begins here: 1 upper screen, 2 lower.
        intro_first: u8,
        /// Unknown.
        unknown_4b: u8,
    }
}

/// Where computer drivers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnemyRoute {
    /// EPOI and EPAT.
    Race {
        /// The points.
        points: Vec<EnemyPoint>,
        /// How they follow each other.
        routes: Vec<Route>,
    },
    /// MEPO and MEPA.
    Battle {
        /// The points.
        points: Vec<BattlePoint>,
        /// How they follow each other.
        routes: Vec<BattleRoute>,
    },
}

impl Default for EnemyRoute {
    fn default() -> Self {
        Self::Race {
            points: Vec::new(),
            routes: Vec::new(),
        }
    }
}

/// A course's map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nkm {
    /// OBJI.
    pub objects: Vec<Object>,
    /// PATH.
    pub paths: Vec<Path>,
    /// POIT.
    pub path_points: Vec<PathPoint>,
    /// STAG.
    pub stage: Stage,
    /// KTPS.
    pub starts: Vec<Start>,
    /// KTPJ.
    pub respawns: Vec<Respawn>,
    /// KTP2.
    pub battle_starts: Vec<Start>,
    /// KTPC.
    pub cannon_targets: Vec<CannonTarget>,
    /// KTPM.
    pub mission_starts: Vec<Start>,
    /// CPOI.
    pub checkpoints: Vec<Checkpoint>,
    /// CPAT.
    pub checkpoint_routes: Vec<Route>,
    /// IPOI.
    pub item_points: Vec<ItemPoint>,
    /// IPAT.
    pub item_routes: Vec<Route>,
    /// EPOI and EPAT, or MEPO and MEPA.
    pub enemy_route: EnemyRoute,
    /// AREA.
    pub areas: Vec<Area>,
    /// CAME.
    pub cameras: Vec<Camera>,
}

impl Nkm {
    /// Reads a file of version [`VERSION`].
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the section and the offset in the file.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut sections = Sections::new(bytes)?;
        Ok(Self {
            objects: sections.table(b"OBJI")?,
            paths: sections.table(b"PATH")?,
            path_points: sections.table(b"POIT")?,
            stage: sections.stage()?,
            starts: sections.table(b"KTPS")?,
            respawns: sections.table(b"KTPJ")?,
            battle_starts: sections.table(b"KTP2")?,
            cannon_targets: sections.table(b"KTPC")?,
            mission_starts: sections.table(b"KTPM")?,
            checkpoints: sections.table(b"CPOI")?,
            checkpoint_routes: sections.table(b"CPAT")?,
            item_points: sections.table(b"IPOI")?,
            item_routes: sections.table(b"IPAT")?,
            enemy_route: if sections.next_is(b"MEPO") {
                EnemyRoute::Battle {
                    points: sections.table(b"MEPO")?,
                    routes: sections.table(b"MEPA")?,
                }
            } else {
                EnemyRoute::Race {
                    points: sections.table(b"EPOI")?,
                    routes: sections.table(b"EPAT")?,
                }
            },
            areas: sections.table(b"AREA")?,
            cameras: sections.table(b"CAME")?,
        })
    }

    /// Writes the file; a parsed file comes back byte for byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.table(b"OBJI", &self.objects);
        writer.table(b"PATH", &self.paths);
        writer.table(b"POIT", &self.path_points);
        writer.stage(&self.stage);
        writer.table(b"KTPS", &self.starts);
        writer.table(b"KTPJ", &self.respawns);
        writer.table(b"KTP2", &self.battle_starts);
        writer.table(b"KTPC", &self.cannon_targets);
        writer.table(b"KTPM", &self.mission_starts);
        writer.table(b"CPOI", &self.checkpoints);
        writer.table(b"CPAT", &self.checkpoint_routes);
        writer.table(b"IPOI", &self.item_points);
        writer.table(b"IPAT", &self.item_routes);
        match &self.enemy_route {
            EnemyRoute::Race { points, routes } => {
                writer.table(b"EPOI", points);
                writer.table(b"EPAT", routes);
            }
            EnemyRoute::Battle { points, routes } => {
                writer.table(b"MEPO", points);
                writer.table(b"MEPA", routes);
            }
        }
        writer.table(b"AREA", &self.areas);
        writer.table(b"CAME", &self.cameras);
        writer.finish()
    }
}

/// The sections of a file, in order.
struct Sections<'a> {
    bytes: &'a [u8],
    /// Start of each section and, last, the end of the file.
    bounds: [usize; SECTIONS + 1],
    next: usize,
}

impl<'a> Sections<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self> {
        let Some((mut header, rest)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Err(malformed(
                "header",
                0,
                format!("{HEADER_SIZE} bytes"),
                format!("{} bytes", bytes.len()),
            ));
        };
        expect("header", 0, "magic", MAGIC, Record::take(&mut header))?;
        expect("header", 4, "version", VERSION, u16::take(&mut header))?;
        expect(
            "header",
            6,
            "header length",
            HEADER_SIZE as u16,
            u16::take(&mut header),
        )?;
        let offsets = <[u32; SECTIONS]>::take(&mut header);
        let mut bounds = [bytes.len(); SECTIONS + 1];
        let mut lowest = 0;
        for (i, offset) in offsets.into_iter().enumerate() {
            let offset = offset as usize;
            // The sections fill the file: nothing else is known to stand in it.
            let highest = if i == 0 { 0 } else { rest.len() };
            if !(lowest..=highest).contains(&offset) {
                return Err(malformed(
                    "header",
                    8 + 4 * i,
                    format!("section {i} at offset {lowest:#X}..={highest:#X}"),
                    format!("{offset:#X}"),
                ));
            }
            bounds[i] = HEADER_SIZE + offset;
            lowest = offset;
        }
        Ok(Self {
            bytes,
            bounds,
            next: 0,
        })
    }

    fn next_is(&self, magic: &[u8; 4]) -> bool {
        self.bytes[self.bounds[self.next]..].starts_with(magic)
    }

    /// The next section after its magic, which must be `magic`, and its offset.
    fn section(&mut self, magic: &[u8; 4]) -> Result<(usize, &'a [u8])> {
        let (start, end) = (self.bounds[self.next], self.bounds[self.next + 1]);
        self.next += 1;
        let section = &self.bytes[start..end];
        let found = &section[..section.len().min(magic.len())];
        if found != magic {
            return Err(malformed(
                name(magic),
                start,
                format!("the magic {}", name(magic)),
                found.escape_ascii().to_string(),
            ));
        }
        Ok((start, &section[magic.len()..]))
    }

    /// The entries of the next section, which must fill it.
    fn table<T: Record>(&mut self, magic: &[u8; 4]) -> Result<Vec<T>> {
        let (start, section) = self.section(magic)?;
        let Some((mut count, entries)) = section.split_at_checked(4) else {
            return Err(malformed(
                name(magic),
                start,
                format!("{SECTION_HEADER_SIZE} bytes"),
                format!("{} bytes", 4 + section.len()),
            ));
        };
        let count = u32::take(&mut count);
        let fits = u64::from(count) * T::SIZE as u64 == entries.len() as u64;
        if !fits {
            return Err(malformed(
                name(magic),
                start + 4,
                format!("{} bytes of entries, {} each", entries.len(), T::SIZE),
                format!("a count of {count}"),
            ));
        }
        Ok(take_all(entries))
    }

    fn stage(&mut self) -> Result<Stage> {
        let (start, mut section) = self.section(&STAG)?;
        expect("STAG", start, "section size", Stage::SIZE, section.len())?;
        Ok(Stage::take(&mut section))
    }
}

#[derive(Default)]
struct Writer {
    offsets: Vec<u32>,
    sections: Vec<u8>,
}

impl Writer {
    fn begin(&mut self, magic: &[u8; 4]) {
        self.offsets.push(self.sections.len() as u32);
        self.sections.extend_from_slice(magic);
    }

    fn table<T: Record>(&mut self, magic: &[u8; 4], entries: &[T]) {
        self.begin(magic);
        (entries.len() as u32).put(&mut self.sections);
        put_all(entries, &mut self.sections);
    }

    fn stage(&mut self, stage: &Stage) {
        self.begin(&STAG);
        stage.put(&mut self.sections);
    }

    fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_SIZE + self.sections.len());
        bytes.extend_from_slice(&MAGIC);
        VERSION.put(&mut bytes);
        (HEADER_SIZE as u16).put(&mut bytes);
        put_all(&self.offsets, &mut bytes);
        bytes.extend_from_slice(&self.sections);
        bytes
    }
}

fn name(magic: &[u8; 4]) -> &str {
    std::str::from_utf8(magic).unwrap_or("section")
}

fn expect<T: Copy + PartialEq + std::fmt::Debug>(
    section: &str,
    offset: usize,
    what: &str,
    expected: T,
    found: T,
) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(malformed(
        section,
        offset,
        format!("{what} {expected:?}"),
        format!("{found:?}"),
    ))
}

fn malformed(section: &str, offset: usize, expected: String, found: String) -> Error {
    Error::malformed(FORMAT, format!("{section} at {offset:#X}"), expected, found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn courses() -> Vec<Vec<u8>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../homebrew/courses/built");
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).expect("the folder of compiled courses") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "nkm") {
                files.push(std::fs::read(path).expect("a compiled course"));
            }
        }
        assert!(files.len() >= 4, "{} courses", files.len());
        files
    }

    /// One entry in every section.
    fn full(enemy_route: EnemyRoute) -> Nkm {
        Nkm {
            objects: vec![Object {
                object_id: 7,
                settings: [1, 2, 3, 4, 5, 6, -7],
                ..Default::default()
            }],
            paths: vec![Path {
                id: 1,
                is_loop: 1,
                point_count: 1,
            }],
            path_points: vec![PathPoint {
                duration: -2,
                ..Default::default()
            }],
            stage: Stage {
                course_id: 20,
                laps: 3,
                ..Default::default()
            },
            starts: vec![Start {
                id: -1,
                ..Default::default()
            }],
            respawns: vec![Respawn {
                id: 3,
                unknown_1e: 9,
                ..Default::default()
            }],
            battle_starts: vec![Start::default(); 2],
            cannon_targets: vec![CannonTarget {
                next_battle_point: -1,
                ..Default::default()
            }],
            mission_starts: vec![Start::default()],
            checkpoints: vec![Checkpoint {
                key_id: -1,
                sin: Fx32(-4096),
                ..Default::default()
            }],
            checkpoint_routes: vec![Route {
                next: [0, 0xFF, 0xFF],
                ..Default::default()
            }],
            item_points: vec![ItemPoint {
                direction: [1, -2, 3],
                ..Default::default()
            }],
            item_routes: vec![Route::default()],
            enemy_route,
            areas: vec![Area {
                camera_id: 4,
                ..Default::default()
            }],
            cameras: vec![Camera {
                fov_begin_sin: Fx16(-5),
                next: -1,
                ..Default::default()
            }],
        }
    }

    fn battle() -> EnemyRoute {
        EnemyRoute::Battle {
            points: vec![BattlePoint::default()],
            routes: vec![BattleRoute {
                next: [1, 2, 3, 4, 5, 6, 7, 8],
                ..Default::default()
            }],
        }
    }

    #[test]
    fn courses_come_back_byte_for_byte() {
        for bytes in courses() {
            assert_eq!(Nkm::parse(&bytes).expect("a sound file").to_bytes(), bytes);
        }
    }

    #[test]
    fn every_section_comes_back() {
        for route in [EnemyRoute::default(), battle()] {
            let nkm = full(route);
            assert_eq!(Nkm::parse(&nkm.to_bytes()), Ok(nkm));
        }
    }

    #[test]
    fn sections_stand_where_the_header_says() {
        let bytes = full(EnemyRoute::default()).to_bytes();
        let word = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[at + i])) as usize;
        let order = b"OBJIPATHPOITSTAGKTPSKTPJKTP2KTPCKTPMCPOICPATIPOIIPATEPOIEPATAREACAME";
        for (i, magic) in order.chunks(4).enumerate() {
            let start = HEADER_SIZE + word(8 + 4 * i);
            assert_eq!(&bytes[start..start + 4], magic);
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = full(battle()).to_bytes();
        for end in 0..bytes.len() {
            assert!(
                Nkm::parse(&bytes[..end]).is_err(),
                "{end} of {} bytes",
                bytes.len()
            );
        }
    }

    #[test]
    fn errors_name_section_and_offset() {
        let cases = [
            (0, u32::MAX, "header at 0x0: expected magic"),
            (4, 36, "header at 0x4: expected version 37, found 36"),
            (
                8,
                1,
                "header at 0x8: expected section 0 at offset 0x0..=0x0, found 0x1",
            ),
            (12, u32::MAX, "header at 0xC: expected section 1 at offset"),
            (
                HEADER_SIZE,
                u32::MAX,
                "OBJI at 0x4C: expected the magic OBJI",
            ),
            (
                HEADER_SIZE + 4,
                u32::MAX,
                "OBJI at 0x50: expected 60 bytes of entries, 60 each",
            ),
        ];
        for (offset, word, expected) in cases {
            let mut bytes = full(battle()).to_bytes();
            bytes[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
            let error = Nkm::parse(&bytes).expect_err("a broken file").to_string();
            assert!(error.contains(expected), "{offset:#X}: {error}");
        }
    }

    proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Nkm::parse(&bytes);
        }

        #[test]
        fn damaged_files_do_not_panic(at in 0..600_usize, word: u32) {
            let mut bytes = full(EnemyRoute::default()).to_bytes();
            let at = at % (bytes.len() - 4);
            bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
            if let Ok(nkm) = Nkm::parse(&bytes) {
                prop_assert_eq!(nkm.to_bytes(), bytes);
            }
        }
    }
}
