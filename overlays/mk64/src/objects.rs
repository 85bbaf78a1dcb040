//! Actors: objects and items on the course.

use mk64_memory::actor::Actor;
use mk64_memory::ids::ActorKind;
use mk64_memory::{Race, Result};
use overlays::{Object, ObjectGroup};

/// The actors that are there.
///
/// # Errors
/// Those of [`Ram::actors`](mk64_memory::Ram::actors).
pub fn objects(race: &Race<'_>) -> Result<Vec<Object>> {
    let actors = race.ram().actors()?;
    let actors = actors.iter().filter(Actor::exists);
    Ok(actors.map(|actor| object_of(&actor)).collect())
}

fn object_of(actor: &Actor<'_>) -> Object {
    let kind = actor.kind();
    Object {
        position: actor.position(),
        name: match kind.name() {
            Some(name) => name.to_lowercase().replace('_', " "),
            None => format!("kind {}", kind.0),
        },
        group: group_of(kind),
        is_live: true,
    }
}

fn group_of(kind: ActorKind) -> ObjectGroup {
    match kind {
        ActorKind::ITEM_BOX | ActorKind::HOT_AIR_BALLOON_ITEM_BOX => ObjectGroup::ItemBox,
        ActorKind::BANANA
        | ActorKind::GREEN_SHELL
        | ActorKind::RED_SHELL
        | ActorKind::BLUE_SPINY_SHELL
        | ActorKind::FAKE_ITEM_BOX
        | ActorKind::BANANA_BUNCH
        | ActorKind::TRIPLE_GREEN_SHELL
        | ActorKind::TRIPLE_RED_SHELL => ObjectGroup::Item,
        _ => ObjectGroup::Other,
    }
}
