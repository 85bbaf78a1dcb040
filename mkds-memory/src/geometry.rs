//! Vectors of three, for the sensors.

/// A point or direction: x, y up, z.
pub(crate) type Vec3 = [f32; 3];

pub(crate) fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(crate) fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn scale(a: Vec3, factor: f32) -> Vec3 {
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

pub(crate) fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub(crate) fn length(a: Vec3) -> f32 {
    dot(a, a).sqrt()
}

/// `a` at unit length; `None` if it has no direction.
pub(crate) fn normalised(a: Vec3) -> Option<Vec3> {
    let length = length(a);
    (length > f32::EPSILON && length.is_finite()).then(|| scale(a, 1.0 / length))
}

/// A point seen from above: x, z.
pub(crate) type Vec2 = [f32; 2];

pub(crate) fn from_above(a: Vec3) -> Vec2 {
    [a[0], a[2]]
}

pub(crate) fn sub2(a: Vec2, b: Vec2) -> Vec2 {
    [a[0] - b[0], a[1] - b[1]]
}

pub(crate) fn dot2(a: Vec2, b: Vec2) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

/// Positive if `b` points to the right of `a`, seen from above with z up the page: x and z, in
/// this order, are a left-handed pair under y up.
pub(crate) fn cross2(a: Vec2, b: Vec2) -> f32 {
    a[0] * b[1] - a[1] * b[0]
}

pub(crate) fn length2(a: Vec2) -> f32 {
    dot2(a, a).sqrt()
}

/// What lies to the left of `a`: the game's yaw grows from +z towards +x.
pub(crate) fn left2(a: Vec2) -> Vec2 {
    [a[1], -a[0]]
}
