//! The description of a course, as its author writes it.
//!
//! Places along the lap are *marks*: 3.5 is half-way between the points 3 and 4 (counted from 0),
//! so they stay where they are when a point is moved. Offsets across the course count from its
//! centre line, to the left positive. Lengths and heights are in units.

use anyhow::{Result, ensure};
use mkds_formats::kcl::CollisionType;
use serde::Deserialize;

/// One `homebrew/courses/*.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Shown in the menus.
    pub(super) name: String,
    /// Two or three letters.
    pub(super) abbreviation: String,
    /// The kind of driving it needs.
    pub(super) kind: String,
    /// Its place in cup order.
    pub(super) slot: u8,
    /// Its number in the map's file. As in Mario Kart DS the game does not use it: it identifies courses by their slots.
    pub(super) map_number: u16,
    pub(super) laps: u16,
    /// Mark of the start and finish line.
    pub(super) start: f64,
    pub(super) checkpoint_spacing: f64,
    /// The road's width at points without their own.
    pub(super) width: f64,
    /// The width of the strip on either side of the road at points without their own.
    pub(super) shoulder: f64,
    pub(super) shoulder_surface: Surface,
    /// Height of the walls beyond the shoulders.
    pub(super) wall_height: f64,
    /// The smallest allowed radius of a bend.
    pub(super) min_radius: f64,
    pub(super) points: Vec<Point>,
    #[serde(default)]
    pub(super) patches: Vec<Patch>,
    #[serde(default)]
    pub(super) ramps: Vec<Ramp>,
    #[serde(default)]
    pub(super) gaps: Vec<Range>,
    #[serde(default)]
    pub(super) open_edges: Vec<Range>,
    #[serde(default)]
    pub(super) infields: Vec<Infield>,
    #[serde(default)]
    pub(super) islands: Vec<Island>,
    #[serde(default)]
    pub(super) objects: Vec<Object>,
    #[serde(default)]
    pub(super) paths: Vec<Path>,
    #[serde(default)]
    pub(super) cameras: Vec<Camera>,
}

impl Description {
    /// Checks that each number is valid by itself.
    pub(super) fn check(&self) -> Result<()> {
        let marks = self.points.len() as f64;
        ensure!(
            self.points.len() >= 4,
            "at least 4 points are needed, found {}",
            self.points.len()
        );
        ensure!(
            (0.0..marks).contains(&self.start),
            "start = {}: not on the lap",
            self.start
        );
        ensure!(self.laps > 0, "laps = 0: a race needs one");
        for (name, value) in [
            ("checkpoint_spacing", self.checkpoint_spacing),
            ("width", self.width),
            ("wall_height", self.wall_height),
        ] {
            ensure!(
                (10.0..=1000.0).contains(&value),
                "{name} = {value}: not in 10..=1000"
            );
        }
        for (i, point) in self.points.iter().enumerate() {
            let width = point.width.unwrap_or(self.width);
            let shoulder = point.shoulder.unwrap_or(self.shoulder);
            let sound = (10.0..=1000.0).contains(&width) && (0.0..=1000.0).contains(&shoulder);
            ensure!(
                sound,
                "point {i}: width = {width}, shoulder = {shoulder}: not in 10..=1000"
            );
            let near = point
                .at
                .iter()
                .all(|coordinate| coordinate.abs() <= 20_000.0);
            ensure!(
                near,
                "point {i}: at = {:?}: not within 20000 units",
                point.at
            );
        }
        for Place { at, offset, height } in self.places() {
            let sound = (0.0..marks).contains(at)
                && offset.abs() <= 1000.0
                && (0.0..=1000.0).contains(height);
            ensure!(
                sound,
                "at = {at}, offset = {offset}, height = {height}: not a place along the lap"
            );
        }
        let moved = self.objects.iter().filter_map(|object| object.path);
        let driven = self.cameras.iter().filter_map(|camera| camera.path);
        for path in moved.chain(driven) {
            ensure!(
                usize::from(path) < self.paths.len(),
                "path = {path}: the course has {} paths",
                self.paths.len()
            );
        }
        let watched = self.cameras.iter().filter_map(|camera| camera.over);
        for Range { from, to } in self.ranges().chain(watched) {
            ensure!(
                0.0 <= from && from < to && to <= marks,
                "from {from} to {to}: not an ascending part of the lap's marks 0..{marks}"
            );
        }
        Ok(())
    }

    /// The parts of the lap with features of the ground.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range> + '_ {
        let range = |from: f64, to: f64| Range { from, to };
        let patches = self.patches.iter().map(move |p| range(p.from, p.to));
        let ramps = self.ramps.iter().map(move |r| range(r.from, r.to));
        let infields = self.infields.iter().map(move |i| range(i.from, i.to));
        let islands = self.islands.iter().map(move |i| range(i.from, i.to));
        let plain = self.gaps.iter().chain(&self.open_edges).copied();
        patches
            .chain(ramps)
            .chain(infields)
            .chain(islands)
            .chain(plain)
    }

    /// The places of objects.
    fn places(&self) -> impl Iterator<Item = &Place> {
        let objects = self.objects.iter().map(|object| &object.place);
        let paths = self.paths.iter().flat_map(|path| &path.points);
        let cameras = self.cameras.iter().map(|camera| &camera.place);
        objects.chain(paths).chain(cameras)
    }
}

/// A point that the centre line passes through.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    /// x (right on the map), y (up), z (down on the map).
    pub(super) at: [f64; 3],
    pub(super) width: Option<f64>,
    pub(super) shoulder: Option<f64>,
}

/// A part of the lap.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    pub(super) from: f64,
    pub(super) to: f64,
}

/// A part of the road, or of a shoulder, with another surface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    pub(super) surface: Surface,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// A ramp in front of a jump; after its end the road has its own height again.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ramp {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) rise: f64,
}

/// A short-cut on the inside of a bend: the shoulder reaches to the chord of the bend.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Infield {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) side: Side,
    pub(super) surface: Surface,
    /// The distance of the edge from the chord between the two marks.
    pub(super) clearance: f64,
}

/// A walled block that separates an infield from the road.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Island {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) side: Side,
    /// Free space between the road's edge and the island.
    pub(super) offset: f64,
    pub(super) width: f64,
}

/// A place beside or above the centre line.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) at: f64,
    #[serde(default)]
    pub(super) offset: f64,
    #[serde(default)]
    pub(super) height: f64,
}

/// An object of the real game, by its number there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Object {
    pub(super) id: u16,
    pub(super) place: Place,
    /// The path it moves along.
    pub(super) path: Option<u8>,
    #[serde(default)]
    pub(super) in_time_trial: bool,
}

/// A path of objects and cameras; they name it by its place in the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Path {
    pub(super) loops: bool,
    pub(super) points: Vec<Place>,
}

/// A camera of the introduction or the replay.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Camera {
    pub(super) kind: CameraKind,
    pub(super) place: Place,
    /// The mark it looks at.
    pub(super) towards: f64,
    pub(super) path: Option<u8>,
    /// For how many frames it is used.
    pub(super) frames: u16,
    /// The part of the lap on which it watches a kart.
    pub(super) over: Option<Range>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CameraKind {
    Replay,
    IntroTop,
    IntroBottom,
}

impl CameraKind {
    /// Its number in the real game. Source: HaroohiePals headers.
    pub(super) fn number(self) -> u16 {
        match self {
            Self::Replay => 1,
            Self::IntroTop => 3,
            Self::IntroBottom => 4,
        }
    }

    /// The screen whose introduction begins with it: 0 none, 1 upper, 2 lower.
    pub(super) fn starts_intro_of(self) -> u8 {
        match self {
            Self::Replay => 0,
            Self::IntroTop => 1,
            Self::IntroBottom => 2,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The sign of offsets on this side.
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Surface {
    SlipperyRoad,
    WeakOffRoad,
    OffRoad,
    HeavyOffRoad,
    BoostPanel,
    JumpPad,
}

impl Surface {
    pub(super) fn collision_type(self) -> CollisionType {
        match self {
            Self::SlipperyRoad => CollisionType::SlipperyRoad,
            Self::WeakOffRoad => CollisionType::WeakOffRoad,
            Self::OffRoad => CollisionType::OffRoad,
            Self::HeavyOffRoad => CollisionType::HeavyOffRoad,
            Self::BoostPanel => CollisionType::BoostPanel,
            Self::JumpPad => CollisionType::JumpPad,
        }
    }
}
