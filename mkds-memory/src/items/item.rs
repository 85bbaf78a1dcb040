//! Items on the course, and the kinds of them.

use nds_formats::fx::{Fx32, VecFx32};
use ram_views::enumeration;
use ram_views::pointer::{Pointer, To};

use crate::kart_model::{Light, LightMut};
use crate::main_ram::view;
use crate::numbers::Matrix43;
use crate::sound::{SoundEmitter, SoundEmitterMut};

enumeration! {
    /// An item on the course. Source: HaroohiePals headers; `NONE`: SuuperW's headers.
    pub struct ItemKind: u32 {
        GREEN_SHELL = 0, "A green shell.";
        RED_SHELL = 1, "A red shell.";
        BANANA = 2, "A banana.";
        MUSHROOM = 3, "A mushroom.";
        STAR = 4, "A star.";
        SPINY_SHELL = 5, "A spiny shell.";
        LIGHTNING = 6, "Lightning.";
        FAKE_ITEM_BOX = 7, "A fake item box.";
        ITEM_BOX = 8, "An item box.";
        BOB_OMB = 9, "A bob-omb.";
        BLOOPER = 10, "A blooper.";
        BOO = 11, "A boo.";
        GOLDEN_MUSHROOM = 12, "A golden mushroom.";
        BULLET_BILL = 13, "A bullet bill.";
        NONE = 15, "None.";
    }
}

enumeration! {
    /// What an item box gives, numbered otherwise than [`ItemKind`]. Source: SuuperW's headers.
    pub struct SlotItem: i32 {
        GREEN_SHELL = 0, "A green shell.";
        RED_SHELL = 1, "A red shell.";
        BANANA = 2, "A banana.";
        FAKE_ITEM_BOX = 3, "A fake item box.";
        MUSHROOM = 4, "A mushroom.";
        TRIPLE_MUSHROOMS = 5, "Three mushrooms.";
        BOB_OMB = 6, "A bob-omb.";
        SPINY_SHELL = 7, "A spiny shell.";
        LIGHTNING = 8, "Lightning.";
        TRIPLE_GREEN_SHELLS = 9, "Three green shells.";
        TRIPLE_BANANAS = 10, "Three bananas.";
        TRIPLE_RED_SHELLS = 11, "Three red shells.";
        STAR = 12, "A star.";
        GOLDEN_MUSHROOM = 13, "A golden mushroom.";
        BULLET_BILL = 14, "A bullet bill.";
        BLOOPER = 15, "A blooper.";
        BOO = 16, "A boo.";
        NONE = 19, "None.";
    }
}

view! {
    /// An item on the course. Each kind has more behind this.
    /// Source: HaroohiePals headers; meanings also from SuuperW's headers and a published write-up
    /// of the race logic.
    pub struct Item, ItemMut = "it_item_inst_t" [0x12C] {
        /// What it is.
        Tools kind("type") @ 0x44: ItemKind,
        Unnamed field_48 @ 0x48: u32,
        Unnamed field_4c @ 0x4C: u16,
        Unnamed field_4e @ 0x4E: u16,
        /// Where it is, units.
        Tools position @ 0x50: VecFx32,
        /// What a frame moves it by, units.
        Tools velocity @ 0x5C: VecFx32,
        /// How large it is: it grows to its full size.
        Tools scale @ 0x68: VecFx32,
        /// Bit 17: it is in the air.
        Tools flags @ 0x74: u32,
        /// Bit 13: it was dropped; bit 14: its owner cannot touch it yet.
        Published state_flags("field78") @ 0x78: u16,
        Unnamed field_7a @ 0x7A: u16,
        /// The light in use.
        Headers light_in_use("lightPtr") @ 0x90: To<Light<'static>>,
        /// Its axes and its place.
        Tools matrix("mtx") @ 0x94: Matrix43,
        Unnamed field_d0 @ 0xD0: To<VecFx32>,
        /// Who can see it.
        Headers visibility_flags @ 0xD4: u32,
        /// How opaque it is, 0 to 31.
        Headers alpha @ 0xD8: i16,
        /// Its entry among the colliding objects.
        Headers collision_entry("colEntryId") @ 0xDA: u16,
        /// The radius of the sphere that meets the course, units.
        Published collision_radius("fieldDC") @ 0xDC: Fx32,
        /// The radius of the sphere that meets drivers, units.
        Tools sphere_radius("sphereSize") @ 0xE0: Fx32,
        /// Where it was before the frame, units.
        Tools previous_position("fieldE4") @ 0xE4: VecFx32,
        Unnamed field_f0 @ 0xF0: VecFx32,
        Unnamed field_fc @ 0xFC: u32,
        Unnamed field_100 @ 0x100: u32,
        Unnamed field_104 @ 0x104: u32,
        Unnamed field_108 @ 0x108: VecFx32,
        /// Frames in the air, counted to 6.
        Published airborne_frames("field114") @ 0x114: u16,
        Unnamed field_116 @ 0x116: u16,
        Unnamed field_118 @ 0x118: u16,
        Unnamed field_11a @ 0x11A: u16,
        /// Frames since it was made.
        Published age("field11C") @ 0x11C: u32,
        /// The function that moves it.
        Tools update("field120") @ 0x120: Pointer,
        Unnamed field_124 @ 0x124: u32,
        /// Drivers, a bit each.
        Headers driver_mask("field128DriverMask") @ 0x128: u8,
    }
    structs {
        /// What it is heard by.
        Headers sound_emitter("sfxEmitter") @ 0x0: [SoundEmitter, SoundEmitterMut],
        /// The light that it is drawn in.
        Headers light @ 0x7C: [Light, LightMut],
    }
}

view! {
    /// A kind of item.
    /// Source: HaroohiePals headers; meanings also from a published write-up of the race logic.
    pub struct ItemDefinition, ItemDefinitionMut = "it_item_def_t" [0xA8] {
        /// Bytes of an item of this kind.
        Tools instance_size @ 0x0: u32,
        /// How many there may be on the course.
        Headers limit @ 0x4: u32,
        Unnamed field_8 @ 0x8: u32,
        /// How many there is room for.
        Headers instance_count @ 0xC: i32,
        Unnamed field_10 @ 0x10: i32,
        /// The function that loads it.
        Headers load("loadFunc") @ 0x14: Pointer,
        /// The function that makes an item.
        Headers initialize("initInstanceFunc") @ 0x18: Pointer,
        Unnamed field_1c @ 0x1C: Pointer,
        Unnamed field_20 @ 0x20: Pointer,
        /// The function that throws it.
        Published throw("field24") @ 0x24: Pointer,
        /// The function that moves it.
        Tools update("updateFunc") @ 0x28: Pointer,
        /// The function that draws it.
        Headers render("renderFunc") @ 0x2C: Pointer,
        /// The function that tells who sees it.
        Headers update_visibility("visibilityFlagCalcFunc") @ 0x30: Pointer,
        Unnamed field_34 @ 0x34: Pointer,
        Unnamed field_38 @ 0x38: Pointer,
        /// The function that ends it.
        Headers destroy("destroyInstFunc") @ 0x3C: Pointer,
        Unnamed field_40 @ 0x40: i32,
        Unnamed field_44 @ 0x44: i32,
        Unnamed field_48 @ 0x48: Pointer,
        Unnamed field_4c @ 0x4C: i32,
        Unnamed field_50 @ 0x50: Pointer,
        Unnamed field_58 @ 0x58: Pointer,
        Unnamed field_5c @ 0x5C: i32,
        Unnamed field_60 @ 0x60: i32,
        /// The radius of the sphere that meets the course, units.
        Tools collision_radius("colSphereRadius") @ 0x64: Fx32,
        /// A radius, units.
        Headers sphere_radius_1 @ 0x68: Fx32,
        /// The radius of the sphere that meets drivers, units.
        Tools sphere_radius_2 @ 0x6C: Fx32,
        /// How large it is at first grown, 1.
        Published initial_scale("field70") @ 0x70: Fx32,
        /// How large it is in the end.
        Tools scale @ 0x74: Fx32,
        /// What a frame adds to its size on the way there.
        Published growth("field78") @ 0x78: Fx32,
        Unnamed field_7c @ 0x7C: i32,
        Unnamed field_80 @ 0x80: i32,
        Unnamed field_84 @ 0x84: i32,
        Unnamed field_88 @ 0x88: i32,
        Unnamed field_90 @ 0x90: i32,
        Unnamed field_94 @ 0x94: i32,
        Unnamed field_98 @ 0x98: i32,
        Unnamed field_9c @ 0x9C: i32,
        Unnamed field_a0 @ 0xA0: i32,
        Unnamed field_a4 @ 0xA4: i32,
    }
}

view! {
    /// An item that a box may give.
    /// Source: HaroohiePals headers.
    pub struct ItemConfig, ItemConfigMut = "it_itemconfig_t" [0x1C] {
        /// 1 if it may be given, 0 if not.
        Headers is_enabled("enabled") @ 0x0: i32,
        /// 1 if it may be given over the network, 0 if not.
        Headers is_enabled_online("wifiEnabled") @ 0x4: i32,
        /// What it is.
        Headers kind("type") @ 0x8: ItemKind,
        /// How many of it.
        Headers count @ 0xC: u32,
        Unnamed field_10 @ 0x10: u32,
        Unnamed field_14 @ 0x14: u32,
        /// The function that uses it.
        Headers activate("activateFunc") @ 0x18: Pointer,
    }
}
