//! What lies behind the roots: input, items, things that collide, the map's sections and links.

mod image;

use image::{CONFIG, DRIVERS, Image, MAP, Ring};
use mkds_formats::{kcl, names};
use mkds_memory::colliders::{Collider, MAX_COLLISION_ENTRIES};
use mkds_memory::driver::FloorType;
use mkds_memory::input::{Keys, MAX_RUNS, RecordedKeys, RecordedRun};
use mkds_memory::items::{HeldItems, ItemKind, SlotItem};
use mkds_memory::kart_model::Light;
use mkds_memory::layout::Type;
use mkds_memory::map::{AreaKind, EnemyPoint};
use mkds_memory::objects::{MapObjectKind, MapObjects};
use mkds_memory::pointer::To;
use mkds_memory::race::{Character, CourseId, Cup, Kart, MissionConfig, MissionTask};
use mkds_memory::results::{DriverResult, RaceResults, RaceResultsMut};
use mkds_memory::symbols::{self, Symbol};
use mkds_memory::view::View;
use mkds_memory::{Driver, Error, Ram, structures};

/// Where the test puts what it makes.
const HEAP: u32 = 0x0230_0000;

fn image() -> Image {
    Image::race(&Ring::default(), 2, 0)
}

#[test]
fn controllers_and_recordings_are_read() -> mkds_memory::Result<()> {
    let mut image = image();
    let second = symbols::CONTROLLER_SLOTS.address + 92;
    image.half(second + 2, (Keys::A | Keys::R).bits());
    image.half(second + 0x42, 0xE04);
    image.symbol(&symbols::GHOST_RECORDING, HEAP);
    image.word(HEAP, 4);
    image.put(HEAP + 4, &[0x11, 120, 0x05, 7, 9, 9]);
    let ram = Ram::new(&image.bytes)?;
    let controller = ram.controller(1)?;
    assert_eq!(controller.pad().held(), Keys::A | Keys::R);
    assert_eq!(controller.key_mask().bits(), 0xE04);
    assert_eq!(ram.controllers()?.len(), 10);
    let error = ram.controller(10).expect_err("there are ten");
    assert_eq!(
        error.to_string(),
        "controller_slots: expected an index below 10, found 10"
    );

    assert!(ram.player_recording()?.is_none());
    let ghost = ram.ghost_recording()?.expect("a recording");
    assert_eq!(controller.recorder().recording().pointer().0, HEAP);
    let runs: Vec<_> = ghost
        .runs()
        .map(|run| (run.keys(), run.duration()))
        .collect();
    let right = RecordedKeys::A | RecordedKeys::RIGHT;
    assert_eq!(runs, [(right, 120), (RecordedKeys::A | RecordedKeys::R, 7)]);

    image.word(HEAP, u32::MAX);
    let ram = Ram::new(&image.bytes)?;
    assert_eq!(
        ram.ghost_recording()?.expect("a recording").runs().len(),
        MAX_RUNS
    );
    Ok(())
}

#[test]
fn what_may_be_hit_is_told_apart() -> mkds_memory::Result<()> {
    let mut image = image();
    assert!(Ram::new(&image.bytes)?.collision_entries()?.is_empty());
    let (item, object) = (HEAP + 0x1000, HEAP + 0x2000);
    image.symbol(&symbols::COLLISION_ENTRIES, HEAP);
    image.half(symbols::COLLISION_ENTRY_COUNT.address, 5);
    for (index, (flags, who)) in [
        (0x8800, DRIVERS),
        (0x4000, item),
        (0x2400, object),
        (0x3000, object),
        (0, object),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = HEAP + 0x1C * index as u32;
        image.half(entry + 0x14, flags);
        image.word(entry + 0x18, who);
    }
    image.word(item + 0x44, 2);
    image.half(object, 403);
    let ram = Ram::new(&image.bytes)?;
    let mut found = Vec::new();
    for entry in ram.collision_entries()?.iter() {
        found.push(match entry.collider(&ram)? {
            Some(Collider::Driver(driver)) => format!("driver {}", driver.id()),
            Some(Collider::Item(item)) => format!("item {:?}", item.kind()),
            Some(Collider::MapObject(object)) => format!("object {:?}", object.object_id()),
            Some(Collider::Dynamic(dynamic)) => format!("floor {:?}", dynamic.object().object_id()),
            Some(other) => format!("{other:?}"),
            None => "nobody".to_owned(),
        });
    }
    assert_eq!(
        found,
        [
            "driver 0",
            "item 2(BANANA)",
            "object 403(THWOMP)",
            "floor 403(THWOMP)",
            "nobody"
        ]
    );

    image.half(symbols::COLLISION_ENTRY_COUNT.address, 257);
    let error = Ram::new(&image.bytes)?
        .collision_entries()
        .expect_err("too many");
    let limit = MAX_COLLISION_ENTRIES;
    assert_eq!(
        error.to_string(),
        format!(
            "collision_entry_count at 0x0217B590: expected a count of at most {limit}, found 257"
        )
    );
    Ok(())
}

#[test]
fn items_are_found_by_driver() -> mkds_memory::Result<()> {
    let mut image = image();
    let ram = Ram::new(&image.bytes)?;
    assert!(ram.race()?.expect("a race").items(1)?.is_none());
    assert!(ram.item_types()?.is_empty() && ram.item_configs()?.is_empty());
    let (items, banana) = (HEAP + 0x210, HEAP + 0x1000);
    image.symbol(&symbols::DRIVER_ITEMS, HEAP);
    image.word(items + 0x30, 10);
    image.word(items + 0x58, 2);
    image.word(items + 0x58 + 0x10, DRIVERS + 0x5A8);
    for (index, item) in [banana, 0, banana].into_iter().enumerate() {
        image.word(items + 0x58 + 0x14 + 4 * index as u32, item);
    }
    image.word(items + 0x58 + 0x20, 3);
    image.word(banana + 0x44, 2);
    let types = HEAP + 0x4000;
    image.symbol(&symbols::ITEM_TYPES, types);
    image.fx32(types + 13 * 0xA8 + 0x64, 2.5);
    image.half(DRIVERS + 0x5A8 + 0x74, 1);

    let ram = Ram::new(&image.bytes)?;
    let race = ram.race()?.expect("a race");
    let items = race.items(1)?.expect("items");
    assert_eq!(items.slot().item(), SlotItem::TRIPLE_BANANAS);
    let held: HeldItems<'_> = items.held();
    assert_eq!((held.kind(), held.item_count()), (ItemKind::BANANA, 3));
    assert_eq!(held.driver().follow(&ram)?.expect("a driver").id(), 1);
    let held = held.items_in(&ram)?;
    assert!(held.len() == 2 && held.iter().all(|item| item.kind() == ItemKind::BANANA));
    let types = ram.item_types()?;
    assert_eq!(
        types.get(13).expect("14 kinds").collision_radius().to_f32(),
        2.5
    );
    assert!(types.get(14).is_none());
    assert!(matches!(
        race.items(2),
        Err(Error::Ram(ram_views::Error::NoSuchElement {
            index: 2,
            count: 2,
            ..
        }))
    ));
    Ok(())
}

#[test]
fn map_objects_are_followed_from_a_list_of_pointers() -> mkds_memory::Result<()> {
    let mut image = image();
    let (state, list, object) = (HEAP, HEAP + 0x1000, HEAP + 0x2000);
    image.word(state, list);
    image.half(state + 4, 3);
    image.word(list, object);
    image.word(list + 8, object + 0xA0);
    image.half(object, 101);
    image.half(object + 0xA0, 401);
    let ram = Ram::new(&image.bytes)?;
    let state = To::<MapObjects<'static>>::new(state)
        .follow(&ram)?
        .expect("objects");
    let kinds: Vec<_> = state
        .objects_in(&ram)?
        .iter()
        .map(|object| object.object_id())
        .collect();
    assert_eq!(kinds, [MapObjectKind::ITEM_BOX, MapObjectKind::GOOMBA]);

    image.word(list + 4, 0x0400_0000);
    let ram = Ram::new(&image.bytes)?;
    let state = To::<MapObjects<'static>>::new(HEAP)
        .follow(&ram)?
        .expect("objects");
    let error = state.objects_in(&ram).expect_err("an object outside RAM");
    assert_eq!(
        error.to_string(),
        "pointer to mobj_inst_t: expected 160 bytes inside 0x02000000..0x02400000, found the \
         address 0x04000000"
    );
    Ok(())
}

#[test]
fn sections_and_links_of_the_map_are_read() -> mkds_memory::Result<()> {
    let mut image = image();
    let (area, link, point) = (HEAP, HEAP + 0x1000, HEAP + 0x2000);
    image.word(MAP + 0x74, area);
    image.half(MAP + 0x78, 2);
    image.put(area + 0x48 + 0x44, &[3]);
    image.word(MAP + 0xD8 + 4, link);
    image.word(link, area + 0x48);
    image.word(link + 4, link + 8);
    image.word(link + 8, area);
    image.word(MAP + 0xA0, point);
    image.half(MAP + 0x68, 2);
    image.word(point + 4, point + 0x28);
    image.half(point + 0x24, 2);
    image.fx32(point + 0x28 + 0x1C, 40.0);
    let ram = Ram::new(&image.bytes)?;
    let map = ram.race()?.expect("a race").map()?;
    assert_eq!(
        map.areas()?.get(1).expect("two areas").kind(),
        AreaKind::CLIP_AREA
    );
    let kinds: Vec<_> = map.clip_areas(1)?.iter().map(|area| area.kind()).collect();
    assert_eq!(kinds, [AreaKind::CLIP_AREA, AreaKind(0)]);
    assert!(map.clip_areas(0)?.is_empty() && map.clip_areas(8)?.is_empty());
    assert!(map.objects()?.is_empty() && map.mission_enemy_paths()?.is_empty());
    let points = map.linked_enemy_points()?;
    let next = points.get(0).expect("two points").next_in(&ram)?;
    let radii: Vec<_> = next.iter().map(|point| point.radius().to_f32()).collect();
    assert_eq!(radii, [40.0]);

    // A list that leads back to its start, and sections that leave RAM.
    image.word(link + 8 + 4, link);
    image.word(MAP + 0xA0, 0x023F_FFFC);
    let ram = Ram::new(&image.bytes)?;
    let map = ram.race()?.expect("a race").map()?;
    let error = map.clip_areas(1).expect_err("an endless list");
    assert!(
        matches!(
            error,
            ram_views::Error::AbsurdCount {
                symbol: "map_data.clip_area_lists",
                limit: 2,
                ..
            }
        ),
        "{error}"
    );
    let error = map.linked_enemy_points().expect_err("points behind RAM");
    let size = 2 * EnemyPoint::SIZE;
    assert_eq!(
        error.to_string(),
        format!(
            "map_data.enemy_points.points: the pointer at 0x022600A0 holds 0x023FFFFC, expected \
             {size} bytes inside 0x02000000..0x02400000"
        )
    );
    Ok(())
}

#[test]
fn a_route_has_its_points() -> mkds_memory::Result<()> {
    let mut image = image();
    let (route, path, points) = (HEAP, HEAP + 0x100, HEAP + 0x200);
    image.word(MAP + 0x94, route);
    image.half(MAP + 0xC, 1);
    image.word(route, path);
    image.word(route + 4, points);
    image.half(path + 2, 2);
    image.vector(points + 0x14, [1.0, 2.0, 3.0]);
    let ram = Ram::new(&image.bytes)?;
    let route = ram
        .race()?
        .expect("a race")
        .map()?
        .linked_routes()?
        .get(0)
        .expect("a route");
    let points: Vec<_> = route
        .points_in(&ram)?
        .map(|point| point.position().to_f32())
        .collect();
    assert_eq!(points, [[0.0; 3], [1.0, 2.0, 3.0]]);
    Ok(())
}

#[test]
fn the_next_race_lies_behind_this_one() -> mkds_memory::Result<()> {
    let mut image = image();
    image.word(CONFIG, 33);
    image.word(CONFIG + 0x1E8, 20);
    image.put(CONFIG + 0x3D0, &[8]);
    image.put(CONFIG + 0x28 + 7, &[7, 18, 1, 6]);
    let config = Ram::new(&image.bytes)?
        .multi_config()?
        .expect("a configuration");
    let courses = (config.current().course(), config.next().course());
    assert_eq!(courses, (CourseId::PINBALL_COURSE, CourseId::CROSS_COURSE));
    assert_eq!(
        (config.driver_count(), config.current().cup()),
        (8, Cup::MUSHROOM)
    );
    let mission = config.current().mission();
    assert_eq!(mission.task(), MissionTask::BOSS);
    assert_eq!(mission.course().get(), CourseId::MANSION_COURSE);
    assert_eq!(format!("{:?}", mission.character()), "6(YOSHI)");
    let course = MissionConfig::layout()
        .field("course")
        .map(|field| field.ty);
    assert!(matches!(course, Some(Type::Enumeration(integer, names))
            if integer.size == 1 && names.contains(&("MANSION_COURSE", 18))));
    Ok(())
}

#[test]
fn results_lie_in_rows_and_columns() {
    let mut bytes = [0; 0x168];
    bytes[(2 * 8 + 5) * 10 + 3] = 4;
    bytes[0x144 + (3 * 2 + 1) * 4 + 2] = 7;
    let results = RaceResults::from_prefix(&bytes).expect("enough bytes");
    assert_eq!(results.driver(2, 5).map(|driver| driver.place()), Some(4));
    assert_eq!(results.team(3, 1).map(|team| team.win_count()), Some(7));
    assert!(results.driver(4, 0).is_none() && results.driver(0, 8).is_none());
    assert!(results.team(4, 0).is_none() && results.team(usize::MAX, usize::MAX).is_none());
    let mut results = RaceResultsMut::from_prefix(&mut bytes).expect("enough bytes");
    results.driver_mut(3, 7).expect("the last").set_win_count(9);
    assert!(results.driver_mut(3, 8).is_none());
    assert_eq!(bytes[(3 * 8 + 7) * 10 + 5], 9);
}

#[test]
fn numbers_have_the_names_that_files_give_them() {
    let constant = |name: &str| {
        let name = name.replace('.', "").replace("4-Wheel", "Four-Wheel");
        name.replace([' ', '-'], "_").to_uppercase()
    };
    for (number, name) in names::CHARACTERS.iter().enumerate() {
        let named = Character(number as u32).name();
        assert_eq!(named, Some(constant(name).as_str()));
    }
    for (number, name) in names::KARTS.iter().enumerate() {
        assert_eq!(Kart(number as u32).name(), Some(constant(name).as_str()));
    }
    for (number, name) in names::CUPS.iter().enumerate() {
        assert_eq!(Cup(number as u32).name(), Some(constant(name).as_str()));
    }
    for course in &names::COURSE_SLOTS {
        let file = course.file_name.to_uppercase();
        assert_eq!(CourseId(course.id.into()).name(), Some(file.as_str()));
    }
    for (number, ty) in kcl::CollisionType::ALL.iter().enumerate() {
        let name = FloorType(number as u32)
            .name()
            .expect("every type has a name");
        assert_eq!(name.replace('_', ""), format!("{ty:?}").to_uppercase());
    }
    assert_eq!(FloorType(kcl::CollisionType::ALL.len() as u32).name(), None);
}

#[test]
fn symbols_are_about_listed_structures() {
    for Symbol { name, ty, .. } in symbols::ALL {
        let number = matches!(*ty, "u16" | "u32");
        assert!(number || structures::find(ty).is_some(), "{name}: {ty}");
    }
}

#[test]
fn pointers_are_aligned_as_what_they_point_to() -> mkds_memory::Result<()> {
    let aligns = [
        Driver::ALIGN,
        Light::ALIGN,
        DriverResult::ALIGN,
        RecordedRun::ALIGN,
    ];
    assert_eq!(aligns, [4, 2, 2, 1]);
    let image = image();
    let ram = Ram::new(&image.bytes)?;
    assert!(To::<Light<'static>>::new(HEAP + 2).follow(&ram)?.is_some());
    assert!(
        To::<RecordedRun<'static>>::new(HEAP + 1)
            .follow(&ram)?
            .is_some()
    );
    let error = To::<Driver<'static>>::new(DRIVERS + 2)
        .follow(&ram)
        .expect_err("half a word on");
    assert_eq!(
        error.to_string(),
        "pointer to driver_t: expected a multiple of 4, found the address 0x02200002"
    );
    Ok(())
}
