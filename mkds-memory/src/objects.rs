//! Map objects: item boxes, obstacles, enemies, scenery and water.
//!
//! Function pointers take four bytes here, as they do on the console; published layouts that were
//! made on 64-bit machines give them eight.

use bitflags::bitflags;
use nds_formats::fx::{Fx32, VecFx32};
use ram_views::pointer::{Pointer, To};
use ram_views::{Ram, Result, enumeration, flags_value};

use crate::items::item::{Item, ItemMut};
use crate::main_ram::{MainRam, view};
use crate::map::sections::Obji;
use crate::numbers::{Matrix33, Matrix43};
use crate::sound::SoundEmitter;

pub(crate) mod kinds;
pub use kinds::MapObjectKind;

bitflags! {
    /// What a map object does. Bits without a name keep their value.
    /// Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct MapObjectFlags: u16 {
        /// It is neither drawn nor met.
        const HIDDEN = 0x1;
        /// Who sees it is not looked up.
        const VISIBILITY_KEPT = 0x2;
        /// It does not move.
        const SUSPENDED = 0x4;
        /// It is out of sight and not drawn.
        const CLIPPED = 0x10;
        /// Its icon on the map is translucent.
        const MAP_ICON_TRANSLUCENT = 0x20;
        /// It pushes no driver.
        const PUSHBACK_DISABLED = 0x40;
        /// It collides with nothing before the start.
        const DISABLED_BEFORE_START = 0x80;
        /// A part of another that is not in use.
        const FREE = 0x100;
        /// Its icon on the map is mirrored.
        const MAP_ICON_MIRRORED = 0x400;
        /// It answers a hit in the simple way of time trials and of the network.
        const SIMPLE_HIT_RESPONSE = 0x800;
        /// [`Self::HIDDEN`] as it was.
        const PREVIOUS_HIDDEN = 0x1000;
        /// [`Self::VISIBILITY_KEPT`] as it was.
        const PREVIOUS_VISIBILITY_KEPT = 0x2000;
        /// [`Self::SUSPENDED`] as it was.
        const PREVIOUS_SUSPENDED = 0x4000;
        const _ = !0;
    }
}

flags_value!(MapObjectFlags: u16);

bitflags! {
    /// Who notices a map object. Bits without a name keep their value; 5 to 29 are its distance.
    /// Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct MapObjectVisibility: u32 {
        /// It is too far away to be seen.
        const FAR_CLIPPED = 0x1;
        /// It is too near to be seen.
        const NEAR_CLIPPED = 0x2;
        /// It is too far away to be heard.
        const INAUDIBLE = 0x4;
        /// It moved this frame.
        const WAS_UPDATED = 0x8;
        const _ = !0;
    }
}

flags_value!(MapObjectVisibility: u32);

enumeration! {
    /// The form in which a map object is met. Source: HaroohiePals headers.
    pub struct MapObjectShape: u32 {
        NONE = 0, "It is not met.";
        SPHERE = 1, "A sphere.";
        SPHEROID = 2, "A spheroid.";
        CYLINDER = 3, "A cylinder.";
        BOX = 4, "A box.";
        CUSTOM = 5, "What its function says.";
    }
}

enumeration! {
    /// The form of what karts drive on. Source: HaroohiePals headers.
    pub struct DynamicColliderShape: u32 {
        BOX = 0, "A box.";
        CYLINDER = 1, "A cylinder.";
    }
}

view! {
    /// A map object. Each kind has more behind this.
    /// Source: HaroohiePals headers.
    pub struct MapObject, MapObjectMut = "mobj_inst_t" [0xA0] {
        /// Which object it is.
        Headers object_id @ 0x0: MapObjectKind,
        /// What it does.
        Headers flags @ 0x2: MapObjectFlags,
        /// Where it is, units.
        Headers position @ 0x4: VecFx32,
        /// What a frame moves it by, units.
        Headers velocity @ 0x10: VecFx32,
        /// How large it is.
        Headers scale @ 0x1C: VecFx32,
        /// Its axes and its place.
        Headers matrix("mtx") @ 0x28: Matrix43,
        /// Its extent along its axes, units.
        Headers size @ 0x58: VecFx32,
        /// Its entry among the colliding objects.
        Headers collision_entry("colEntryId") @ 0x64: i16,
        /// How opaque it is, 0 to 31.
        Headers alpha @ 0x66: u16,
        /// The distance from which it is drawn, units.
        Headers near_clip @ 0x68: Fx32,
        /// The distance up to which it is drawn, units.
        Headers far_clip @ 0x6C: Fx32,
        /// The square of the distance up to which it is heard.
        Headers sound_distance_squared("sfxMaxDistanceSquare") @ 0x70: i32,
        /// The clip areas that it is in, a bit each.
        Headers clip_area_mask @ 0x74: u32,
        /// Who notices it.
        Headers visibility("visibilityFlags") @ 0x78: MapObjectVisibility,
        /// 1 if it has a model, 0 if it is a flat picture.
        Headers has_3d_model("has3DModel") @ 0x7C: u16,
        /// Its yaw, 65536 a turn.
        Headers yaw("rotY") @ 0x7E: u16,
        /// Where its sounds come from.
        Headers sound_emitter @ 0x94: To<SoundEmitter<'static>>,
        /// How it is met and drawn.
        Headers config @ 0x98: To<MapObjectConfig<'static>>,
        /// What the course's map says of it; null if it was made during the race.
        Headers entry("objiEntry") @ 0x9C: To<Obji<'static>>,
    }
    structs {
        /// What it is doing.
        Headers state_machine @ 0x80: [StateMachine, StateMachineMut],
    }
}

view! {
    /// How a kind of map object is met and drawn.
    /// Source: HaroohiePals headers.
    pub struct MapObjectConfig, MapObjectConfigMut = "mobj_config_t" [0x40] {
        /// The function that answers a driver.
        Headers collide_with_driver("driverCollideFunc") @ 0x0: Pointer,
        /// The function that answers an item.
        Headers collide_with_item("itemCollideFunc") @ 0x4: Pointer,
        /// The form in which it is met.
        Headers shape("colType") @ 0x8: MapObjectShape,
        /// Its extent along its axes, units.
        Headers size @ 0xC: VecFx32,
        /// The function that tells whether a sphere meets it, if [`Self::shape`] does not.
        Headers collide_with_sphere("sphereCollideFunc") @ 0x18: Pointer,
        /// 1 if it pushes, 0 if not.
        Headers provides_pushback @ 0x1C: i32,
        /// How a hit is answered.
        Headers logic_type @ 0x20: u32,
        /// The sound of a driver that hits it.
        Headers driver_hit_sound("driverHitSfxId") @ 0x24: i32,
        /// The sound of an item that hits it.
        Headers item_hit_sound("itemHitSfxId") @ 0x28: u32,
        /// The distance from which it is drawn, units.
        Headers near_clip @ 0x2C: Fx32,
        /// The distance up to which it is drawn, units.
        Headers far_clip @ 0x30: Fx32,
        /// 1 if it has a model, 0 if it is a flat picture.
        Headers has_3d_model("has3DModel") @ 0x34: i32,
        /// How far above the camera it is heard, units.
        Headers audible_above("sfxAudibleMaxCamYDiff") @ 0x38: Fx32,
        /// How far below the camera it is heard, units.
        Headers audible_below("sfxAudibleMinCamYDiff") @ 0x3C: Fx32,
    }
}

view! {
    /// A kind of map object: how its objects are made.
    /// Source: HaroohiePals headers.
    pub struct MapObjectDefinition, MapObjectDefinitionMut = "mobj_def_t" [0x34] {
        /// How many objects there are of it.
        Headers instance_count @ 0x0: u16,
        /// Bytes of an object of it.
        Headers instance_size @ 0x4: u32,
        /// The function that makes an object.
        Headers initialize("instInitFunc") @ 0x8: Pointer,
        /// The function that makes [`Self::config`].
        Headers setup_config("configSetupFunc") @ 0xC: Pointer,
        /// The functions that make [`Self::render_parts`].
        Headers setup_render_parts("renderPartSetupFuncs") @ 0x10: [Pointer; 3],
        /// The function that makes [`Self::logic_part`].
        Headers setup_logic_part("logicPartSetupFunc") @ 0x1C: Pointer,
        /// How it is met and drawn.
        Headers config @ 0x20: To<MapObjectConfig<'static>>,
        /// What draws its objects.
        Headers render_parts @ 0x24: [Pointer; 3],
        /// What moves its objects.
        Headers logic_part @ 0x30: To<LogicPart<'static>>,
    }
}

view! {
    /// What moves the objects of a kind.
    /// Source: HaroohiePals headers.
    pub struct LogicPart, LogicPartMut = "mobj_logic_part_t" [0x28] {
        /// The objects.
        Headers objects("mobjInstanceList") @ 0x0 counted_by object_count: To<To<MapObject<'static>>>,
        /// How many there are.
        Headers object_count("mobjInstanceCount") @ 0x4: u16,
        /// The function called when it is made.
        Headers initialize("globalInitFunc") @ 0x8: Pointer,
        /// The function called before the objects move.
        Headers before_update("globalPreUpdateFunc") @ 0xC: Pointer,
        /// The function that moves an object.
        Headers update("instanceUpdateFunc") @ 0x10: Pointer,
        /// The function called after they have moved.
        Headers after_update("globalPostUpdateFunc") @ 0x14: Pointer,
        /// Its type.
        Headers kind("type") @ 0x18: u32,
        /// The function that answers lightning.
        Headers lightning("thunderFunc") @ 0x1C: Pointer,
        /// What lightning does to an object.
        Headers lightning_response("thunderObjResp") @ 0x20: u32,
        /// Where the pointer to this one is kept.
        Headers this("thisPointer") @ 0x24: To<To<LogicPart<'static>>>,
    }
}

view! {
    /// All map objects of the course.
    /// Source: HaroohiePals headers.
    pub struct MapObjects, MapObjectsMut = "mobj_state_t" [0x2BC] {
        /// The map objects.
        Headers objects("mobjInstanceList") @ 0x0 counted_by object_count: To<To<MapObject<'static>>>,
        /// How many there are.
        Headers object_count("mobjInstanceCount") @ 0x4: u16,
        /// What draws them, [`Self::render_part_count`] parts.
        Headers render_parts("renderPartList") @ 0x8: [Pointer; 24],
        /// Those that draw models, [`Self::render_part_3d_count`] parts.
        Headers render_parts_3d("renderPart3dList") @ 0x68: [Pointer; 24],
        /// Those that draw flat pictures, [`Self::render_part_2d_count`] parts.
        Headers render_parts_2d("renderPart2dList") @ 0xC8: [Pointer; 24],
        /// How many parts draw.
        Headers render_part_count @ 0x128: u16,
        /// How many parts draw models.
        Headers render_part_3d_count @ 0x12A: u16,
        /// How many parts draw flat pictures.
        Headers render_part_2d_count @ 0x12C: u16,
        Unnamed field_130 @ 0x130: u32,
        /// What moves them, [`Self::logic_part_count`] parts.
        Headers logic_parts("logicPartList") @ 0x134: [To<LogicPart<'static>>; 16],
        /// How many parts move them.
        Headers logic_part_count @ 0x174: u16,
        Unnamed field_178 @ 0x178: u32,
        /// 1 if the course has a koopa block, 0 if not.
        Headers has_koopa_block @ 0x17C: i32,
        /// 1 if it has a rotating cylinder, 0 if not.
        Headers has_rotating_cylinder @ 0x180: i32,
        /// 1 if it has a bridge, 0 if not.
        Headers has_bridge @ 0x184: i32,
        /// 1 if it has a wall that moves, 0 if not.
        Headers has_wall @ 0x188: i32,
        /// 1 while they move, 0 while not.
        Headers is_logic_enabled("logicUpdateEnabled") @ 0x2B8: i32,
    }
    structs {
        /// An item that stands for whatever else hits a map object.
        Headers pseudo_item @ 0x18C: [Item, ItemMut],
    }
}

view! {
    /// A map object that karts drive on: a bridge, a block.
    /// Source: HaroohiePals headers.
    pub struct DynamicCollider, DynamicColliderMut = "dcol_inst_t" [0x144] {
        /// Its axes before the frame.
        Headers previous_matrix("lastMtx") @ 0xA0: Matrix33,
        /// Its axes at rest.
        Headers base_matrix("baseMtx") @ 0xC4: Matrix33,
        /// Where it was before the frame, units.
        Headers previous_position("lastPosition") @ 0xE8: VecFx32,
        /// Where it is at rest, units.
        Headers base_position("basePos") @ 0xF4: VecFx32,
        /// Its extent along its axes, units.
        Headers size @ 0x100: VecFx32,
        /// A second extent along its z axis, units.
        Headers size_z_2 @ 0x10C: Fx32,
        /// 1 if its sides across x are floors, 0 if they are walls.
        Headers is_floor_yz("isFloorYZ") @ 0x110: i32,
        /// 1 if its sides across y are floors, 0 if they are walls.
        Headers is_floor_xz("isFloorXZ") @ 0x114: i32,
        /// 1 if its sides across z are floors, 0 if they are walls.
        Headers is_floor_xy("isFloorXY") @ 0x118: i32,
        /// 1 if it boosts, 0 if not.
        Headers is_boost_panel @ 0x11C: i32,
        /// How upright a normal is at least that makes a floor.
        Headers floor_threshold @ 0x120: Fx32,
        Unnamed field_124 @ 0x124: VecFx32,
        Unnamed field_130 @ 0x130: u32,
        /// Its form.
        Headers shape @ 0x134: DynamicColliderShape,
        Unnamed field_138 @ 0x138: u32,
        Unnamed field_13c @ 0x13C: u32,
        /// Its model.
        Headers model @ 0x140: Pointer,
    }
    structs {
        /// The map object.
        Headers object("mobj") @ 0x0: [MapObject, MapObjectMut],
    }
}

view! {
    /// What something is doing: one of several states.
    /// Source: HaroohiePals headers.
    pub struct StateMachine, StateMachineMut = "state_machine_t" [0x14] {
        /// The states.
        Headers states @ 0x0 counted_by state_count: To<State<'static>>,
        /// Frames in the state.
        Headers counter @ 0x4: u32,
        /// Who does it.
        Headers user_data @ 0x8: Pointer,
        /// How many states there are.
        Headers state_count("nrStates") @ 0xC: u16,
        /// The state.
        Headers state("curState") @ 0xE: u16,
        /// The state to go to.
        Headers next_state @ 0x10: u16,
        /// 1 if it goes there next frame, 0 if not.
        Headers goes_to_next_state("gotoNextState") @ 0x12: u16,
    }
}

view! {
    /// A state of a [`StateMachine`].
    /// Source: HaroohiePals headers.
    pub struct State, StateMut = "state_machine_state_t" [0x8] {
        /// The function called once when it begins; null for none.
        Headers enter("initFunc") @ 0x0: Pointer,
        /// The function called each frame; null for none.
        Headers update("stateFunc") @ 0x4: Pointer,
    }
}

impl MapObjects<'_> {
    /// The map objects, in order.
    ///
    /// # Errors
    ///
    /// The list or an object lies outside main RAM.
    pub fn objects_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<MapObject<'a>>> {
        listed(ram, self.objects(), self.object_count())
    }
}

impl LogicPart<'_> {
    /// The map objects that it moves, in order.
    ///
    /// # Errors
    ///
    /// The list or an object lies outside main RAM.
    pub fn objects_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<MapObject<'a>>> {
        listed(ram, self.objects(), self.object_count())
    }
}

fn listed<'a>(
    ram: &Ram<'a, MainRam>,
    list: To<To<MapObject<'static>>>,
    count: u16,
) -> Result<Vec<MapObject<'a>>> {
    let objects = list.follow_many(ram, count.into())?;
    objects
        .filter_map(|object| object.follow(ram).transpose())
        .collect()
}
