//! Triangles and prisms in floating point. Only exact operations and square roots, so every
//! machine gets the same bits.

/// A point or direction in units.
pub(super) type Vec3 = [f64; 3];

pub(super) fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn add_scaled(a: Vec3, b: Vec3, factor: f64) -> Vec3 {
    [
        a[0] + b[0] * factor,
        a[1] + b[1] * factor,
        a[2] + b[2] * factor,
    ]
}

pub(super) fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(super) fn length(a: Vec3) -> f64 {
    dot(a, a).sqrt()
}

/// `a` at length 1; `None` if it is too short to have a direction.
pub(super) fn unit(a: Vec3) -> Option<Vec3> {
    let length = length(a);
    (length > 1e-9).then(|| a.map(|component| component / length))
}

/// The vertices of a prism, in units, by the rule of the game's tools: its first corner, the normals
/// of its face and of its three edges, and its height. `None` if its sides are parallel.
pub fn triangle(
    corner: [f64; 3],
    face: [f64; 3],
    edges: [[f64; 3]; 3],
    height: f64,
) -> Option<[[f64; 3]; 3]> {
    let along = |edge: Vec3| {
        let direction = cross(edge, face);
        let slope = dot(edges[2], direction);
        (slope != 0.0).then(|| add_scaled(corner, direction, height / slope))
    };
    Some([corner, along(edges[1])?, along(edges[0])?])
}

/// Whether a triangle and an axis-aligned box share a point (separating axis test).
pub(super) fn triangle_meets_box(triangle: &[Vec3; 3], centre: Vec3, half: Vec3) -> bool {
    let v = triangle.map(|vertex| sub(vertex, centre));
    let sides = [sub(v[1], v[0]), sub(v[2], v[1]), sub(v[0], v[2])];
    let separates = |axis: Vec3| {
        let reach = half[0] * axis[0].abs() + half[1] * axis[1].abs() + half[2] * axis[2].abs();
        let on_axis = v.map(|vertex| dot(vertex, axis));
        let low = on_axis[0].min(on_axis[1]).min(on_axis[2]);
        let high = on_axis[0].max(on_axis[1]).max(on_axis[2]);
        low > reach || high < -reach
    };
    const AXES: [Vec3; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let crossed = sides
        .iter()
        .flat_map(|&side| AXES.map(|axis| cross(side, axis)));
    !AXES
        .into_iter()
        .chain([cross(sides[0], sides[1])])
        .chain(crossed)
        .any(separates)
}
