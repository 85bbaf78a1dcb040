//! Checks that the memory at each symbol is plausible for it.

use anyhow::{Context, Result, bail, ensure};
use env_mk64::combo::Combo;
use mk64_memory::collision::GRID_SIDE;
use mk64_memory::controller::Buttons;
use mk64_memory::course::Course;
use mk64_memory::path::{FieldValue, Path};
use mk64_memory::race::Side;
use mk64_memory::symbols::{self, Symbol};
use mk64_memory::{RAM_BASE, RAM_SIZE, Race, Ram};

use crate::commands::verify::Check;

/// The farthest that a camera is from its player, units.
const CAMERA_REACH: f32 = 500.0;
/// The highest above the floor that a kart on the ground is, units.
const STANDING: f32 = 30.0;
/// Ticks of the frames between the two looks.
const TICKS_BETWEEN: u32 = 2;

/// A race to check, and its inputs.
pub struct Scene<'a> {
    /// The RAM.
    pub ram: Ram<'a>,
    /// The race's ticks a drawn frame before.
    pub ticks_before: Option<u32>,
    /// The buttons that are held.
    pub held: n64_formats::pad::Buttons,
    /// The character, course and mode chosen in the menus.
    pub combo: Combo,
}

/// The numbers that symbols hold in a race: the path to the number, the least and the greatest.
const NUMBERS: [(&str, f64, f64); 46] = [
    ("game_state", 4.0, 4.0),
    ("race_state", 2.0, 5.0),
    ("demo_mode", 0.0, 0.0),
    ("debug_mode", 0.0, 1.0),
    ("next_game_state", -1.0, 255.0),
    ("screen_mode", 0.0, 3.0),
    ("player_count", 1.0, 4.0),
    ("engine_class", 0.0, 3.0),
    ("frame_counter", 1.0, 2147483647.0),
    ("vertical_timer", 0.0, 1e9),
    ("course_timer", 0.0, 6000.0),
    ("paused", 0.0, 0.0),
    ("mirrored", 0.0, 1.0),
    ("menu", 0.0, 255.0),
    ("menu_fade", -1000.0, 1000.0),
    ("course_timer_runs", 0.0, 1.0),
    ("camera_fov[0]", 10.0, 120.0),
    ("collision_triangle_count", 1.0, 10000.0),
    ("collision_index_count", 1.0, 65535.0),
    ("course_direction", -1.0, 1.0),
    ("line_time[0]", 0.0, 6000.0),
    ("player_by_rank[0]", 0.0, 7.0),
    ("player_ghost_index", -1.0, 4096.0),
    ("player_ghost_character", 0.0, 7.0),
    ("player_ghost_time", 0.0, 600000.0),
    ("completion_by_rank[0]", -1.0, 3.0),
    ("lateral_factor", -100.0, 100.0),
    ("wrong_way_counter[0]", 0.0, 65535.0),
    ("wrong_way[0]", 0.0, 1.0),
    ("section[0]", 0.0, 65535.0),
    ("path_start_z", -32768.0, 32767.0),
    ("lap[0]", -1.0, 3.0),
    ("rank[0]", 0.0, 7.0),
    ("previous_rank[0]", 0.0, 7.0),
    ("points_traversed[0]", -4096.0, 16384.0),
    ("lap_completion[0]", -1.0, 1.0),
    ("course_completion[0]", -1.0, 3.0),
    ("path_by_player[0]", 0.0, 3.0),
    ("path_point_count[0]", 1.0, 4096.0),
    ("hud[0].total_time", 0.0, 600000.0),
    ("grand_prix_points[0]", 0.0, 255.0),
    ("save_data.info.sound_mode", 0.0, 3.0),
    ("character_cell[0]", 0.0, 8.0),
    ("character_is_chosen[0]", 0.0, 1.0),
    ("cup", 0.0, 3.0),
    ("course_in_cup", 0.0, 3.0),
];

/// Symbols of the menus, which say nothing in a race.
const OF_MENUS: [&str; 6] = [
    "course_menu",
    "main_menu",
    "character_menu",
    "debug_menu",
    "menu_timer",
    "menu_delay_timer",
];

/// Checks every symbol.
pub fn check(scene: &Scene<'_>) -> Vec<Check> {
    let checked = |symbol: &Symbol| match look(scene, symbol) {
        Ok(None) => Check::absent("symbol", symbol.name, "nothing in this race"),
        Ok(Some(detail)) => Check::passed("symbol", symbol.name, detail),
        Err(error) => Check::of("symbol", symbol.name, Err(error)),
    };
    symbols::ALL.iter().map(checked).collect()
}

/// Checks a symbol and describes the finding; `None` if there is nothing.
fn look(scene: &Scene<'_>, symbol: &Symbol) -> Result<Option<String>> {
    let race = scene.ram.race()?.context("no race")?;
    let root = |path: &str| path.split(['[', '.']).next() == Some(symbol.path);
    if let Some((path, low, high)) = NUMBERS.iter().find(|(path, ..)| root(path)) {
        return number(scene, path, *low, *high);
    }
    match symbol.name {
        name if OF_MENUS.contains(&name) => Ok(None),
        "controller_pointer" => leads_to(scene, "controller_pointer[0]", "controller[0]"),
        "player_pointer" => leads_to(scene, "player_pointer[0]", "player[0]"),
        "mode" => {
            let mode = scene.combo.mode.number().0.into();
            number(scene, "mode", mode, mode)
        }
        "course_id" | "loaded_course_id" => {
            let id = scene.combo.course.into();
            number(scene, symbol.path, id, id)
        }
        "characters_chosen" => {
            let character = scene.combo.character.into();
            number(scene, "characters_chosen[0]", character, character)
        }
        "controller" => held(scene).map(Some),
        "player" => player(&race).map(Some),
        "collision_grid" => grid(&race).map(Some),
        "collision_triangle" => triangles(&race).map(Some),
        "course_bounds" => bounds(&race).map(Some),
        "actor" => {
            let actors = scene.ram.actors()?;
            let count = actors.iter().filter(|actor| actor.exists()).count();
            Ok((count > 0).then(|| format!("{count} actors")))
        }
        "player_ghost" => {
            let words = scene.ram.player_ghost()?.len();
            Ok((words > 0).then(|| format!("{words} runs")))
        }
        "nearest_point" => {
            let last = race.path_point_count(0)?.saturating_sub(1) as f64;
            number(scene, "nearest_point[0]", 0.0, last)
        }
        "path_centre" => points(&race, Side::Centre),
        "path_left" => points(&race, Side::Left),
        "path_right" => points(&race, Side::Right),
        "path_section_types" => Ok(some(race.section_types(0)?.len(), "sections")),
        "path_expected_rotation" => Ok(some(race.expected_rotations(0)?.len(), "yaws")),
        "current_path" | "collision_indices" => pointer(scene, symbol.path),
        "camera" => camera(&race).map(Some),
        "race_ticks" => clock(scene, &race).map(Some),
        other => bail!("no check of {other}"),
    }
}

fn some(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} {what}"))
}

/// Checks that the number at a path is between two others.
fn number(scene: &Scene<'_>, path: &str, low: f64, high: f64) -> Result<Option<String>> {
    let Some(found) = Path::parse(path)?.read(&scene.ram)? else {
        return Ok(None);
    };
    let value = found.as_f64();
    let value = value.with_context(|| format!("{path} is no number"))?;
    ensure!(
        (low..=high).contains(&value),
        "{path}: expected {low} to {high}, found {value}"
    );
    Ok(Some(format!("{path} = {value}")))
}

/// Checks that the pointer at a path, if it is not null, leads into RAM.
fn pointer(scene: &Scene<'_>, path: &str) -> Result<Option<String>> {
    let Some(FieldValue::Integer(found)) = Path::parse(path)?.read(&scene.ram)? else {
        bail!("{path} is no pointer");
    };
    let ram = i64::from(RAM_BASE)..i64::from(RAM_BASE) + RAM_SIZE as i64;
    ensure!(
        found == 0 || ram.contains(&found),
        "{path}: expected an address in RAM, found {found:#010X}"
    );
    Ok((found != 0).then(|| format!("{found:#010X}")))
}

/// Checks that the pointer at a path leads to what is at another.
fn leads_to(scene: &Scene<'_>, path: &str, target: &str) -> Result<Option<String>> {
    let address = Path::parse(target)?.address(&scene.ram)?;
    let address = address.with_context(|| format!("{target}: nothing there"))?;
    let at = f64::from(address);
    number(scene, path, at, at)?;
    Ok(Some(format!("{target} at {address:#010X}")))
}

/// Checks that the buttons of the first pad are those that are held.
fn held(scene: &Scene<'_>) -> Result<String> {
    let pads = scene.ram.controllers()?;
    let found = pads.get(0).context("no controller")?.buttons();
    // The controller sends the byte that is the upper one of the game's word first.
    let held = Buttons::from_bits_retain(scene.held.bits().swap_bytes());
    ensure!(
        found.contains(held),
        "controller[0].buttons: expected {:#x}, found {:#x}",
        held.bits(),
        found.bits()
    );
    Ok(format!(
        "controller[0].buttons = {:#x}, as held",
        found.bits()
    ))
}

fn player(race: &Race<'_>) -> Result<String> {
    let player = race.player(0).context("no player")?;
    let [x, y, z] = player.position();
    let course = Course::read(race)?;
    let floor = course.track().floor_below([x, y + STANDING, z]);
    if player.air_ticks() == 0 {
        let floor = floor.context("expected ground below the kart, found none")?;
        ensure!(
            (floor.y - y).abs() < STANDING,
            "expected ground at y {y:.1}, found it at {:.1}",
            floor.y
        );
    }
    Ok(format!(
        "at {x:.1} {y:.1} {z:.1}, speed {:.2}",
        player.speed()
    ))
}

fn grid(race: &Race<'_>) -> Result<String> {
    let triangles = race.triangles()?.len();
    let mut filled = 0;
    for (column, row) in (0..GRID_SIDE).flat_map(|row| (0..GRID_SIDE).map(move |c| (c, row))) {
        let mut numbers = race.cell(column, row)?;
        filled += usize::from(numbers.len() > 0);
        let wrong = numbers.find(|number| usize::from(*number) >= triangles);
        ensure!(
            wrong.is_none(),
            "cell {column} {row}: expected triangles below {triangles}, found {wrong:?}"
        );
    }
    ensure!(filled > 0, "expected a cell with triangles, found none");
    Ok(format!("{filled} cells with triangles"))
}

fn triangles(race: &Race<'_>) -> Result<String> {
    let course = Course::read(race)?;
    let (count, points) = (course.track().triangles().len(), course.path_points());
    ensure!(count > 0, "expected triangles, found none");
    Ok(format!(
        "{count} triangles around a path of {points} points"
    ))
}

fn bounds(race: &Race<'_>) -> Result<String> {
    let bounds = race.bounds()?;
    let [x, _, z] = race.player(0).context("no player")?.position();
    let of = |low: i16, high: i16| f32::from(low)..=f32::from(high);
    ensure!(
        of(bounds.min_x(), bounds.max_x()).contains(&x)
            && of(bounds.min_z(), bounds.max_z()).contains(&z),
        "expected the player in it, found it at {x:.0} {z:.0}"
    );
    Ok("around the player".to_owned())
}

fn points(race: &Race<'_>, side: Side) -> Result<Option<String>> {
    Ok(some(race.path(0, side)?.len(), "points"))
}

fn camera(race: &Race<'_>) -> Result<String> {
    let player = race.player(0).context("no player")?.position();
    let camera = race.camera()?.position();
    let square: f32 = [0, 1, 2]
        .map(|axis| (camera[axis] - player[axis]).powi(2))
        .iter()
        .sum();
    let distance = square.sqrt();
    ensure!(
        distance < CAMERA_REACH,
        "expected it near the player, found it {distance:.0} units away"
    );
    Ok(format!("{distance:.0} units from the player"))
}

fn clock(scene: &Scene<'_>, race: &Race<'_>) -> Result<String> {
    let before = scene.ticks_before.context("no race two frames before")?;
    let (expected, found) = (i64::from(before + TICKS_BETWEEN), i64::from(race.ticks()?));
    ensure!(
        found == expected,
        "race_ticks: expected {expected}, found {found}"
    );
    Ok(format!("{found} ticks, {TICKS_BETWEEN} more than before"))
}
