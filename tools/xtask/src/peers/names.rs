//! Converts the peer's names of fields, which are those of the headers, to our paths.

use mkds_memory::layout::{FieldInfo, Layout, Type};
use mkds_memory::path::Path;

/// The names of the root structures in the peer's reader and in ours.
const ROOTS: [(&str, &str); 10] = [
    ("driver", "driver[0]"),
    ("race_status", "race_status"),
    ("race_state", "race_state"),
    ("race_config", "race_config"),
    ("camera", "camera"),
    ("map_data", "map"),
    ("collision_header", "collision"),
    ("stag", "map.stag"),
    ("frame_count", "race_state.frame_counter"),
    ("frame_count_race_start", "race_status.clock.frames"),
];

/// Our path to the peer's field `name`; `None` if we have no such field.
pub fn ours(name: &str) -> Option<Path> {
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (root, rest) = name.split_at(end);
    let start = match ROOTS.iter().find(|(theirs, _)| *theirs == root) {
        Some((_, ours)) => (*ours).to_owned(),
        // A section of the map.
        None => format!("map.{root}"),
    };
    follow(Path::parse(&start).ok()?, rest)
}

/// Extends `path` by the rest of the peer's name.
fn follow(path: Path, rest: &str) -> Option<Path> {
    if rest.is_empty() {
        return Some(path);
    }
    if let Some((row, after)) = index(rest)
        && is_matrix(&path)
    {
        let (column, after) = index(after)?;
        let axis = ["x", "y", "z"].get(column)?;
        let row = match row {
            3 => "translation".to_owned(),
            _ => format!("rows[{row}]"),
        };
        return follow(Path::parse(&format!("{path}.{row}.{axis}")).ok()?, after);
    }
    if let Some((index, after)) = index(rest) {
        return follow(Path::parse(&format!("{path}[{index}]")).ok()?, after);
    }
    let rest = rest.strip_prefix('.')?;
    let (name, after) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
    let step = step(&path, name)?;
    follow(Path::parse(&format!("{path}.{step}")).ok()?, after)
}

/// `[index]` at the start of `text`, and what follows.
fn index(text: &str) -> Option<(usize, &str)> {
    let (digits, after) = text.strip_prefix('[')?.split_once(']')?;
    Some((digits.parse().ok()?, after))
}

fn is_matrix(path: &Path) -> bool {
    path.layout()
        .is_some_and(|layout| layout.published == "MtxFx43")
}

/// Our name for the peer's field or bits `name` of the structure at `path`. The bits of a number in a structure count
/// as the structure's own, as in the headers.
fn step(path: &Path, name: &str) -> Option<String> {
    if let Some(Type::Bits(_, fields)) = path.ty() {
        let same = |ours: &str, published: Option<&str>| is(name, ours, published);
        let bits = fields.iter().find(|bits| same(bits.name, bits.published))?;
        return Some(bits.name.to_owned());
    }
    let layout: &Layout = path.layout()?;
    let same = |field: &&FieldInfo| is(name, field.name, field.published);
    if let Some(field) = layout.fields.iter().find(same) {
        return Some(field.name.to_owned());
    }
    layout.fields.iter().find_map(|field| match field.ty {
        Type::Bits(_, bits) => bits
            .iter()
            .find(|bits| is(name, bits.name, bits.published))
            .map(|bits| format!("{}.{}", field.name, bits.name)),
        _ => None,
    })
}

/// Whether the peer's name is ours: the published name if there is one, else ours in camel case.
fn is(theirs: &str, ours: &str, published: Option<&str>) -> bool {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    match published {
        Some(published) => published == theirs,
        None => plain(ours) == plain(theirs),
    }
}

#[cfg(test)]
mod tests {
    use super::ours;

    #[test]
    fn the_peers_names_lead_to_our_fields() {
        for (theirs, expected) in [
            ("driver.boostTimer", "driver[0].boost_timer"),
            ("driver.deltaPosMag", "driver[0].speed"),
            ("driver.speed", "driver[0].forward_speed"),
            (
                "driver.mainMtx[3][1]",
                "driver[0].main_matrix.translation.y",
            ),
            (
                "race_status.driverStatus[2].raceProgress",
                "race_status.driver[2].race_progress",
            ),
            ("cpoi[3].keyId", "map.cpoi[3].key_id"),
            ("stag.nrLaps", "map.stag.laps"),
        ] {
            let found = ours(theirs).map(|path| path.to_string());
            assert!(
                found.as_deref() == Some(expected),
                "{theirs}: expected {expected}, found {found:?}"
            );
        }
        for unknown in [
            "driver.noSuchField",
            "driver.position[0]",
            "no_such_root",
            "driver.",
        ] {
            assert!(ours(unknown).is_none(), "{unknown}");
        }
    }
}
