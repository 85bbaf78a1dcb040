//! Checks that the memory at each symbol is plausible for it.

use anyhow::{Context, Result, ensure};
use mkds_formats::ghost::Combo;
use mkds_memory::colliders::CollisionEntry;
use mkds_memory::course::Course;
use mkds_memory::driver::MotionFlags;
use mkds_memory::path::{FieldValue, Path};
use mkds_memory::symbols::{self, Symbol};
use mkds_memory::{Race, Ram};
use nds_formats::fx::VecFx32;
use nds_formats::pad::Pad;

use crate::commands::verify::Check;

/// The farthest that a camera is from its driver, units.
const CAMERA_REACH: f64 = 500.0;
/// The highest above the floor that a kart on the ground is, units.
const STANDING: f32 = 30.0;

/// The farthest that a collision sphere is from its kart, units.
const SPHERE_REACH: f64 = 50.0;

/// A race to check, and its inputs.
pub struct Scene<'a> {
    /// The RAM.
    pub ram: Ram<'a>,
    /// The race's frame counter [two frames](super::super::race) before.
    pub frame_before: Option<u32>,
    /// The buttons held in the last frame.
    pub held: Pad,
    /// The character, kart and course chosen in the menus.
    pub combo: Combo,
    /// The course, from the ROM's files.
    pub course: Option<Course>,
}

/// Checks every symbol.
pub fn check(scene: &Scene<'_>) -> Vec<Check> {
    symbols::ALL
        .iter()
        .map(|symbol| match look(scene, symbol) {
            Ok(None) => Check::absent("symbol", symbol.name, "null in this race"),
            Ok(Some(detail)) => Check::passed("symbol", symbol.name, detail),
            Err(error) => Check::of("symbol", symbol.name, Err(error)),
        })
        .collect()
}

/// Checks a symbol and describes the finding; `None` if it is null.
fn look(scene: &Scene<'_>, symbol: &Symbol) -> Result<Option<String>> {
    let race = scene.ram.race()?.context("no race")?;
    match symbol.name {
        "race_status" => status(&race).map(Some),
        "map_data" => map(&race, scene.course.as_ref()).map(Some),
        "input" => held(scene, "input.pressed"),
        "controller_slots" => held(scene, "controller[0].pad.held"),
        "player_recording" => recording(scene, "player_recording", 1),
        "ghost_recording" => recording(scene, "ghost_recording", 0),
        "race_config" => config(&race, &scene.combo).map(Some),
        "scene" => number(scene, "scene.state", 2.0, 2.0),
        "race_state" => clock(&race, scene.frame_before).map(Some),
        "camera" => camera(&race).map(Some),
        "driver_count" => number(scene, "driver_count", 1.0, 8.0),
        "drivers" => driver(&race).map(Some),
        "collision_query_count" => number(scene, "collision_query_count", 0.0, 1024.0),
        "collision_entry_count" => number(scene, "collision_entry_count", 0.0, 1024.0),
        "collision_entries" => racers(scene, &race),
        "collision_header" => collision(&race, scene.course.as_ref()).map(Some),
        "item_types" => number(scene, "item_type[0].instance_size", 0.0, 4096.0),
        "item_configs" => number(scene, "item_config[0].count", 0.0, 64.0),
        "driver_items" => number(scene, "items[0].driver_id", 0.0, 7.0),
        "course_id" => {
            let id = scene.combo.course.into();
            number(scene, "course_id", id, id)
        }
        other => anyhow::bail!("no check of {other}"),
    }
}

/// Checks that the number at a path is between two others.
fn number(scene: &Scene<'_>, path: &str, low: f64, high: f64) -> Result<Option<String>> {
    let Some(found) = Path::parse(path)?.read(&scene.ram)? else {
        return Ok(None);
    };
    let value = found
        .as_f64()
        .with_context(|| format!("{path} is no number"))?;
    ensure!(
        (low..=high).contains(&value),
        "{path}: expected {low} to {high}, found {value}"
    );
    Ok(Some(format!("{path} = {value}")))
}

fn status(race: &Race<'_>) -> Result<String> {
    let status = race.driver_status(0)?;
    let progress = status.race_progress().to_f64();
    ensure!(
        (-1.0..=1.0).contains(&progress),
        "race_progress: expected -1 to 1, found {progress}"
    );
    let time = status.total_time();
    ensure!(
        time.seconds < 60 && time.milliseconds < 1000,
        "total_time: expected seconds below 60 and milliseconds below 1000, found {} and {}",
        time.seconds,
        time.milliseconds
    );
    let checkpoints = race.map()?.checkpoints()?.len();
    let checkpoint = usize::from(status.checkpoint());
    ensure!(
        checkpoint < checkpoints,
        "checkpoint: expected below {checkpoints}, found {checkpoint}"
    );
    let milliseconds = time.total_milliseconds();
    Ok(format!(
        "lap {}, {progress:.3} of the race after {milliseconds} ms",
        status.lap()
    ))
}

fn map(race: &Race<'_>, course: Option<&Course>) -> Result<String> {
    let map = race.map()?;
    let checkpoints = map.checkpoints()?.len();
    let starts = map.start_points()?.len();
    ensure!(
        checkpoints > 1 && starts > 0,
        "expected checkpoints and a start, found {checkpoints} and {starts}"
    );
    if let Some(course) = course {
        let file = course.track().checkpoints().len();
        ensure!(
            checkpoints == file,
            "expected the {file} checkpoints of the file, found {checkpoints}"
        );
    }
    Ok(format!("{checkpoints} checkpoints, {starts} starts"))
}

/// Checks that the buttons at a path are those that were held.
fn held(scene: &Scene<'_>, path: &str) -> Result<Option<String>> {
    let Some(FieldValue::Integer(found)) = Path::parse(path)?.read(&scene.ram)? else {
        return Ok(None);
    };
    let held = i64::from(scene.held.bits());
    ensure!(
        found & held == held,
        "{path}: expected {held:#x}, found {found:#x}"
    );
    Ok(Some(format!("{path} = {found:#x}, as held")))
}

/// Checks a recording, which must have at least `least` frames; without a ghost in the race its recording is empty.
fn recording(scene: &Scene<'_>, root: &str, least: u32) -> Result<Option<String>> {
    let runs = Path::parse(&format!("{root}.run"))?;
    let Some(FieldValue::List(runs)) = runs.read(&scene.ram)? else {
        return Ok(None);
    };
    let length = number(
        scene,
        &format!("{root}.length"),
        0.0,
        2.0 * runs.len() as f64,
    )?;
    let duration = |run: &FieldValue| match run {
        FieldValue::Record(fields) => fields
            .iter()
            .find(|(name, _)| *name == "duration")
            .and_then(|(_, duration)| duration.as_f64()),
        _ => None,
    };
    let frames: f64 = runs.iter().filter_map(duration).sum();
    ensure!(
        frames >= f64::from(least),
        "{root}: expected {least} frames or more, found {frames}"
    );
    Ok(length.map(|length| format!("{length}, {frames} frames")))
}

fn config(race: &Race<'_>, combo: &Combo) -> Result<String> {
    let found = env_mkds::menus::combo(race).context("no character, kart and course")?;
    ensure!(found == *combo, "expected {combo}, found {found}");
    Ok(format!(
        "character {}, kart {}, course {}",
        found.character, found.kart, found.course
    ))
}

fn clock(race: &Race<'_>, before: Option<u32>) -> Result<String> {
    let frame = race.state().frame_counter();
    let expected = before.context("no race two frames before")? + 2;
    ensure!(
        expected == frame,
        "frame_counter: expected {expected}, found {frame}"
    );
    Ok(format!("frame {frame}, two more than before"))
}

fn camera(race: &Race<'_>) -> Result<String> {
    let camera = race.camera()?;
    let (sin, cos) = (
        f64::from(camera.fov_sin().to_f32()),
        f64::from(camera.fov_cos().to_f32()),
    );
    let unit = sin.hypot(cos);
    ensure!(
        (0.99..=1.01).contains(&unit),
        "fov: expected a sine and a cosine, found {sin} and {cos}"
    );
    let distance = distance(camera.position(), race.driver(0)?.position());
    ensure!(
        distance < CAMERA_REACH,
        "expected it near the driver, found it {distance:.0} units away"
    );
    Ok(format!("{distance:.0} units from the driver"))
}

fn driver(race: &Race<'_>) -> Result<String> {
    let driver = race.driver(0)?;
    let facing = distance(driver.direction(), VecFx32::from_raw(0, 0, 0));
    ensure!(
        (0.95..=1.05).contains(&facing),
        "direction: expected unit length, found {facing:.3}"
    );
    let course = Course::read(race)?;
    let [x, y, z] = driver.position().to_f32();
    let floor = course.track().floor_below([x, y + STANDING, z]);
    if driver.motion_flags().contains(MotionFlags::ON_GROUND) {
        let floor = floor.context("expected ground below the kart, found none")?;
        ensure!(
            (floor.y - y).abs() < STANDING,
            "expected ground at y {y:.1}, found it at {:.1}",
            floor.y
        );
    }
    Ok(format!(
        "at {x:.1} {y:.1} {z:.1}, {:.2} units a frame",
        driver.forward_speed().to_f32()
    ))
}

/// Checks that the player is among the objects that can be hit, near its position.
fn racers(scene: &Scene<'_>, race: &Race<'_>) -> Result<Option<String>> {
    let entries = scene.ram.collision_entries()?;
    let count = entries.len();
    if count == 0 {
        return Ok(None);
    }
    let player = Path::parse("driver[0]")?
        .address(&scene.ram)?
        .context("no driver")?;
    let is_player = |entry: &CollisionEntry<'_>| entry.object().0 == player;
    let (index, entry) = entries
        .iter()
        .enumerate()
        .find(|(_, entry)| is_player(entry))
        .with_context(|| {
            format!("expected the player among {count}, found none of address {player:#010X}")
        })?;
    let place = entry.position().follow(&scene.ram)?;
    // It is not known which of a driver's positions this is: the kart's, or a collision sphere's.
    let apart = distance(place.context("position: null")?, race.driver(0)?.position());
    ensure!(
        apart < SPHERE_REACH,
        "position: expected it at the driver, found it {apart:.0} units away"
    );
    Ok(Some(format!("the player is number {index} of {count}")))
}

fn collision(race: &Race<'_>, file: Option<&Course>) -> Result<String> {
    let course = Course::read(race)?;
    let triangles = course.track().triangles().len();
    if let Some(file) = file {
        ensure!(
            course.track().triangles() == file.track().triangles()
                && course.sources() == file.sources(),
            "expected the {} triangles of the file, found {triangles}, or others",
            file.track().triangles().len()
        );
        return Ok(format!("{triangles} triangles, equal to the file's"));
    }
    Ok(format!("{triangles} triangles"))
}

fn distance(a: VecFx32, b: VecFx32) -> f64 {
    let (a, b) = (a.to_f32(), b.to_f32());
    let square = |axis: usize| f64::from(a[axis] - b[axis]).powi(2);
    (square(0) + square(1) + square(2)).sqrt()
}
