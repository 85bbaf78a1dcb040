//! The course files, read apart from the game's own reader.

use homebrew_n64::{COURSES, CourseInfo};

const VERTEX: usize = 16;
const BATCH: usize = 16;
const POINT: usize = 8;
const OUT_OF_BOUNDS: u8 = 0xFD;
const WALL: u8 = 0x04;

/// A reader of the course file, apart from the game's own.
struct Course {
    vertices: Vec<[f64; 3]>,
    batches: Vec<Batch>,
    points: Vec<([f64; 3], u16)>,
    half_widths: Vec<u16>,
}

struct Batch {
    surface: u8,
    section: u8,
    middle: [f64; 3],
    radius: f64,
    vertices: Vec<[f64; 3]>,
    triangles: Vec<[[f64; 3]; 3]>,
}

fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn place(bytes: &[u8]) -> [f64; 3] {
    [0, 2, 4].map(|at| f64::from(half(bytes, at) as i16))
}

impl Course {
    fn read(info: &CourseInfo) -> Self {
        let file = info.file;
        assert_eq!(&file[..4], b"KSN6", "{}", info.name);
        let counts = [36, 38, 40, 42].map(|at| usize::from(half(file, at)));
        let offsets = [44, 48, 52, 56, 60]
            .map(|at| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize);
        let [vertices, batches, triangles, points] = counts;
        let items = |part: usize, size: usize, count: usize| {
            file[offsets[part]..offsets[part] + size * count].chunks_exact(size)
        };
        let vertices: Vec<_> = items(0, VERTEX, vertices).map(place).collect();
        let numbers: Vec<_> = items(4, 3, triangles).collect();
        let batches = items(1, BATCH, batches)
            .map(|batch| {
                let first = usize::from(half(batch, 0));
                let vertices = vertices[first..first + usize::from(batch[4])].to_vec();
                let first = usize::from(half(batch, 2));
                let triangles = numbers[first..first + usize::from(batch[5])]
                    .iter()
                    .map(|corners| [0, 1, 2].map(|i| vertices[usize::from(corners[i])]))
                    .collect();
                Batch {
                    surface: batch[6],
                    section: batch[7],
                    middle: place(&batch[8..]),
                    radius: f64::from(half(batch, 14)),
                    vertices,
                    triangles,
                }
            })
            .collect();
        Self {
            vertices,
            batches,
            points: items(2, POINT, points)
                .map(|point| (place(point), half(point, 6)))
                .collect(),
            half_widths: items(3, 2, points).map(|width| half(width, 0)).collect(),
        }
    }

    fn floors(&self) -> impl Iterator<Item = (&Batch, &[[f64; 3]; 3])> {
        let on_course = |batch: &&Batch| batch.surface != WALL && batch.surface != OUT_OF_BOUNDS;
        self.batches.iter().filter(on_course).flat_map(|batch| {
            batch
                .triangles
                .iter()
                .map(move |triangle| (batch, triangle))
        })
    }
}

/// Whether a point lies in a triangle as seen from above; all floors are wound the same way.
fn is_over([x, _, z]: [f64; 3], triangle: &[[f64; 3]; 3]) -> bool {
    (0..3).all(|i| {
        let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
        (b[2] - a[2]) * (x - a[0]) - (b[0] - a[0]) * (z - a[2]) >= -1e-6
    })
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3)
        .map(|axis| (a[axis] - b[axis]) * (a[axis] - b[axis]))
        .sum::<f64>()
        .sqrt()
}

#[test]
fn names_are_those_of_the_files() {
    for info in COURSES {
        let name = info.file[4..36].split(|&byte| byte == 0).next().unwrap();
        assert_eq!(name, info.name.as_bytes());
    }
}

#[test]
fn batches_fit_the_vertex_memory_and_their_spheres_hold_them() {
    for info in COURSES {
        let course = Course::read(info);
        let listed: usize = course
            .batches
            .iter()
            .map(|batch| batch.vertices.len())
            .sum();
        assert_eq!(listed, course.vertices.len(), "{}", info.name);
        for batch in &course.batches {
            assert!(batch.vertices.len() <= 32, "{}", info.name);
            for &vertex in &batch.vertices {
                assert!(
                    distance(vertex, batch.middle) <= batch.radius,
                    "{}",
                    info.name
                );
            }
        }
    }
}

/// The lap count grows where z falls through that of the first point.
#[test]
fn lap_begins_at_the_origin_towards_smaller_z() {
    for info in COURSES {
        let points = Course::read(info).points;
        let [x, _, z] = points[0].0;
        assert_eq!([x, z], [0.0, 0.0], "{}", info.name);
        let count = points.len();
        let near = (1..20).flat_map(|i| [(points[i].0, -1.0), (points[count - i].0, 1.0)]);
        for ([_, _, z], sign) in near {
            assert!(z * sign > 0.0, "{}: z = {z} near the line", info.name);
        }
    }
}

#[test]
fn path_points_are_evenly_spaced_and_their_sections_ascend() {
    for info in COURSES {
        let points = Course::read(info).points;
        for (i, &(point, section)) in points.iter().enumerate() {
            let (next, next_section) = points[(i + 1) % points.len()];
            let step = distance([point[0], 0.0, point[2]], [next[0], 0.0, next[2]]);
            assert!(
                (18.0..22.0).contains(&step),
                "{}: {step} after point {i}",
                info.name
            );
            let ascends = next_section == section || next_section == section + 1;
            assert!(ascends || i + 1 == points.len(), "{}: point {i}", info.name);
        }
        assert_eq!(points[0].1, 1);
    }
}

/// Under the centre line lies the road, except where a jump leads over a gap.
#[test]
fn path_leads_over_floors() {
    for info in COURSES {
        let course = Course::read(info);
        let without = course
            .points
            .iter()
            .filter(|(point, _)| {
                !course
                    .floors()
                    .any(|(_, triangle)| is_over(*point, triangle))
            })
            .count();
        let gap = if info.name == "Ridgeback Leap" {
            3..8
        } else {
            0..1
        };
        assert!(
            gap.contains(&without),
            "{}: {without} points over nothing",
            info.name
        );
        assert!(
            course
                .half_widths
                .iter()
                .all(|width| (80..=160).contains(width))
        );
    }
}

/// A triangle's section is that of the path beside it, give or take the one that its ends reach into.
#[test]
fn sections_of_triangles_are_those_of_the_path() {
    for info in COURSES {
        let course = Course::read(info);
        let last = course
            .points
            .iter()
            .map(|(_, section)| *section)
            .max()
            .unwrap();
        for (point, section) in &course.points {
            for (batch, _) in course
                .floors()
                .filter(|(_, triangle)| is_over(*point, triangle))
            {
                let apart = batch.section.abs_diff(*section as u8);
                let around = u16::from(apart) == last - 1;
                assert!(apart <= 1 || around, "{}: {point:?}", info.name);
            }
        }
    }
}
