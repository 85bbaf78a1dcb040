//! The race, its structures and the errors, on an image made by hand.

mod image;

use image::{CONFIG, DRIVERS, Image, MAP, Ring, SCENE, STATE, STATUS};
use mkds_memory::driver::{ControlFlags, MotionFlags};
use mkds_memory::race::{Kart, RaceTime};
use mkds_memory::{Error, RAM_SIZE, Ram, RamMut, Region, symbols};
use nds_formats::fx::{Angle, Fx32, VecFx32};
use ram_views::symbol::Program;

#[test]
fn before_a_race_there_is_none() -> mkds_memory::Result<()> {
    let mut image = Image::empty(0);
    assert!(Ram::new(&image.bytes)?.race()?.is_none());
    // Outside races the game leaves anything at the drivers' pointer.
    image.symbol(&symbols::DRIVERS, 0xDEAD_BEEF);
    image.symbol(&symbols::DRIVER_COUNT, 1);
    assert!(Ram::new(&image.bytes)?.race()?.is_none());
    // Drivers without the rest: the race is being loaded.
    image.symbol(&symbols::DRIVERS, DRIVERS);
    let ram = Ram::new(&image.bytes)?;
    assert!(ram.race()?.is_none());
    assert!(ram.race_config()?.is_none() && ram.scene_state()?.is_none());
    Ok(())
}

#[test]
fn a_race_is_found_in_every_region() -> mkds_memory::Result<()> {
    for delta in [0, 0x1000, 0u32.wrapping_sub(0x2000)] {
        let image = Image::race(&Ring::default(), 2, delta);
        let ram = Ram::new(&image.bytes)?;
        assert_eq!(ram.region().delta(), delta.cast_signed());
        assert_eq!((ram.course_id()?, ram.scene_state()?), (20, Some(2)));
        let race = ram.race()?.expect("a race");
        assert_eq!(race.driver_count(), 2);
        assert_eq!(race.map()?.checkpoints()?.len(), 12);
        assert_eq!(
            race.map()?.settings()?.map(|settings| settings.laps()),
            Some(3)
        );
        assert_eq!(race.collision()?.prisms().len(), 48 * 10);
    }
    Ok(())
}

#[test]
fn a_race_is_there_while_its_scene_runs_and_its_frames_are_counted() -> mkds_memory::Result<()> {
    let mut image = Image::race(&Ring::default(), 1, 0);
    // The second counter is counted up at another moment of the frame: it says nothing.
    for (scene, first, second, is_there) in [
        (2, 0, 0, false),
        (2, 0, u32::MAX, false),
        (2, 1, 0, true),
        (2, 1, 1, true),
        (2, 301, 300, true),
        (2, 301, 301, true),
        (1, 301, 300, false),
        (0, 1, 1, false),
    ] {
        image.word(SCENE + 0x10C, scene);
        image.word(STATE + 4, first);
        image.word(STATE + 8, second);
        let race = Ram::new(&image.bytes)?.race()?;
        assert_eq!(race.is_some(), is_there, "{scene} {first} {second}");
    }
    Ok(())
}

#[test]
fn fields_are_read_where_they_lie() -> mkds_memory::Result<()> {
    let mut image = Image::race(&Ring::default(), 8, 0);
    let driver = DRIVERS + 3 * 0x5A8;
    image.vector(driver + 0x80, [1.5, -2.0, 300.25]);
    image.half(driver + 0x236, 0x4000);
    image.half(driver + 0x238, 0u16.wrapping_sub(7));
    image.word(driver + 0x44, 0x19);
    image.word(driver + 0x3DC, u32::MAX);
    image.fx32(driver + 0x260, -0.5);
    image.vector(driver + 0x120 + 36, [7.0, 8.0, 9.0]);
    image.half(driver + 0x538 + 6, 77);
    let status = STATUS + 0x14 + 3 * 0x8C;
    image.put(status + 0x0C + 4, &[0xE7, 0x03, 1, 30]);
    image.half(status + 0x3C, 0x0035);
    image.fx32(status + 0x44, 0.75);
    image.word(CONFIG + 0x68 + 3 * 0x30 + 4, 33);

    let ram = Ram::new(&image.bytes)?;
    let race = ram.race()?.expect("a race");
    let driver = race.driver(3)?;
    assert_eq!(driver.position().to_f32(), [1.5, -2.0, 300.25]);
    assert_eq!((driver.yaw(), driver.boost_timer()), (Angle(0x4000), -7));
    let flags = MotionFlags::HOP | MotionFlags::DRIFTING | MotionFlags::ON_GROUND;
    assert_eq!((driver.motion_flags(), driver.floor_kind()), (flags, -1));
    assert_eq!(driver.vertical_speed().to_f32(), -0.5);
    assert_eq!(driver.main_matrix().translation.to_f32(), [7.0, 8.0, 9.0]);
    assert_eq!(driver.timers().star(), 77);

    let status = race.driver_status(3)?;
    let lap = RaceTime {
        minutes: 1,
        seconds: 30,
        milliseconds: 999,
    };
    assert_eq!(status.lap_times()[1], lap);
    assert_eq!(lap.total_milliseconds(), 90_999);
    assert_eq!((status.place(), status.driver_id()), (5, 3));
    assert_eq!(status.race_progress().to_f32(), 0.75);
    assert_eq!(
        race.config().driver(3).map(|config| config.kart()),
        Some(Kart::STANDARD_RB)
    );
    assert_eq!(race.config().driver(8).map(|config| config.kart()), None);
    Ok(())
}

#[test]
fn what_is_written_is_read() -> mkds_memory::Result<()> {
    let mut image = Image::race(&Ring::default(), 2, 0);
    let before = image.bytes.clone();
    let mut ram = RamMut::new(&mut image.bytes)?;
    let mut driver = ram.driver_mut(1)?;
    let position = VecFx32::from_raw(1, -2, i32::MAX);
    driver.set_position(position);
    driver.set_forward_speed(Fx32(-123));
    driver.set_yaw(Angle(0xFFFF));
    driver.set_control_flags(ControlFlags::BOOST);
    driver.timers_mut().set_star(9);
    assert_eq!(driver.view().position(), position);
    assert!(matches!(
        ram.driver_mut(2),
        Err(Error::Ram(ram_views::Error::NoSuchElement {
            index: 2,
            count: 2,
            ..
        }))
    ));

    let race = ram.ram().race()?.expect("a race");
    let driver = race.driver(1)?;
    assert_eq!(
        (driver.forward_speed(), driver.yaw()),
        (Fx32(-123), Angle(0xFFFF))
    );
    assert_eq!(
        (driver.control_flags(), driver.timers().star()),
        (ControlFlags::BOOST, 9)
    );
    let changed = image
        .bytes
        .iter()
        .zip(&before)
        .filter(|(a, b)| a != b)
        .count();
    assert!(changed <= 12 + 4 + 2 + 4 + 2, "{changed} bytes changed");
    Ok(())
}

#[test]
fn writing_without_a_race_is_refused() -> mkds_memory::Result<()> {
    let mut image = Image::empty(0);
    let mut ram = RamMut::new(&mut image.bytes)?;
    let error = ram.driver_mut(0).expect_err("there is no race");
    assert_eq!(
        error.to_string(),
        "drivers at 0x0217ACF8 is null: no race is loaded"
    );
    Ok(())
}

#[test]
fn errors_name_symbol_and_address() -> mkds_memory::Result<()> {
    let whole = || Image::race(&Ring::default(), 1, 0);

    let mut image = whole();
    image.symbol(&symbols::DRIVER_COUNT, 9);
    let error = Ram::new(&image.bytes)?.race().expect_err("nine drivers");
    assert_eq!(
        error.to_string(),
        "driver_count at 0x0217ACF4: expected a count of at most 8, found 9"
    );

    let mut image = whole();
    image.symbol(&symbols::RACE_STATUS, 0x023F_FFF0);
    let error = Ram::new(&image.bytes)?
        .race()
        .expect_err("the status leaves RAM");
    assert_eq!(
        error.to_string(),
        "race_status: the pointer at 0x021755FC holds 0x023FFFF0, expected 1320 bytes inside \
         0x02000000..0x02400000"
    );

    let mut image = whole();
    image.symbol(&symbols::RACE_STATE, STATE + 1);
    let error = Ram::new(&image.bytes)?.race().expect_err("an odd pointer");
    assert!(
        error
            .to_string()
            .starts_with("race_state: the pointer at 0x0217AA34"),
        "{error}"
    );

    let mut image = whole();
    image.word(MAP + 0x44, 0);
    let race = Ram::new(&image.bytes)?.race()?.expect("a race");
    let error = race.map()?.checkpoints().expect_err("no checkpoints");
    assert_eq!(
        error.to_string(),
        "map_data.cpoi: the pointer at 0x02260044 is null"
    );
    Ok(())
}

#[test]
fn what_the_korean_game_keeps_elsewhere_is_named() -> mkds_memory::Result<()> {
    let mut image = Image::race(&Ring::default(), 1, 0x80);
    assert!(Ram::new(&image.bytes)?.race()?.is_some());
    // Where the console keeps the ROM's header, the game code is at 0xC.
    image.put(0x023F_FE0C, b"AMCK");
    let ram = Ram::new(&image.bytes)?;
    assert_eq!((ram.course_id()?, ram.scene_state()?), (20, Some(2)));
    let error = ram.race().expect_err("its race status lies elsewhere");
    assert_eq!(
        error.to_string(),
        "race_status: its address in the game AMCK is unknown"
    );
    Ok(())
}

#[test]
fn an_image_of_something_else_is_refused() {
    let size = Ram::new(&[0; 16]).expect_err("too short");
    let (expected, found) = (RAM_SIZE, 16);
    let error = ram_views::Error::ImageSize { expected, found };
    assert_eq!(size, Error::Ram(error));
    let other = Ram::new(&vec![0; RAM_SIZE]).expect_err("another game");
    assert_eq!(other, Error::UnknownRegion { found: 0 });
    assert_eq!(Region::US.address(&symbols::DRIVERS), Ok(0x0217_ACF8));
}
