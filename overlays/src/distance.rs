//! Distances on a course.

/// The distance between two points, units.
pub(crate) fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let [x, y, z] = [0, 1, 2].map(|axis| a[axis] - b[axis]);
    // Not `hypot`: it avoids overflow, which coordinates of a course cannot cause, and is much slower.
    (x * x + y * y + z * z).sqrt()
}
