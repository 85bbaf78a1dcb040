//! The values of an observation.

/// One observation: the values of all fields, each number type by itself, in the order of
/// [`Observer::fields`](super::Observer::fields).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The values of the `f32` fields.
    pub floats: Vec<f32>,
    /// The values of the `u16` fields.
    pub words: Vec<u16>,
    /// The values of the `u8` fields.
    pub bytes: Vec<u8>,
}

impl AsRef<[f32]> for Observation {
    fn as_ref(&self) -> &[f32] {
        &self.floats
    }
}
