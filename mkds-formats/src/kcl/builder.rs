//! From triangles to a [`Kcl`].

use std::collections::HashMap;
use std::hash::Hash;

use super::attribute::Attribute;
use super::file::Kcl;
use super::geometry::{Vec3, cross, dot, length, sub, triangle, triangle_meets_box, unit};
use super::octree::{LEAF, NODE_SIZE};
use super::records::{Area, FORMAT, Prism};
use crate::{Error, Result};
use nds_formats::fx::{Fx32, VecFx16, VecFx32};

/// A triangle of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Triangle {
    /// The corners, units; counter-clockwise when seen from the side that karts touch.
    pub vertices: [VecFx32; 3],
    /// What the surface does.
    pub attribute: Attribute,
}

/// How [`Kcl::build`] makes prisms and octree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuildOptions {
    /// How far a prism reaches below its face, units.
    pub prism_thickness: f64,
    /// The largest sphere whose contacts a leaf must hold, units.
    pub sphere_radius: f64,
    /// How far a vertex rebuilt from a prism may lie from the given one, units.
    pub tolerance: f64,
    /// Free space around the triangles that the octree covers: below, above and to the sides.
    pub margin: f64,
    /// A block with more prisms is divided.
    pub leaf_prisms: usize,
    /// Binary logarithm of the narrowest block, units.
    pub min_block_shift: u32,
    /// Binary logarithm of the width of a root block, units.
    pub root_block_shift: u32,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            prism_thickness: 30.0,
            sphere_radius: 25.0,
            tolerance: 1.0 / 16.0,
            margin: 256.0,
            leaf_prisms: 16,
            min_block_shift: 5,
            root_block_shift: 9,
        }
    }
}

impl BuildOptions {
    /// Everything closer to a point than this is in the point's leaf.
    fn reach(&self) -> f64 {
        self.prism_thickness.max(self.sphere_radius)
    }
}

impl Kcl {
    /// Builds prisms and octree for the triangles; prism `i + 1` is `triangles[i]`.
    ///
    /// The same triangles give the same bytes on every machine.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a triangle without area or whose rebuilt vertices would miss
    /// the tolerance (too long, or a sliver), and for more data than `u16` indices reach.
    pub fn build(triangles: &[Triangle], options: &BuildOptions) -> Result<Self> {
        let mut positions = Table::default();
        let mut normals = Table::default();
        let mut prisms = Vec::with_capacity(triangles.len());
        for (i, given) in triangles.iter().enumerate() {
            let fitted = Fitted::new(given.vertices, options.tolerance).map_err(|found| {
                Error::out_of_range(
                    FORMAT,
                    "triangle",
                    format!("vertices that come back within {} units", options.tolerance),
                    format!(
                        "{found} for triangle {i}, {:?}",
                        given.vertices.map(VecFx32::to_f32)
                    ),
                )
            })?;
            let [e1, e2, e3] = fitted.edges;
            prisms.push(Prism {
                height: fitted.height,
                position: positions.index(fitted.corner, "position")?,
                face_normal: normals.index(fitted.face, "normal")?,
                edge_normals: [
                    normals.index(e1, "normal")?,
                    normals.index(e2, "normal")?,
                    normals.index(e3, "normal")?,
                ],
                attribute: given.attribute,
            });
        }
        if prisms.len() > usize::from(u16::MAX) {
            return Err(Error::out_of_range(
                FORMAT,
                "triangles",
                format!("at most {}", u16::MAX),
                prisms.len().to_string(),
            ));
        }
        let shapes: Vec<_> = triangles
            .iter()
            .map(|t| t.vertices.map(VecFx32::to_f64))
            .collect();
        let area = area_around(&shapes, options)?;
        // Prisms must start at a multiple of 4 bytes.
        let gap = vec![0; normals.values.len() % 2 * 2];
        Ok(Self {
            octree: OctreeBuilder::build(&area, &shapes, options),
            area,
            positions: positions.values,
            normals: normals.values,
            gap,
            prisms,
        })
    }
}

/// Distinct values in order of first use.
struct Table<T> {
    values: Vec<T>,
    indices: HashMap<T, u16>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            indices: HashMap::new(),
        }
    }
}

impl<T: Copy + Eq + Hash> Table<T> {
    fn index(&mut self, value: T, field: &'static str) -> Result<u16> {
        if let Some(&index) = self.indices.get(&value) {
            return Ok(index);
        }
        let index = u16::try_from(self.values.len()).map_err(|_| {
            Error::out_of_range(FORMAT, field, "at most 65536 distinct values", "more")
        })?;
        self.values.push(value);
        self.indices.insert(value, index);
        Ok(index)
    }
}

/// A prism's numbers, chosen so that its vertices come back close to the given ones.
struct Fitted {
    corner: VecFx32,
    face: VecFx16,
    edges: [VecFx16; 3],
    height: Fx32,
    error: f64,
}

impl Fitted {
    /// The best of the three choices of corner, or what was found instead.
    fn new(vertices: [VecFx32; 3], tolerance: f64) -> Result<Self, String> {
        let [a, b, c] = vertices;
        let best = [[a, b, c], [b, c, a], [c, a, b]]
            .into_iter()
            .filter_map(Self::at_corner)
            .min_by(|x, y| x.error.total_cmp(&y.error))
            .ok_or("no area")?;
        if best.error > tolerance {
            return Err(format!("{:.4} units", best.error));
        }
        Ok(best)
    }

    fn at_corner(vertices: [VecFx32; 3]) -> Option<Self> {
        let [v0, v1, v2] = vertices.map(VecFx32::to_f64);
        let (to_v1, to_v2) = (sub(v1, v0), sub(v2, v0));
        let true_face = unit(cross(to_v1, to_v2))?;
        // A side comes back along `edge × face`, so what counts is the direction of that product.
        let face = best_rounding(true_face, |face| {
            dot(face, to_v1).abs() + dot(face, to_v2).abs()
        });
        let face_units = face.to_f64();
        let stray = |edge: Vec3, side: Vec3| {
            unit(cross(edge, face_units)).map_or(f64::MAX, |way| length(cross(way, side)))
        };
        let edge1 = best_rounding(unit(cross(to_v2, true_face))?.map(|c| -c), |edge| {
            stray(edge, to_v2)
        });
        let edge2 = best_rounding(unit(cross(to_v1, true_face))?, |edge| stray(edge, to_v1));
        let rebuilt_error = |edge3: Vec3| {
            let height = Fx32::from_f64((dot(edge3, to_v1) + dot(edge3, to_v2)) / 2.0);
            let edges = [edge1.to_f64(), edge2.to_f64(), edge3];
            let rebuilt = triangle(v0, face_units, edges, height.to_f64());
            let error = rebuilt.map_or(f64::MAX, |[_, r1, r2]| {
                length(sub(r1, v1)).max(length(sub(r2, v2)))
            });
            (height, error)
        };
        let true_edge3 = unit(cross(sub(v2, v1), true_face))?;
        let edge3 = best_rounding(true_edge3, |edge| rebuilt_error(edge).1);
        let (height, error) = rebuilt_error(edge3.to_f64());
        Some(Self {
            corner: vertices[0],
            face,
            edges: [edge1, edge2, edge3],
            height,
            error,
        })
    }
}

/// The fx16 vector next to `direction` with the least `error`; the nearest one if it is as good.
fn best_rounding(direction: Vec3, error: impl Fn(Vec3) -> f64) -> VecFx16 {
    const STEPS: [i16; 3] = [0, -1, 1];
    const CLEARLY: f64 = 1.0 / 1024.0;
    let VecFx16 { x, y, z } = VecFx16::from_f64(direction);
    let mut best = (f64::INFINITY, VecFx16::default());
    for dx in STEPS {
        for dy in STEPS {
            for dz in STEPS {
                let candidate = VecFx16::from_raw(x.0 + dx, y.0 + dy, z.0 + dz);
                let error = error(candidate.to_f64());
                // A later candidate must be clearly better, or exact normals would wander.
                if error < best.0 - CLEARLY {
                    best = (error, candidate);
                }
            }
        }
    }
    best.1
}

/// The octree's box: the triangles and the margin, each width a power of two.
fn area_around(triangles: &[[Vec3; 3]], options: &BuildOptions) -> Result<Area> {
    let mut shifts = [0; 3];
    let mut min = [0; 3];
    for axis in 0..3 {
        let along = || triangles.iter().flatten().map(|vertex| vertex[axis]);
        let low = (along().fold(f64::INFINITY, f64::min) - options.margin).floor();
        let high = (along().fold(f64::NEG_INFINITY, f64::max) + options.margin).ceil();
        let width = (high - low).clamp(1.0, f64::from(1 << 19)) as u32;
        if f64::from(width) < high - low || triangles.is_empty() {
            return Err(Error::out_of_range(
                FORMAT,
                "triangles",
                "at least one, within 2^19 units",
                format!("{} from {low} to {high}", triangles.len()),
            ));
        }
        shifts[axis] = width
            .next_power_of_two()
            .trailing_zeros()
            .max(options.root_block_shift);
        min[axis] = low as i32;
    }
    let blocks = shifts.map(|shift| shift - options.root_block_shift);
    Ok(Area {
        prism_thickness: Fx32::from_f64(options.prism_thickness),
        area_min: VecFx32::from_f64(min.map(f64::from)),
        width_masks: shifts.map(|shift| !((1_u32 << shift) - 1)),
        block_width_shift: options.root_block_shift,
        x_blocks_shift: blocks[0],
        xy_blocks_shift: blocks[0] + blocks[1],
        sphere_radius: Fx32::from_f64(options.sphere_radius),
    })
}

/// The octree while it is built: tables first, all leaf lists behind them.
struct OctreeBuilder<'a> {
    triangles: &'a [[Vec3; 3]],
    options: &'a BuildOptions,
    tables: Vec<u8>,
    /// Leaf nodes to fill in once the tables' size is known: node, its table, its list.
    leaves: Vec<(usize, usize, Vec<u16>)>,
}

impl<'a> OctreeBuilder<'a> {
    fn build(area: &Area, triangles: &'a [[Vec3; 3]], options: &'a BuildOptions) -> Vec<u8> {
        let mut octree = Self {
            triangles,
            options,
            tables: Vec::new(),
            leaves: Vec::new(),
        };
        let blocks = area
            .width_masks
            .map(|mask| (!mask >> area.block_width_shift) as usize + 1);
        let root_nodes = blocks.iter().product::<usize>();
        octree.tables.resize(root_nodes * NODE_SIZE, 0);
        let width = f64::from(1_u32 << area.block_width_shift);
        let min = area.area_min.to_f64();
        let all: Vec<u16> = (1..=triangles.len() as u16).collect();
        for z in 0..blocks[2] {
            for y in 0..blocks[1] {
                for x in 0..blocks[0] {
                    let index = (z * blocks[1] + y) * blocks[0] + x;
                    let block = Block {
                        min: [
                            min[0] + x as f64 * width,
                            min[1] + y as f64 * width,
                            min[2] + z as f64 * width,
                        ],
                        shift: area.block_width_shift,
                    };
                    octree.add(0, index, block, &all);
                }
            }
        }
        octree.with_lists()
    }

    /// Fills in node `index` of `table`, choosing among the prisms of the block's parent.
    fn add(&mut self, table: usize, index: usize, block: Block, candidates: &[u16]) {
        let reach = self.options.reach();
        let inside: Vec<u16> = candidates
            .iter()
            .copied()
            .filter(|&prism| block.meets(&self.triangles[usize::from(prism) - 1], reach))
            .collect();
        let node = table + index * NODE_SIZE;
        if inside.len() <= self.options.leaf_prisms || block.shift <= self.options.min_block_shift {
            self.leaves.push((node, table, inside));
            return;
        }
        let children = self.tables.len();
        self.tables.resize(children + 8 * NODE_SIZE, 0);
        self.set_node(node, (children - table) as u32);
        for child in 0..8 {
            self.add(children, child, block.child(child), &inside);
        }
    }

    fn set_node(&mut self, at: usize, node: u32) {
        self.tables[at..at + NODE_SIZE].copy_from_slice(&node.to_le_bytes());
    }

    /// Appends each distinct list once and points the leaves two bytes before it.
    fn with_lists(mut self) -> Vec<u8> {
        let mut starts: HashMap<Vec<u16>, usize> = HashMap::new();
        // The zero that a leaf's offset points to, before its first index, may end another list.
        let mut lists = vec![0_u16];
        for (node, table, list) in std::mem::take(&mut self.leaves) {
            let start = *starts.entry(list).or_insert_with_key(|list| {
                let start = lists.len();
                lists.extend(list);
                lists.push(0);
                start
            });
            let offset = self.tables.len() + 2 * (start - 1) - table;
            self.set_node(node, offset as u32 | LEAF);
        }
        let mut bytes = self.tables;
        bytes.extend(lists.into_iter().flat_map(u16::to_le_bytes));
        bytes
    }
}

/// A cube of the octree.
#[derive(Clone, Copy)]
struct Block {
    min: Vec3,
    shift: u32,
}

impl Block {
    fn child(self, index: usize) -> Self {
        let shift = self.shift - 1;
        let width = f64::from(1_u32 << shift);
        let along = |axis: usize| self.min[axis] + (index >> axis & 1) as f64 * width;
        Self {
            min: [along(0), along(1), along(2)],
            shift,
        }
    }

    /// Whether any point of the cube is closer than `reach` to the triangle, on every axis.
    fn meets(self, triangle: &[Vec3; 3], reach: f64) -> bool {
        let half = f64::from(1_u32 << self.shift) / 2.0;
        triangle_meets_box(triangle, self.min.map(|min| min + half), [half + reach; 3])
    }
}
