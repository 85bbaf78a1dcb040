//! The items of drivers: in their slots, and held.

use nds_formats::fx::{Fx32, VecFx32};
use ram_views::pointer::To;
use ram_views::{Ram, Result};

use super::item::{Item, ItemKind, SlotItem};
use crate::driver::Driver;
use crate::main_ram::{MainRam, view};
use crate::map::ItemPoint;
use crate::numbers::Matrix43;

view! {
    /// A driver's items.
    /// Source: HaroohiePals headers.
    pub struct DriverItems, DriverItemsMut = "it_driver_item_status_t" [0x210] {
        Unnamed field_0 @ 0x0: i32,
        Unnamed field_4 @ 0x4: i32,
        Unnamed field_8 @ 0x8: i32,
        Unnamed field_c @ 0xC: i32,
        /// The item in the slot.
        Headers slot_item("slotItemConfigId") @ 0x10: SlotItem,
        /// The item being held.
        Headers held_item("dragItemConfigId") @ 0x14: SlotItem,
        Unnamed field_18 @ 0x18: To<DriverItems<'static>>,
        Unnamed field_1c @ 0x1C: i32,
        Unnamed field_20 @ 0x20: i32,
        Unnamed field_24 @ 0x24: i32,
        Unnamed field_28 @ 0x28: i32,
        Unnamed field_2c @ 0x2C: i32,
        /// What the buttons ask for: 0x244 use, 0x10 while up is held, 0x20 while down is.
        Published input_flags("field1EC") @ 0x1EC: u16,
        /// The point of the item route that a red shell would follow from here.
        Tools item_point("ipoi") @ 0x1F0: To<ItemPoint<'static>>,
        Unnamed field_1f4 @ 0x1F4: i32,
        /// The driver's number in the race.
        Headers driver_id @ 0x1F8: u16,
        /// The driver.
        Tools driver @ 0x1FC: To<Driver<'static>>,
        /// The driver's number among the items.
        Headers driver_index @ 0x200: i32,
        /// 1 while it uses a mushroom, 0 while not.
        Headers is_using_mushroom("isUsingShroom") @ 0x204: i32,
        Unnamed field_208 @ 0x208: i32,
        Unnamed field_20c @ 0x20C: i32,
    }
    structs {
        /// The item slot.
        Tools slot("itemSlot") @ 0x30: [ItemSlot, ItemSlotMut],
        /// The items being held: behind the kart, or around it.
        Tools held("dragItem") @ 0x58: [HeldItems, HeldItemsMut],
    }
}

view! {
    /// An item slot.
    /// Source: HaroohiePals headers.
    pub struct ItemSlot, ItemSlotMut = "it_driver_itemslot_t" [0x28] {
        /// The item in it.
        Headers item("itemConfigId") @ 0x0: SlotItem,
        /// The items of the driver whose slot it is.
        Headers owner("driverItemStatus") @ 0x4: To<DriverItems<'static>>,
        /// How many of the item there are.
        Headers item_count @ 0x8: i32,
        Unnamed field_c @ 0xC: i32,
        /// Frames that the slot still waits for.
        Headers timeout @ 0x10: u16,
        Unnamed field_12 @ 0x12: u16,
        /// The items themselves.
        Headers items @ 0x14: [To<Item<'static>>; 3],
        Unnamed field_20 @ 0x20: i32,
        Unnamed field_24 @ 0x24: i32,
    }
}

view! {
    /// The items that a driver holds.
    /// Source: HaroohiePals headers; meanings also from SuuperW's headers and a published write-up
    /// of the race logic.
    pub struct HeldItems, HeldItemsMut = "it_driver_dragitem_t" [0x194] {
        /// What they are.
        Headers kind("itemType") @ 0x0: ItemKind,
        /// What gave them.
        Headers item("itemConfigId") @ 0x4: SlotItem,
        Unnamed field_8 @ 0x8: i32,
        /// The items of the driver who holds them.
        Tools owner("driverItemStatus") @ 0xC: To<DriverItems<'static>>,
        /// The driver who holds them.
        Tools driver @ 0x10: To<Driver<'static>>,
        /// The items, [`Self::item_count`] of them.
        Tools items @ 0x14: [To<Item<'static>>; 3],
        /// How many there are.
        Tools item_count @ 0x20: i32,
        Unnamed field_24 @ 0x24: i32,
        /// The driver's number in the race.
        Headers driver_id @ 0x28: u16,
        /// The kart's axes and its place.
        Published target_matrix("field2C") @ 0x2C: Matrix43,
        /// [`Driver::displacement`], units.
        Tools driver_displacement("field5C") @ 0x5C: VecFx32,
        /// [`Driver::speed`], units a frame.
        Published driver_speed("field68") @ 0x68: Fx32,
        /// What the tick moved the kart by in all, units.
        Tools driver_movement("field6C") @ 0x6C: VecFx32,
        Unnamed field_78 @ 0x78: i32,
        Unnamed field_7c @ 0x7C: i32,
        /// 1 if the kart moves forward, so that they fly faster, 0 if not.
        Tools is_thrown_fast("field80") @ 0x80: i32,
        /// How large they are.
        Published size("field84") @ 0x84: VecFx32,
        /// What pulls them back.
        Published back("field90") @ 0x90: VecFx32,
        /// Where they trail behind the kart, units.
        Published behind("field9C") @ 0x9C: VecFx32,
        /// What they are tied to, units.
        Published anchor("fieldA8") @ 0xA8: VecFx32,
        Unnamed field_b4 @ 0xB4: VecFx32,
        Unnamed field_cc @ 0xCC: [i32; 3],
        Unnamed field_d8 @ 0xD8: VecFx32,
        /// How they bob up and down.
        Published bob("fieldE4") @ 0xE4: i32,
        /// How they are lifted.
        Published lift("fieldE8") @ 0xE8: i32,
        Unnamed field_ec @ 0xEC: [i32; 16],
        Unnamed field_12c @ 0x12C: [i32; 16],
        Unnamed field_16c @ 0x16C: i32,
        Unnamed field_170 @ 0x170: i32,
        Unnamed field_174 @ 0x174: u16,
        Unnamed field_176 @ 0x176: u16,
        Unnamed field_178 @ 0x178: i32,
        Unnamed field_17c @ 0x17C: i32,
        Unnamed field_180 @ 0x180: VecFx32,
        Unnamed field_18c @ 0x18C: [u16; 3],
        Unnamed field_192 @ 0x192: u16,
    }
}

impl HeldItems<'_> {
    /// The items, in order; at most 3.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn items_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<Item<'a>>> {
        held(ram, self.items(), self.item_count())
    }
}

impl ItemSlot<'_> {
    /// The items, in order; at most 3.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn items_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<Item<'a>>> {
        held(ram, self.items(), self.item_count())
    }
}

fn held<'a>(
    ram: &Ram<'a, MainRam>,
    items: [To<Item<'static>>; 3],
    count: i32,
) -> Result<Vec<Item<'a>>> {
    let items = items.iter().take(count.try_into().unwrap_or_default());
    items
        .filter_map(|item| item.follow(ram).transpose())
        .collect()
}
