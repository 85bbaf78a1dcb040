//! The flags and enumerations of drivers.

use bitflags::bitflags;
use ram_views::{enumeration, flags_value};

bitflags! {
    /// What a kart does. Bits without a name keep their value.
    /// Source: MKDS Info and a published write-up of the race logic.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct MotionFlags: u32 {
        /// It hops.
        const HOP = 0x1;
        /// It takes off for a hop.
        const HOP_TAKE_OFF = 0x2;
        /// It drifts.
        const DRIFTING = 0x8;
        /// It stands on the ground.
        const ON_GROUND = 0x10;
        /// It touches another driver.
        const TOUCHING_DRIVER = 0x20;
        /// It touches a map object as if that were a wall.
        const TOUCHING_OBJECT_WALL = 0x40;
        /// It touches a wall.
        const TOUCHING_WALL = 0x80;
        /// It drives backwards.
        const REVERSING = 0x100;
        /// No pedal is down.
        const COASTING = 0x400;
        /// A hop has not landed yet.
        const HOP_IN_PROGRESS = 0x800;
        /// It is at rest.
        const AT_REST = 0x1000;
        /// A drift was broken off.
        const DRIFT_CANCELLED = 0x8000;
        /// It landed.
        const LANDED = 0x1_0000;
        /// It touched an object: an item, a driver, a map object.
        const TOUCHED_OBJECT = 0x4_0000;
        /// It stands in a water fall.
        const ON_FALLS_WATER = 0x10_0000;
        const _ = !0;
    }
}

flags_value!(MotionFlags: u32);

bitflags! {
    /// What the driver asks for, and the boosts. Bits without a name keep their value.
    /// Source: MKDS Info and a published write-up of the race logic.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct ControlFlags: u32 {
        /// It drives through a loop.
        const IN_LOOP = 0x1;
        /// Accelerate.
        const ACCELERATE = 0x2;
        /// Brake.
        const BRAKE = 0x4;
        /// Steer to the left.
        const STEER_LEFT = 0x8;
        /// Steer to the right.
        const STEER_RIGHT = 0x10;
        /// A boost is on.
        const BOOST = 0x20;
        /// It respawns.
        const RESPAWNING = 0x40;
        /// Both pedals are down: the wheels spin.
        const WHEEL_SPIN = 0x80;
        /// It is made to stop.
        const FORCED_STOP = 0x2000;
        /// The boost of the start is on.
        const START_BOOST = 0x8000;
        /// It flies out of a cannon.
        const CANNON = 0x1_0000;
        /// A mini-turbo is on.
        const MINI_TURBO = 0x8_0000;
        /// A mushroom's boost is on.
        const MUSHROOM_BOOST = 0x10_0000;
        /// The sound of a sound trigger was set off.
        const SOUND_TRIGGERED = 0x20_0000;
        /// A boost that keeps up a least speed is on.
        const LEAST_SPEED_BOOST = 0x40_0000;
        /// It respawns out of water.
        const WATER_RESPAWN = 0x80_0000;
        /// It respawns out of lava.
        const LAVA_RESPAWN = 0x100_0000;
        /// The respawn begins.
        const RESPAWN_START = 0x200_0000;
        /// The camera shows how it is flattened.
        const FLATTENED_CAMERA = 0x400_0000;
        /// It is far from the player.
        const FAR_FROM_PLAYER = 0x800_0000;
        /// It is on a jump pad.
        const ON_JUMP_PAD = 0x1000_0000;
        /// A boost that ignores the terrain is on.
        const TERRAIN_IGNORED = 0x2000_0000;
        /// The camera follows it around a loop.
        const ANTIGRAVITY_CAMERA = 0x4000_0000;
        const _ = !0;
    }
}

flags_value!(ControlFlags: u32);

bitflags! {
    /// What items and mishaps do to a driver. Bits without a name keep their value.
    /// Source: HaroohiePals headers; `INVISIBLE`: SuuperW's headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct EffectFlags: u32 {
        /// It spins.
        const SPIN_OUT = 0x20;
        /// A star makes it invincible.
        const STAR = 0x40;
        /// Lightning has shrunk it.
        const SHRUNK = 0x80;
        /// It grows back.
        const GROWING = 0x100;
        /// It has the whole boost of a slipstream.
        const SLIPSTREAM_FULL = 0x2000;
        /// A slipstream begins.
        const SLIPSTREAM_BEGIN = 0x4000;
        /// It is flat.
        const FLATTENED = 0x1_0000;
        /// A blooper's ink fades.
        const INK_FADING = 0x2_0000;
        /// It cannot be seen.
        const INVISIBLE = 0x80_0000;
        /// A blooper's ink covers the screen.
        const INK = 0x800_0000;
        /// It is a bullet bill.
        const BULLET = 0x1000_0000;
        /// Its start failed.
        const START_FAILED = 0x2000_0000;
        /// A water fall pushes it.
        const FALLS_WATER = 0x4000_0000;
        const _ = !0;
    }
}

flags_value!(EffectFlags: u32);

bitflags! {
    /// Who a driver is. Bits without a name keep their value. Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct RoleFlags: u32 {
        /// The player of this console.
        const PLAYER = 0x1;
        /// The computer.
        const COMPUTER = 0x2;
        /// A ghost.
        const GHOST = 0x4;
        /// The character is animated.
        const CHARACTER_ANIMATED = 0x10;
        /// It is being taken out of the course.
        const BEING_KILLED = 0x20;
        /// It was taken out of the course.
        const KILLED = 0x40;
        /// A player over the network.
        const NETWORK_PLAYER = 0x200;
        /// A driver over the network who is no player.
        const NETWORK_OTHER = 0x400;
        /// A boo hides it.
        const BOO = 0x2000;
        /// It flickers, for the boo is about to end.
        const BOO_FLICKER = 0x4000;
        /// It is not drawn, for the boo hides it.
        const BOO_HIDDEN = 0x8000;
        /// It lost the battle.
        const BATTLE_LOST = 0x4_0000;
        /// It lost the battle, and goes on as a ghost that lays item boxes.
        const BATTLE_GHOST = 0x40_0000;
        const _ = !0;
    }
}

flags_value!(RoleFlags: u32);

enumeration! {
    /// How a driver meets others. Source: HaroohiePals headers.
    pub struct CollisionMode: u32 {
        NORMAL = 0, "As usual.";
        STAR = 1, "Invincible.";
        BOO = 2, "Not at all.";
        BULLET = 3, "As a bullet bill.";
    }
}

enumeration! {
    /// What a hit does to a driver. Source: HaroohiePals headers.
    pub struct CollisionReaction: u32 {
        NONE = 0, "Nothing.";
        SPIN_OUT = 2, "It spins.";
        FORWARD_FLIP = 3, "It tumbles forwards.";
        BACKWARD_FLIP = 4, "It tumbles backwards.";
        DOUBLE_BACKWARD_FLIP = 5, "It tumbles backwards, twice.";
        THROWN_UP = 6, "It is thrown up.";
    }
}

enumeration! {
    /// What a surface is made of, as [`crate::collision::CollisionType`] has it.
    /// Source: HaroohiePals headers.
    pub struct FloorType: u32 {
        ROAD = 0, "Road.";
        SLIPPERY_ROAD = 1, "Slippery road.";
        WEAK_OFF_ROAD = 2, "Off-road that slows a little.";
        OFF_ROAD = 3, "Off-road.";
        SOUND_TRIGGER = 4, "It sets off a sound.";
        HEAVY_OFF_ROAD = 5, "Off-road that slows a lot.";
        SLIPPERY_ROAD2 = 6, "Another slippery road.";
        BOOST_PANEL = 7, "It boosts.";
        WALL = 8, "Wall.";
        INVISIBLE_WALL = 9, "Wall that is not drawn.";
        OUT_OF_BOUNDS = 10, "Out of the course.";
        FALL_BOUNDARY = 11, "Falling through it ends in a respawn.";
        JUMP_PAD = 12, "It throws the kart up.";
        ROAD_NO_DRIVERS = 13, "Road that is none to drivers.";
        WALL_NO_DRIVERS = 14, "Wall that is none to drivers.";
        CANNON = 15, "It begins a cannon shot.";
        EDGE_WALL = 16, "Wall along an edge.";
        FALLS_WATER = 17, "Water that pushes.";
        BOOST_PAD_MINIMUM_SPEED = 18, "It boosts, and keeps up a least speed.";
        LOOP_ROAD = 19, "Road of a loop, which holds the kart.";
        SPECIAL_ROAD = 20, "Road of a special kind.";
        WALL3 = 21, "A third wall.";
        RECALCULATE_ROUTE = 22, "It makes the computer choose its route again.";
    }
}
