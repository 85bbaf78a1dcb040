//! Every structure and field against an independent reading of the same structures.
#![allow(clippy::print_stdout, reason = "tests say when they skip")]

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use mkds_memory::layout::{self, FieldInfo, Integer, Layout, Type};
use mkds_memory::structures;
use serde_json::Value;

/// Structures that the reading has and the views leave out, with the reason.
const STRUCTURES_LEFT_OUT: &[(&str, &str)] = &[
    (
        "MtxFx33_0",
        "the parts of a Matrix33, which has them as rows",
    ),
    (
        "MtxFx43_0",
        "the parts of a Matrix43, which has them as rows",
    ),
    ("fx16", "a value: Fx16"),
    ("fx32", "a value: Fx32"),
    ("ghost_header_ex_t", "a save file's; mkds-formats reads it"),
    ("ghost_header_t", "a save file's; mkds-formats reads it"),
    ("ghost_time_t", "a save file's; mkds-formats reads it"),
    ("mobj_render_part_t", "drawing"),
    ("nkdg_t", "a save file's; mkds-formats reads it"),
    ("nkm_header_t", "a course file's; mkds-formats reads it"),
    (
        "nkm_ipoi_entry_pointer_t",
        "a pointer of two types: Map::item_points, Map::beta_item_points",
    ),
    ("nkm_obji_t", "a course file's; mkds-formats reads it"),
    (
        "nkm_poit_entry_t_0",
        "four bytes of a route point in two forms: two i16",
    ),
    (
        "nkm_poit_entry_t_0_0",
        "four bytes of a route point in two forms: two i16",
    ),
    (
        "nkm_section_header_t",
        "a course file's; mkds-formats reads it",
    ),
    ("nkm_t", "a course file's; mkds-formats reads it"),
    ("nkpg_t", "a save file's; mkds-formats reads it"),
    (
        "nksy_t",
        "a save file's, and the reading suspects itself: gap8C at 0x50",
    ),
    ("save_data_t", "the save's buffers; no part of a race"),
];

/// Structures that the reading does not have.
const STRUCTURES_OF_OURS: &[(&str, &str)] = &[
    ("scene_t", "MKDS Info knows one field of it"),
    (
        "NNSFndLink",
        "the console's library, of which the reading has the names",
    ),
    (
        "NNSFndList",
        "the console's library, of which the reading has the names",
    ),
];

/// Structures with function pointers, which the reading takes for eight bytes wide: it was made on
/// a 64-bit machine. Its fields are moved to where they lie on the console.
const FUNCTION_POINTERS: &[&str] = &[
    "mobj_config_t",
    "mobj_def_t",
    "mobj_logic_part_t",
    "state_machine_state_t",
];

/// Structures of another size than the reading has, with the reason.
const SIZES: &[(&str, &str)] = &[(
    "input_unit_t",
    "the reading pads it to eight bytes, for the ticks in it; the ten controllers lie 92 bytes apart",
)];

/// Fields that the reading does not have, with the reason.
const FIELDS_OF_OURS: &[(&str, &str, &str)] = &[
    (
        "driver_t",
        "vertical_speed",
        "the part in use of a vector that the reading has too",
    ),
    ("MtxFx33", "rows", ROWS),
    ("MtxFx43", "rows", ROWS),
    ("MtxFx43", "translation", ROWS),
];

const ROWS: &str = "vectors, for the reading's three forms of the same numbers";

/// Fields that the reading has and the views leave out, with the reason.
const FIELDS_LEFT_OUT: &[(&str, &str, &str)] = &[
    ("MtxFx33", "_0", ROWS),
    ("MtxFx33", "m", ROWS),
    ("MtxFx33", "a", ROWS),
    ("MtxFx43", "_0", ROWS),
    ("MtxFx43", "m", ROWS),
    ("MtxFx43", "a", ROWS),
];

/// Fields of another type than the reading has, with the reason.
const RETYPED: &[(&str, &str, &str)] = &[
    ("driver_t", "fieldD4", FIXED),
    ("driver_t", "field2B8", FIXED),
    ("driver_t", "field2BC", FIXED),
    ("driver_t", "field394", FIXED),
    ("driver_t", "jumpPadSpeed", FIXED),
    ("driver_t", "leftRightDir", "-1, 0 or 1 in the real game"),
    ("driver_t", "floorDriverColType", SIGNED),
    ("driver_t", "yRotSpeedTarget", SIGNED),
    ("driver_t", "yRotSpeed", SIGNED),
    ("driver_t", "charKartMtx", "a pointer in SuuperW's headers"),
    ("driver_t", "field20C", FUNCTION),
    ("driver_t", "field230", FUNCTION),
    ("driver_field450_t", "computePitchOffsetFunc", FUNCTION),
    ("enemy_rubberbanding_t", "driverFieldCC", FIXED),
    ("enemy_rubberbanding_t", "maxDriverFieldCC", FIXED),
    ("enemy_field140_t", "driverFieldCC", FIXED),
    ("input_pad_t", "resetStartTime", WIDE),
    ("MATHRandContext32", "x", WIDE),
    ("MATHRandContext32", "mul", WIDE),
    ("MATHRandContext32", "add", WIDE),
    (
        "it_driver_dragitem_t",
        "itemType",
        "an item's kind, as it_item_inst_t has it",
    ),
    ("it_driver_dragitem_t", "field68", FIXED),
    ("it_item_inst_t", "fieldDC", FIXED),
    ("it_item_inst_t", "field120", FUNCTION),
    ("it_item_def_t", "colSphereRadius", FIXED),
    ("it_item_def_t", "sphereRadius1", FIXED),
    ("it_item_def_t", "sphereRadius2", FIXED),
    ("it_item_def_t", "field70", FIXED),
    ("it_item_def_t", "scale", FIXED),
    ("it_item_def_t", "field78", FIXED),
    (
        "charkart_t",
        "kartId",
        "a kart's number, as race_config_driver_t has it",
    ),
    (
        "anim_manager_t",
        "anmObjs",
        "drawing: what it points to is unknown here",
    ),
    (
        "mdat_mapdata_t",
        "ipoi",
        "the final form; Map::beta_item_points reads the other",
    ),
    (
        "nkm_poit_entry_t",
        "_0",
        "two halves, of which the reading has two forms",
    ),
];

const FIXED: &str =
    "a published write-up of the race logic, or SuuperW's headers, have it in 1/4096";
const SIGNED: &str = "it becomes negative";
const FUNCTION: &str = "a function in the headers";
const WIDE: &str = "64 bits in the console's library, of which the reading has the low half";

/// What a field is, as far as the reading knows.
#[derive(Clone, PartialEq)]
enum Class {
    Integer(Integer),
    /// `fx32`, `fx16`.
    Fixed(usize),
    Pointer(Option<Box<Class>>),
    Array(Box<Class>, usize),
    Struct(String),
}

impl Class {
    /// What the reading calls `name`.
    fn read(name: &str) -> Option<Self> {
        if let Some((element, count)) = name
            .strip_suffix(']')
            .and_then(|name| name.rsplit_once('['))
        {
            return Some(Self::Array(
                Self::read(element)?.into(),
                count.parse().ok()?,
            ));
        }
        if let Some(target) = name
            .strip_prefix("ptr<")
            .and_then(|name| name.strip_suffix('>'))
        {
            let target = match target.strip_prefix("LP_4_struct_") {
                Some(target) => Some(Self::Pointer(Self::pointed_at(target))),
                None => return Some(Self::Pointer(Self::pointed_at(target))),
            };
            return Some(Self::Pointer(target.map(Box::new)));
        }
        let integer = |size, signed| Some(Self::Integer(Integer { size, signed }));
        match name {
            "u8" => integer(1, false),
            "s8" => integer(1, true),
            "u16" => integer(2, false),
            "s16" => integer(2, true),
            "u32" => integer(4, false),
            "s32" => integer(4, true),
            "fx16" => Some(Self::Fixed(2)),
            "fx32" => Some(Self::Fixed(4)),
            "CFunctionType" => Some(Self::Pointer(None)),
            name => Some(Self::Struct(name.to_owned())),
        }
    }

    /// What a pointer to `name` points to, if it is of the reading's.
    fn pointed_at(name: &str) -> Option<Box<Self>> {
        let class = Self::read(name)?;
        let known = match &class {
            Self::Struct(name) => structures::find(name).is_some(),
            _ => true,
        };
        known.then(|| class.into())
    }

    fn of(ty: &Type) -> Self {
        match ty {
            Type::Integer(integer)
            | Type::Angle(integer)
            | Type::Flags(integer, _)
            | Type::Enumeration(integer, _)
            | Type::Bits(integer, _) => Self::Integer(*integer),
            Type::Fixed(integer) => Self::Fixed(integer.size),
            Type::Pointer(target) => {
                Self::Pointer(target.map(|target| Self::of(&target.ty).into()))
            }
            Type::Array(element, count) => Self::Array(Self::of(element).into(), *count),
            Type::Struct(layout) => Self::Struct(layout().published.to_owned()),
            ty => panic!("{ty} is not compared"),
        }
    }

    /// Its size in bytes, if the reading has it.
    fn size(&self, structs: &Value) -> Option<usize> {
        Some(match self {
            Self::Integer(integer) => integer.size,
            Self::Fixed(size) => *size,
            Self::Pointer(_) => 4,
            Self::Array(element, count) => element.size(structs)? * count,
            Self::Struct(name) => structs[name]["size"].as_u64()? as usize,
        })
    }

    /// What it is aligned to, of those that lie beside function pointers.
    fn align(&self) -> usize {
        match self {
            Self::Integer(integer) => integer.size,
            Self::Fixed(size) => *size,
            Self::Pointer(_) | Self::Struct(_) => 4,
            Self::Array(element, _) => element.align(),
        }
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Fixed(size) => write!(f, "fx{}", 8 * size),
            Self::Pointer(None) => f.write_str("ptr"),
            Self::Pointer(Some(target)) => write!(f, "ptr<{target:?}>"),
            Self::Array(element, count) => write!(f, "{element:?}[{count}]"),
            Self::Struct(name) => f.write_str(name),
        }
    }
}

/// A field as the reading has it.
struct Theirs<'a> {
    name: &'a str,
    offset: usize,
    class: Class,
    /// First and width, of those that are bits.
    bits: Option<(u32, u32)>,
}

/// The fields of a structure; `None` if they are not what the reading should be.
fn fields_of<'a>(structure: &'a Value) -> Option<Vec<Theirs<'a>>> {
    let mut fields = Vec::new();
    for field in structure["fields"].as_array()? {
        let bit = |index: usize| Some(field["bits"][index].as_u64()? as u32);
        fields.push(Theirs {
            name: field["name"].as_str()?,
            offset: field["offset"].as_u64()? as usize,
            class: Class::read(field["type"].as_str()?)?,
            bits: bit(0).zip(bit(1)),
        });
    }
    Some(fields)
}

/// Compares both, and tells what differs beyond what is listed, and what is listed and does not.
#[derive(Default)]
struct Comparison {
    differences: Vec<String>,
    met: BTreeSet<(String, String)>,
}

impl Comparison {
    /// Whether the difference is listed.
    fn listed(&mut self, list: &[(&str, &str, &str)], name: &str, field: &str) -> bool {
        let listed = list.iter().any(|(s, f, _)| (*s, *f) == (name, field));
        if listed {
            self.met.insert((name.to_owned(), field.to_owned()));
        }
        listed
    }

    fn listed_whole(&mut self, list: &[(&str, &str)], name: &str) -> bool {
        let listed = list.iter().any(|(s, _)| *s == name);
        if listed {
            self.met.insert((name.to_owned(), String::new()));
        }
        listed
    }

    fn differ(&mut self, difference: String) {
        self.differences.push(difference);
    }

    fn compare(&mut self, structs: &Value, layout: &Layout) {
        let name = layout.published;
        let structure = &structs[name];
        let Some(mut theirs) = fields_of(structure) else {
            return self.differ(format!("{name}: not a structure of the reading"));
        };
        let mut size = structure["size"].as_u64().unwrap_or_default() as usize;
        if FUNCTION_POINTERS.contains(&name) {
            size = 0;
            for field in &mut theirs {
                field.offset = size.next_multiple_of(field.class.align());
                size = field.offset + field.class.size(structs).unwrap_or_default();
            }
            size = size.next_multiple_of(4);
        }
        if layout.size != size && !self.listed_whole(SIZES, name) {
            self.differ(format!(
                "{name}: {} bytes, the reading has {size}",
                layout.size
            ));
        }
        for field in layout.fields {
            self.compare_field(name, field, &mut theirs);
        }
        for left in theirs {
            let filler = ["gap", "padding", "PADDING"];
            let filler = filler.iter().any(|filler| left.name.starts_with(filler));
            if !filler && !self.listed(FIELDS_LEFT_OUT, name, left.name) {
                self.differ(format!("{name}.{}: in the reading only", left.name));
            }
        }
    }

    fn compare_field(&mut self, name: &str, field: &FieldInfo, theirs: &mut Vec<Theirs<'_>>) {
        let published = field
            .published
            .map_or_else(|| camel_case(field.name), str::to_owned);
        let ours = Class::of(&field.ty);
        let whole = theirs
            .iter()
            .any(|field| field.name == published && field.bits.is_none());
        if let (Type::Bits(integer, bits), false) = (field.ty, whole) {
            for bit in bits {
                let called = bit
                    .published
                    .map_or_else(|| camel_case(bit.name), str::to_owned);
                let own = (
                    field.offset,
                    Some((bit.first, bit.width)),
                    Class::Integer(integer),
                );
                let known = theirs.iter().position(|field| field.name == called);
                let known = known.map(|index| theirs.remove(index));
                let known = known.map(|known| (known.offset, known.bits, known.class));
                if known.as_ref() != Some(&own) {
                    self.differ(format!(
                        "{name}.{called}: {own:?}, the reading has {known:?}"
                    ));
                }
            }
            return;
        }
        let Some(index) = theirs.iter().position(|field| field.name == published) else {
            if !self.listed(FIELDS_OF_OURS, name, field.name) {
                self.differ(format!("{name}.{published}: not in the reading"));
            }
            return;
        };
        let known = theirs.remove(index);
        if known.offset != field.offset {
            self.differ(format!(
                "{name}.{published}: at {:#X}, the reading has {:#X}",
                field.offset, known.offset
            ));
        }
        if known.class != ours && !self.listed(RETYPED, name, &published) {
            self.differ(format!(
                "{name}.{published}: {ours:?}, the reading has {:?}",
                known.class
            ));
        }
    }
}

#[test]
fn structures_are_as_the_layout_has_them() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mkds/layout.json");
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return Ok(());
    }
    let reading: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let structs = &reading["structs"];
    let mut comparison = Comparison::default();
    for layout in structures::ALL {
        let layout = layout();
        if !comparison.listed_whole(STRUCTURES_OF_OURS, layout.published) {
            comparison.compare(structs, layout);
        }
    }
    for name in structs.as_object().ok_or("no structures")?.keys() {
        let left_out = structures::find(name).is_none();
        if left_out && !comparison.listed_whole(STRUCTURES_LEFT_OUT, name) {
            comparison.differ(format!("{name}: in the reading only"));
        }
    }
    let whole = [STRUCTURES_LEFT_OUT, STRUCTURES_OF_OURS, SIZES].concat();
    let fields = [FIELDS_OF_OURS, FIELDS_LEFT_OUT, RETYPED].concat();
    let listed = whole
        .iter()
        .map(|(name, _)| (*name, ""))
        .chain(fields.iter().map(|(name, field, _)| (*name, *field)));
    for (name, field) in listed {
        if !comparison
            .met
            .contains(&(name.to_owned(), field.to_owned()))
        {
            comparison.differ(format!("{name}.{field}: listed, and does not differ"));
        }
    }
    assert!(
        comparison.differences.is_empty(),
        "{}",
        comparison.differences.join("\n")
    );
    Ok(())
}

#[test]
fn every_view_is_listed_once_and_says_what_it_is() -> std::io::Result<()> {
    let mut declared = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let source = std::fs::read_to_string(&path)?;
                for view in source.split("\nview! {").skip(1) {
                    let published = view
                        .split_once("Mut = \"")
                        .and_then(|(_, rest)| rest.split_once('"'));
                    let (published, _) = published.unwrap_or_else(|| panic!("{path:?}: {view}"));
                    assert!(declared.insert(published.to_owned()), "{published} twice");
                }
            }
        }
    }
    let mut listed = BTreeSet::new();
    let mut names = BTreeSet::new();
    for layout in structures::ALL {
        let layout = layout();
        assert!(listed.insert(layout.published.to_owned()), "{layout:?}");
        assert!(names.insert(layout.name), "{layout:?}");
        assert!(!layout.doc.trim().is_empty(), "{}", layout.name);
        let mut fields = BTreeSet::new();
        for field in layout.fields {
            assert!(fields.insert(field.name), "{}.{}", layout.name, field.name);
            let unnamed = field.source == layout::Source::Unnamed;
            assert!(
                unnamed || !field.doc.trim().is_empty(),
                "{}.{}",
                layout.name,
                field.name
            );
            let count = field
                .count
                .map(|count| layout.field(count).map(|field| field.ty));
            assert!(
                matches!(count, None | Some(Some(Type::Integer(_)))),
                "{}.{}",
                layout.name,
                field.name
            );
        }
    }
    let missing: Vec<_> = declared.difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:?}");
    Ok(())
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let hexadecimal = camel == "field" || camel == "unknown";
        if hexadecimal {
            camel += &part.to_uppercase();
        } else {
            let (first, rest) = part.split_at(1);
            camel += &first.to_uppercase();
            camel += rest;
        }
    }
    camel
}
