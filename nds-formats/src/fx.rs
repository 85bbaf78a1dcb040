//! The DS's fixed-point numbers, angles and vectors.
//!
//! Source: HaroohiePals headers (`fx32_t`, `fx16_t`, `VecFx32`, `VecFx16`).

/// The fraction bits of both [`Fx32`] and [`Fx16`].
const FRACTION_BITS: u32 = 12;
/// One whole, in raw units.
const ONE: f64 = (1 << FRACTION_BITS) as f64;

/// A signed 20.12 fixed-point number: raw value / 4096.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Fx32(pub i32);

impl Fx32 {
    /// 0.0.
    pub const ZERO: Self = Self(0);
    /// 1.0.
    pub const ONE: Self = Self(1 << FRACTION_BITS);

    /// The number whose raw value is `raw`.
    pub const fn from_raw(raw: i32) -> Self {
        Self(raw)
    }

    /// The raw value, in 1/4096.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// The value in whole units, rounded to the nearest `f32`.
    pub const fn to_f32(self) -> f32 {
        self.to_f64() as f32
    }

    /// The value in whole units, exactly.
    pub const fn to_f64(self) -> f64 {
        self.0 as f64 / ONE
    }

    /// The nearest representable number; ties go away from zero, values out of range saturate and
    /// NaN becomes 0.
    pub fn from_f64(value: f64) -> Self {
        Self((value * ONE).round() as i32)
    }
}

/// A signed 4.12 fixed-point number: raw value / 4096.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Fx16(pub i16);

impl Fx16 {
    /// 0.0.
    pub const ZERO: Self = Self(0);
    /// 1.0.
    pub const ONE: Self = Self(1 << FRACTION_BITS);

    /// The number whose raw value is `raw`.
    pub const fn from_raw(raw: i16) -> Self {
        Self(raw)
    }

    /// The raw value, in 1/4096.
    pub const fn raw(self) -> i16 {
        self.0
    }

    /// The value in whole units, exactly.
    pub const fn to_f32(self) -> f32 {
        self.to_f64() as f32
    }

    /// The value in whole units, exactly.
    pub const fn to_f64(self) -> f64 {
        self.0 as f64 / ONE
    }

    /// The nearest representable number; ties go away from zero, values out of range saturate and
    /// NaN becomes 0.
    pub fn from_f64(value: f64) -> Self {
        Self((value * ONE).round() as i16)
    }
}

impl From<Fx16> for Fx32 {
    fn from(value: Fx16) -> Self {
        Self(i32::from(value.0))
    }
}

/// An angle: 65536 is one turn, yaw grows to the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Angle(pub u16);

impl Angle {
    /// Raw units in one turn.
    const TURN: f64 = 65536.0;

    /// The angle whose raw value is `raw`.
    pub const fn from_raw(raw: u16) -> Self {
        Self(raw)
    }

    /// The raw value, in 1/65536 of a turn.
    pub const fn raw(self) -> u16 {
        self.0
    }

    /// The angle in radians, in 0..2π.
    pub const fn to_radians(self) -> f64 {
        self.0 as f64 * (std::f64::consts::TAU / Self::TURN)
    }

    /// The angle in radians, in -π..π.
    pub const fn to_signed_radians(self) -> f64 {
        self.0 as i16 as f64 * (std::f64::consts::TAU / Self::TURN)
    }

    /// The nearest angle to `radians`, whole turns removed; NaN and infinities become 0.
    pub fn from_radians(radians: f64) -> Self {
        let turns = (radians / std::f64::consts::TAU).rem_euclid(1.0);
        // A value just below one turn rounds to 65536, which is the angle 0.
        Self((turns * Self::TURN).round() as u32 as u16)
    }
}

/// Three [`Fx32`]: a position or displacement, in units of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(C)]
pub struct VecFx32 {
    /// To the right on the map.
    pub x: Fx32,
    /// Up.
    pub y: Fx32,
    /// Down on the map.
    pub z: Fx32,
}

impl VecFx32 {
    /// The vector whose raw components are `x`, `y` and `z`.
    pub const fn from_raw(x: i32, y: i32, z: i32) -> Self {
        Self {
            x: Fx32(x),
            y: Fx32(y),
            z: Fx32(z),
        }
    }

    /// The components in whole units.
    pub const fn to_f32(self) -> [f32; 3] {
        [self.x.to_f32(), self.y.to_f32(), self.z.to_f32()]
    }

    /// The components in whole units, exactly.
    pub const fn to_f64(self) -> [f64; 3] {
        [self.x.to_f64(), self.y.to_f64(), self.z.to_f64()]
    }

    /// The nearest vector; see [`Fx32::from_f64`].
    pub fn from_f64([x, y, z]: [f64; 3]) -> Self {
        Self {
            x: Fx32::from_f64(x),
            y: Fx32::from_f64(y),
            z: Fx32::from_f64(z),
        }
    }
}

/// Three [`Fx16`]: mostly a direction of length 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(C)]
pub struct VecFx16 {
    /// To the right on the map.
    pub x: Fx16,
    /// Up.
    pub y: Fx16,
    /// Down on the map.
    pub z: Fx16,
}

impl VecFx16 {
    /// The vector whose raw components are `x`, `y` and `z`.
    pub const fn from_raw(x: i16, y: i16, z: i16) -> Self {
        Self {
            x: Fx16(x),
            y: Fx16(y),
            z: Fx16(z),
        }
    }

    /// The components in whole units.
    pub const fn to_f32(self) -> [f32; 3] {
        [self.x.to_f32(), self.y.to_f32(), self.z.to_f32()]
    }

    /// The components in whole units, exactly.
    pub const fn to_f64(self) -> [f64; 3] {
        [self.x.to_f64(), self.y.to_f64(), self.z.to_f64()]
    }

    /// The nearest vector; see [`Fx16::from_f64`].
    pub fn from_f64([x, y, z]: [f64; 3]) -> Self {
        Self {
            x: Fx16::from_f64(x),
            y: Fx16::from_f64(y),
            z: Fx16::from_f64(z),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fx32_survives_f64(raw: i32) {
            prop_assert_eq!(Fx32::from_f64(Fx32(raw).to_f64()), Fx32(raw));
        }

        #[test]
        fn fx16_survives_f64(raw: i16) {
            prop_assert_eq!(Fx16::from_f64(Fx16(raw).to_f64()), Fx16(raw));
        }

        #[test]
        fn angles_survive_radians(raw: u16) {
            prop_assert_eq!(Angle::from_radians(Angle(raw).to_radians()), Angle(raw));
            prop_assert_eq!(Angle::from_radians(Angle(raw).to_signed_radians()), Angle(raw));
        }
    }

    #[test]
    fn conversions_round_and_saturate() {
        assert_eq!(Fx32::from_f64(0.5 / 4096.0), Fx32(1));
        assert_eq!(Fx32::from_f64(-0.5 / 4096.0), Fx32(-1));
        assert_eq!(Fx32::from_f64(1e12), Fx32(i32::MAX));
        assert_eq!(Fx16::from_f64(-9.0), Fx16(i16::MIN));
        assert_eq!(Fx32::from_f64(f64::NAN), Fx32::ZERO);
        assert_eq!(Angle::from_radians(-1e-12), Angle(0));
        assert_eq!(Angle::from_radians(f64::INFINITY), Angle(0));
        assert_eq!(
            Angle::from_radians(-std::f64::consts::FRAC_PI_2),
            Angle(0xC000)
        );
        assert_eq!(VecFx32::from_raw(4096, -2048, 0).to_f32(), [1.0, -0.5, 0.0]);
    }
}
