//! What is drawn of a driver: character and kart, and the light on them.

use nds_formats::fx::{Fx16, Fx32};
use ram_views::pointer::{Pointer, To};

use crate::main_ram::view;
use crate::race::choices::{Character, Kart};

view! {
    /// What is drawn of a driver.
    /// Source: HaroohiePals headers.
    pub struct KartModel, KartModelMut = "charkart_t" [0xB4] {
        /// The character.
        Headers character("characterId") @ 0x0: Character,
        /// The kart.
        Headers kart("kartId") @ 0x4: Kart,
        /// How the character moves.
        Headers character_animation("characterNsbcaAnim") @ 0x8: To<AnimationManager<'static>>,
        /// How the character's face changes.
        Headers character_texture_animation("characterNsbtpAnim") @ 0xC: To<AnimationManager<'static>>,
        /// The character's model.
        Headers character_model @ 0x10: Pointer,
        /// The kart's model.
        Headers kart_model @ 0x14: Pointer,
        /// The tyres' model.
        Headers tyre_model("kartTireModel") @ 0x18: Pointer,
        /// The shadow's model.
        Headers shadow_model("kartShadowModel") @ 0x1C: Pointer,
        /// Where character and tyres sit on the kart.
        Headers kart_offsets("kartOffsetData") @ 0x20: Pointer,
        Unnamed field_54 @ 0x54: u32,
        /// 1 while the kart is not drawn, 0 while it is.
        Headers is_kart_invisible @ 0x58: i32,
        /// 1 while the character is not drawn, 0 while it is.
        Headers is_character_invisible @ 0x5C: i32,
        /// 1 if the tyres are drawn by themselves, 0 if not.
        Headers has_separate_tyres("useSeparateTires") @ 0x60: i32,
        /// 1 while it is coloured by a star, 0 while not.
        Headers is_star_coloured("inStarToonMode") @ 0x64: i32,
        /// Which of the character's karts it is.
        Headers kart_abc("kartABC") @ 0x68: u16,
        /// 1 while the face does not change, 0 while it may.
        Headers is_texture_animation_disabled("nsbtpAnimDisabled") @ 0xAC: i32,
        Unnamed field_b0 @ 0xB0: u32,
    }
    structs {
        Unnamed field_24 @ 0x24: [KartModelState, KartModelStateMut],
        /// The light that it is drawn in.
        Headers light @ 0x40: [Light, LightMut],
        /// Its colours.
        Headers colours("colors") @ 0x6A: [KartColours, KartColoursMut],
        Unnamed field_98 @ 0x98: [Animator, AnimatorMut],
    }
}

view! {
    /// A part of what is drawn of a driver; what for is unknown.
    /// Source: HaroohiePals headers.
    pub struct KartModelState, KartModelStateMut = "charkart_field24_t" [0x1C] {
        Unnamed field_0 @ 0x0: i32,
        Unnamed field_4 @ 0x4: i32,
        Unnamed field_8 @ 0x8: i32,
        Unnamed field_c @ 0xC: i32,
        Unnamed field_10 @ 0x10: u16,
        Unnamed field_14 @ 0x14: i32,
        Unnamed field_18 @ 0x18: u16,
        Unnamed field_1a @ 0x1A: u16,
    }
}

view! {
    /// Colours on their way to others. Colours have 5 bits a part, red lowest.
    /// Source: HaroohiePals headers.
    pub struct KartColours, KartColoursMut = "charkart_colors_t" [0x2C] {
        /// The diffuse colour, 15 bits.
        Headers diffuse @ 0x0: u16,
        /// The emission, 15 bits.
        Headers emission @ 0x2: u16,
        /// The ambient colour, 15 bits.
        Headers ambient @ 0x4: u16,
        /// The diffuse colour's red.
        Headers diffuse_red("diffR") @ 0x6: u16,
        /// Its green.
        Headers diffuse_green("diffG") @ 0x8: u16,
        /// Its blue.
        Headers diffuse_blue("diffB") @ 0xA: u16,
        /// What is added to its red in all.
        Headers diffuse_red_step("diffRDelta") @ 0xC: i16,
        /// What is added to its green in all.
        Headers diffuse_green_step("diffGDelta") @ 0xE: i16,
        /// What is added to its blue in all.
        Headers diffuse_blue_step("diffBDelta") @ 0x10: i16,
        /// The emission's red.
        Headers emission_red("emiR") @ 0x12: u16,
        /// Its green.
        Headers emission_green("emiG") @ 0x14: u16,
        /// Its blue.
        Headers emission_blue("emiB") @ 0x16: u16,
        /// What is added to its red in all.
        Headers emission_red_step("emiRDelta") @ 0x18: i16,
        /// What is added to its green in all.
        Headers emission_green_step("emiGDelta") @ 0x1A: i16,
        /// What is added to its blue in all.
        Headers emission_blue_step("emiBDelta") @ 0x1C: i16,
        /// The ambient colour's red.
        Headers ambient_red("ambiR") @ 0x1E: u16,
        /// Its green.
        Headers ambient_green("ambiG") @ 0x20: u16,
        /// Its blue.
        Headers ambient_blue("amibB") @ 0x22: u16,
        /// What is added to its red in all.
        Headers ambient_red_step("amibRDelta") @ 0x24: i16,
        /// What is added to its green in all.
        Headers ambient_green_step("ambiGDelta") @ 0x26: i16,
        /// What is added to its blue in all.
        Headers ambient_blue_step("ambiBDelta") @ 0x28: i16,
        /// How much of that is done, 0 to 1.
        Headers progress @ 0x2A: Fx16,
    }
}

view! {
    /// A light on its way to another colour.
    /// Source: HaroohiePals headers.
    pub struct Light, LightMut = "light_t" [0x12] {
        /// Its colour, 15 bits, red lowest.
        Headers colour("color") @ 0x0: u16,
        /// The red it began with.
        Headers red("r") @ 0x2: i16,
        /// The green it began with.
        Headers green("g") @ 0x4: i16,
        /// The blue it began with.
        Headers blue("b") @ 0x6: i16,
        /// What is added to the red in all.
        Headers red_step("rDelta") @ 0x8: i16,
        /// What is added to the green in all.
        Headers green_step("gDelta") @ 0xA: i16,
        /// What is added to the blue in all.
        Headers blue_step("bDelta") @ 0xC: i16,
        /// The lights of the hardware that it sets, a bit each.
        Headers light_mask @ 0xE: u16,
        /// How much of that is done, 0 to 1.
        Headers progress @ 0x10: Fx16,
    }
}

view! {
    /// An animation's clock.
    /// Source: HaroohiePals headers.
    pub struct Animator, AnimatorMut = "anim_animator_t" [0x14] {
        /// What happens at its end.
        Headers loop_mode @ 0x0: u16,
        /// 1 once it is over, 0 before.
        Headers has_ended @ 0x2: u16,
        /// How long it is, frames.
        Headers length("animLength") @ 0x4: Fx32,
        /// How fast it runs, frames a frame.
        Headers speed @ 0x8: Fx32,
        /// Where it is, frames.
        Headers progress @ 0xC: Fx32,
        /// How often it was repeated.
        Headers loop_iteration @ 0x10: u16,
        /// How often it is to be repeated.
        Headers loop_count @ 0x12: u16,
    }
}

view! {
    /// A model's animations.
    /// Source: HaroohiePals headers.
    pub struct AnimationManager, AnimationManagerMut = "anim_manager_t" [0x38] {
        /// The model.
        Headers model @ 0x14: Pointer,
        /// How many animations there are.
        Headers animation_count("animCount") @ 0x18: u16,
        /// The current one.
        Headers current_animation("curAnimIdx") @ 0x1A: u16,
        /// The animations.
        Headers animations("anmObjs") @ 0x1C: Pointer,
        /// How each is repeated.
        Headers loop_flags @ 0x20 counted_by animation_count: To<i32>,
        Unnamed field_24 @ 0x24: u32,
        /// What they animate.
        Headers kind("animKind") @ 0x28: u32,
        /// 1 while one is blended into the next, 0 while not.
        Headers is_blending @ 0x2C: i32,
        /// How fast.
        Headers blend_speed @ 0x30: Fx32,
        /// The animation that is being left.
        Headers blended_animation("blendAnmObj") @ 0x34: Pointer,
    }
    structs {
        /// The clock of the current one.
        Headers animator @ 0x0: [Animator, AnimatorMut],
    }
}
