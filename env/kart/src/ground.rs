//! Vectors in the horizontal plane: x and z, seen from above.

/// A point or direction over the ground: x and z.
pub(crate) type Ground = [f32; 2];

pub(crate) fn over_ground([x, _, z]: [f32; 3]) -> Ground {
    [x, z]
}

pub(crate) fn add(a: Ground, b: Ground) -> Ground {
    [a[0] + b[0], a[1] + b[1]]
}

pub(crate) fn sub(a: Ground, b: Ground) -> Ground {
    [a[0] - b[0], a[1] - b[1]]
}

pub(crate) fn scale(a: Ground, factor: f32) -> Ground {
    [a[0] * factor, a[1] * factor]
}

pub(crate) fn dot(a: Ground, b: Ground) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

pub(crate) fn length(a: Ground) -> f32 {
    dot(a, a).sqrt()
}

/// `a` at length 1; a zero vector stays.
pub(crate) fn unit(a: Ground) -> Ground {
    scale(a, 1.0 / length(a).max(f32::EPSILON))
}

/// The direction a quarter turn to the left, seen from above: y is up, z towards the viewer.
pub(crate) fn left_of([x, z]: Ground) -> Ground {
    [z, -x]
}

/// The turn from `a` to `b` in radians, positive to the left.
pub(crate) fn angle_between(a: Ground, b: Ground) -> f32 {
    dot(b, left_of(a)).atan2(dot(a, b))
}
