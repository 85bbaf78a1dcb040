//! Rays, and what they can be sent into.

use crate::triangle::Surface;

/// A ray.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray {
    /// Where it begins, units.
    pub origin: [f32; 3],
    /// Where it goes, unit length.
    pub direction: [f32; 3],
}

/// Where a ray ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// How far from its origin, units.
    pub distance: f32,
    /// What it hits faces this way, unit length, against the ray.
    pub normal: [f32; 3],
    /// What it hits: what a wall is made of, or what begins at the road's edge; `None` where
    /// nothing does.
    pub surface: Option<Surface>,
}

/// What a ray can be sent into.
pub trait Trace {
    /// The nearest thing that `ray` hits within `reach` units.
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit>;
}

impl<T: Trace + ?Sized> Trace for &T {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        (**self).trace(ray, reach)
    }
}

/// Two things as one: the nearer of what a ray hits of them.
impl<A: Trace, B: Trace> Trace for (A, B) {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        let first = self.0.trace(ray, reach);
        let reach = first.map_or(reach, |hit| hit.distance);
        self.1.trace(ray, reach).or(first)
    }
}

/// How far `rays` get into `what`, units, into `out`: `reach` where nothing is hit. Rays and places
/// left over on either side are passed by.
pub fn cast(
    what: &(impl Trace + ?Sized),
    rays: impl IntoIterator<Item = Ray>,
    reach: f32,
    out: &mut [f32],
) {
    for (out, ray) in out.iter_mut().zip(rays) {
        *out = what.trace(&ray, reach).map_or(reach, |hit| hit.distance);
    }
}
