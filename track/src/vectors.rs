//! Vectors of three, and of two for points seen from above.

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

/// A point at a share of the way from `a` to `b`.
pub(crate) fn between(a: Vec3, b: Vec3, share: f32) -> Vec3 {
    add(a, scale(sub(b, a), share))
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

/// What lies to the left of `a`: yaw grows from +z towards +x.
pub(crate) fn left2(a: Vec2) -> Vec2 {
    [a[1], -a[0]]
}

/// Where a ray from `origin` along `direction` meets the segment from `start` along `edge`, in
/// lengths of either.
#[inline]
pub(crate) fn meet(origin: Vec2, direction: Vec2, start: Vec2, edge: Vec2) -> Option<(f32, f32)> {
    let denominator = cross2(direction, edge);
    if denominator == 0.0 {
        return None;
    }
    let gap = sub2(start, origin);
    let (ray, segment) = (
        cross2(gap, edge) / denominator,
        cross2(gap, direction) / denominator,
    );
    (ray >= 0.0 && (0.0..=1.0).contains(&segment)).then_some((ray, segment))
}

/// The share of the way along `edge` at which `point` is nearest to it, 0 to 1.
pub(crate) fn nearest_share(point: Vec2, start: Vec2, edge: Vec2) -> f32 {
    share_of(dot2(sub2(point, start), edge), dot2(edge, edge))
}

/// The share of an edge whose length has this `square`, 0 to 1, of a way that is `along` lengths of it.
#[inline]
pub(crate) fn share_of(along: f32, square: f32) -> f32 {
    if square == 0.0 {
        0.0
    } else {
        (along / square).clamp(0.0, 1.0)
    }
}
