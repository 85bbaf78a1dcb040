//! The games of `Races`: which one a configuration is of, and what environments of each add.

use std::sync::Arc;

use drawing::DrawList;
use env_core::RenderFrame;
use env_core::vector::{VectorEnv, VectorOptions};
use env_kart::observation::Term;
use env_kart::race_env::{InputOf, RaceEnv, RaceFactory, RaceGame};
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use env_native::NativeRaces;
use machine::{Machine, State as _};
use mkds_memory::path::FieldValue;
use mupen64plus::Storage;
use overlays::{OverlayKind, Races as _};
use overlays_mk64::Mk64Races;
use overlays_mkds::MkdsRaces;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;

use crate::batch::Batch;
use crate::errors::{ConfigError, IntoException, OrException};
use crate::races::vector_error;

/// What a game adds to `Races`.
pub(crate) trait Game: RaceGame<Error: IntoException> {
    /// Reads its races, to draw over them.
    type Drawn: overlays::Races<
            Input = InputOf<Self>,
            Course = Self::Course,
            Error = <Self as RaceGame>::Error,
        >;

    /// The value of a field of the game, by its path; `None` if a pointer is null.
    fn read(machine: &Self::Machine, path: &str) -> PyResult<Option<FieldValue>>;

    /// The terms that a configuration observes.
    fn observation(config: &Self::Config) -> &[Term];

    /// The state of a console, as files have it.
    fn save_state(machine: &mut Self::Machine) -> PyResult<Vec<u8>>
    where
        <Self::Machine as Machine>::Error: IntoException,
    {
        Ok(machine.save_state().or_exception()?.to_bytes())
    }
}

/// Draws overlays over the picture of an environment; without a race there is nothing to draw. Their names are checked
/// even if there is no `picture`.
pub(crate) fn draw<G: Game>(
    env: &RaceEnv<G>,
    overlays: &[String],
    picture: Option<&mut RenderFrame>,
) -> PyResult<()> {
    let kinds = OverlayKind::parse_list(&overlays.join(","));
    let kinds = kinds.map_err(|error| ConfigError::new_err(format!("overlays: {error}")))?;
    let (Some(picture), Some(course), Some(ram)) = (picture, env.course(), env.machine().ram())
    else {
        return Ok(());
    };
    let Some(race) = G::Drawn::race(ram.bytes).or_exception()? else {
        return Ok(());
    };
    let rays = G::observation(env.config())
        .iter()
        .find_map(|term| match term {
            Term::Rays(rays) => Some(rays.clone()),
            _ => None,
        });
    let fan = rays.unwrap_or_default().fan().or_exception()?;
    let scene = G::Drawn::scene(&race, course, &G::input(env.pad())).or_exception()?;
    let overlays: Vec<_> = kinds.into_iter().map(OverlayKind::make).collect();
    let mut list = DrawList::default();
    overlays::draw_all(&overlays, &scene.with_rays(&fan), &mut list);
    let (width, height) = (picture.width as u32, picture.height as u32);
    drawing::raster::draw(&list, &mut picture.rgba, width, height, 1)
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

/// The games, by the names that configurations have for them.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Name {
    #[default]
    Mkds,
    Mk64,
}

/// The game that a configuration is of; a configuration that names none is Mario Kart DS's.
#[derive(Default, Deserialize)]
#[serde(default)]
struct GameOf {
    game: Name,
}

/// What plays the game.
#[derive(Clone, Copy)]
pub(crate) enum Backend {
    /// An emulator for each environment.
    Emulator,
    /// The bundled game's logic, compiled for this machine.
    Native,
}

impl Backend {
    /// The backend of this name.
    pub(crate) fn named(name: &str) -> PyResult<Self> {
        match name {
            "emulator" => Ok(Self::Emulator),
            "native" => Ok(Self::Native),
            other => Err(ConfigError::new_err(format!(
                "backend: expected 'emulator' or 'native', found {other:?}"
            ))),
        }
    }
}

/// What to open environments with, besides their configuration.
pub(crate) struct Opening {
    /// What plays the game.
    pub(crate) backend: Backend,
    /// The ROM; `None` for the bundled game.
    pub(crate) rom: Option<Vec<u8>>,
    /// The save memory to power on with.
    pub(crate) saved: Option<Vec<u8>>,
    /// Whether each step draws its last frame.
    pub(crate) render: bool,
    /// How many environments.
    pub(crate) count: usize,
    /// How they are stepped.
    pub(crate) options: VectorOptions,
}

/// Environments of a configuration (JSON).
pub(crate) fn open(config: &str, opening: Opening) -> PyResult<Box<dyn Batch>> {
    let Opening {
        backend,
        rom,
        saved,
        render,
        ..
    } = &opening;
    let rom = |bundled: &'static [u8]| Arc::from(rom.as_deref().unwrap_or(bundled));
    match of_json(config)? {
        Name::Mk64 if matches!(backend, Backend::Native) => Err(ConfigError::new_err(
            "backend: expected 'emulator' for game 'mk64', found 'native'",
        )),
        Name::Mkds => {
            let config = env_mkds::config::RaceEnvConfig {
                render: *render,
                battery: saved
                    .as_deref()
                    .map(|bytes| Arc::from(nds_formats::battery::without_container(bytes))),
                ..env_mkds::config::RaceEnvConfig::from_json(config).or_exception()?
            };
            let rom = rom(homebrew::ROM);
            match backend {
                Backend::Emulator => batch::<MarioKartDs>(rom, config, opening),
                Backend::Native => batch::<NativeRaces>(rom, config, opening),
            }
        }
        Name::Mk64 => {
            let config = env_mk64::config::RaceEnvConfig {
                render: *render,
                saved: saved
                    .iter()
                    .map(|bytes| (storage_of(bytes), Arc::from(bytes.as_slice())))
                    .collect(),
                ..env_mk64::config::RaceEnvConfig::from_json(config).or_exception()?
            };
            batch::<MarioKart64>(rom(homebrew_n64::ROM), config, opening)
        }
    }
}

/// The save memory that a file of this size holds: the cartridge's, or what is in the controllers.
fn storage_of(bytes: &[u8]) -> Storage {
    match bytes.len() <= Storage::Eeprom.size() {
        true => Storage::Eeprom,
        false => Storage::Paks,
    }
}

fn batch<G: Game>(rom: Arc<[u8]>, config: G::Config, opening: Opening) -> PyResult<Box<dyn Batch>>
where
    VectorEnv<RaceEnv<G>>: Batch,
    RaceEnv<G>: Send,
    RaceFactory<G>: Send + Sync,
{
    let factory = RaceFactory::<G>::new(rom, config).or_exception()?;
    let envs = VectorEnv::new(move |_| factory.make(), opening.count, opening.options);
    Ok(Box::new(envs.map_err(|error| vector_error(&error))?))
}

/// The configuration of a preset, as JSON; `None` for an unknown name. The last two settings belong to MarioKartDS-v0.
pub(crate) fn preset(name: &str, ray_max_dist: f32, ray_count: usize) -> Option<String> {
    use env_mk64::config::RaceEnvConfig as Mk64;
    use env_mkds::config::RaceEnvConfig as Mkds;
    Some(match name {
        "MarioKartDS-v0" => Mkds::mario_kart_ds_v0(ray_max_dist, ray_count).to_json(),
        "TimeTrial-v1" => Mkds::time_trial_v1().to_json(),
        "Pixels-v0" => Mkds::pixels_v0().to_json(),
        "Driving-v0" => Mkds::default().to_json(),
        "MarioKart64-v0" => Mk64::mario_kart_64_v0().to_json(),
        "MarioKart64Driving-v0" => Mk64::default().to_json(),
        "MarioKart64Pixels-v0" => Mk64::pixels_v0().to_json(),
        "MarioKart64Both-v0" => Mk64::both_v0().to_json(),
        _ => return None,
    })
}

/// A configuration of a TOML file's text, as JSON; checked.
pub(crate) fn json_of_toml(text: &str) -> PyResult<String> {
    let GameOf { game } = toml::from_str(text).map_err(config_error)?;
    match game {
        Name::Mkds => env_mkds::config::RaceEnvConfig::from_toml(text)
            .map(|config| config.to_json())
            .or_exception(),
        Name::Mk64 => env_mk64::config::RaceEnvConfig::from_toml(text)
            .map(|config| config.to_json())
            .or_exception(),
    }
}

fn of_json(text: &str) -> PyResult<Name> {
    let GameOf { game } = serde_json::from_str(text).map_err(config_error)?;
    Ok(game)
}

fn config_error(error: impl std::fmt::Display) -> PyErr {
    ConfigError::new_err(format!("configuration: {error}"))
}

impl Game for MarioKartDs {
    type Drawn = MkdsRaces;

    fn read(emulator: &desmume::Emulator, path: &str) -> PyResult<Option<FieldValue>> {
        read_mkds(emulator.main_ram(), path)
    }

    fn observation(config: &Self::Config) -> &[Term] {
        &config.observation
    }
}

/// Races without an emulator are read, and would be drawn, as those on it.
impl Game for NativeRaces {
    type Drawn = MkdsRaces;

    fn read(console: &env_native::Console, path: &str) -> PyResult<Option<FieldValue>> {
        read_mkds(console.ram(), path)
    }

    fn observation(config: &Self::Config) -> &[Term] {
        &config.observation
    }

    fn save_state(_: &mut env_native::Console) -> PyResult<Vec<u8>> {
        Err(ConfigError::new_err(
            "save_state: expected backend 'emulator', found 'native', which has no console whose state a file could hold",
        ))
    }
}

/// The value of a field in the RAM of Mario Kart DS.
fn read_mkds(ram: &[u8], path: &str) -> PyResult<Option<FieldValue>> {
    let path = mkds_memory::path::Path::parse(path).or_exception()?;
    mkds_memory::Ram::new(ram)
        .and_then(|ram| Ok(path.read(&ram)?))
        .or_exception()
}

impl Game for MarioKart64 {
    type Drawn = Mk64Races;

    fn read(emulator: &mupen64plus::Emulator, path: &str) -> PyResult<Option<FieldValue>> {
        let path = mk64_memory::path::Path::parse(path).or_exception()?;
        let ram = mk64_memory::Ram::new(emulator.ram()).or_exception()?;
        path.read(&ram).or_exception()
    }

    fn observation(config: &Self::Config) -> &[Term] {
        &config.observation
    }
}
