//! The geometry of a race course, in single precision: floors, walls, the edge of the road, the
//! centreline, rays into all of them, and the projection of points to a screen.
//!
//! Nothing here knows a game. A game turns its collision into [`Triangle`]s and its checkpoints into
//! [`Checkpoint`]s; [`Track::new`] computes the rest once. What a triangle is made of stays the
//! game's number, beside what it does to drivers: see [`Surface`].
//!
//! ```
//! use track::{Pose, RayFan, Surface, Track, Triangle};
//!
//! // A level road, 100 units wide and 400 long.
//! let road = Surface { kind: 0, carries: true, stops: false, is_road: true };
//! let [a, b, c, d] = [[-50.0, 0.0, 0.0], [-50.0, 0.0, 400.0], [50.0, 0.0, 400.0], [50.0, 0.0, 0.0]];
//! let triangle = |corners| Triangle { corners, normal: [0.0, 1.0, 0.0], surface: road };
//! let track = Track::new(vec![triangle([a, b, c]), triangle([c, d, a])], Vec::new(), None);
//!
//! // A driver 20 units to the left of its middle measures to the left, ahead and to the right.
//! let pose = Pose::new([20.0, 0.0, 100.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]);
//! let mut distances = [0.0; 3];
//! RayFan::new(3, std::f32::consts::PI, 1000.0).cast(track.boundary(), &pose, &mut distances);
//! for (distance, expected) in distances.into_iter().zip([30.0, 300.0, 70.0]) {
//!     assert!((distance - expected).abs() < 0.01);
//! }
//! ```
//!
//! Lengths are in the course's units. y points up; a yaw of 0 faces along +z and grows to the left,
//! towards +x. Points are x, y and z; points seen from above are x and z. Angles are in radians unless
//! said otherwise, positive to the left.
//!
//! Nothing fails: where a question has no answer it is `None`, and coordinates that are no numbers
//! hit nothing. Once a [`Track`] is made, questions allocate nothing.

#![forbid(unsafe_code)]

mod boundary;
mod centreline;
mod checkpoint;
mod corners;
mod fan;
mod floors;
mod pose;
mod projection;
mod ray;
mod track;
mod tree;
mod triangle;
mod vectors;
mod walls;

pub use boundary::{Boundary, HeightWindow, Segment};
pub use centreline::{Centreline, TrackPosition};
pub use checkpoint::{Aim, Checkpoint};
pub use corners::Corners;
pub use fan::{Frame, RayFan};
pub use pose::{Bearing, Pose};
pub use projection::{Projection, ZClip};
pub use ray::{Hit, Ray, Trace, cast};
pub use track::{Extent, Floor, Start, Track};
pub use triangle::{Surface, Triangle};
pub use walls::Walls;
