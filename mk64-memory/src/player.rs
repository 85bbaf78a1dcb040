//! The players: what drives, and how it does.

use bitflags::bitflags;
use ram_views::field::Narrow;
use ram_views::flags_value;
use track::Pose;

use crate::contact::{Contact, ContactMut};
use crate::ids::{Character, ItemKind, SurfaceType};
use crate::rdram::view;

/// The most players that a race has.
pub const MAX_PLAYERS: usize = 8;

/// Kilometres an hour, as the game counts them, of a speed of 1.
const KMH: f32 = 12.0;

/// Half a turn as an angle of 16 bits.
const HALF_TURN: f32 = 32_768.0;

bitflags! {
    /// What a player is. Bits without a name keep their value.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct PlayerType: u16 {
        /// It is in the race.
        const EXISTS = 0x8000;
        /// A controller or a ghost steers it.
        const HUMAN = 0x4000;
        /// It waits for the start.
        const START_SEQUENCE = 0x2000;
        /// The computer drives it.
        const CPU = 0x1000;
        /// It has finished and drives on by itself.
        const CINEMATIC = 0x800;
        /// It is being placed.
        const STAGING = 0x200;
        /// It is a ghost.
        const INVISIBLE = 0x100;
        const _ = !0;
    }
}

flags_value!(PlayerType: u16);

bitflags! {
    /// How a kart moves. Bits without a name keep their value.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct MotionFlags: u16 {
        /// It drives backwards.
        const REVERSING = 0x1;
        /// It turns to the right without drifting; the bundled game: it drifts to the left.
        const TURN_RIGHT = 0x2;
        /// It turns to the left without drifting; the bundled game: it drifts to the right.
        const TURN_LEFT = 0x4;
        /// Its throttle is open.
        const THROTTLE = 0x20;
        const _ = !0;
    }
}

flags_value!(MotionFlags: u16);

bitflags! {
    /// What happens to a kart. Bits without a name keep their value.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Effects: u32 {
        /// It brakes.
        const BRAKE = 0x1;
        /// It hops, until it lands.
        const HOP = 0x2;
        /// A wooden ramp throws it.
        const RAMP = 0x4;
        /// It is in the air.
        const AIRBORNE = 0x8;
        /// It drifts.
        const DRIFT = 0x10;
        /// It turns on the spot by throttle and brake.
        const SPIN_TURN = 0x20;
        /// It spins out by its own driving.
        const DRIVING_SPIN_OUT = 0x40;
        /// A banana or another kart spins it out.
        const BANANA_SPIN_OUT = 0x80;
        /// A mini-turbo.
        const MINI_TURBO = 0x100;
        /// A star.
        const STAR = 0x200;
        /// A green shell hit it.
        const GREEN_SHELL = 0x400;
        /// It is about to spin out on a banana.
        const BANANA = 0x800;
        /// It lost a Grand Prix race.
        const LOST_RACE = 0x1000;
        /// A mushroom.
        const MUSHROOM = 0x2000;
        /// It spins out by a throttle that was opened too early.
        const START_SPIN_OUT = 0x4000;
        /// It bounces off an enemy.
        const BOUNCE = 0x8000;
        /// It tumbles off steep ground.
        const GROUND_TUMBLE = 0x1_0000;
        /// Lightning strikes it.
        const LIGHTNING_STRIKE = 0x2_0000;
        /// It saved itself from a banana by the brake.
        const BANANA_SAVE = 0x4_0000;
        /// A boost of the ground.
        const BOOST_PAD = 0x10_0000;
        /// The computer makes it faster.
        const CPU_FAST = 0x20_0000;
        /// It drives the wrong way.
        const WRONG_WAY = 0x40_0000;
        /// An explosion or a vehicle threw it.
        const EXPLOSION = 0x100_0000;
        /// A red shell or a star hit it.
        const HIT = 0x200_0000;
        /// Something flattened it.
        const SQUASHED = 0x400_0000;
        /// Something flattened it a moment ago.
        const AFTER_SQUASH = 0x800_0000;
        /// It drifts to the outside.
        const DRIFT_OUTSIDE = 0x2000_0000;
        /// Lightning made it small.
        const LIGHTNING = 0x4000_0000;
        /// It is a boo.
        const BOO = 0x8000_0000;
        const _ = !0;
    }
}

flags_value!(Effects: u32);

impl Effects {
    /// All ways to spin out.
    pub const SPIN_OUTS: Self = Self::DRIVING_SPIN_OUT
        .union(Self::BANANA_SPIN_OUT)
        .union(Self::START_SPIN_OUT);

    /// All ways to be hit.
    pub const HITS: Self = Self::GREEN_SHELL
        .union(Self::EXPLOSION)
        .union(Self::HIT)
        .union(Self::SQUASHED);
}

bitflags! {
    /// How a fallen kart is fetched. Bits without a name keep their value.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Rescue: u16 {
        /// It is being lifted out.
        const LIFTED = 0x1;
        /// It is held, or sinks.
        const HELD = 0x2;
        /// It vanishes and comes back over the course.
        const MOVED = 0x4;
        /// The whole of that, until the player has control again.
        const SCENE = 0x8;
        /// It was in cold water.
        const FRIGID = 0x10;
        /// It thaws.
        const THAWING = 0x20;
        /// It is frozen.
        const FROZEN = 0x80;
        /// It is over ground from which karts are fetched.
        const OUT_OF_BOUNDS = 0x100;
        /// It smokes from lava.
        const LAVA = 0x1000;
        /// It drips with water.
        const WATER = 0x2000;
        const _ = !0;
    }
}

impl Rescue {
    /// Whether the kart is being fetched.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        self.intersects(
            Self::LIFTED
                .union(Self::HELD)
                .union(Self::MOVED)
                .union(Self::SCENE),
        )
    }
}

flags_value!(Rescue: u16);

view! {
    /// A player: its kart and how it moves. Speeds are in units a tick, of which there are 60 a second.
    pub struct Player, PlayerMut = "Player" [0xDD8] {
        /// What it is.
        Tools kind("type") @ 0x0: PlayerType,
        /// Its rank, from 0.
        Tools rank("currentRank") @ 0x4: i16,
        /// Its lap, from 0; −1 before it first crosses the line, 3 once it has finished.
        Tools lap("lapCount") @ 0x8: i16,
        /// Bits of the sounds that it makes.
        Headers sound_effects @ 0xC: i32,
        /// The item that it holds.
        Headers item("currentItemCopy") @ 0x10: ItemKind,
        /// Where it is, units.
        Tools position("pos") @ 0x14: [f32; 3],
        /// Where it was a tick ago, units.
        Headers old_position("oldPos") @ 0x20: [f32; 3],
        /// Its rotation about each axis, 65536 a turn; the second is its yaw, which grows to the right.
        Tools rotation @ 0x2C: [i16; 3],
        /// Its velocity.
        Tools velocity @ 0x34: [f32; 3],
        /// How it moves.
        Headers motion("kartProps") @ 0x44: MotionFlags,
        /// Its radius, units: 5.5, or 6 for Wario and Bowser.
        Headers bounding_box_size @ 0x70: f32,
        /// The height of the ground below it, units.
        Headers surface_height("unk_074") @ 0x74: f32,
        /// How much its yaw changes a tick, 65536 a turn.
        Headers turn_rate("unk_078") @ 0x78: i16,
        /// The stick, 65536 times as much.
        Headers stick("unk_07C") @ 0x7C: i32,
        /// What a boost adds to the engine's force.
        Headers boost_power @ 0x80: f32,
        /// The engine's force.
        Headers engine_force("unk_08C") @ 0x8C: f32,
        /// Its speed; 12 km/h each.
        Tools speed @ 0x94: f32,
        /// The speed that the engine is at, in its own units: up to [`Self::top_speed`].
        Headers current_speed @ 0x9C: f32,
        /// What happens to it.
        Headers effects @ 0xBC: Effects,
        /// How far it faces aside of its way, 65536 a turn.
        Headers slip_angle("unk_0C0") @ 0xC0: i16,
        /// Ticks that it has been in the air.
        Headers air_ticks("unk_0C2") @ 0xC2: i16,
        /// What the ground's slope adds to its force.
        Headers slope_acceleration("slopeAccel") @ 0xC4: i16,
        /// How opaque it is, 255 being wholly.
        Headers alpha @ 0xC6: i16,
        /// How it is fetched after a fall.
        Headers rescue("lakituProps") @ 0xCA: Rescue,
        /// Ticks of boost left.
        Headers boost_timer @ 0xDC: i16,
        /// Bits about water.
        Headers water_bits("unk_0DE") @ 0xDE: u16,
        /// One of the forces of a boost.
        Headers first_boost_force("unk_0E4") @ 0xE4: f32,
        /// The other force of a boost.
        Headers boost_force("unk_0E8") @ 0xE8: f32,
        /// The velocity of a hop, upwards.
        Headers hop_velocity("kartHopVelocity") @ 0xEC: f32,
        /// By how much the hop's acceleration grows a tick.
        Headers hop_jerk("kartHopJerk") @ 0xF0: f32,
        /// By how much the hop's velocity shrinks a tick.
        Headers hop_acceleration("kartHopAcceleration") @ 0xF4: f32,
        /// What it drives on.
        Headers surface("surfaceType") @ 0xF8: SurfaceType,
        /// Its friction; 5800 on a road.
        Headers friction("kartFriction") @ 0xFC: f32,
        /// Its gravity; 2600, and 500 in a hop.
        Headers gravity("kartGravity") @ 0x100: f32,
        /// The share of its force that the ground takes.
        Headers slowdown("unk_104") @ 0x104: f32,
        /// A rotation.
        Headers rotation_matrix("unk_150") @ 0x150: [[f32; 3]; 3],
        /// Its rotation.
        Headers orientation_matrix @ 0x174: [[f32; 3]; 3],
        /// Ticks of the drift, up to 100.
        Headers drift_duration @ 0x204: i16,
        /// The greatest [`Self::current_speed`].
        Headers top_speed @ 0x214: f32,
        /// The nearest point of its path.
        Headers nearest_path_point("nearestPathPointId") @ 0x220: i16,
        /// Its size, 1 being the usual one.
        Headers size @ 0x224: f32,
        /// Ticks of counter-steering in a drift.
        Headers mini_turbo_counter("unk_228") @ 0x228: i16,
        /// How far a drift is charged, 0 to 3; from 2 on it gives a mini-turbo.
        Headers drift_state @ 0x22A: i16,
        /// Its speed a tick ago.
        Tools previous_speed @ 0x22C: f32,
        /// Ticks of mini-turbo left, 31 at first.
        Headers mini_turbo_ticks("unk_23A") @ 0x23A: i16,
        /// How fast its tyres turn.
        Headers tyre_speed @ 0x240: i32,
        /// The frame of its picture, by screen.
        Headers animation_frame("animFrameSelector") @ 0x244: [u16; 4],
        /// The group of its picture, by screen.
        Headers animation_group("animGroupSelector") @ 0x24C: [u16; 4],
        /// Its character.
        Headers character("characterId") @ 0x254: Character,
        /// Not 0 when it touches a wall.
        Headers wall_hit("unk_256") @ 0x256: u16,
        /// What its fall is divided by.
        Headers fall_divisor("unk_DAC") @ 0xDAC: f32,
    }
    structs {
        /// What it touches.
        Headers contact("collision") @ 0x110: [Contact, ContactMut],
        /// Its tyres: front left, front right, back left, back right.
        Headers tyre("tyres") @ 0x198: [Tyre, TyreMut; 4],
        /// Its particles, of which only the place is known.
        Headers particle("particlePool0") @ 0x258: [Particle, ParticleMut; 40],
    }
}

view! {
    /// A tyre.
    pub struct Tyre, TyreMut = "KartTyre" [0x18] {
        /// Where it is, units.
        Headers position("pos") @ 0x0: [f32; 3],
        /// What it is on.
        Headers surface("surfaceType") @ 0xC: Narrow<u8, SurfaceType>,
        /// Bits about the surface.
        Headers surface_flags @ 0xD: u8,
        /// The triangle that it is on; 5000 if none.
        Headers triangle("collisionMeshIndex") @ 0xE: u16,
        /// The height of the ground below it, units.
        Headers base_height @ 0x10: f32,
        Unnamed field_14 @ 0x14: i32,
    }
}

view! {
    /// A particle.
    pub struct Particle, ParticleMut = "Particle" [0x48] {
    }
}

impl Player<'_> {
    /// Whether it is in the race.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.kind().contains(PlayerType::EXISTS)
    }

    /// Whether it is a ghost.
    #[must_use]
    pub fn is_ghost(&self) -> bool {
        self.kind().contains(PlayerType::INVISIBLE)
    }

    /// Its speed in the game's km/h.
    #[must_use]
    pub fn kmh(&self) -> f32 {
        self.speed() * KMH
    }

    /// Which way its yaw points in the plan, of unit length: a growing yaw turns from +z towards -x. The slip of a
    /// drift is not in it.
    #[must_use]
    pub fn forward(&self) -> [f32; 3] {
        let yaw = f32::from(self.rotation()[1]) / HALF_TURN * std::f32::consts::PI;
        [-yaw.sin(), 0.0, yaw.cos()]
    }

    /// Where it is and which way it faces.
    #[must_use]
    pub fn pose(&self) -> Pose {
        Pose::new(
            self.position(),
            self.forward(),
            self.contact().orientation(),
        )
    }
}
