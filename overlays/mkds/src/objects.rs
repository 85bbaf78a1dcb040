//! Objects and items on the course.

use mkds_memory::Race;
use mkds_memory::colliders::{Collider, CollisionEntryFlags};
use mkds_memory::map::Obji;
use mkds_memory::objects::{MapObject, MapObjectFlags, MapObjectKind};
use overlays::{Object, ObjectGroup};

/// The live map objects and items ([`Ram::collision_entries`](mkds_memory::Ram::collision_entries)), and the objects that
/// the course's map places without a live one. Lists that lie outside RAM count as empty.
#[must_use]
pub fn objects(race: &Race<'_>) -> Vec<Object> {
    let ram = race.ram();
    let mut objects = Vec::new();
    let mut live = Vec::new();
    let entries = ram.collision_entries().into_iter();
    for entry in entries.flat_map(|entries| entries.iter()) {
        match entry.collider(ram) {
            Ok(Some(Collider::Item(item)))
                if !entry.flags().contains(CollisionEntryFlags::DISABLED) =>
            {
                objects.push(Object {
                    position: item.position().to_f32(),
                    name: name_of(item.kind().name(), item.kind().0),
                    group: ObjectGroup::Item,
                    is_live: true,
                });
            }
            Ok(Some(Collider::MapObject(object))) => {
                live.extend(placed_at(race, &object));
                objects.extend(live_object(&object));
            }
            Ok(Some(Collider::Dynamic(collider))) => {
                live.extend(placed_at(race, &collider.object()));
                objects.extend(live_object(&collider.object()));
            }
            _ => {}
        }
    }
    let map = race.map().and_then(|map| Ok(map.objects()?));
    for placed in map.into_iter().flat_map(|objects| objects.iter()) {
        let position = placed.position().to_f32();
        if !live.contains(&position) {
            let kind = placed.object_id();
            objects.push(Object {
                position,
                name: name_of(kind.name(), kind.0.into()),
                group: group_of(kind),
                is_live: false,
            });
        }
    }
    objects
}

fn live_object(object: &MapObject<'_>) -> Option<Object> {
    let kind = object.object_id();
    let is_shown = !object.flags().contains(MapObjectFlags::HIDDEN);
    is_shown.then(|| Object {
        position: object.position().to_f32(),
        name: name_of(kind.name(), kind.0.into()),
        group: group_of(kind),
        is_live: true,
    })
}

/// Where the map places an object.
fn placed_at(race: &Race<'_>, object: &MapObject<'_>) -> Option<[f32; 3]> {
    let entry: Option<Obji<'_>> = object.entry().follow(race.ram()).ok().flatten();
    entry.map(|entry| entry.position().to_f32())
}

fn group_of(kind: MapObjectKind) -> ObjectGroup {
    match kind {
        MapObjectKind::ITEM_BOX | MapObjectKind::ITEM_BOX_111 | MapObjectKind::MOVING_ITEM_BOX => {
            ObjectGroup::ItemBox
        }
        _ => ObjectGroup::Other,
    }
}

/// A kind's name in lower case and without underscores; its number if it has no name.
fn name_of(name: Option<&str>, number: u32) -> String {
    match name {
        Some(name) => name.to_lowercase().replace('_', " "),
        None => format!("kind {number}"),
    }
}
