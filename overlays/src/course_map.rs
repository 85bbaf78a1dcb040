//! A course from above.

use std::f32::consts::TAU;

use drawing::{Color, DrawList, Drawing, Point, Shape};
use track::{Checkpoint, Triangle};

use crate::course::{Course, Material};

const BACKGROUND: Color = Color::rgb8(0x11, 0x17, 0x21);
const TEXT: Color = Color::rgb8(0xE8, 0xEC, 0xF2);
const FAINT_TEXT: Color = Color::rgb8(0x93, 0x9F, 0xB0);
const EDGE: Color = Color::rgb8(0xF4, 0xF6, 0xF9);
const CENTRELINE: Color = Color::rgb8(0x4C, 0xC9, 0xF0);
const CHECKPOINT: Color = Color::rgb8(0xFF, 0xD1, 0x66);
const KEY_CHECKPOINT: Color = Color::rgb8(0xFF, 0x4D, 0x6D);
const ITEM_PATH: Color = Color::rgb8(0xC0, 0x84, 0xFC);
const ENEMY_PATH: Color = Color::rgb8(0xF4, 0x72, 0xB6);
const OBJECT: Color = Color::rgb8(0x5E, 0xEA, 0xD4);

/// Space around the course, and above it for the title; pixels.
const MARGIN: f32 = 36.0;
const HEADER: f32 = 84.0;
/// The width that the title and the legend need; pixels.
const LEAST_WIDTH: f32 = 620.0;
/// Height of a row of the legend, and of its text; pixels.
const ROW: f32 = 24.0;
const ENTRY_SIZE: f32 = 13.0;
/// Side of a square of the finish line; pixels.
const CHEQUER: f32 = 4.0;
/// How far a triangle reaches beyond its edges, so that no crack shows between two; pixels.
const OVERLAP: f32 = 0.5;
/// 1 and the cosine between the sides' normals, at the sharpest corner that is moved as far as its sides.
const SHARPEST: f32 = 0.1;
/// How much of its colour the highest floor loses to white.
const HEIGHT_TINT: f32 = 0.22;
/// Width of a letter of the font, of its height.
const LETTER: f32 = 0.6;

/// A course, and what its map has beside checkpoints. Points are x and z in units.
#[derive(Debug, Clone)]
pub struct CourseMap<'a> {
    /// The course.
    pub course: Course<'a>,
    /// Its name.
    pub title: &'a str,
    /// How many laps a race on it has.
    pub laps: usize,
    /// Paths of items.
    pub item_paths: &'a [Vec<[f32; 2]>],
    /// Paths of the computer's drivers.
    pub enemy_paths: &'a [Vec<[f32; 2]>],
    /// Where objects stand.
    pub objects: &'a [[f32; 2]],
}

/// From the ground to the picture: x to the right, z down, as one looks at a map of the game.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// The ground's lowest corner, units.
    low: [f32; 2],
    /// Pixels a unit.
    scale: f32,
    /// Where the ground begins, pixels.
    left: f32,
}

impl Frame {
    fn point(&self, [x, z]: [f32; 2]) -> Point {
        [
            self.left + (x - self.low[0]) * self.scale,
            HEADER + (z - self.low[1]) * self.scale,
        ]
    }
}

impl CourseMap<'_> {
    /// Draws it, `size` pixels on its longer side, with a title and a legend, in the layers `ground`, `objects`, `item-paths`, `enemy-paths`,
    /// `centreline`, `checkpoints`, `key-checkpoints`, `start` and `text`.
    #[must_use]
    pub fn draw(&self, size: u32) -> Drawing {
        let [low, high] = self.bounds();
        let extent = [high[0] - low[0], high[1] - low[1]].map(|side| side.max(1.0));
        let scale = (size as f32 - 2.0 * MARGIN) / extent[0].max(extent[1]);
        // A narrow course is as wide as its text.
        let width = (extent[0] * scale + 2.0 * MARGIN).max(LEAST_WIDTH);
        let frame = Frame {
            low,
            scale,
            left: (width - extent[0] * scale) * 0.5,
        };
        let legend = self.legend();
        let rows = rows(&legend, width - MARGIN);
        let ground_end = HEADER + extent[1] * scale;
        let height = ground_end + MARGIN + ROW * rows.len() as f32;
        let mut list = DrawList::default();
        list.begin_layer("ground");
        self.draw_ground(&frame, &mut list);
        list.begin_layer("objects");
        for object in self.objects {
            let [x, y] = frame.point(*object);
            let points = [[0.0, -4.0], [4.0, 0.0], [0.0, 4.0], [-4.0, 0.0]];
            push_polygon(
                &mut list,
                points.map(|[dx, dy]| [x + dx, y + dy]).to_vec(),
                OBJECT,
            );
        }
        list.begin_layer("item-paths");
        // Wider than the paths of the computer's drivers, which may cover them.
        draw_paths(self.item_paths, ITEM_PATH, 3.0, &frame, &mut list);
        list.begin_layer("enemy-paths");
        draw_paths(self.enemy_paths, ENEMY_PATH, 1.2, &frame, &mut list);
        list.begin_layer("centreline");
        self.draw_centreline(&frame, &mut list);
        let checkpoints = self.course.track.checkpoints();
        list.begin_layer("checkpoints");
        for checkpoint in checkpoints.iter().filter(|point| point.key.is_none()) {
            let [from, to] = [checkpoint.left, checkpoint.right].map(|end| frame.point(end));
            list.push(line(from, to, 1.4, CHECKPOINT.with_alpha(0.7)));
        }
        list.begin_layer("key-checkpoints");
        for checkpoint in checkpoints {
            if let Some(key) = checkpoint.key {
                draw_key_checkpoint(checkpoint, key, &frame, &mut list);
            }
        }
        list.begin_layer("start");
        self.draw_start(&frame, &mut list);
        list.begin_layer("text");
        self.draw_title(width, &mut list);
        for (index, row) in rows.into_iter().enumerate() {
            let y = ground_end + MARGIN * 0.75 + ROW * (index as f32 + 0.25);
            draw_row(row, width, y, &mut list);
        }
        Drawing {
            list,
            width: width.ceil() as u32,
            height: height.ceil() as u32,
            background: BACKGROUND,
        }
    }

    /// The lowest and the highest corner of what is worth seeing: ground to drive on, checkpoints, the start.
    fn bounds(&self) -> [[f32; 2]; 2] {
        let course = self.course;
        let ground = self.ground().filter(|(_, material)| {
            // This ground may reach to the horizon.
            *material != Material::OUT_OF_BOUNDS
        });
        let ground = ground.flat_map(|(triangle, _)| triangle.corners.map(|[x, _, z]| [x, z]));
        let lines = course.track.checkpoints().iter();
        let lines = lines.flat_map(|checkpoint| [checkpoint.left, checkpoint.right]);
        let start = course
            .track
            .start()
            .map(|start| [start.position[0], start.position[2]]);
        let points = ground
            .chain(lines)
            .chain(start)
            .filter(|point| point.iter().all(|part| part.is_finite()));
        let bounds = points.fold(None, |bounds, point: [f32; 2]| {
            let [low, high] = bounds.unwrap_or([point, point]);
            Some([
                [low[0].min(point[0]), low[1].min(point[1])],
                [high[0].max(point[0]), high[1].max(point[1])],
            ])
        });
        bounds.unwrap_or([[0.0, 0.0], [1.0, 1.0]])
    }

    fn ground(&self) -> impl Iterator<Item = (&Triangle, Material)> {
        let triangles = self.course.track.triangles().iter();
        triangles
            .filter(|triangle| triangle.is_floor())
            .filter_map(|triangle| Some((triangle, (self.course.material)(triangle.surface)?)))
    }

    /// Floors, walls and edges from the lowest to the highest, so that bridges cover what is below them.
    fn draw_ground(&self, frame: &Frame, list: &mut DrawList) {
        let heights = self.ground().map(|(triangle, _)| middle(triangle));
        let [lowest, highest] = heights.fold([f32::MAX, f32::MIN], |[low, high], height| {
            [low.min(height), high.max(height)]
        });
        let mut pieces: Vec<(f32, Shape)> = Vec::new();
        for (triangle, material) in self.ground() {
            let height = middle(triangle);
            let tint = HEIGHT_TINT * (height - lowest) / (highest - lowest).max(1.0);
            // Slopes are darker, as on a relief.
            let shade = 0.35 * (1.0 - triangle.normal[1]).clamp(0.0, 1.0);
            let color = material
                .color
                .mix(Color::WHITE, tint)
                .mix(Color::BLACK, shade);
            let points = widened(triangle.corners.map(|[x, _, z]| frame.point([x, z])));
            pieces.push((height, Shape::Polygon { points, color }));
        }
        for segment in self.course.track.boundary().segments() {
            let [from, to] = [segment.start, segment.end].map(|[x, _, z]| frame.point([x, z]));
            // An edge lies on its road, not under it.
            let height = segment.start[1].max(segment.end[1]) + 1.0;
            pieces.push((height, line(from, to, 1.2, EDGE.with_alpha(0.85))));
        }
        for triangle in self.course.track.triangles() {
            if triangle.surface.stops {
                let [from, to] =
                    longest_side(triangle.corners.map(|[x, _, z]| frame.point([x, z])));
                let top = triangle
                    .corners
                    .iter()
                    .map(|c| c[1])
                    .fold(f32::MIN, f32::max);
                pieces.push((top, line(from, to, 2.0, Material::WALL.color)));
            }
        }
        pieces.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        for (_, shape) in pieces {
            list.push(shape);
        }
    }

    fn draw_centreline(&self, frame: &Frame, list: &mut DrawList) {
        let centreline = self.course.track.centreline();
        let points = centreline.points();
        let last = points.first().filter(|_| centreline.is_closed());
        let ends: Vec<[f32; 2]> = points.iter().chain(last).copied().collect();
        for (index, pair) in ends.windows(2).enumerate() {
            if index.is_multiple_of(2) {
                let [from, to] = [pair[0], pair[1]].map(|point| frame.point(point));
                list.push(line(from, to, 1.6, CENTRELINE.with_alpha(0.8)));
            }
        }
    }

    /// An arrow as the first driver faces.
    fn draw_start(&self, frame: &Frame, list: &mut DrawList) {
        let Some(start) = self.course.track.start() else {
            return;
        };
        let [x, y] = frame.point([start.position[0], start.position[2]]);
        let yaw = start.rotation[1] / 360.0 * TAU;
        let (ahead, across) = ([yaw.sin(), yaw.cos()], [yaw.cos(), -yaw.sin()]);
        let arrow = |size: f32| {
            [[15.0, 0.0], [-9.0, 9.0], [-4.0, 0.0], [-9.0, -9.0]]
                .map(|[a, b]| {
                    let (a, b) = (a * size, b * size);
                    [
                        x + ahead[0] * a + across[0] * b,
                        y + ahead[1] * a + across[1] * b,
                    ]
                })
                .to_vec()
        };
        push_polygon(list, arrow(1.35), Color::BLACK.with_alpha(0.7));
        push_polygon(list, arrow(1.0), Color::WHITE);
    }

    fn draw_title(&self, width: f32, list: &mut DrawList) {
        let course = self.course;
        list.push(Shape::Text {
            center: [width * 0.5, HEADER * 0.32],
            size: 22.0,
            color: TEXT,
            text: self.title.to_owned(),
        });
        let keys = course.track.checkpoints().iter();
        let keys = keys.filter(|checkpoint| checkpoint.key.is_some()).count();
        let mut text = format!(
            "{} laps, {} checkpoints, {keys} of them key",
            self.laps,
            course.track.checkpoints().len()
        );
        if let Some(length) = course.track.lap_length() {
            text.push_str(&format!(", a lap of {length:.0} units"));
        }
        list.push(Shape::Text {
            center: [width * 0.5, HEADER * 0.68],
            size: 13.0,
            color: FAINT_TEXT,
            text,
        });
    }

    /// What each colour on the map means.
    fn legend(&self) -> Vec<Material> {
        let mut entries: Vec<Material> = Vec::new();
        for (_, material) in self.ground() {
            if !entries.contains(&material) {
                entries.push(material);
            }
        }
        let lines = [
            (
                Material::WALL.color,
                Material::WALL.name,
                self.course.track.walls().triangles().is_empty(),
            ),
            (
                KEY_CHECKPOINT,
                "key checkpoint",
                self.course.track.checkpoints().is_empty(),
            ),
            (
                CENTRELINE,
                "centreline",
                self.course.track.centreline().points().is_empty(),
            ),
            (ITEM_PATH, "item path", self.item_paths.is_empty()),
            (ENEMY_PATH, "enemy path", self.enemy_paths.is_empty()),
            (OBJECT, "object", self.objects.is_empty()),
        ];
        let there = lines.into_iter().filter(|(_, _, is_missing)| !is_missing);
        entries.extend(there.map(|(color, name, _)| Material { color, name }));
        entries
    }
}

/// How much of a row an entry of the legend takes, pixels.
fn entry_width(name: &str) -> f32 {
    ENTRY_SIZE * LETTER * name.len() as f32 + 2.8 * ENTRY_SIZE
}

/// The legend's entries, row by row, none wider than `width` unless a single entry is.
fn rows(legend: &[Material], width: f32) -> Vec<&[Material]> {
    let mut rows = Vec::new();
    let (mut start, mut taken) = (0, 0.0);
    for (index, Material { name, .. }) in legend.iter().enumerate() {
        if taken + entry_width(name) > width && index > start {
            rows.push(&legend[start..index]);
            (start, taken) = (index, 0.0);
        }
        taken += entry_width(name);
    }
    if start < legend.len() {
        rows.push(&legend[start..]);
    }
    rows
}

fn draw_row(row: &[Material], width: f32, y: f32, list: &mut DrawList) {
    let taken: f32 = row.iter().map(|entry| entry_width(entry.name)).sum();
    let mut x = (width - taken) * 0.5 + 0.5 * ENTRY_SIZE;
    let side = 0.5 * ENTRY_SIZE;
    for Material { color, name } in row {
        let corners = [
            [0.0, -side],
            [2.0 * side, -side],
            [2.0 * side, side],
            [0.0, side],
        ];
        push_polygon(
            list,
            corners.map(|[dx, dy]| [x + dx, y + dy]).to_vec(),
            *color,
        );
        let text_width = ENTRY_SIZE * LETTER * name.len() as f32;
        list.push(Shape::Text {
            center: [x + 1.5 * ENTRY_SIZE + text_width * 0.5, y],
            size: ENTRY_SIZE,
            color: FAINT_TEXT,
            text: (*name).to_owned(),
        });
        x += entry_width(name);
    }
}

fn draw_paths(
    paths: &[Vec<[f32; 2]>],
    color: Color,
    width: f32,
    frame: &Frame,
    list: &mut DrawList,
) {
    for path in paths {
        let points: Vec<Point> = path.iter().map(|point| frame.point(*point)).collect();
        for pair in points.windows(2) {
            list.push(line(pair[0], pair[1], width, color.with_alpha(0.6)));
        }
        for center in points {
            list.push(Shape::Disc {
                center,
                radius: 1.2 + width * 0.7,
                color,
            });
        }
    }
}

/// A line with its number at the left end; the finish is chequered.
fn draw_key_checkpoint(checkpoint: &Checkpoint, key: u16, frame: &Frame, list: &mut DrawList) {
    let [from, to] = [checkpoint.left, checkpoint.right].map(|end| frame.point(end));
    list.push(line(from, to, 2.6, KEY_CHECKPOINT));
    if key == 0 {
        draw_chequers(from, to, list);
    }
    let text = key.to_string();
    list.push(Shape::Disc {
        center: from,
        radius: 6.0 + 2.0 * text.len() as f32,
        color: KEY_CHECKPOINT,
    });
    list.push(Shape::Text {
        center: from,
        size: 12.0,
        color: Color::WHITE,
        text,
    });
}

/// Two rows of squares along a line.
fn draw_chequers(from: Point, to: Point, list: &mut DrawList) {
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = along[0].hypot(along[1]);
    if length <= 0.0 {
        return;
    }
    let ahead = along.map(|part| part / length);
    let across = [-ahead[1], ahead[0]];
    let count = (length / CHEQUER) as usize;
    for index in 0..count {
        for row in 0..2 {
            let (a, b) = (index as f32 * CHEQUER, (row as f32 - 1.0) * CHEQUER);
            let corner = |da: f32, db: f32| {
                let (a, b) = (a + da, b + db);
                [0, 1].map(|axis| from[axis] + ahead[axis] * a + across[axis] * b)
            };
            let color = match (index + row) % 2 {
                0 => Color::WHITE,
                _ => Color::BLACK,
            };
            let points = [
                [0.0, 0.0],
                [CHEQUER, 0.0],
                [CHEQUER, CHEQUER],
                [0.0, CHEQUER],
            ];
            push_polygon(list, points.map(|[a, b]| corner(a, b)).to_vec(), color);
        }
    }
}

/// The height of a triangle's middle.
fn middle(triangle: &Triangle) -> f32 {
    triangle.corners.iter().map(|corner| corner[1]).sum::<f32>() / 3.0
}

/// A triangle whose sides are moved outwards.
fn widened(corners: [Point; 3]) -> Vec<Point> {
    let side = |from: Point, to: Point| [to[0] - from[0], to[1] - from[1]];
    let [ab, ac] = [side(corners[0], corners[1]), side(corners[0], corners[2])];
    let turn = (ab[0] * ac[1] - ab[1] * ac[0]).signum();
    let outward = |from: usize, to: usize| {
        let [x, y] = side(corners[from % 3], corners[to % 3]);
        let length = x.hypot(y).max(f32::MIN_POSITIVE) * turn;
        [y / length, -x / length]
    };
    let moved = |corner: usize| {
        let (before, after) = (outward(corner + 2, corner), outward(corner, corner + 1));
        // Sharp corners would reach far.
        let sharpness = (1.0 + before[0] * after[0] + before[1] * after[1]).max(SHARPEST);
        [0, 1]
            .map(|axis| corners[corner][axis] + (before[axis] + after[axis]) / sharpness * OVERLAP)
    };
    [0, 1, 2].map(moved).to_vec()
}

/// The ends of a triangle's longest side: what is seen of a wall from above.
fn longest_side(corners: [Point; 3]) -> [Point; 2] {
    let [a, b, c] = corners;
    let length = |[from, to]: &[Point; 2]| (to[0] - from[0]).hypot(to[1] - from[1]);
    let mut longest = [a, b];
    for side in [[b, c], [c, a]] {
        if length(&side) > length(&longest) {
            longest = side;
        }
    }
    longest
}

fn line(from: Point, to: Point, width: f32, color: Color) -> Shape {
    Shape::Line {
        from,
        to,
        width,
        color,
    }
}

fn push_polygon(list: &mut DrawList, points: Vec<Point>, color: Color) {
    list.push(Shape::Polygon { points, color });
}

#[cfg(test)]
mod tests {
    use track::{Surface, Track};

    use super::*;

    fn surface(kind: u16) -> Surface {
        Surface {
            kind,
            carries: true,
            stops: false,
            is_road: false,
        }
    }

    fn draw(track: &Track) -> Drawing {
        let material = |surface: Surface| match surface.kind {
            0 => Some(Material::OFF_ROAD),
            _ => Some(Material::HEAVY_OFF_ROAD),
        };
        let map = CourseMap {
            course: Course {
                id: None,
                track,
                paths: &[],
                material,
            },
            title: "Made for a test",
            laps: 3,
            item_paths: &[],
            enemy_paths: &[],
            objects: &[],
        };
        map.draw(400)
    }

    fn ground(drawing: &Drawing) -> &[Shape] {
        let mut layers = drawing.list.layers();
        layers
            .find(|(layer, _)| *layer == "ground")
            .expect("a layer")
            .1
    }

    #[test]
    fn higher_ground_covers_lower() {
        let floor = |y: f32, kind| Triangle {
            corners: [[0.0, y, 0.0], [0.0, y, 90.0], [90.0, y, 0.0]],
            normal: [0.0, 1.0, 0.0],
            surface: surface(kind),
        };
        let (bridge, below) = (floor(50.0, 0), floor(0.0, 1));
        for triangles in [vec![bridge, below], vec![below, bridge]] {
            let drawing = draw(&Track::new(triangles, Vec::new(), None));
            let colors = ground(&drawing).iter().filter_map(|shape| match shape {
                Shape::Polygon { color, .. } => Some(*color),
                _ => None,
            });
            let expected = [
                Material::HEAVY_OFF_ROAD.color,
                Material::OFF_ROAD.color.mix(Color::WHITE, HEIGHT_TINT),
            ];
            assert_eq!(colors.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn triangles_reach_over_their_sides_in_either_winding() {
        let (a, b, c) = ([0.0, 0.0], [40.0, 0.0], [0.0, 30.0]);
        // The triangle of sides 30, 40, 50 with the sides moved.
        let expected = [
            [-OVERLAP, -OVERLAP],
            [40.0 + 3.0 * OVERLAP, -OVERLAP],
            [-OVERLAP, 30.0 + 2.0 * OVERLAP],
        ];
        for (corners, order) in [([a, b, c], [0, 1, 2]), ([a, c, b], [0, 2, 1])] {
            for (corner, expected) in widened(corners).iter().zip(order.map(|at| expected[at])) {
                let gap = (corner[0] - expected[0]).hypot(corner[1] - expected[1]);
                assert!(gap < 1e-3, "{corner:?}, {expected:?}");
            }
        }
    }

    #[test]
    fn a_course_without_geometry_is_an_empty_map() {
        let drawing = draw(&Track::new(Vec::new(), Vec::new(), None));
        assert!(ground(&drawing).is_empty());
        assert!(drawing.width > 0 && drawing.height > 0);
    }
}
