//! What a driver can measure: rays to walls and road edges, bearings, the way the kart stands. All of
//! it is geometry, of the crate [`track`]; [`Driver::pose`](crate::Driver::pose) is where it is
//! measured from.

pub use track::{
    Aim, Bearing, Boundary, Frame, HeightWindow, Hit, Pose, Ray, RayFan, Segment, Trace, Walls,
    cast,
};
