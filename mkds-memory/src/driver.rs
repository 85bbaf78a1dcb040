//! A driver and the kart it drives: `driver_t`. And the computer that steers it: `enemy_t`, which
//! points back to the driver.

use nds_formats::fx::{Angle, Fx16, Fx32, VecFx32};
use ram_views::pointer::{Pointer, To};
use track::Pose;

use crate::enemies::{
    EnemyCursor, EnemyCursorMut, EnemyField140, EnemyField140Mut, EnemyItems, EnemyItemsMut,
    EnemyRubberbanding, EnemyRubberbandingMut, MissionEnemyCursor, MissionEnemyCursorMut,
};
use crate::kart_model::KartModel;
use crate::main_ram::view;
use crate::numbers::{Matrix43, Quaternion};
use crate::objects::MapObject;
use crate::params::{CharacterParameters, KartParameters};
use crate::sound::{
    SoundEmitter, SoundEmitterMut, SoundEmitterParameters, SoundEmitterParametersMut,
};

mod flags;
pub use flags::{
    CollisionMode, CollisionReaction, ControlFlags, EffectFlags, FloorType, MotionFlags, RoleFlags,
};

view! {
    /// A driver and the kart it drives, the race's truth about it.
    /// Source: HaroohiePals headers; meanings also from MKDS Info, SuuperW's headers and a published
    /// write-up of the race logic.
    pub struct Driver, DriverMut = "driver_t" [0x5A8] {
        /// What the kart does: hops, drifts, stands, touches a wall.
        Tools motion_flags("field44") @ 0x44: MotionFlags,
        /// What the driver asks for, and the boosts.
        Tools control_flags("flags") @ 0x48: ControlFlags,
        /// What items and mishaps do to it.
        Tools flags2 @ 0x4C: EffectFlags,
        /// Where the kart faces: unit length.
        Tools direction @ 0x50: VecFx32,
        /// Where the kart would drive to: unit length.
        Tools driving_direction @ 0x5C: VecFx32,
        /// The velocity's direction: unit length, not a velocity, in spite of the headers' name.
        Tools velocity_direction("velocity") @ 0x68: VecFx32,
        /// The driver's number in the race.
        Headers id @ 0x74: u16,
        /// The controller that drives it: see [`crate::Ram::controller`].
        Tools input_id @ 0x78: u32,
        /// Who it is.
        Tools role_flags("field7C") @ 0x7C: RoleFlags,
        /// The kart, units.
        Tools position @ 0x80: VecFx32,
        /// The kart before the tick, units.
        Tools last_position @ 0x8C: VecFx32,
        /// The kart's tyres, units.
        Headers kart_tires_position @ 0x98: VecFx32,
        /// What the tick moved the kart by, units.
        Tools displacement("deltaPos") @ 0xA4: VecFx32,
        /// The direction of [`Self::displacement`]: unit length.
        Headers displacement_direction("deltaPosNormalized") @ 0xB0: VecFx32,
        /// The kart's size, 1 in each axis unless it shrank.
        Headers scale @ 0xBC: VecFx32,
        /// What gravity adds to [`Self::vertical_speed`], units a frame, each frame.
        Published gravity("fieldC8") @ 0xC8: Fx32,
        /// The speed limit that [`Self::max_speed`] moves to, units a frame.
        Tools target_max_speed @ 0xCC: Fx32,
        /// The speed limit, units a frame.
        Tools max_speed @ 0xD0: Fx32,
        /// How much of the facing direction lies along the ground, 1 when level.
        Tools slope_factor("fieldD4") @ 0xD4: Fx32,
        /// What a slipstream multiplies the limit by.
        Headers slipstream_speed_multiplier @ 0xD8: Fx32,
        /// What the terrain multiplies the limit by, 1 on the road.
        Tools terrain_multiplier("speedMultiplier") @ 0xDC: Fx32,
        /// The yaw.
        Headers rotation @ 0xE0: Quaternion,
        /// The ground's tilt, easing to the floor's.
        Tools ground_tilt("fieldF0") @ 0xF0: Quaternion,
        /// What [`Self::ground_tilt`] eases to.
        Tools ground_tilt_target("field100") @ 0x100: Quaternion,
        /// The whole orientation: tilt and yaw.
        Published orientation("field110") @ 0x110: Quaternion,
        /// The kart's axes, rows right, up, forward, and its place. Which way the first row points is
        /// for the game: [`Self::direction`] is the one to steer by.
        Tools main_matrix("mainMtx") @ 0x120: Matrix43,
        /// The axes and the place of the kart as it is drawn and meets the course: it spins and
        /// tumbles too.
        Tools kart_matrix("field150") @ 0x150: Matrix43,
        /// What a hit does to it.
        Tools collision_reaction("colReaction") @ 0x180: CollisionReaction,
        Unnamed field_184 @ 0x184: Matrix43,
        /// The matrix that character and kart are drawn with.
        Headers character_kart_matrix("charKartMtx") @ 0x1B4: To<Matrix43>,
        /// The collision sphere's centre, units.
        Tools collision_centre("colPos") @ 0x1B8: VecFx32,
        /// The collision sphere's centre before the tick, units.
        Headers previous_collision_centre("prevColPos") @ 0x1C4: VecFx32,
        /// The collision sphere's radius, units.
        Tools sphere_radius("colSphereSize") @ 0x1D0: Fx32,
        /// What is added to [`Self::sphere_radius`] for the height of [`Self::contact_centre`] above
        /// the kart, units: negative.
        Tools sphere_z_offset("colSphereZOffset") @ 0x1D4: Fx32,
        /// The centre of the sphere that meets other karts, units.
        Tools contact_centre("netColPos") @ 0x1D8: VecFx32,
        /// The same before the tick, units.
        Headers last_contact_centre("lastNetColPos") @ 0x1E4: VecFx32,
        /// A second collision centre, units.
        Headers collision_centre_2("colPos2") @ 0x1F0: VecFx32,
        /// What a wall makes it slide by, units a frame.
        Tools wall_slide("field1FC") @ 0x1FC: VecFx32,
        Unnamed field_208 @ 0x208: To<u32>,
        /// The functions that drive it.
        Published functions("field20C") @ 0x20C: [Pointer; 9],
        /// A function that drives it.
        Tools function("field230") @ 0x230: Pointer,
        /// The pitch, 65536 a turn.
        Tools pitch("xRot") @ 0x234: i16,
        /// The yaw, 65536 a turn; it grows to the left, 0 faces along +z.
        Tools yaw("yRot") @ 0x236: Angle,
        /// Frames of boost left.
        Tools boost_timer @ 0x238: i16,
        /// Frames for which a spin still holds it.
        Published spin_lock_timer("field23A") @ 0x23A: i16,
        /// Frames of mini-turbo left.
        Tools mini_turbo_timer("driftBoostCounter") @ 0x23C: i16,
        /// The share of the gap between facing and travel that a tick on the ground closes.
        Tools grip("velocityMinusDirMultiplier") @ 0x240: Fx32,
        /// The floor's normal: unit length.
        Tools floor_normal("upDir") @ 0x244: VecFx32,
        /// The normal of the wall it touches: unit length.
        Published wall_normal("field250") @ 0x250: VecFx32,
        /// The fall and the hop; only y is used. Units a frame.
        Headers vertical_velocity("velocityY") @ 0x25C: VecFx32,
        /// The fall and the hop, up is positive, units a frame.
        Tools vertical_speed @ 0x260 in vertical_velocity: Fx32,
        /// The direction a water fall pushes to.
        Headers falls_water_forward @ 0x268: VecFx32,
        /// How hard it pushes.
        Headers falls_water_strength @ 0x274: Fx32,
        /// The heading before the drift angle turns it into [`Self::direction`]: unit length.
        Tools heading("forwardDir") @ 0x278: VecFx32,
        /// The up axis during a hop.
        Headers jump_drift_up @ 0x284: VecFx32,
        /// The forward axis during a hop.
        Headers jump_drift_forward @ 0x290: VecFx32,
        /// How it meets others.
        Headers collision_mode @ 0x29C: CollisionMode,
        /// [`Self::speed`] as a share of [`Self::max_speed`], at most 1.
        Tools max_speed_fraction @ 0x2A0: Fx32,
        /// The length of [`Self::displacement`], units a frame.
        Tools speed("deltaPosMag") @ 0x2A4: Fx32,
        /// The speed along the facing direction, negative in reverse, units a frame. The headers call this
        /// one `speed`.
        Tools forward_speed("speed") @ 0x2A8: Fx32,
        /// The height of the floor it last stood on, units.
        Tools last_ground_height("field2AC") @ 0x2AC: Fx32,
        /// The drivers that it may hit, a bit each.
        Headers driver_hit_check_mask @ 0x2B0: u16,
        /// The drivers that it hits, a bit each.
        Headers driver_hit_mask @ 0x2B2: u16,
        /// The same before the tick.
        Headers last_driver_hit_mask @ 0x2B4: u16,
        /// How fast a hop lifts the body, units a frame: only to be seen.
        Published hop_body_speed("field2B8") @ 0x2B8: Fx32,
        /// How high a hop has lifted the body, units: only to be seen.
        Tools hop_body_height("field2BC") @ 0x2BC: Fx32,
        /// How far a hop has turned the body, 65536 a turn: only to be seen.
        Published hop_body_angle("field2C0") @ 0x2C0: Angle,
        /// The side of the drift: -1 to the left, 1 to the right, 0 while not drifting. The sides are those of the
        /// buttons that are held as ghosts of the real game begin to drift.
        Tools drift_direction("leftRightDir") @ 0x2C4: i32,
        /// Its first entry among the colliding objects.
        Headers collision_entry_1("colEntryId1") @ 0x2C8: i16,
        /// Its second entry among the colliding objects.
        Headers collision_entry_2("colEntryId2") @ 0x2CA: i16,
        /// The kart's parameters.
        Tools kart_parameters("kartPhysicalParams") @ 0x2CC: To<KartParameters<'static>>,
        /// The character's parameters.
        Tools character_parameters("charPhysicalParams") @ 0x2D0: To<CharacterParameters<'static>>,
        /// How far it leans into the turn, -1 to 1.
        Tools lean("turningAmount") @ 0x2D4: Fx32,
        /// The first link of the wall bounce, units a frame.
        Tools wall_bounce_1("field2D8") @ 0x2D8: VecFx32,
        /// The second link of the wall bounce, units a frame.
        Tools wall_bounce_2("field2E4") @ 0x2E4: VecFx32,
        /// The third link of the wall bounce, units a frame.
        Tools wall_bounce_3("field2F0") @ 0x2F0: VecFx32,
        /// The drift charge: 0 none, 1 drifting, 2 half, 4 a mini-turbo is ready.
        Tools drift_charge("driftLeftRightCount") @ 0x2FC: i32,
        /// Presses of left in this drift.
        Tools drift_left_presses("driftLeftCount") @ 0x300: u16,
        /// Presses of right in this drift.
        Tools drift_right_presses("driftRightCount") @ 0x302: u16,
        /// The count of the presses towards the drift.
        Tools drift_toward_presses("driftDir1CountPtr") @ 0x304: To<u16>,
        /// The count of the presses away from the drift.
        Tools drift_away_presses("driftDir2CountPtr") @ 0x308: To<u16>,
        /// Frames until another press counts.
        Tools drift_press_cooldown("driftLeftRightTimeout") @ 0x30C: i32,
        /// The computer that drives it; null for a player.
        Headers enemy_state @ 0x310: To<Enemy<'static>>,
        /// How far it has tumbled, 65536 a turn.
        Published tumble_angle("field314") @ 0x314: Angle,
        /// How much of the tumble is done.
        Published tumble_progress("field318") @ 0x318: Fx32,
        /// The axis it tumbles about: unit length.
        Published tumble_axis("field31C") @ 0x31C: VecFx32,
        Unnamed field_328 @ 0x328: VecFx32,
        Unnamed field_334 @ 0x334: u32,
        Unnamed field_338 @ 0x338: u16,
        Unnamed field_33c @ 0x33C: u32,
        Unnamed field_340 @ 0x340: Fx32,
        Unnamed field_344 @ 0x344: u32,
        Unnamed field_348 @ 0x348: u32,
        /// How the tumble has turned it.
        Published tumble_rotation("field34C") @ 0x34C: Quaternion,
        /// Frames into [`Self::collision_reaction`].
        Headers collision_reaction_timer("colReactionCounter") @ 0x35C: i16,
        /// How fast it tumbles.
        Published tumble_rate("field360") @ 0x360: Fx32,
        /// How far it has spun, 65536 a turn.
        Headers spin_angle("spinOutAngle") @ 0x364: Angle,
        /// Turns to spin.
        Headers spin_count("spinOutSpinCount") @ 0x366: u16,
        /// How much of the spin is done, 0 to 1.
        Headers spin_progress("spinOutProgress") @ 0x368: Fx32,
        /// How fast it spins.
        Headers spin_velocity("spinOutVelocity") @ 0x36C: u32,
        Unnamed field_370 @ 0x370: u16,
        /// What an edge knocks it by, units a frame.
        Tools edge_knock("field374") @ 0x374: VecFx32,
        /// Frames in the air.
        Tools airborne_frames("field380") @ 0x380: u32,
        /// The phase of a ghost's flicker.
        Headers ghost_flicker_phase @ 0x384: u16,
        /// The yaw that a wall gives, 65536 a turn, per frame.
        Tools wall_yaw_kick("wallRotYSpeed") @ 0x386: i16,
        /// The angle between heading and facing while drifting, 65536 a turn.
        Tools drift_yaw("driftRotY") @ 0x388: i16,
        /// The sideways slide of the drift.
        Tools drift_slide("extraDrift") @ 0x38A: Fx16,
        /// What walls multiply the limit by.
        Tools wall_speed_factor("field38C") @ 0x38C: Fx32,
        /// What effects such as lightning multiply the limit by.
        Tools effect_speed_factor("field394") @ 0x394: Fx32,
        Unnamed field_398 @ 0x398: Fx32,
        /// What map objects that push it add to the limit, units a frame.
        Tools object_speed_term_1("field39C") @ 0x39C: Fx32,
        /// A second such term, units a frame.
        Published object_speed_term_2("field3A0") @ 0x3A0: Fx32,
        /// How far the tyres have rolled, 65536 a turn.
        Headers tyre_roll("tireRotX") @ 0x3A4: Angle,
        /// The share of the way to its target that [`Self::ground_tilt`] goes in a frame, 1/4096.
        Tools ground_tilt_rate("field3A8") @ 0x3A8: i32,
        /// Frames into the respawn.
        Headers respawn_timer("respawnCounter") @ 0x3AC: u16,
        Unnamed field_3b0 @ 0x3B0: VecFx32,
        Unnamed field_3bc @ 0x3BC: u16,
        Unnamed field_3be @ 0x3BE: i16,
        /// Frames until the respawn.
        Headers pre_respawn_timer("preRespawnCounter") @ 0x3C0: i16,
        /// The respawn point.
        Headers respawn_id @ 0x3C4: u32,
        /// Frames out of the course.
        Headers kill_timer @ 0x3C8: i16,
        /// The voice.
        Headers voice_index("driverVoiceIdx") @ 0x3CC: u32,
        /// The kart's class.
        Headers kart_abc("kartABC") @ 0x3D0: i16,
        Unnamed field_3d2 @ 0x3D2: i16,
        Unnamed field_3d4 @ 0x3D4: i16,
        /// The place in the race, from 0.
        Tools place @ 0x3D8: i32,
        /// The floor's surface kind, the index into the kart's grip and terrain tables: 0 road, 2
        /// weak off-road, 3 off-road, 4 heavy off-road, 5 and 6 slippery road, 8 boost or jump pad,
        /// 9 cannon, 10 water that pushes, 11 loop; -1 in the air.
        Tools floor_kind("floorDriverColType") @ 0x3DC: i32,
        /// The floor's collision type.
        Tools floor_collision_type("floorColType") @ 0x3E0: FloorType,
        /// The floor's variant, 0 to 7.
        Headers floor_variant("floorColVariant") @ 0x3E4: i32,
        /// How fast it pitches in the air, 65536 a turn, per frame.
        Published pitch_rate("field3E8") @ 0x3E8: i16,
        /// The yaw rate that steering asks for, 65536 a turn, per frame.
        Tools yaw_rate_target("yRotSpeedTarget") @ 0x3EC: i32,
        /// The yaw rate, 65536 a turn, per frame.
        Tools yaw_rate("yRotSpeed") @ 0x3F0: i32,
        Unnamed field_3f4 @ 0x3F4: Fx32,
        /// What being in the air multiplies the speed by.
        Tools air_speed_factor("field3F8") @ 0x3F8: Fx32,
        Unnamed field_3fc @ 0x3FC: u16,
        Unnamed field_3fe @ 0x3FE: u16,
        Unnamed field_400 @ 0x400: u16,
        Unnamed field_404 @ 0x404: Fx32,
        Unnamed field_408 @ 0x408: u32,
        /// The frame the respawn began.
        Headers respawn_start_frame @ 0x40C: u32,
        /// The frame A was pressed in the respawn.
        Headers respawn_accelerate_frame("respawnAPressFrame") @ 0x410: u32,
        Unnamed field_414 @ 0x414: Fx32,
        Unnamed field_418 @ 0x418: Fx32,
        /// The size while growing back.
        Headers grow_back_scale @ 0x41C: VecFx32,
        /// The size while shrunk by lightning.
        Headers thunder_scale @ 0x428: VecFx32,
        /// The height while flattened.
        Headers flattened_scale("dossunYScale") @ 0x434: Fx32,
        /// The map objects that it hits.
        Headers map_object_hits("mobjHitList") @ 0x438: [To<MapObject<'static>>; 2],
        /// Frames until their sound may be heard again.
        Headers map_object_hit_sound_timeouts("mobjHitSfxTimeout") @ 0x440: [u16; 2],
        /// 1 for those whose sound was heard, 0 for the others.
        Headers map_object_hit_sounded("mobjHitEmittedSfx") @ 0x444: [i32; 2],
        /// The map object that flattened it.
        Headers flattened_by("smashDossun") @ 0x44C: To<MapObject<'static>>,
        Unnamed field_4bc @ 0x4BC: Fx32,
        /// The collision, map and shadow flags.
        Headers collision_flags("colFlagsMap2DShadow") @ 0x4C0: u32,
        /// The speed that a jump pad gives, units a frame.
        Headers jump_pad_speed @ 0x4C4: Fx32,
        Unnamed field_4c8 @ 0x4C8: Fx32,
        Unnamed field_4cc @ 0x4CC: u32,
        /// Frames that it was moved for.
        Published frame_counter("field4D0") @ 0x4D0: u32,
        /// How far the engine is revved before the start.
        Headers start_engine_power("preStartEnginePower") @ 0x4D4: Fx32,
        /// Where the water fall leads.
        Headers falls_water_destination("fallsWaterDstId") @ 0x4D8: i16,
        /// Frames for which a touched wall is remembered.
        Headers wall_touch_timeout @ 0x4DA: i16,
        /// Frames for which a touched floor is remembered.
        Headers floor_touch_timeout @ 0x4DC: i16,
        Unnamed field_4de @ 0x4DE: i16,
        Unnamed field_4e0 @ 0x4E0: i16,
        Unnamed field_4e2 @ 0x4E2: i16,
        Unnamed field_4e4 @ 0x4E4: u16,
        Unnamed field_4e6 @ 0x4E6: u16,
        Unnamed field_4e8 @ 0x4E8: Fx32,
        Unnamed field_4ec @ 0x4EC: Fx32,
        /// A size.
        Headers scale_2("idkScale") @ 0x4F0: VecFx32,
        Unnamed field_4fc @ 0x4FC: u16,
        /// How deep in water it is, units.
        Headers water_depth @ 0x500: Fx32,
        Unnamed field_504 @ 0x504: u16,
        Unnamed field_506 @ 0x506: u16,
        /// The place that is drawn.
        Published drawn_position("field508") @ 0x508: To<VecFx32>,
        /// The orientation that is drawn.
        Published drawn_orientation("field50C") @ 0x50C: To<Quaternion>,
        Unnamed field_510 @ 0x510: To<VecFx32>,
        /// Its state over the network, `driver_net_state_t`.
        Headers network_state("netState") @ 0x514: Pointer,
        Unnamed field_534 @ 0x534: Pointer,
        /// What is drawn.
        Headers character_kart("charKart") @ 0x590: To<KartModel<'static>>,
        Unnamed field_594 @ 0x594: Fx32,
        Unnamed field_598 @ 0x598: i16,
        Unnamed field_59c @ 0x59C: u32,
        Unnamed field_5a0 @ 0x5A0: u16,
        Unnamed field_5a4 @ 0x5A4: Fx32,
    }
    structs {
        /// What it is heard by.
        Headers sound_emitter @ 0x0: [SoundEmitter, SoundEmitterMut],
        /// What [`Self::sound_emitter`] has besides.
        Headers sound_emitter_parameters("field518") @ 0x518: [SoundEmitterParameters, SoundEmitterParametersMut],
        /// The items' and effects' timers.
        Headers timers @ 0x538: [DriverTimers, DriverTimersMut],
        /// What its engine sounds like.
        Headers sound("field450") @ 0x450: [DriverSound, DriverSoundMut],
    }
}

view! {
    /// The computer that steers a driver.
    /// Source: HaroohiePals headers.
    pub struct Enemy, EnemyMut = "enemy_t" [0x158] {
        /// The driver.
        Headers driver @ 0x0: To<Driver<'static>>,
        /// The driver's number in the race.
        Headers driver_id @ 0x4: u16,
        Unnamed field_6 @ 0x6: u16,
        /// Where it steers to, units.
        Headers target_position("targetPos") @ 0x44: VecFx32,
        Unnamed field_50 @ 0x50: VecFx32,
        Unnamed field_5c @ 0x5C: To<VecFx32>,
        /// What a drift moves that by, units.
        Headers drift_offset @ 0x60: VecFx32,
        /// Frames towards the next [`Self::radius_scale`].
        Headers radius_scale_counter("driftEpoiRadiusScaleUpdateCounter") @ 0x6C: u16,
        /// Frames between them.
        Headers radius_scale_frames("driftEpoiRadiusScaleUpdateFrames") @ 0x6E: u16,
        Unnamed field_70 @ 0x70: i32,
        /// The share of an enemy point's radius that it keeps to in a drift.
        Headers radius_scale("driftEpoiRadiusScale") @ 0x74: Fx32,
        Unnamed field_78 @ 0x78: u16,
        Unnamed field_7a @ 0x7A: u16,
        Unnamed field_7c @ 0x7C: i32,
        Unnamed field_80 @ 0x80: u16,
        Unnamed field_84 @ 0x84: i32,
        Unnamed field_88 @ 0x88: i32,
        Unnamed field_8c @ 0x8C: i32,
        /// What its drift is doing.
        Headers drift_state @ 0x90: i32,
        /// The side of its drift.
        Headers drift_direction @ 0x94: i32,
        Unnamed field_98 @ 0x98: i32,
        Unnamed field_9c @ 0x9C: i32,
        Unnamed field_a0 @ 0xA0: i32,
        Unnamed field_a4 @ 0xA4: i32,
        /// What its rescue is doing, after it got stuck. Source: SuuperW's headers.
        Published rescue_state("fieldA8") @ 0xA8: i32,
        /// Frames until the rescue is over. Source: SuuperW's headers.
        Published rescue_recovery_timer("fieldAC") @ 0xAC: u16,
        /// The driver that it goes for in a battle.
        Headers target_driver @ 0xB0: To<Driver<'static>>,
        Unnamed field_b4 @ 0xB4: i32,
        Unnamed field_b8 @ 0xB8: i32,
        Unnamed field_bc @ 0xBC: i32,
        /// The balloons that it wants to have.
        Headers target_balloon_count @ 0xC0: u16,
        /// Frames until it blows into the microphone again, to inflate a balloon.
        Headers inflate_timeout("balloonInflateMicTimeout") @ 0xC2: u16,
        /// 1 while it inflates a balloon, 0 while not.
        Headers is_inflating_balloon @ 0xC4: i32,
        Unnamed field_c8 @ 0xC8: u16,
        Unnamed field_ca @ 0xCA: u16,
        Unnamed field_cc @ 0xCC: i32,
        /// The shine that it goes for in a battle.
        Headers target_shine @ 0xD0: Pointer,
        /// That shine's number.
        Headers shine_index("shineIdx") @ 0xD4: u16,
        Unnamed field_d8 @ 0xD8: i32,
        Unnamed field_dc @ 0xDC: VecFx32,
        Unnamed field_154 @ 0x154: i32,
    }
    structs {
        /// Where it is on the enemy route.
        Headers enemy_cursor("epoi") @ 0x8: [EnemyCursor, EnemyCursorMut],
        /// Where it is on the mission enemy route.
        Headers mission_enemy_cursor("mepo") @ 0x28: [MissionEnemyCursor, MissionEnemyCursorMut],
        /// How fast it may drive, for its place.
        Headers rubberbanding @ 0xE8: [EnemyRubberbanding, EnemyRubberbandingMut],
        /// When it uses items.
        Headers items("itemState") @ 0x11C: [EnemyItems, EnemyItemsMut],
        Unnamed field_140 @ 0x140: [EnemyField140, EnemyField140Mut],
    }
}

impl Driver<'_> {
    /// Where it is and where it faces, along the floor below it.
    #[must_use]
    pub fn pose(&self) -> Pose {
        Pose::new(
            self.position().to_f32(),
            self.direction().to_f32(),
            self.floor_normal().to_f32(),
        )
    }
}

view! {
    /// The timers of items and effects, in frames.
    /// Source: HaroohiePals headers.
    pub struct DriverTimers, DriverTimersMut = "driver_timers_t" [0x58] {
        /// Frames of mushroom left.
        Headers mushroom_boost("shroomBoostTimer") @ 0x0: i16,
        /// Frames of shrinking by lightning left.
        Headers lightning_shrink("thunderShrinkTimer") @ 0x2: i16,
        /// Frames of growing back left.
        Headers lightning_grow("thunderGrowTimer") @ 0x4: i16,
        /// Frames of star left.
        Headers star("starTimer") @ 0x6: i16,
        /// Frames towards a slipstream.
        Headers slipstream_start("slipstreamStartTimer") @ 0x8: i16,
        /// Frames of slipstream left.
        Headers slipstream("slipstreamTimer") @ 0xA: i16,
        /// Frames of growing back from flat left.
        Headers flattened_grow("dossunGrowTimer") @ 0xC: i16,
        /// Frames of being flat left.
        Headers flattened("dossunFlatTimer") @ 0xE: i16,
        /// Frames of being a boo left.
        Headers boo("teresaTimer") @ 0x10: i16,
        /// Frames between flickers.
        Headers boo_flicker_interval("teresaFlickerInterval") @ 0x12: i16,
        /// Frames until that changes.
        Headers boo_flicker_interval_update("teresaFlickerIntervalUpdateTimer") @ 0x14: i16,
        /// Frames until the next flicker.
        Headers boo_flicker("teresaFlickerTimer") @ 0x16: i16,
        /// Frames between changes.
        Headers boo_flicker_interval_update_wait("teresaFlickerIntervalUpdateWaitTime") @ 0x18: i16,
        /// What a change adds.
        Headers boo_flicker_interval_step("teresaFlickerIntervalStep") @ 0x1A: i16,
        /// Frames of ink left.
        Headers blooper_ink("gessoInkTimer") @ 0x1C: i16,
        /// Frames as a bullet.
        Headers bullet_frames("killerFrameCounter") @ 0x1E: i16,
        Unnamed field_20 @ 0x20: u16,
        /// 1 if the bullet is about to end, 0 if not.
        Headers bullet_finishing("isKillerFinishing") @ 0x24: i32,
        /// The place that the bullet goes for.
        Headers bullet_target_place("killerTargetPlace") @ 0x28: i16,
        /// The bullet's state.
        Headers bullet_state("killerState") @ 0x2C: [u8; 44],
    }
}

view! {
    /// What a driver's engine sounds like.
    /// Source: HaroohiePals headers.
    pub struct DriverSound, DriverSoundMut = "driver_field450_t" [0x6C] {
        Unnamed field_0 @ 0x0: i32,
        Unnamed field_4 @ 0x4: u8,
        Unnamed field_8 @ 0x8: Fx32,
        Unnamed field_c @ 0xC: i32,
        Unnamed field_10 @ 0x10: i32,
        /// 1 while it accelerates, 0 while not.
        Published is_accelerating("field14") @ 0x14: i32,
        Unnamed field_18 @ 0x18: Fx32,
        Unnamed field_1c @ 0x1C: Fx32,
        Unnamed field_20 @ 0x20: Fx32,
        Unnamed field_24 @ 0x24: Fx32,
        /// How much of the lap was done before the frame.
        Headers previous_lap_progress("prevLapProgress") @ 0x28: i32,
        /// Which of two sounds stairs make next.
        Headers stairs_sound_counter("kaidanSfxAlternateCounter") @ 0x2C: u8,
        Unnamed field_30 @ 0x30: i32,
        Unnamed field_34 @ 0x34: i32,
        /// The sound.
        Headers sound_id("sfxId") @ 0x38: i32,
        /// The function that computes how high it is.
        Headers compute_pitch("computePitchOffsetFunc") @ 0x3C: Pointer,
        Unnamed field_68 @ 0x68: i32,
    }
    structs {
        Unnamed field_40 @ 0x40: [DriverSoundField40, DriverSoundField40Mut],
    }
}

view! {
    /// A part of what a driver's engine sounds like; what for is unknown.
    /// Source: HaroohiePals headers.
    pub struct DriverSoundField40, DriverSoundField40Mut = "struc_334" [0x28] {
        Unnamed field_0 @ 0x0: i32,
        Unnamed field_4 @ 0x4: i32,
        Unnamed field_8 @ 0x8: i32,
        Unnamed field_c @ 0xC: i32,
        Unnamed field_10 @ 0x10: i32,
        Unnamed field_14 @ 0x14: i32,
        Unnamed field_18 @ 0x18: i32,
        Unnamed field_1c @ 0x1C: i32,
        Unnamed field_20 @ 0x20: i32,
        Unnamed field_24 @ 0x24: i32,
    }
}
