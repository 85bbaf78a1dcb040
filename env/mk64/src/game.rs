//! Mario Kart 64, as what is generic over games knows it.

/// The game.
#[derive(Clone, Copy, Debug)]
pub enum MarioKart64 {}
