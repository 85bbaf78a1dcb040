//! Every declared field against an independent reading of the same structures.
#![allow(clippy::print_stdout, reason = "tests say when they skip")]

use std::collections::HashMap;
use std::path::Path;

use mkds_memory::camera::Camera;
use mkds_memory::collision::{CollisionHeader, Prism};
use mkds_memory::driver::{Driver, DriverTimers};
use mkds_memory::layout::FieldInfo;
use mkds_memory::map::{Cpat, Cpoi, Ktps, MapData, Stag};
use mkds_memory::race::{DriverConfig, DriverStatus, RaceClock, RaceConfig, RaceState, RaceStatus};
use mkds_memory::view::View;
use serde_json::Value;

/// Fields that the layout does not have, with the reason why they are declared.
const OURS: &[(&str, &str, &str)] = &[(
    "driver_t",
    "vertical_speed",
    "the layout has the vector that it is a part of; the other parts are unused",
)];

/// Fields that the layout has and the views leave out, with the reason.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("driver_t", "soundEmitter", "sound"),
    ("driver_t", "field450", "sound: the engine's"),
    ("driver_t", "field518", "sound"),
    (
        "race_status_t",
        "safeRng",
        "padded structure of random numbers, 64-bit",
    ),
    ("race_status_t", "randomRng", "as safeRng"),
    ("race_status_t", "stableRng", "as safeRng"),
    (
        "race_status_t",
        "skillRankPoints",
        "ranks of a mode that no sensor reads",
    ),
    (
        "race_driver_status_t",
        "driverId",
        "bits of place_and_driver, read by a method",
    ),
    (
        "race_driver_status_t",
        "field3CBit89",
        "bits of place_and_driver",
    ),
    ("race_config_t", "mrConfig", "missions"),
    ("camera_t", "routeStat", "the path of a course camera"),
    ("camera_t", "routeStat2", "the path of a course camera"),
    (
        "mdat_mapdata_t",
        "enemyPathData",
        "links of what the sections hold",
    ),
    (
        "mdat_mapdata_t",
        "itemPathData",
        "links of what the sections hold",
    ),
    (
        "mdat_mapdata_t",
        "mgEnemyPathData",
        "links of what the sections hold",
    ),
];

#[test]
fn fields_lie_where_the_layout_has_them() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mkds/layout.json");
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return Ok(());
    }
    let layout: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let structs = &layout["structs"];
    let mut differences = Vec::new();
    macro_rules! compare_all {
        ($($view:ident),*) => {$(
            compare(structs, $view::PUBLISHED, $view::SIZE, $view::FIELDS, &mut differences);
        )*};
    }
    compare_all!(
        Driver,
        DriverTimers,
        DriverStatus,
        RaceStatus,
        RaceClock,
        RaceState,
        RaceConfig,
        DriverConfig,
        Camera,
        MapData,
        Cpoi,
        Cpat,
        Ktps,
        Stag,
        CollisionHeader,
        Prism
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

fn compare(
    structs: &Value,
    name: &str,
    size: usize,
    fields: &[FieldInfo],
    differences: &mut Vec<String>,
) {
    let layout = &structs[name];
    if layout["size"] != size {
        differences.push(format!(
            "{name}: {size} bytes, the layout has {}",
            layout["size"]
        ));
    }
    let mut theirs: HashMap<&str, (usize, usize)> = layout["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|field| {
            let offset = field["offset"].as_u64()? as usize;
            Some((
                field["name"].as_str()?,
                (offset, size_of(structs, field["type"].as_str()?)?),
            ))
        })
        .collect();
    for field in fields {
        let published = field
            .published
            .map_or_else(|| camel_case(field.name), str::to_owned);
        let known = theirs.remove(published.as_str());
        let ours = OURS.iter().any(|(s, f, _)| (*s, *f) == (name, field.name));
        if known != Some((field.offset, field.size)) && !ours {
            let (offset, size) = (field.offset, field.size);
            let own = field.name;
            differences.push(format!(
                "{name}.{own} ({published}): offset {offset:#x}, {size} bytes; layout {known:x?}"
            ));
        }
    }
    for left in theirs.keys() {
        let gap = left.starts_with("gap") || left.starts_with("padding");
        if !gap && !LEFT_OUT.iter().any(|(s, f, _)| (*s, *f) == (name, *left)) {
            differences.push(format!("{name}.{left}: in the layout only"));
        }
    }
}

/// The size of a type of the layout.
fn size_of(structs: &Value, ty: &str) -> Option<usize> {
    if let Some((element, count)) = ty.strip_suffix(']').and_then(|ty| ty.rsplit_once('[')) {
        return Some(size_of(structs, element)? * count.parse::<usize>().ok()?);
    }
    match ty {
        "u8" | "s8" => Some(1),
        "u16" | "s16" => Some(2),
        "u32" | "s32" => Some(4),
        _ if ty.starts_with("ptr<") => Some(4),
        _ => structs[ty]["size"].as_u64().map(|size| size as usize),
    }
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
