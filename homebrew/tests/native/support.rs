//! Small courses, each for one test, and a race on them.

use homebrew::native::{CourseArchive, Game};
use mkds_formats::carc::CourseFiles;
use mkds_formats::ghost::Combo;
use mkds_formats::kcl::{Attribute, BuildOptions, CollisionType, Kcl, Triangle};
use mkds_formats::nkm::{Checkpoint, Nkm, Respawn, Route, Start};
use mkds_memory::{Driver, Ram, RamMut};
use nds_formats::fx::{Fx32, VecFx32};
use nds_formats::pad::Pad;

/// Slot 0's course, driven by character 0 in kart 0: the published figures.
pub(crate) const COMBO: Combo = Combo {
    character: 0,
    kart: 0,
    course: 20,
};
/// Frames from frame counter 1 to GO.
pub(crate) const TO_GO: u32 = 300;

const TILE: f64 = 200.0;
const HALF_WIDTH: f64 = 600.0;
const WALL_HEIGHT: f64 = 100.0;

/// A straight road along +z from z = -200, made of rows of tiles.
pub(crate) struct Straight {
    /// The surface of each row of tiles, 200 units long; `None` is a hole.
    pub(crate) rows: Vec<Option<Attribute>>,
    /// Whether a wall stands across its end.
    pub(crate) wall: bool,
}

impl Straight {
    pub(crate) fn of(surfaces: &[(usize, CollisionType)]) -> Self {
        let rows = surfaces
            .iter()
            .flat_map(|&(rows, surface)| std::iter::repeat_n(Some(Attribute::of(surface)), rows));
        Self {
            rows: rows.collect(),
            wall: false,
        }
    }

    fn triangles(&self) -> Vec<Triangle> {
        let mut triangles = Vec::new();
        for (row, surface) in self.rows.iter().enumerate() {
            let z = TILE * (row as f64 - 1.0);
            let columns = (2.0 * HALF_WIDTH / TILE) as usize;
            for column in 0..columns {
                let x = TILE * column as f64 - HALF_WIDTH;
                if let Some(attribute) = *surface {
                    let corners = [
                        [x, 0.0, z],
                        [x, 0.0, z + TILE],
                        [x + TILE, 0.0, z + TILE],
                        [x + TILE, 0.0, z],
                    ];
                    quad(&mut triangles, corners, attribute);
                }
                let fall = Attribute::of(CollisionType::FallBoundary);
                let y = -150.0;
                quad(
                    &mut triangles,
                    [
                        [x, y, z],
                        [x, y, z + TILE],
                        [x + TILE, y, z + TILE],
                        [x + TILE, y, z],
                    ],
                    fall,
                );
                if self.wall && row + 1 == self.rows.len() {
                    let wall = Attribute::of(CollisionType::Wall);
                    let (z, top) = (z + TILE, WALL_HEIGHT);
                    quad(
                        &mut triangles,
                        [
                            [x + TILE, 0.0, z],
                            [x, 0.0, z],
                            [x, top, z],
                            [x + TILE, top, z],
                        ],
                        wall,
                    );
                }
            }
        }
        triangles
    }

    /// Its `.carc` file.
    fn archive(&self) -> Vec<u8> {
        let kcl = Kcl::build(&self.triangles(), &BuildOptions::default()).expect("small triangles");
        let files = CourseFiles {
            kcl: kcl.to_bytes(),
            nkm: map().to_bytes(),
        };
        files.to_bytes().expect("a small course")
    }

    /// A race on it, at GO. `battery` as for [`Game::new`].
    pub(crate) fn race(&self) -> Game {
        let mut game = self.load(None);
        wait(&mut game, Pad::empty(), TO_GO);
        game
    }

    /// A race on it, at frame counter 1.
    pub(crate) fn load(&self, battery: Option<&[u8]>) -> Game {
        let kcl = Kcl::build(&self.triangles(), &BuildOptions::default()).expect("small triangles");
        let files = CourseFiles {
            kcl: kcl.to_bytes(),
            nkm: map().to_bytes(),
        };
        let carc = &files.to_bytes().expect("a small course");
        let mut game = Game::with_courses(battery, &[CourseArchive { slot: 0, carc }])
            .expect("a course in its slot");
        game.start_race(COMBO).expect("a course with a start");
        game
    }
}

/// A short straight's `.carc` file.
pub(crate) fn straight_archive() -> Vec<u8> {
    Straight::of(&[(4, CollisionType::Road)]).archive()
}

fn point([x, y, z]: [f64; 3]) -> VecFx32 {
    VecFx32 {
        x: Fx32::from_f64(x),
        y: Fx32::from_f64(y),
        z: Fx32::from_f64(z),
    }
}

fn quad(triangles: &mut Vec<Triangle>, corners: [[f64; 3]; 4], attribute: Attribute) {
    let [a, b, c, d] = corners.map(point);
    triangles.push(Triangle {
        vertices: [a, b, c],
        attribute,
    });
    triangles.push(Triangle {
        vertices: [a, c, d],
        attribute,
    });
}

/// Four checkpoints up the road: enough of a lap for a race that never ends.
fn map() -> Nkm {
    let line = |z: f64, key_id: i16| Checkpoint {
        x1: Fx32::from_f64(HALF_WIDTH),
        z1: Fx32::from_f64(z),
        x2: Fx32::from_f64(-HALF_WIDTH),
        z2: Fx32::from_f64(z),
        key_id,
        ..Default::default()
    };
    let mut nkm = Nkm::default();
    nkm.stage.laps = 3;
    nkm.starts = vec![Start::default()];
    nkm.respawns = vec![Respawn {
        position: point([50.0, 2.0, 20.0]),
        ..Default::default()
    }];
    nkm.checkpoints = vec![
        line(-150.0, 0),
        line(500.0, 1),
        line(1000.0, 2),
        line(1500.0, 3),
    ];
    nkm.checkpoint_routes = vec![Route {
        start: 0,
        length: 4,
        next: [0, 0xFF, 0xFF],
        previous: [0, 0xFF, 0xFF],
        section_order: 0,
    }];
    nkm
}

/// Holds buttons for some frames.
pub(crate) fn wait(game: &mut Game, pad: Pad, frames: u32) {
    for _ in 0..frames {
        game.tick(pad);
    }
}

/// The player.
pub(crate) fn driver(game: &Game) -> Driver<'_> {
    Ram::new(game.ram())
        .expect("the US layout")
        .race()
        .expect("sound pointers")
        .expect("a race")
        .driver(0)
        .expect("a player")
}

/// Moves the player, as a tool does.
pub(crate) fn place(game: &mut Game, [x, y, z]: [f64; 3]) {
    let mut ram = RamMut::new(game.ram_mut()).expect("the US layout");
    ram.driver_mut(0)
        .expect("a race")
        .set_position(point([x, y, z]));
}
