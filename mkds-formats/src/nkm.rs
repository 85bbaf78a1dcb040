//! `.nkm`: a course's map: checkpoints, start and respawn positions, routes, objects, cameras.
//!
//! A file is a header (magic, version, header length, and the offsets of the sections, which count
//! from the end of the header) and the sections OBJI PATH POIT STAG KTPS KTPJ KTP2 KTPC KTPM CPOI
//! CPAT IPOI IPAT EPOI EPAT AREA CAME. A section is its magic, a `u32` count and the entries; STAG
//! has no count. Battle courses have MEPO and MEPA instead of EPOI and EPAT. Some sections have
//! bytes behind their entries, as an empty IPOI has four: they are kept.
//!
//! All courses that can be chosen have version 37. Those left from the game's making have version
//! 30, 32 or 34 and may lack KTPC and KTPM; below 34 an entry of IPOI has 16 bytes, below 32
//! one of KTPJ has 28. What such entries lack is zero here.
//!
//! Rotations are in degrees; a start that faces yaw `y` has rotation (0, `y`, 0) and looks along
//! (sin `y`, 0, cos `y`).
//!
//! Source: HaroohiePals headers (`nkm_*`) and Mario Kart Toolbox (older versions).

use crate::record::{Record, put_all, records, take_all};
use crate::{Error, Result};
use nds_formats::fx::{Fx16, Fx32, VecFx32};

const FORMAT: &str = "NKM";
const MAGIC: [u8; 4] = *b"NKMD";
/// Bytes of the header before its offsets.
const PREFIX_SIZE: usize = 8;
/// Sections of a file of version [`VERSION`].
const SECTIONS: usize = 17;
/// Bytes of the header of a file of version [`VERSION`].
pub const HEADER_SIZE: usize = PREFIX_SIZE + 4 * SECTIONS;
/// The version of the game's files; older ones are read too.
pub const VERSION: u16 = 37;
/// The first version whose respawn positions have their number.
const RESPAWN_ID_VERSION: u16 = 32;
/// The first version whose item points have more than position and radius.
const ITEM_POINT_VERSION: u16 = 34;

type Magic = [u8; 4];
/// Every section of a race course in the order of files; see [`in_battle`] for the others.
const ORDER: [&Magic; SECTIONS] = [
    b"OBJI", b"PATH", b"POIT", b"STAG", b"KTPS", b"KTPJ", b"KTP2", b"KTPC", b"KTPM", b"CPOI",
    b"CPAT", b"IPOI", b"IPAT", b"EPOI", b"EPAT", b"AREA", b"CAME",
];

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
        /// The course's number among the maps. It is not the id by which the game and its ghosts name the course
        /// (`names`): Figure-8 Circuit is 37 here and 20 there, SNES Mario Circuit 1 is 19 and 10.
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
        /// Bit 0: places do not change in it, as in a loop.
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
        /// Order along the lap; of CPAT the game reads the low byte alone.
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
        /// 0 nothing; a powerslide begins to the left (1) or right (3), a drift to the left (2) or
        /// right (4); 5 it ends.
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
        /// As in [`EnemyPoint::drifting`].
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
        /// What the region does: 1 shows a camera, 2 ends a mission, 3 clips what is drawn, 4 brings
        /// computer drivers back, 5 is passed by a mission's rival.
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
        /// What the camera does: 3 and 4 introduce the course on the upper and the lower screen, 7 a
        /// battle, 8 shows the end of a mission.
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
    /// What else the file has.
    pub layout: Layout,
}

/// A file's version, its order of sections, and the bytes behind their entries. The default is
/// version [`VERSION`] with every section and nothing behind any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    version: u16,
    /// As a race course calls them.
    sections: Vec<(Magic, Vec<u8>)>,
}

impl Default for Layout {
    fn default() -> Self {
        let sections = ORDER.map(|magic| (*magic, Vec::new()));
        Self {
            version: VERSION,
            sections: sections.to_vec(),
        }
    }
}

impl Layout {
    /// The file's version, at most [`VERSION`].
    pub const fn version(&self) -> u16 {
        self.version
    }
}

impl Nkm {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the section and the offset in the file.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (version, sections) = sections(bytes)?;
        let mut nkm = Self::default();
        nkm.layout.version = version;
        nkm.layout.sections.clear();
        let (mut enemy_points, mut enemy_routes) = Default::default();
        let (mut battle_points, mut battle_routes) = Default::default();
        // Whether the file is one of a battle, as soon as a section tells.
        let mut battle = None;
        for mut section in sections {
            match &section.magic {
                b"OBJI" => section.table(&mut nkm.objects),
                b"PATH" => section.table(&mut nkm.paths),
                b"POIT" => section.table(&mut nkm.path_points),
                b"STAG" => section.stage(&mut nkm.stage),
                b"KTPS" => section.table(&mut nkm.starts),
                b"KTPJ" => section.sized_table(&mut nkm.respawns, respawn_size(version)),
                b"KTP2" => section.table(&mut nkm.battle_starts),
                b"KTPC" => section.table(&mut nkm.cannon_targets),
                b"KTPM" => section.table(&mut nkm.mission_starts),
                b"CPOI" => section.table(&mut nkm.checkpoints),
                b"CPAT" => section.table(&mut nkm.checkpoint_routes),
                b"IPOI" => section.sized_table(&mut nkm.item_points, item_point_size(version)),
                b"IPAT" => section.table(&mut nkm.item_routes),
                b"EPOI" => section.table(&mut enemy_points),
                b"EPAT" => section.table(&mut enemy_routes),
                b"MEPO" => section.table(&mut battle_points),
                b"MEPA" => section.table(&mut battle_routes),
                b"AREA" => section.table(&mut nkm.areas),
                b"CAME" => section.table(&mut nkm.cameras),
                _ => section.refuse("the magic of a section"),
            }?;
            let magic = in_race(section.magic);
            if let b"EPOI" | b"EPAT" = &magic {
                let is_battle = magic != section.magic;
                if *battle.get_or_insert(is_battle) != is_battle {
                    section.refuse("EPOI and EPAT, or MEPO and MEPA, not of both")?;
                }
            }
            let known = &mut nkm.layout.sections;
            if known.iter().any(|(other, _)| magic == *other) {
                section.refuse("every section once")?;
            }
            known.push((magic, section.rest.to_vec()));
        }
        nkm.enemy_route = match battle {
            Some(true) => EnemyRoute::Battle {
                points: battle_points,
                routes: battle_routes,
            },
            _ => EnemyRoute::Race {
                points: enemy_points,
                routes: enemy_routes,
            },
        };
        Ok(nkm)
    }

    /// Writes the file; a parsed file comes back byte for byte. A section that a parsed file did
    /// not have is written if it has entries. What entries of an older version lack is left out.
    pub fn to_bytes(&self) -> Vec<u8> {
        let version = self.layout.version;
        let sections = self.sections();
        let header_size = PREFIX_SIZE + 4 * sections.len();
        let mut offsets = Vec::with_capacity(sections.len());
        let mut body = Vec::new();
        for (magic, rest) in &sections {
            offsets.push(body.len() as u32);
            let out = &mut body;
            magic.put(out);
            match magic {
                b"OBJI" => put_table(&self.objects, out),
                b"PATH" => put_table(&self.paths, out),
                b"POIT" => put_table(&self.path_points, out),
                b"STAG" => self.stage.put(out),
                b"KTPS" => put_table(&self.starts, out),
                b"KTPJ" => put_sized_table(&self.respawns, respawn_size(version), out),
                b"KTP2" => put_table(&self.battle_starts, out),
                b"KTPC" => put_table(&self.cannon_targets, out),
                b"KTPM" => put_table(&self.mission_starts, out),
                b"CPOI" => put_table(&self.checkpoints, out),
                b"CPAT" => put_table(&self.checkpoint_routes, out),
                b"IPOI" => put_sized_table(&self.item_points, item_point_size(version), out),
                b"IPAT" => put_table(&self.item_routes, out),
                b"AREA" => put_table(&self.areas, out),
                b"CAME" => put_table(&self.cameras, out),
                b"EPOI" | b"MEPO" => match &self.enemy_route {
                    EnemyRoute::Race { points, .. } => put_table(points, out),
                    EnemyRoute::Battle { points, .. } => put_table(points, out),
                },
                _ => match &self.enemy_route {
                    EnemyRoute::Race { routes, .. } => put_table(routes, out),
                    EnemyRoute::Battle { routes, .. } => put_table(routes, out),
                },
            }
            out.extend_from_slice(rest);
        }
        let mut bytes = Vec::with_capacity(header_size + body.len());
        MAGIC.put(&mut bytes);
        version.put(&mut bytes);
        (header_size as u16).put(&mut bytes);
        put_all(&offsets, &mut bytes);
        bytes.append(&mut body);
        bytes
    }

    /// The sections to write, each with the bytes behind its entries.
    fn sections(&self) -> Vec<(Magic, &[u8])> {
        let stored = self.layout.sections.iter();
        let mut sections: Vec<(Magic, &[u8])> = stored
            .map(|(magic, rest)| (*magic, rest.as_slice()))
            .collect();
        for (rank, magic) in ORDER.into_iter().enumerate() {
            let is_absent = sections.iter().all(|(other, _)| other != magic);
            if is_absent && self.has_entries(magic) {
                let later = |(other, _): &(Magic, &[u8])| ORDER[rank + 1..].contains(&other);
                let at = sections.iter().position(later).unwrap_or(sections.len());
                sections.insert(at, (*magic, &[]));
            }
        }
        if let EnemyRoute::Battle { .. } = self.enemy_route {
            for (magic, _) in &mut sections {
                *magic = in_battle(*magic);
            }
        }
        sections
    }

    fn has_entries(&self, magic: &Magic) -> bool {
        let (points, routes) = match &self.enemy_route {
            EnemyRoute::Race { points, routes } => (points.len(), routes.len()),
            EnemyRoute::Battle { points, routes } => (points.len(), routes.len()),
        };
        let count = match magic {
            b"OBJI" => self.objects.len(),
            b"PATH" => self.paths.len(),
            b"POIT" => self.path_points.len(),
            b"STAG" => usize::from(self.stage != Stage::default()),
            b"KTPS" => self.starts.len(),
            b"KTPJ" => self.respawns.len(),
            b"KTP2" => self.battle_starts.len(),
            b"KTPC" => self.cannon_targets.len(),
            b"KTPM" => self.mission_starts.len(),
            b"CPOI" => self.checkpoints.len(),
            b"CPAT" => self.checkpoint_routes.len(),
            b"IPOI" => self.item_points.len(),
            b"IPAT" => self.item_routes.len(),
            b"EPOI" => points,
            b"EPAT" => routes,
            b"AREA" => self.areas.len(),
            _ => self.cameras.len(),
        };
        count > 0
    }
}

/// The section that a race course has in the place of one of a battle course.
fn in_race(magic: Magic) -> Magic {
    match &magic {
        b"MEPO" => *b"EPOI",
        b"MEPA" => *b"EPAT",
        _ => magic,
    }
}

/// The section that a battle course has in the place of one of a race course.
fn in_battle(magic: Magic) -> Magic {
    match &magic {
        b"EPOI" => *b"MEPO",
        b"EPAT" => *b"MEPA",
        _ => magic,
    }
}

/// Bytes of a stored respawn position.
fn respawn_size(version: u16) -> usize {
    match version < RESPAWN_ID_VERSION {
        true => Respawn::SIZE - 4,
        false => Respawn::SIZE,
    }
}

/// Bytes of a stored item point.
fn item_point_size(version: u16) -> usize {
    match version < ITEM_POINT_VERSION {
        true => ItemPoint::SIZE - 4,
        false => ItemPoint::SIZE,
    }
}

/// A section of a file.
struct Section<'a> {
    magic: Magic,
    /// Its offset in the file.
    offset: usize,
    /// What has not been read yet.
    rest: &'a [u8],
}

/// The version of a file and its sections.
fn sections(bytes: &[u8]) -> Result<(u16, Vec<Section<'_>>)> {
    let Some((mut prefix, rest)) = bytes.split_at_checked(PREFIX_SIZE) else {
        return Err(malformed(
            "header",
            0,
            format!("{HEADER_SIZE} bytes"),
            format!("{} bytes", bytes.len()),
        ));
    };
    expect("header", 0, "magic", MAGIC, Record::take(&mut prefix))?;
    let version = u16::take(&mut prefix);
    if version > VERSION {
        let expected = format!("a version up to {VERSION}");
        return Err(malformed("header", 4, expected, version.to_string()));
    }
    let size = usize::from(u16::take(&mut prefix));
    let offsets = size.checked_sub(PREFIX_SIZE).filter(|size| size % 4 == 0);
    let split = offsets.and_then(|size| rest.split_at_checked(size));
    let Some((offsets, body)) = split.filter(|(offsets, _)| offsets.len() / 4 <= ORDER.len())
    else {
        let most = bytes.len().min(PREFIX_SIZE + 4 * ORDER.len());
        let expected = format!("a header of {PREFIX_SIZE}..={most} bytes, 4 a section");
        return Err(malformed("header", 6, expected, format!("{size} bytes")));
    };
    let offsets: Vec<u32> = take_all(offsets);
    let mut lowest = 0;
    for (i, offset) in offsets.iter().map(|&offset| offset as usize).enumerate() {
        // The sections fill the file: nothing is known to stand before the first.
        let highest = if i == 0 { 0 } else { body.len() };
        if !(lowest..=highest).contains(&offset) {
            return Err(malformed(
                "header",
                PREFIX_SIZE + 4 * i,
                format!("section {i} at offset {lowest:#X}..={highest:#X}"),
                format!("{offset:#X}"),
            ));
        }
        lowest = offset;
    }
    if offsets.is_empty() && !body.is_empty() {
        let found = format!("{} bytes", body.len());
        return Err(malformed("header", size, "the end".into(), found));
    }
    let ends = offsets.iter().skip(1).map(|&end| end as usize);
    let ends = ends.chain([body.len()]);
    let section = |(&start, end): (&u32, usize)| {
        let start = start as usize;
        let offset = size + start;
        match body[start..end].split_first_chunk() {
            Some((&magic, rest)) => Ok(Section {
                magic,
                offset,
                rest,
            }),
            None => {
                let found = format!("{} bytes", end - start);
                Err(malformed("section", offset, "a magic".into(), found))
            }
        }
    };
    let sections = offsets.iter().zip(ends).map(section);
    Ok((version, sections.collect::<Result<_>>()?))
}

impl Section<'_> {
    fn table<T: Record>(&mut self, entries: &mut Vec<T>) -> Result<()> {
        self.sized_table(entries, T::SIZE)
    }

    /// Reads the entries, of which the file has `size` bytes each.
    fn sized_table<T: Record>(&mut self, entries: &mut Vec<T>, size: usize) -> Result<()> {
        let Some((mut count, stored)) = self.rest.split_at_checked(4) else {
            let found = format!("{} bytes", self.rest.len());
            return Err(malformed(
                name(&self.magic),
                self.offset + 4,
                "a count of 4 bytes".into(),
                found,
            ));
        };
        let count = u32::take(&mut count);
        let length = usize::try_from(u64::from(count) * size as u64).ok();
        let split = length.and_then(|length| stored.split_at_checked(length));
        let Some((stored, rest)) = split else {
            return Err(malformed(
                name(&self.magic),
                self.offset + 4,
                format!("{} bytes of entries, {size} each", stored.len()),
                format!("a count of {count}"),
            ));
        };
        *entries = match size == T::SIZE {
            true => take_all(stored),
            false => {
                let mut whole = Vec::with_capacity(count as usize * T::SIZE);
                for entry in stored.chunks_exact(size) {
                    whole.extend_from_slice(entry);
                    whole.resize(whole.len().next_multiple_of(T::SIZE), 0);
                }
                take_all(&whole)
            }
        };
        self.rest = rest;
        Ok(())
    }

    fn stage(&mut self, stage: &mut Stage) -> Result<()> {
        let Some((mut stored, rest)) = self.rest.split_at_checked(Stage::SIZE) else {
            let found = format!("{} bytes", self.rest.len());
            let expected = format!("{} bytes", Stage::SIZE);
            return Err(malformed("STAG", self.offset + 4, expected, found));
        };
        *stage = Stage::take(&mut stored);
        self.rest = rest;
        Ok(())
    }

    fn refuse(&self, expected: &str) -> Result<()> {
        let found = self.magic.escape_ascii().to_string();
        Err(malformed("section", self.offset, expected.into(), found))
    }
}

fn put_table<T: Record>(entries: &[T], out: &mut Vec<u8>) {
    put_sized_table(entries, T::SIZE, out);
}

/// Appends the count and the first `size` bytes of each entry.
fn put_sized_table<T: Record>(entries: &[T], size: usize, out: &mut Vec<u8>) {
    (entries.len() as u32).put(out);
    for entry in entries {
        let end = out.len() + size;
        entry.put(out);
        out.truncate(end);
    }
}

fn name(magic: &Magic) -> &str {
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
            layout: Layout::default(),
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
            (
                4,
                38,
                "header at 0x4: expected a version up to 37, found 38",
            ),
            (
                4,
                0x4D << 16 | 37,
                "header at 0x6: expected a header of 8..=76 bytes, 4 a section, found 77 bytes",
            ),
            (
                8,
                1,
                "header at 0x8: expected section 0 at offset 0x0..=0x0, found 0x1",
            ),
            (12, u32::MAX, "header at 0xC: expected section 1 at offset"),
            (
                HEADER_SIZE,
                u32::MAX,
                "section at 0x4C: expected the magic of a section",
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

    /// The file with the version and, from the end, some sections cut off.
    fn older(mut nkm: Nkm, version: u16, absent: &[&Magic]) -> Vec<u8> {
        nkm.layout.version = version;
        let sections = &mut nkm.layout.sections;
        sections.retain(|(magic, _)| !absent.contains(&magic));
        nkm.cannon_targets.clear();
        nkm.mission_starts.clear();
        nkm.to_bytes()
    }

    #[test]
    fn older_versions_have_smaller_entries_and_fewer_sections() {
        let absent = [b"KTPC", b"KTPM"];
        let sizes = [37, 34, 32, 30].map(|version| {
            let bytes = older(full(EnemyRoute::default()), version, &absent);
            let nkm = Nkm::parse(&bytes).expect("a sound file");
            assert_eq!(nkm.layout.version(), version);
            assert_eq!(nkm.respawns[0].id, if version < 32 { 0 } else { 3 });
            assert_eq!(nkm.item_points[0].direction[0], i8::from(version >= 34));
            assert_eq!(nkm.to_bytes(), bytes);
            bytes.len()
        });
        let whole = full(EnemyRoute::default()).to_bytes().len();
        assert_eq!(
            sizes,
            [0, 0, 4, 8].map(|less| whole - 2 * (4 + 8 + 28) - less)
        );
    }

    #[test]
    fn sections_appear_with_their_entries() {
        let bytes = older(full(EnemyRoute::default()), 34, &[b"KTPC", b"KTPM"]);
        let mut nkm = Nkm::parse(&bytes).expect("a sound file");
        nkm.cannon_targets.push(CannonTarget::default());
        let read = Nkm::parse(&nkm.to_bytes()).expect("a sound file");
        assert_eq!(read.cannon_targets, nkm.cannon_targets);
        let order: Vec<_> = read
            .layout
            .sections
            .iter()
            .map(|(magic, _)| magic)
            .collect();
        let expected: Vec<_> = ORDER
            .into_iter()
            .filter(|magic| *magic != b"KTPM")
            .collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn bytes_behind_entries_stay() {
        let mut nkm = full(battle());
        nkm.item_points.clear();
        for (at, (_, rest)) in nkm.layout.sections.iter_mut().enumerate() {
            rest.extend_from_slice(&[0xAB, 0, 0xCD][..at % 4]);
        }
        let bytes = nkm.to_bytes();
        assert_eq!(Nkm::parse(&bytes), Ok(nkm.clone()));
        // The other kind of route takes the places of the first.
        nkm.enemy_route = full(EnemyRoute::default()).enemy_route;
        assert_eq!(Nkm::parse(&nkm.to_bytes()), Ok(nkm));
    }

    #[test]
    fn sections_of_two_kinds_and_two_of_one_are_refused() {
        let message = |from: &[u8; 4], to: &[u8; 4]| {
            let mut bytes = full(battle()).to_bytes();
            let at = bytes.windows(4).position(|window| window == from);
            let at = at.expect("the section");
            bytes[at..at + 4].copy_from_slice(to);
            Nkm::parse(&bytes).expect_err("a broken file").to_string()
        };
        let error = message(b"KTPM", b"KTPC");
        assert!(error.contains("every section once, found KTPC"), "{error}");
        let mut nkm = full(battle());
        nkm.enemy_route = EnemyRoute::Battle {
            points: vec![],
            routes: vec![],
        };
        let mut bytes = nkm.to_bytes();
        let at = bytes.windows(4).position(|window| window == b"MEPO");
        let at = at.expect("the section");
        bytes[at..at + 4].copy_from_slice(b"EPOI");
        let error = Nkm::parse(&bytes).expect_err("a broken file").to_string();
        assert!(error.contains("not of both, found MEPA"), "{error}");
    }

    proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let bytes = [b"NKMD".as_slice(), &bytes].concat();
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
