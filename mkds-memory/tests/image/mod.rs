//! A RAM image of a race made by hand, and the course in it.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::HashMap;
use std::f32::consts::TAU;

use mkds_formats::kcl::Attribute;
use mkds_memory::Driver;
use mkds_memory::collision::surface_of;
use mkds_memory::symbols::{self, Symbol, US_REGION_WORD};
use mkds_memory::{RAM_BASE, RAM_SIZE};
use track::{Pose, Track, Triangle};

pub(crate) const DRIVERS: u32 = 0x0220_0000;
pub(crate) const STATUS: u32 = 0x0221_0000;
pub(crate) const STATE: u32 = 0x0222_0000;
pub(crate) const CONFIG: u32 = 0x0223_0000;
pub(crate) const CAMERA: u32 = 0x0224_0000;
pub(crate) const SCENE: u32 = 0x0225_0000;
pub(crate) const MAP: u32 = 0x0226_0000;
pub(crate) const COURSE: u32 = 0x0228_0000;

/// Half of the road's width, units.
pub(crate) const ROAD: f32 = 120.0;
/// From the centreline to the walls, units.
pub(crate) const WALL: f32 = 200.0;

pub(crate) const ROAD_ATTRIBUTE: u16 = 1 << 15;
pub(crate) const OFF_ROAD_ATTRIBUTE: u16 = 1 << 15 | 3 << 8;
pub(crate) const WALL_ATTRIBUTE: u16 = 1 << 14 | 8 << 8;

pub(crate) type Vec3 = [f32; 3];

/// A round course of radius `radius` about the origin, driven so that left is inwards, sloping
/// along x.
pub(crate) struct Ring {
    pub(crate) radius: f32,
    /// Steps around it.
    pub(crate) steps: usize,
    /// Checkpoints around it.
    pub(crate) checkpoints: usize,
    /// Height gained a unit of x.
    pub(crate) slope: f32,
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            radius: 1000.0,
            steps: 48,
            checkpoints: 12,
            slope: 0.1,
        }
    }
}

impl Ring {
    /// The point `turn` turns around the course, `left` units to the left of the centreline.
    pub(crate) fn point(&self, turn: f32, left: f32) -> Vec3 {
        let (sin, cos) = (turn * TAU).sin_cos();
        let radius = self.radius - left;
        // From +z towards +x, which is to the left seen from above: inwards is left.
        let (x, z) = (radius * sin, radius * cos);
        [x, x * self.slope, z]
    }

    /// Where it is driven to there, x and z.
    pub(crate) fn forward(&self, turn: f32) -> [f32; 2] {
        let (sin, cos) = (turn * TAU).sin_cos();
        [cos, -sin]
    }

    /// A kart on the road `turn` turns around it, now left and now right of the centreline.
    pub(crate) fn pose(&self, turn: f32) -> Pose {
        let [x, z] = self.forward(turn);
        let left = ROAD * 0.8 * (turn * 37.0 * TAU).sin();
        Pose::new(
            self.point(turn, left),
            [x, x * self.slope, z],
            [-self.slope, 1.0, 0.0],
        )
    }

    /// Its triangles alone, of which there may be more than a collision file holds.
    pub(crate) fn track(&self) -> Track {
        let triangle = |(corners, attribute): (&[Vec3; 3], u16)| {
            let [a, b, c] = corners.map(widen);
            Triangle {
                corners: *corners,
                normal: unit(cross(sub(b, a), sub(c, a))).map(|part| part as f32),
                surface: surface_of(Attribute(attribute)),
            }
        };
        let triangles = self.triangles();
        let triangles = triangles
            .iter()
            .map(|(corners, attribute)| triangle((corners, *attribute)));
        Track::new(triangles.collect(), Vec::new(), None)
    }

    /// Triangles with their attributes: off-road, road, off-road, and walls on both sides.
    pub(crate) fn triangles(&self) -> Vec<([Vec3; 3], u16)> {
        let mut triangles = Vec::new();
        let mut quad = |a: Vec3, b: Vec3, c: Vec3, d: Vec3, attribute| {
            triangles.push(([a, b, c], attribute));
            triangles.push(([c, d, a], attribute));
        };
        for step in 0..self.steps {
            let [near, far] = [step, step + 1].map(|step| step as f32 / self.steps as f32);
            for (left, right, attribute) in [
                (WALL, ROAD, OFF_ROAD_ATTRIBUTE),
                (ROAD, -ROAD, ROAD_ATTRIBUTE),
                (-ROAD, -WALL, OFF_ROAD_ATTRIBUTE),
            ] {
                // Counterclockwise from above, so that it faces up.
                quad(
                    self.point(near, right),
                    self.point(far, right),
                    self.point(far, left),
                    self.point(near, left),
                    attribute,
                );
            }
            for side in [WALL, -WALL] {
                let (a, b) = (self.point(near, side), self.point(far, side));
                let up = |p: Vec3| [p[0], p[1] + 60.0, p[2]];
                quad(a, b, up(b), up(a), WALL_ATTRIBUTE);
            }
        }
        triangles
    }
}

/// Forty numbers of a driver.
pub(crate) fn observe(driver: &Driver<'_>, out: &mut [f32; 40]) {
    let vectors = [
        driver.position(),
        driver.last_position(),
        driver.direction(),
        driver.driving_direction(),
        driver.velocity_direction(),
        driver.displacement(),
        driver.floor_normal(),
        driver.heading(),
        driver.collision_centre(),
    ];
    for (out, vector) in out.chunks_exact_mut(3).zip(vectors) {
        out.copy_from_slice(&vector.to_f32());
    }
    let numbers = [
        driver.speed().to_f32(),
        driver.forward_speed().to_f32(),
        driver.max_speed().to_f32(),
        driver.max_speed_fraction().to_f32(),
        driver.terrain_multiplier().to_f32(),
        driver.grip().to_f32(),
        driver.drift_direction() as f32,
        driver.drift_charge() as f32,
        f32::from(driver.boost_timer()),
        f32::from(driver.mini_turbo_timer()),
        driver.vertical_speed().to_f32(),
        driver.airborne_frames() as f32,
        f32::from(driver.drift_yaw()),
    ];
    out[27..].copy_from_slice(&numbers);
}

/// The image, by console addresses.
pub(crate) struct Image {
    pub(crate) bytes: Vec<u8>,
    pub(crate) delta: u32,
}

impl Image {
    /// A game without a race, in a region `delta` bytes from the US one.
    pub(crate) fn empty(delta: u32) -> Self {
        let mut image = Self {
            bytes: vec![0; RAM_SIZE],
            delta,
        };
        image.word(symbols::REGION_WORD, US_REGION_WORD.wrapping_add(delta));
        image
    }

    /// A race of `drivers` on `ring`.
    pub(crate) fn race(ring: &Ring, drivers: u32, delta: u32) -> Self {
        let mut image = Self::empty(delta);
        for (symbol, pointer) in [
            (symbols::DRIVERS, DRIVERS),
            (symbols::RACE_STATUS, STATUS),
            (symbols::RACE_STATE, STATE),
            (symbols::RACE_CONFIG, CONFIG),
            (symbols::CAMERA, CAMERA),
            (symbols::SCENE, SCENE),
            (symbols::MAP_DATA, MAP),
            (symbols::DRIVER_COUNT, drivers),
            (symbols::COURSE_ID, 20),
        ] {
            image.symbol(&symbol, pointer);
        }
        image.word(SCENE + 0x10C, 2);
        image.word(STATE + 4, 1);
        image.put_map(ring);
        image.put_collision(&ring.triangles());
        image
    }

    pub(crate) fn put(&mut self, address: u32, bytes: &[u8]) {
        let start = (address - RAM_BASE) as usize;
        self.bytes[start..start + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn word(&mut self, address: u32, value: u32) {
        self.put(address, &value.to_le_bytes());
    }

    pub(crate) fn half(&mut self, address: u32, value: u16) {
        self.put(address, &value.to_le_bytes());
    }

    pub(crate) fn fx32(&mut self, address: u32, value: f32) {
        self.word(address, (f64::from(value) * 4096.0).round() as i32 as u32);
    }

    pub(crate) fn vector(&mut self, address: u32, value: Vec3) {
        for (index, part) in value.into_iter().enumerate() {
            self.fx32(address + 4 * index as u32, part);
        }
    }

    pub(crate) fn symbol(&mut self, symbol: &Symbol, value: u32) {
        self.word(symbol.address.wrapping_add(self.delta), value);
    }

    fn put_map(&mut self, ring: &Ring) {
        let (stag, ktps, cpoi, cpat) = (MAP + 0x200, MAP + 0x300, MAP + 0x1000, MAP + 0x400);
        for (offset, pointer) in [(0x18, stag), (0x1C, ktps), (0x44, cpoi), (0x4C, cpat)] {
            self.word(MAP + offset, pointer);
        }
        self.half(MAP + 0x20, 1);
        self.half(MAP + 0x48, ring.checkpoints as u16);
        self.half(MAP + 0x50, 1);
        self.half(stag + 2, 3);
        self.vector(ktps, ring.point(-0.01, 0.0));
        self.half(cpat + 2, ring.checkpoints as u16);
        self.put(cpat + 4, &[0, 255, 255, 0, 255, 255, 0]);
        for index in 0..ring.checkpoints {
            let turn = index as f32 / ring.checkpoints as f32;
            let (left, right) = (ring.point(turn, WALL), ring.point(turn, -WALL));
            let at = cpoi + 0x24 * index as u32;
            for (offset, value) in [(0, left[0]), (4, left[2]), (8, right[0]), (12, right[2])] {
                self.fx32(at + offset, value);
            }
            self.half(at + 0x20, if index == 0 { 0 } else { u16::MAX });
        }
    }

    fn put_collision(&mut self, triangles: &[([Vec3; 3], u16)]) {
        let mut normals = Numbered::default();
        let mut positions = Numbered::default();
        let mut prisms = Vec::new();
        for ([a, b, c], attribute) in triangles.iter().map(|(t, n)| (t.map(widen), n)) {
            let face = unit(cross(sub(b, a), sub(c, a)));
            let (first, second) = (unit(cross(face, sub(c, a))), unit(cross(face, sub(b, a))));
            let third = unit(cross(sub(c, b), face));
            let height = (dot(sub(b, a), third) * 4096.0).round() as i32;
            prisms.extend(height.to_le_bytes());
            prisms.extend(positions.number(a).to_le_bytes());
            for normal in [face, first, second, third] {
                prisms.extend(normals.number(normal).to_le_bytes());
            }
            prisms.extend(attribute.to_le_bytes());
        }
        let position_bytes: Vec<u8> = positions
            .entries
            .iter()
            .flatten()
            .flat_map(|part| part.to_le_bytes())
            .collect();
        let mut normal_bytes: Vec<u8> = normals
            .entries
            .iter()
            .flatten()
            .flat_map(|part| (*part as i16).to_le_bytes())
            .collect();
        normal_bytes.resize(normal_bytes.len().next_multiple_of(4), 0);
        let normals_at = COURSE + position_bytes.len() as u32;
        let prisms_at = normals_at + normal_bytes.len() as u32;
        let octree_at = prisms_at + prisms.len() as u32;
        let header = symbols::COLLISION_HEADER.address.wrapping_add(self.delta);
        self.word(header, COURSE);
        self.word(header + 4, normals_at);
        self.word(header + 8, prisms_at - 0x10);
        self.word(header + 12, octree_at);
        self.put(COURSE, &position_bytes);
        self.put(normals_at, &normal_bytes);
        self.put(prisms_at, &prisms);
        self.put_octree(header, octree_at, triangles.len() as u16);
    }

    /// One block, 8192 units wide about the origin, whose list names every prism.
    fn put_octree(&mut self, header: u32, at: u32, prisms: u16) {
        let (shift, leaf) = (13, 1 << 31);
        self.vector(header + 0x14, [-4096.0; 3]);
        for axis in 0..3 {
            self.word(header + 0x20 + 4 * axis, !((1 << shift) - 1));
        }
        self.word(header + 0x2C, shift);
        // A list begins two bytes behind its node's offset, here directly behind the node.
        self.word(at, leaf | 2);
        for number in 1..=prisms {
            self.half(at + 2 + 2 * u32::from(number), number);
        }
    }
}

/// Vectors in 1/4096, each once.
#[derive(Default)]
struct Numbered {
    entries: Vec<[i32; 3]>,
    numbers: HashMap<[i32; 3], u16>,
}

impl Numbered {
    fn number(&mut self, vector: [f64; 3]) -> u16 {
        let raw = vector.map(|part| (part * 4096.0).round() as i32);
        *self.numbers.entry(raw).or_insert_with(|| {
            self.entries.push(raw);
            (self.entries.len() - 1) as u16
        })
    }
}

fn widen(a: Vec3) -> [f64; 3] {
    // What the game keeps, not what was meant.
    a.map(|part| (f64::from(part) * 4096.0).round() / 4096.0)
}

fn sub(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn unit(a: [f64; 3]) -> [f64; 3] {
    let length = dot(a, a).sqrt();
    a.map(|part| part / length)
}
