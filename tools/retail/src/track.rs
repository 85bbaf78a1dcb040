//! Compares the course with a kart that drives on it: the road's edge, walls, the camera.

use std::f32::consts::TAU;

use anyhow::Result;
use mkds_formats::kcl::CollisionType;
use mkds_memory::course::Course;
use mkds_memory::driver::MotionFlags;
use mkds_memory::{Driver, Race};
use track::{Frame, RayFan, Triangle, ZClip};

use crate::check::Check;

/// Rays all around the kart.
const RAYS: usize = 64;
/// Their length, units.
const REACH: f32 = 500.0;
/// How far a wall may be from the sphere that touched it, units: the kart moves on within the frame.
const WALL_SLACK: f32 = 12.0;
/// The part of the upper screen in which the game's camera shows the player, pixels: x, then y.
const PLAYER_IN_PICTURE: [[f32; 2]; 2] = [[64.0, 192.0], [80.0, 184.0]];

/// The numbers of a course of the real game.
struct ExpectedCourse {
    id: u32,
    prisms: usize,
    checkpoints: usize,
    objects: usize,
}

/// The numbers of the two courses of the states.
const KNOWN: [ExpectedCourse; 2] = [
    ExpectedCourse {
        id: 20,
        prisms: 902,
        checkpoints: 26,
        objects: 40,
    },
    ExpectedCourse {
        id: 10,
        prisms: 695,
        checkpoints: 23,
        objects: 17,
    },
];

/// Checks a kart on its course.
pub struct Track {
    course: Course,
    counts: [usize; 3],
    id: u32,
    fan: RayFan,
    rays: [f32; RAYS],
    touching: bool,
    kart_width: f32,
    /// The kart's distances from the road's edge in frames in which it is on the road by the game, but not by the course.
    farthest_off: f32,
    /// Frames in which the kart is off the road by the game, on it by the course, and no prism off the road is in reach.
    off_without_cause: usize,
    walls_hit: usize,
    /// How far the nearest wall was from the kart's sphere when one was hit.
    farthest_wall: f32,
    /// The range of the kart's position in the picture: lowest and highest x, lowest and highest y.
    seen: [[f32; 2]; 2],
}

impl Track {
    /// The course of a race.
    ///
    /// # Errors
    /// RAM holds a broken race.
    pub fn new(race: &Race<'_>) -> Result<Self> {
        let course = Course::read(race)?;
        let map = race.map()?;
        Ok(Self {
            counts: [
                race.collision()?.prisms().len(),
                map.checkpoints()?.len(),
                map.objects()?.len(),
            ],
            id: race.config().course().0,
            course,
            fan: RayFan::new(RAYS, TAU * (RAYS - 1) as f32 / RAYS as f32, REACH)
                .in_frame(Frame::Level),
            rays: [0.0; RAYS],
            touching: false,
            kart_width: 0.0,
            farthest_off: 0.0,
            off_without_cause: 0,
            walls_hit: 0,
            farthest_wall: 0.0,
            seen: [[f32::MAX, f32::MIN]; 2],
        })
    }

    /// Checks a frame.
    ///
    /// # Errors
    /// RAM holds a broken race.
    pub fn see(&mut self, race: &Race<'_>) -> Result<()> {
        let driver = race.driver(0)?;
        self.kart_width = 2.0 * driver.sphere_radius().to_f32();
        self.see_road(&driver);
        self.see_walls(&driver);
        self.see_picture(race, &driver)
    }

    fn see_road(&mut self, driver: &Driver<'_>) {
        let floor = usize::try_from(driver.floor_collision_type().0).ok();
        let floor = floor.and_then(|number| CollisionType::ALL.get(number));
        let on_road = floor.is_some_and(|kind| kind.is_road());
        if !driver.motion_flags().contains(MotionFlags::ON_GROUND) {
            return;
        }
        let centre = driver.collision_centre().to_f32();
        let below = self.course.material_at(centre);
        let is_inside = below.is_some_and(|kind| kind.is_road());
        if on_road && !is_inside {
            let pose = driver.pose();
            self.fan
                .cast(self.course.track().boundary(), &pose, &mut self.rays);
            let nearest = self.rays.iter().copied().fold(REACH, f32::min);
            self.farthest_off = self.farthest_off.max(nearest);
        }
        if !on_road && is_inside {
            let radius = driver.sphere_radius().to_f32();
            let is_off_road =
                |triangle: &Triangle| triangle.is_floor() && !triangle.surface.is_road;
            let mut triangles = self.course.track().triangles().iter();
            let touches = triangles
                .any(|triangle| is_off_road(triangle) && in_reach(triangle, centre, radius));
            self.off_without_cause += usize::from(!touches);
        }
    }

    fn see_walls(&mut self, driver: &Driver<'_>) {
        let touches = driver.motion_flags().contains(MotionFlags::TOUCHING_WALL);
        if touches && !self.touching {
            let mut pose = driver.pose();
            pose.position = driver.collision_centre().to_f32();
            self.fan
                .cast(self.course.track().walls(), &pose, &mut self.rays);
            let nearest = self.rays.iter().copied().fold(REACH, f32::min);
            self.walls_hit += 1;
            let radius = driver.sphere_radius().to_f32();
            self.farthest_wall = self.farthest_wall.max(nearest - radius);
        }
        self.touching = touches;
    }

    fn see_picture(&mut self, race: &Race<'_>, driver: &Driver<'_>) -> Result<()> {
        let projection = race.camera()?.projection();
        let pixel = projection.point(driver.position().to_f32(), ZClip::Native);
        for (axis, [low, high]) in self.seen.iter_mut().enumerate() {
            let part = pixel.map_or(f32::NAN, |pixel| pixel[axis]);
            // NaN stays and fails the check.
            *low = if part < *low || part.is_nan() {
                part
            } else {
                *low
            };
            *high = if part > *high || part.is_nan() {
                part
            } else {
                *high
            };
        }
        Ok(())
    }

    /// How many times a wall was hit.
    pub const fn walls_hit(&self) -> usize {
        self.walls_hit
    }

    /// The checks of a whole race.
    pub fn checks(&self, name: &str) -> Vec<Check> {
        let of = |what: &str| format!("{name}, {what}");
        let mut checks = vec![
            Check::at_most(
                of("units beyond the road's edge while on the road"),
                self.kart_width,
                self.farthest_off,
            ),
            Check::equal(
                of("frames off the road with no prism off the road in reach"),
                &0,
                &self.off_without_cause,
            ),
            Check::at_most(
                of(&format!(
                    "units from the kart's sphere to the nearest wall, of {} hits",
                    self.walls_hit
                )),
                WALL_SLACK,
                self.farthest_wall,
            ),
        ];
        for (axis, ([low, high], [least, most])) in ["x", "y"]
            .iter()
            .zip(self.seen.iter().zip(PLAYER_IN_PICTURE))
        {
            let inside = *low >= least && *high <= most;
            checks.push(Check {
                name: of(&format!("the kart's {axis} in the picture")),
                found: format!("{low:.0} to {high:.0}"),
                expected: (!inside).then(|| format!("{least} to {most}")),
            });
        }
        if let Some(known) = KNOWN.iter().find(|known| known.id == self.id) {
            checks.push(Check::equal(
                of("prisms, checkpoints, objects"),
                &[known.prisms, known.checkpoints, known.objects],
                &self.counts,
            ));
        }
        checks
    }
}

/// Whether the game lets a sphere touch a floor's prism: its centre is within the radius of all three edges' lines.
/// At an acute corner this extends far beyond the corner.
fn in_reach(triangle: &Triangle, centre: [f32; 3], radius: f32) -> bool {
    let corners = triangle.corners;
    let sides = [0, 1, 2].map(|first| {
        let [a, b, c] = [0, 1, 2].map(|step| corners[(first + step) % 3]);
        let side = |point: [f32; 3]| {
            let length = (b[0] - a[0]).hypot(b[2] - a[2]);
            ((b[0] - a[0]) * (point[2] - a[2]) - (b[2] - a[2]) * (point[0] - a[0])) / length
        };
        // Positive on the side of the third corner.
        side(centre) * side(c).signum()
    });
    sides.iter().all(|side| *side >= -radius)
}
