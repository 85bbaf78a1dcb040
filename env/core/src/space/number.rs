//! The numbers that boxes hold.

use std::fmt::{Debug, Display};

use rand::{Rng, RngExt};

/// A number a [`BoxSpace`](super::BoxSpace) can hold: `f32`, `f64`, `u8`, `u16`, `i32` or `i64`.
pub trait Number: Copy + PartialOrd + Debug + Display + private::Sealed {
    /// Draws uniformly between finite bounds, both included; see [`BoxSpace`](super::BoxSpace) for
    /// infinite ones.
    #[doc(hidden)]
    fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self;

    /// The nearest `f64`.
    #[doc(hidden)]
    fn to_f64(self) -> f64;
}

mod private {
    pub trait Sealed {}
}

macro_rules! integer {
    ($($integer:ty),+) => {$(
        impl private::Sealed for $integer {}

        impl Number for $integer {
            fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self {
                rng.random_range(low..=high)
            }

            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )+};
}

integer!(u8, u16, i32, i64);

impl private::Sealed for f32 {}

impl Number for f32 {
    fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self {
        // Rounding back can leave the bounds by half a unit in the last place.
        (f64::draw(low.into(), high.into(), rng) as f32).clamp(low, high)
    }

    fn to_f64(self) -> f64 {
        self.into()
    }
}

impl private::Sealed for f64 {}

impl Number for f64 {
    fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self {
        let value = match (low.is_finite(), high.is_finite()) {
            (true, true) => between(low, high, rng.random()),
            (true, false) => low + exponential(rng),
            (false, true) => high - exponential(rng),
            (false, false) => normal(rng),
        };
        value.clamp(low, high)
    }

    fn to_f64(self) -> f64 {
        self
    }
}

/// Goes `part` of the way from `low` to `high`, also where their difference is no `f64`.
fn between(low: f64, high: f64, part: f64) -> f64 {
    let width = high - low;
    if width.is_finite() {
        low + width * part
    } else {
        low * (1.0 - part) + high * part
    }
}

/// Mean 1.
fn exponential<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Mean 0, variance 1 (Box-Muller).
fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let radius = (2.0 * exponential(rng)).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
