//! Items: what they are, where they fly, and who holds which.

pub(crate) mod held;
pub(crate) mod item;

pub use held::{DriverItems, DriverItemsMut, HeldItems, HeldItemsMut, ItemSlot, ItemSlotMut};
pub use item::{
    Item, ItemConfig, ItemConfigMut, ItemDefinition, ItemDefinitionMut, ItemKind, ItemMut, SlotItem,
};
