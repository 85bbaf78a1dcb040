//! Fields by name, against the typed views of the same RAM.

mod image;

use image::{DRIVERS, Image, MAP, Ring, STATUS};
use mkds_memory::map::Cpoi;
use mkds_memory::params::KartParameters;
use mkds_memory::path::{FieldValue, Path, Places, WriteError};
use mkds_memory::race::DriverStatus;
use mkds_memory::symbols::{self, Holds};
use mkds_memory::{Driver, Ram, RamMut};
use nds_formats::fx::Fx32;
use proptest::prelude::*;
use ram_views::Error;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn read(ram: &Ram<'_>, path: &str) -> Result<FieldValue> {
    Ok(Path::parse(path)?.read(ram)?.ok_or("nothing there")?)
}

fn number(value: Fx32) -> FieldValue {
    FieldValue::Number(value.to_f64())
}

#[test]
fn paths_read_what_the_views_read() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    image.fx32(DRIVERS + 0x2A8, 12.5);
    image.half(DRIVERS + 0x238, 0xFFFD);
    image.half(STATUS + 0x14 + 0x3C, 0x321);
    let ram = Ram::new(&image.bytes)?;
    let race = ram.race()?.ok_or("no race")?;
    let (driver, status) = (race.driver(0)?, race.driver_status(0)?);
    assert_eq!(driver.boost_timer(), -3);
    for (path, expected) in [
        ("driver[0].forward_speed", number(driver.forward_speed())),
        ("driver[0].position.y", number(driver.position().y)),
        (
            "driver[0].main_matrix.rows[1].z",
            number(driver.main_matrix().rows[1].z),
        ),
        ("driver[0].boost_timer", FieldValue::Integer(-3)),
        (
            "race_status.driver[0].race_progress",
            number(status.race_progress()),
        ),
        (
            "race_status.driver[0].place_and_driver.place",
            FieldValue::Integer(1),
        ),
        (
            "race_status.driver[0].place_and_driver.driver_id",
            FieldValue::Integer(2),
        ),
        (
            "race_status.driver[0].place_and_driver.unknown",
            FieldValue::Integer(3),
        ),
        ("scene.state", FieldValue::Integer(2)),
        ("course_id", FieldValue::Integer(ram.course_id()?.into())),
    ] {
        assert_eq!(read(&ram, path)?, expected, "{path}");
    }
    let checkpoints = race.map()?.checkpoints()?;
    let path = Path::parse("map.cpoi")?;
    assert_eq!(path.count(&ram)?, checkpoints.len());
    assert_eq!(path.children(&ram)?.len(), checkpoints.len());
    for (index, checkpoint) in checkpoints.iter().enumerate() {
        let key = read(&ram, &format!("map.cpoi[{index}].key_id"))?;
        assert_eq!(key, FieldValue::Integer(checkpoint.key_id().into()));
    }
    Ok(())
}

#[test]
fn every_field_can_be_reached_by_name() -> Result {
    let image = Image::race(&Ring::default(), 2, 0);
    let ram = Ram::new(&image.bytes)?;
    let mut open: Vec<Path> = Path::roots().collect();
    let mut leaves = 0;
    while let Some(path) = open.pop() {
        let again = Path::parse(&path.to_string())?;
        assert_eq!(
            (again.to_string(), again.kind()),
            (path.to_string(), path.kind())
        );
        assert!(!path.kind().is_empty());
        let children = path.children(&ram)?;
        if children.is_empty() {
            leaves += 1;
            let _ = path.read(&ram);
        }
        open.extend(children);
    }
    // The drivers alone have some 200 fields each, of which vectors are three leaves.
    assert!(leaves > 1500, "{leaves}");
    Ok(())
}

#[test]
fn paths_lead_on_from_what_has_parts_and_from_pointers_to_structures() -> Result {
    let image = Image::race(&Ring::default(), 2, 0);
    let ram = Ram::new(&image.bytes)?;
    for (path, leads_on, pointed_at) in [
        ("driver", true, None),
        ("driver[0]", true, None),
        ("driver[0].position", true, None),
        ("driver[0].position.x", false, None),
        ("race_status.driver[0].place_and_driver", true, None),
        ("race_status.driver[0].place_and_driver.place", false, None),
        (
            "driver[0].kart_parameters",
            true,
            Some("driver[0].kart_parameters.weight"),
        ),
    ] {
        let path = Path::parse(path)?;
        assert_eq!(path.leads_on(), leads_on, "{path}");
        assert_eq!(
            leads_on,
            !path.children(&ram)?.is_empty() || pointed_at.is_some(),
            "{path}"
        );
        let below: Vec<String> = path.pointed_at().iter().map(Path::to_string).collect();
        match pointed_at {
            Some(expected) => assert!(below.iter().any(|text| text == expected), "{below:?}"),
            None => assert!(below.is_empty(), "{path}"),
        }
    }
    Ok(())
}

#[test]
fn where_there_is_no_race_there_is_nothing() -> Result {
    let image = Image::empty(0);
    let ram = Ram::new(&image.bytes)?;
    for path in [
        "driver[0].position",
        "map.cpoi[0].key_id",
        "map.cpoi",
        "camera.fov",
    ] {
        let path = Path::parse(path)?;
        assert_eq!(path.read(&ram)?, None, "{path}");
        assert_eq!(path.count(&ram)?, 0, "{path}");
    }
    Ok(())
}

#[test]
fn a_path_that_leads_nowhere_says_where_it_went_wrong() {
    for (path, expected) in [
        (
            "drivr[0]",
            "field path \"drivr[0]\", column 1: expected one of race_status, map, ",
        ),
        (
            "driver[0].boots",
            "field path \"driver[0].boots\", column 11: expected one of motion_flags, ",
        ),
        (
            "driver.yaw",
            "field path \"driver.yaw\", column 8: expected `[index]`, found \"yaw\"",
        ),
        (
            "driver[0]yaw",
            "field path \"driver[0]yaw\", column 10: expected `.field` or `[index]`, found \"yaw\"",
        ),
        (
            "driver[0",
            "field path \"driver[0\", column 7: expected `.field` or `[index]`, found \"[0\"",
        ),
        (
            "driver[x]",
            "field path \"driver[x]\", column 7: expected `.field` or `[index]`, found \"[x]\"",
        ),
        (
            "driver[0].yaw.x",
            "field path \"driver[0].yaw.x\", column 15: expected the end: angle u16 has no fields, found \"x\"",
        ),
        (
            "race_status.driver[8].lap",
            "field path \"race_status.driver[8].lap\", column 19: expected an index below 8, found \"[8].lap\"",
        ),
    ] {
        let error = Path::parse(path).expect_err(path).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn wrong_memory_on_the_way_is_an_error_that_names_it() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    image.word(MAP + 0x44, 0x0300_0000);
    let path = Path::parse("map.cpoi[1].key_id")?;
    assert_eq!(
        path.read(&*Ram::new(&image.bytes)?)
            .expect_err("outside RAM")
            .to_string(),
        "map_data: the pointer at 0x02260044 holds 0x03000000, expected 72 bytes inside \
         0x02000000..0x02400000"
    );
    image.word(MAP + 0x44, 0x0220_0002);
    let error = path
        .read(&*Ram::new(&image.bytes)?)
        .expect_err("misaligned");
    assert!(
        matches!(
            error,
            Error::MisalignedPointer {
                found: 0x0220_0002,
                ..
            }
        ),
        "{error}"
    );
    let mut image = Image::race(&Ring::default(), 2, 0);
    let count = Path::parse("map.cpoi")?.count(&*Ram::new(&image.bytes)?)?;
    let beyond = Path::parse(&format!("map.cpoi[{count}].key_id"))?;
    let error = beyond
        .read(&*Ram::new(&image.bytes)?)
        .expect_err("beyond the count");
    assert_eq!(
        error,
        Error::NoSuchElement {
            symbol: "map_data",
            index: count,
            count
        }
    );
    image.symbol(&symbols::DRIVER_COUNT, u32::MAX);
    let error = Path::parse("driver")?
        .read(&*Ram::new(&image.bytes)?)
        .expect_err("absurd");
    assert!(
        matches!(
            error,
            Error::AbsurdCount {
                found: u32::MAX,
                ..
            }
        ),
        "{error}"
    );
    Ok(())
}

#[test]
fn what_is_written_is_read_by_the_views() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    let mut ram = RamMut::new(&mut image.bytes)?;
    for (path, text) in [
        ("driver[0].position.x", "-1.25"),
        ("driver[0].boost_timer", "90"),
        ("driver[0].yaw", "0x8000"),
        ("race_status.driver[0].place_and_driver.driver_id", "7"),
        ("driver[0].terrain_multiplier", "1"),
    ] {
        Path::parse(path)?.write(&mut ram, &FieldValue::parse(text).ok_or("no field_value")?)?;
    }
    let race = ram.ram().race()?.ok_or("no race")?;
    let driver = race.driver(0)?;
    assert_eq!(driver.position().x.to_f64(), -1.25);
    assert_eq!((driver.boost_timer(), driver.yaw().0), (90, 0x8000));
    assert_eq!(driver.terrain_multiplier(), Fx32(4096));
    assert_eq!(race.driver_status(0)?.driver_id(), 7);
    Ok(())
}

#[test]
fn any_structure_can_be_written_by_its_setters() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    let before = image.bytes.clone();
    let mut ram = RamMut::new(&mut image.bytes)?;
    let status = Path::parse("race_status.driver[1]")?;
    status
        .view_mut::<DriverStatus<'static>>(&mut ram)?
        .set_lap(2);
    let checkpoint = Path::parse("map.cpoi[3]")?;
    let mut checkpoint = checkpoint.view_mut::<Cpoi<'static>>(&mut ram)?;
    checkpoint.set_key_id(7);
    assert_eq!(checkpoint.view().key_id(), 7);
    let race = ram.ram().race()?.ok_or("no race")?;
    assert_eq!(race.driver_status(1)?.lap(), 2);
    assert_eq!(
        race.map()?
            .checkpoints()?
            .get(3)
            .map(|point| point.key_id()),
        Some(7)
    );
    for (path, expected) in [
        (
            "map.cpoi[3]",
            "map.cpoi[3]: expected driver_t, found nkm_cpoi_entry_t",
        ),
        (
            "driver",
            "driver: expected driver_t, found driver_t[driver_count]",
        ),
        (
            "driver[0].position",
            "driver[0].position: expected driver_t, found VecFx32",
        ),
        ("driver[2]", "drivers: expected an index below 2, found 2"),
        (
            "collision_entry[0].object",
            "collision_entry[0].object: expected driver_t, found ptr",
        ),
    ] {
        let error = Path::parse(path)?.view_mut::<Driver<'static>>(&mut ram);
        assert_eq!(error.expect_err(path).to_string(), expected);
    }
    // What a single pointer points to is meant, where there is something.
    let parameters = Path::parse("driver[0].kart_parameters")?;
    let error = parameters.view_mut::<KartParameters<'static>>(&mut ram);
    assert!(matches!(error, Err(WriteError::Nothing { .. })));
    let changed = image.bytes.iter().zip(&before).filter(|(a, b)| a != b);
    assert_eq!(changed.count(), 3, "the lap, and a key of two bytes");
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    let before = image.bytes.clone();
    let mut ram = RamMut::new(&mut image.bytes)?;
    for (path, field_value, expected) in [
        (
            "driver[0].boost_timer",
            FieldValue::Integer(40_000),
            "an integer from -32768 to 32767",
        ),
        (
            "driver[0].position.x",
            FieldValue::Number(f64::NAN),
            "a number from -524288 to 524287.9997558594",
        ),
        ("driver[0].position", FieldValue::Integer(1), "VecFx32"),
        ("driver[0].boost_timer", FieldValue::Number(1.5), "s16"),
        (
            "race_status.driver[0].place_and_driver.place",
            FieldValue::Integer(16),
            "0 to 15",
        ),
    ] {
        let field = Path::parse(path)?;
        let error = field.write(&mut ram, &field_value).expect_err(path);
        assert_eq!(field.check(&field_value), Err(error.clone()));
        match error {
            WriteError::Mismatch {
                expected: found, ..
            } => assert_eq!(found, expected, "{path}"),
            other => panic!("{path}: {other}"),
        }
    }
    // A vector whose last part does not fit leaves the first ones alone too.
    let vector = ["x", "y", "z"].map(|name| {
        (
            name,
            FieldValue::Number(if name == "z" { 1e9 } else { 1.0 }),
        )
    });
    let path = Path::parse("driver[0].position")?;
    assert!(
        path.write(&mut ram, &FieldValue::Record(vector.into()))
            .is_err()
    );
    assert!(image.bytes == before);
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_a_path_or_an_error(text in "(driver|map|race_status|camera)?[a-z_.\\[\\]0-9é]{0,24}") {
        if let Ok(path) = Path::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn a_number_survives_the_field(raw in any::<i32>()) {
        let mut image = Image::race(&Ring::default(), 2, 0);
        let mut ram = RamMut::new(&mut image.bytes).expect("a race");
        let path = Path::parse("driver[0].position.z").expect("a path");
        let field_value = FieldValue::Number(Fx32(raw).to_f64());
        path.write(&mut ram, &field_value).expect("it fits");
        prop_assert_eq!(path.read(&ram.ram()), Ok(Some(field_value)));
    }
}

#[test]
fn every_address_that_a_path_leads_to_leads_back_to_it() -> Result {
    let image = Image::race(&Ring::default(), 2, 0);
    let ram = Ram::new(&image.bytes)?;
    let places = Places::new(&ram);
    let mut open: Vec<Path> = Path::roots().collect();
    let mut leaves = 0;
    while let Some(path) = open.pop() {
        let children = path.children(&ram)?;
        let Some(address) = path.address(&ram)?.filter(|_| children.is_empty()) else {
            open.extend(children);
            continue;
        };
        let is_own_bytes = path.ty().is_some_and(|ty| ty.size() > 0);
        if path.root().holds == Holds::Pointer && path.field().is_none() || !is_own_bytes {
            continue; // behind a pointer, or bits of what another path leads to
        }
        let place = places
            .at(address)
            .ok_or_else(|| format!("{path} is lost"))?;
        assert_eq!(place.offset, 0, "{path}: {place}");
        // Structures may lie inside each other, and fields may be parts of others: the same bytes.
        assert_eq!(place.path.address(&ram)?, Some(address), "{path}: {place}");
        leaves += 1;
    }
    assert!(leaves > 1500, "{leaves}");

    let timer = Path::parse("driver[1].boost_timer")?;
    let address = timer.address(&ram)?.ok_or("no driver")?;
    assert_eq!(
        places.at(address).map(|place| place.to_string()),
        Some("driver[1].boost_timer".to_owned())
    );
    assert_eq!(
        places.at(address + 1).map(|place| place.to_string()),
        Some("driver[1].boost_timer+0x1".to_owned())
    );
    let key = Path::parse("map.cpoi[2].key_id")?.address(&ram)?;
    let place = places.at(key.ok_or("no checkpoint")?);
    assert_eq!(place.ok_or("lost")?.to_string(), "map.cpoi[2].key_id");
    assert!(places.at(0x0200_0000).is_none());
    Ok(())
}

#[test]
fn of_several_names_the_one_with_the_shortest_way_is_told() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    let position = Path::parse("driver[0].position")?;
    let position = position.address(&*Ram::new(&image.bytes)?)?;
    let position = position.ok_or("no driver")?;
    // An entry of what may be hit points into the driver.
    let entry = MAP + 0x1_0000;
    image.symbol(&symbols::COLLISION_ENTRIES, entry);
    image.symbol(&symbols::COLLISION_ENTRY_COUNT, 1);
    image.word(entry + 0xC, position);
    let ram = Ram::new(&image.bytes)?;
    let entry = Path::parse("collision_entry[0].position.x")?;
    assert_eq!(entry.address(&ram)?, Some(position));
    let place = Places::new(&ram).at(position).ok_or("lost")?;
    assert_eq!(place.to_string(), "driver[0].position.x");
    Ok(())
}

#[test]
fn places_end_in_memory_that_leads_in_circles() -> Result {
    let mut image = Image::race(&Ring::default(), 2, 0);
    // Everything points to everything.
    for address in (DRIVERS..DRIVERS + 0x2000)
        .chain(MAP..MAP + 0x110)
        .step_by(4)
    {
        image.word(address, DRIVERS);
    }
    let places = Places::new(&*Ram::new(&image.bytes)?);
    assert!(places.structures().all(|(_, bytes)| !bytes.is_empty()));
    assert!(places.at(DRIVERS).is_some());
    Ok(())
}
