//! Where sounds come from: part of drivers, items and map objects.

use nds_formats::fx::VecFx32;
use ram_views::pointer::{Pointer, To};

use crate::main_ram::view;

view! {
    /// What a driver, an item or a map object is heard by.
    /// Source: HaroohiePals headers.
    pub struct SoundEmitter, SoundEmitterMut = "sfx_emitter_t" [0x44] {
        /// Unknown; it depends on the CPU mode as [`Self::sounds`] does.
        Unnamed field_18 @ 0x18: u32,
        /// Where it is, units: in the object itself.
        Headers position @ 0x28: To<VecFx32>,
        /// The function that starts a sound.
        Headers start("startFunc") @ 0x2C: Pointer,
        /// The function that goes on with it.
        Headers update("updateFunc") @ 0x30: Pointer,
        Unnamed field_34 @ 0x34: u16,
        Unnamed field_36 @ 0x36: u16,
        Unnamed field_38 @ 0x38: u32,
        /// Which parameters its sounds have.
        Headers parameters("sfxParamIdx") @ 0x3C: u8,
        Unnamed field_3d @ 0x3D: [u8; 3],
        /// How far it is from who hears it, squared.
        Headers square_distance @ 0x40: u32,
    }
    structs {
        /// Its place among the emitters.
        Headers list_link @ 0x0: [ListLink, ListLinkMut],
        /// Its sounds. The ARM7 ends them, at a moment that depends on the CPU mode: in some frames the interpreter and
        /// the JIT show another count here.
        Headers sounds("soundList") @ 0xC: [List, ListMut],
        /// Unknown; it depends on the CPU mode as [`Self::sounds`] does.
        Unnamed field_1c @ 0x1C: [ListLink, ListLinkMut],
    }
}

view! {
    /// What a driver's emitter has besides.
    /// Source: HaroohiePals headers.
    pub struct SoundEmitterParameters, SoundEmitterParametersMut = "sfx_emitter_ex_params_t" [0x1C] {
        Unnamed field_0 @ 0x0: i32,
        Unnamed field_4 @ 0x4: i32,
        /// What is added to the pitch.
        Headers pitch_offset @ 0x8: u32,
        Unnamed field_c @ 0xC: u32,
        Unnamed unk10 @ 0x10: [u8; 12],
    }
}

view! {
    /// Something's place in a list, and which list that is.
    /// Source: HaroohiePals headers.
    pub struct ListLink, ListLinkMut = "list_link_t" [0xC] {
        /// The list; null while it is in none.
        Headers list @ 0x8: To<List<'static>>,
    }
    structs {
        /// Its neighbours.
        Headers link @ 0x0: [Neighbours, NeighboursMut],
    }
}

view! {
    /// Something's neighbours in a list.
    /// Source: the console's library, as the HaroohiePals headers use it.
    pub struct Neighbours, NeighboursMut = "NNSFndLink" [0x8] {
        /// What comes before it; null if nothing does.
        Headers previous("prevObject") @ 0x0: Pointer,
        /// What comes after it; null if nothing does.
        Headers next("nextObject") @ 0x4: Pointer,
    }
}

view! {
    /// A list of things that hold their links themselves.
    /// Source: the console's library, as the HaroohiePals headers use it.
    pub struct List, ListMut = "NNSFndList" [0xC] {
        /// The first; null if it is empty.
        Headers first("headObject") @ 0x0: Pointer,
        /// The last; null if it is empty.
        Headers last("tailObject") @ 0x4: Pointer,
        /// How many there are.
        Headers count("numObjects") @ 0x8: u16,
        /// Where in each its link lies, bytes.
        Headers link_offset("offset") @ 0xA: u16,
    }
}
