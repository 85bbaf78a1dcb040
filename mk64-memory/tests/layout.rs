//! The views against a second reading of the published layout, field by field, and the symbols against the bundled
//! game's linker script.

use std::collections::{BTreeMap, BTreeSet};

use mk64_memory::layout::{Layout, Type};
use mk64_memory::{structures, symbols};
use serde::Deserialize;

/// A field of a structure: offset, type, how many.
type Field = (usize, Kind, usize);

/// A structure's size, and its fields by offset: type, how many.
type Structure = (usize, BTreeMap<usize, (Kind, usize)>);

/// A type, as the second reading has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    F32,
    Pointer,
    /// A structure of so many bytes.
    Bytes(usize),
}

use Kind::{Bytes, F32, Pointer, S8, S16, S32, U8, U16, U32};

/// Written from the published layout's tables, apart from the views. Flags are unsigned in the views whatever the
/// headers say.
const LAYOUT: &[(&str, usize, &[Field])] = &[
    (
        "Player",
        0xDD8,
        &[
            (0x0, U16, 1),
            (0x4, S16, 1),
            (0x8, S16, 1),
            (0xC, S32, 1),
            (0x10, S16, 1),
            (0x14, F32, 3),
            (0x20, F32, 3),
            (0x2C, S16, 3),
            (0x34, F32, 3),
            (0x44, U16, 1),
            (0x70, F32, 1),
            (0x74, F32, 1),
            (0x78, S16, 1),
            (0x7C, S32, 1),
            (0x80, F32, 1),
            (0x8C, F32, 1),
            (0x94, F32, 1),
            (0x9C, F32, 1),
            (0xBC, U32, 1),
            (0xC0, S16, 1),
            (0xC2, S16, 1),
            (0xC4, S16, 1),
            (0xC6, S16, 1),
            (0xCA, U16, 1),
            (0xDC, S16, 1),
            (0xDE, U16, 1),
            (0xE4, F32, 1),
            (0xE8, F32, 1),
            (0xEC, F32, 1),
            (0xF0, F32, 1),
            (0xF4, F32, 1),
            (0xF8, U16, 1),
            (0xFC, F32, 1),
            (0x100, F32, 1),
            (0x104, F32, 1),
            (0x110, Bytes(0x40), 1),
            (0x150, F32, 9),
            (0x174, F32, 9),
            (0x198, Bytes(0x18), 4),
            (0x204, S16, 1),
            (0x214, F32, 1),
            (0x220, S16, 1),
            (0x224, F32, 1),
            (0x228, S16, 1),
            (0x22A, S16, 1),
            (0x22C, F32, 1),
            (0x23A, S16, 1),
            (0x240, S32, 1),
            (0x244, U16, 4),
            (0x24C, U16, 4),
            (0x254, U16, 1),
            (0x256, U16, 1),
            (0x258, Bytes(0x48), 40),
            (0xDAC, F32, 1),
        ],
    ),
    (
        "Collision",
        0x40,
        &[
            (0x6, U16, 1),
            (0x8, U16, 1),
            (0xA, U16, 1),
            (0xC, F32, 3),
            (0x30, F32, 3),
        ],
    ),
    (
        "KartTyre",
        0x18,
        &[
            (0x0, F32, 3),
            (0xC, U8, 1),
            (0xD, U8, 1),
            (0xE, U16, 1),
            (0x10, F32, 1),
            (0x14, S32, 1),
        ],
    ),
    ("Particle", 0x48, &[]),
    (
        "Controller",
        0x10,
        &[
            (0x0, S16, 1),
            (0x2, S16, 1),
            (0x4, U16, 1),
            (0x6, U16, 1),
            (0x8, U16, 1),
            (0xA, U16, 1),
            (0xC, U16, 1),
            (0xE, U16, 1),
        ],
    ),
    (
        "Camera",
        0xB8,
        &[
            (0x0, F32, 3),
            (0xC, F32, 3),
            (0x18, F32, 3),
            (0x24, S16, 3),
            (0x54, Bytes(0x40), 1),
            (0xAE, S16, 1),
        ],
    ),
    (
        "hud_player",
        0x84,
        &[
            (0x8, U32, 1),
            (0x10, U32, 1),
            (0x14, U32, 3),
            (0x20, U32, 3),
            (0x70, S8, 1),
            (0x71, S8, 1),
        ],
    ),
    (
        "CollisionTriangle",
        0x2C,
        &[
            (0x0, U16, 1),
            (0x2, U16, 1),
            (0x4, S16, 3),
            (0xA, S16, 3),
            (0x10, Pointer, 3),
            (0x1C, F32, 3),
            (0x28, F32, 1),
        ],
    ),
    (
        "Vtx",
        0x10,
        &[(0x0, S16, 3), (0x6, U16, 1), (0x8, S16, 2), (0xC, U8, 4)],
    ),
    ("CollisionGrid", 0x4, &[(0x0, U16, 1), (0x2, U16, 1)]),
    (
        "CourseBounds",
        0xC,
        &[
            (0x0, S16, 1),
            (0x2, S16, 1),
            (0x4, S16, 1),
            (0x6, S16, 1),
            (0x8, S16, 1),
            (0xA, S16, 1),
        ],
    ),
    ("TrackPathPoint", 0x8, &[(0x0, S16, 3), (0x6, U16, 1)]),
    (
        "Actor",
        0x70,
        &[
            (0x0, S16, 1),
            (0x2, S16, 1),
            (0x6, S16, 1),
            (0xC, F32, 1),
            (0x10, S16, 3),
            (0x18, F32, 3),
            (0x24, F32, 3),
            (0x30, Bytes(0x40), 1),
        ],
    ),
    (
        "CourseTimeTrialRecords",
        0x18,
        &[(0x0, U8, 15), (0xF, U8, 3), (0x17, U8, 1)],
    ),
    ("Stuff", 0x8, &[(0x0, U8, 4), (0x4, U8, 1), (0x6, U8, 2)]),
    (
        "SaveData",
        0x200,
        &[
            (0x0, Bytes(0x18), 16),
            (0x180, Bytes(0x8), 1),
            (0x188, U8, 112),
            (0x1F8, Bytes(0x8), 1),
        ],
    ),
];

/// A second reading of the addresses: name, address, type, how many.
const GLOBALS: &[(&str, u32, Kind, usize)] = &[
    ("controller_pointer", 0x800D_C4BC, Pointer, 8),
    ("player_pointer", 0x800D_C4DC, Pointer, 8),
    ("game_state", 0x800D_C50C, S32, 1),
    ("race_state", 0x800D_C510, S32, 1),
    ("demo_mode", 0x800D_C51C, U16, 1),
    ("debug_mode", 0x800D_C520, U16, 1),
    ("next_game_state", 0x800D_C524, S32, 1),
    ("screen_mode", 0x800D_C52C, S32, 1),
    ("player_count", 0x800D_C538, S32, 1),
    ("mode", 0x800D_C53C, S32, 1),
    ("engine_class", 0x800D_C548, S32, 1),
    ("frame_counter", 0x800D_C54C, S32, 1),
    ("vertical_timer", 0x800D_C594, F32, 1),
    ("course_timer", 0x800D_C598, F32, 1),
    ("course_id", 0x800D_C5A0, S16, 1),
    ("loaded_course_id", 0x800D_C5A4, S16, 1),
    ("paused", 0x800D_C5FC, U16, 1),
    ("mirrored", 0x800D_C604, U16, 1),
    ("menu", 0x800E_86A0, S32, 1),
    ("menu_fade", 0x800E_86A4, S32, 1),
    ("characters_chosen", 0x800E_86A8, S8, 4),
    ("controller", 0x800F_6910, Bytes(0x10), 8),
    ("player", 0x800F_6990, Bytes(0xDD8), 8),
    ("collision_grid", 0x8014_F110, Bytes(4), 1024),
    ("course_timer_runs", 0x8015_011E, U16, 1),
    ("camera_fov", 0x8015_0130, F32, 4),
    ("collision_triangle", 0x8015_F580, Pointer, 1),
    ("collision_indices", 0x8015_F584, Pointer, 1),
    ("collision_triangle_count", 0x8015_F588, U16, 1),
    ("collision_index_count", 0x8015_F58A, U16, 1),
    ("course_bounds", 0x8015_F6E8, Bytes(12), 1),
    ("course_direction", 0x8015_F784, F32, 1),
    ("line_time", 0x8015_F898, F32, 8),
    ("player_by_rank", 0x8015_F8F0, S16, 8),
    ("actor", 0x8015_F9B8, Bytes(0x70), 100),
    ("player_ghost_index", 0x8016_2DB8, S16, 1),
    ("player_ghost", 0x8016_2DBC, Pointer, 1),
    ("player_ghost_character", 0x8016_2DE0, U16, 1),
    ("player_ghost_time", 0x8016_2DFC, S32, 1),
    ("completion_by_rank", 0x8016_2FD8, F32, 8),
    ("lateral_factor", 0x8016_3068, F32, 1),
    ("wrong_way_counter", 0x8016_3258, U16, 12),
    ("wrong_way", 0x8016_3270, U16, 12),
    ("section", 0x8016_3318, U16, 12),
    ("path_start_z", 0x8016_344C, F32, 1),
    ("lap", 0x8016_4390, S32, 10),
    ("rank", 0x8016_43B8, S32, 10),
    ("previous_rank", 0x8016_43E0, S32, 10),
    ("nearest_point", 0x8016_4438, U16, 12),
    ("points_traversed", 0x8016_4450, S32, 10),
    ("current_path", 0x8016_4490, Pointer, 1),
    ("lap_completion", 0x8016_44A8, F32, 10),
    ("course_completion", 0x8016_44D0, F32, 10),
    ("path_centre", 0x8016_4550, Pointer, 4),
    ("path_left", 0x8016_4560, Pointer, 4),
    ("path_right", 0x8016_4570, Pointer, 4),
    ("path_section_types", 0x8016_4580, Pointer, 4),
    ("path_expected_rotation", 0x8016_4590, Pointer, 4),
    ("path_by_player", 0x8016_45B0, U16, 12),
    ("path_point_count", 0x8016_45C8, U16, 4),
    ("camera", 0x8016_46F0, Bytes(0xB8), 4),
    ("hud", 0x8018_CA70, Bytes(0x84), 4),
    ("race_ticks", 0x8018_D3FC, S32, 1),
    ("grand_prix_points", 0x8018_D9C8, U8, 8),
    ("save_data", 0x8018_EB90, Bytes(0x200), 1),
    ("character_cell", 0x8018_EDE4, S8, 4),
    ("character_is_chosen", 0x8018_EDE8, S8, 4),
    ("course_menu", 0x8018_EDEC, S8, 1),
    ("main_menu", 0x8018_EDED, S8, 1),
    ("character_menu", 0x8018_EDEE, S8, 1),
    ("debug_menu", 0x8018_EDEF, S8, 1),
    ("menu_timer", 0x8018_EE00, S32, 1),
    ("menu_delay_timer", 0x8018_EE04, S32, 1),
    ("cup", 0x8018_EE09, S8, 1),
    ("course_in_cup", 0x8018_EE0B, S8, 1),
];

/// A type of the views as the second reading has it, and how many of it there are.
fn kind(ty: &Type) -> (Kind, usize) {
    match ty {
        Type::Array(element, count) => {
            let (kind, inner) = kind(element);
            (kind, inner * count)
        }
        Type::Integer(integer)
        | Type::Fixed(integer)
        | Type::Angle(integer)
        | Type::Flags(integer, _)
        | Type::Enumeration(integer, _)
        | Type::Bits(integer, _) => match (integer.size, integer.signed) {
            (1, true) => (S8, 1),
            (1, false) => (U8, 1),
            (2, true) => (S16, 1),
            (2, false) => (U16, 1),
            (_, true) => (S32, 1),
            (_, false) => (U32, 1),
        },
        Type::Float => (F32, 1),
        Type::Pointer(_) => (Pointer, 1),
        Type::Struct(layout) => (Bytes(layout().size), 1),
        other => panic!("{other} is no type of this game"),
    }
}

#[test]
fn views_have_the_fields_of_the_layout_and_no_others() {
    let read: BTreeMap<&str, Structure> = LAYOUT
        .iter()
        .map(|(name, size, fields)| {
            let fields = fields
                .iter()
                .map(|(offset, kind, count)| (*offset, (*kind, *count)));
            (*name, (*size, fields.collect()))
        })
        .collect();
    let declared = structures::ALL.iter().map(|layout| {
        let Layout {
            published,
            size,
            fields,
            ..
        } = *layout();
        let fields = fields.iter().map(|field| (field.offset, kind(&field.ty)));
        (published, (size, fields.collect()))
    });
    assert_eq!(declared.collect::<BTreeMap<_, _>>(), read);
}

#[test]
fn symbols_have_the_addresses_of_the_layout_and_no_others() {
    let declared: Vec<_> = symbols::ALL
        .iter()
        .map(|symbol| {
            let (kind, inner) = match symbol.holds {
                symbols::Holds::Pointer => (Pointer, 1),
                symbols::Holds::Value => kind(&symbol.target.ty),
            };
            let count = match (symbol.holds, symbol.count) {
                (symbols::Holds::Value, symbols::Count::Fixed(count)) => count * inner,
                _ => 1,
            };
            (symbol.name, symbol.address, kind, count)
        })
        .collect();
    assert_eq!(declared, GLOBALS);
}

#[derive(Deserialize)]
struct File {
    symbol: Vec<Published>,
}

#[derive(Deserialize)]
struct Published {
    published: String,
    address: u32,
}

/// The bundled game's linker puts its globals where the symbols say.
#[test]
fn the_bundled_game_keeps_everything_where_the_symbols_say() {
    let linked: BTreeSet<(&str, u32)> = include_str!("../../homebrew/n64/logic/layout.ld")
        .lines()
        .filter_map(|line| line.strip_suffix(';')?.split_once(" = 0x"))
        .map(|(name, address)| {
            let address = u32::from_str_radix(address, 16).expect("an address");
            (name, address)
        })
        .collect();
    let file: File = toml::from_str(include_str!("../symbols.toml")).expect("symbols");
    let symbols = file.symbol.iter();
    let symbols: BTreeSet<_> = symbols
        .map(|symbol| (symbol.published.as_str(), symbol.address))
        .collect();
    assert_eq!(symbols, linked);
}
