//! The environments that models are evaluated in.

use std::num::NonZeroU32;

use anyhow::{Result, ensure};
use env_kart::beginning::{StartVariation, States};
use env_kart::control::ActionSet;
use env_kart::ending::Ending;
use env_kart::race_env::RaceGame;
use env_mk64::config::{self as config_64, INTERRUPTS_PER_FRAME};
use env_mk64::game::MarioKart64;
use env_mk64::pixels::Pixels as Pixels64;
use env_mkds::config;
use env_mkds::game::MarioKartDs;
use env_mkds::pixels::Pixels;

use crate::commands::contest::{Begin, Contest};
use crate::games::KartGame;

/// What an evaluation changes of the environment of datasets and models.
#[derive(Debug, Clone)]
pub struct Evaluation<B> {
    /// The frames of a step.
    pub frames_per_step: NonZeroU32,
    /// The event that truncates an episode.
    pub truncate: Ending,
    /// How starts are varied.
    pub vary: StartVariation,
    /// Width and height of the observations' pictures, if they have some: of the screen that shows the race.
    pub pictures: Option<[usize; 2]>,
    /// The set that actions are of.
    pub actions: ActionSet<B>,
}

/// A game in whose races models are evaluated.
pub trait Evaluated: KartGame {
    /// The environment of a contest.
    ///
    /// # Errors
    /// There is none with steps of that length.
    fn environment(
        contest: &Contest<Self>,
        settings: Evaluation<Self::Button>,
    ) -> Result<<Self as RaceGame>::Config>;
}

impl Evaluated for MarioKartDs {
    fn environment(
        contest: &Contest<Self>,
        settings: Evaluation<Self::Button>,
    ) -> Result<config::RaceEnvConfig> {
        let from = match &contest.begin {
            Begin::Menus => config::StartFrom::default(),
            Begin::State(state) => config::StartFrom::States(States {
                files: vec![state.clone()],
                frame: Some(config::GRID_FRAME),
            }),
        };
        Ok(config::RaceEnvConfig {
            frame_skip: settings.frames_per_step.get(),
            pixels: settings.pictures.map(|size| Pixels {
                size: Some(size),
                ..Pixels::upper()
            }),
            actions: settings.actions,
            truncate: settings.truncate,
            start: config::Start {
                from,
                vary: settings.vary,
            },
            options: contest.console.options.clone(),
            battery: contest.console.battery.as_deref().map(Into::into),
            ..config::RaceEnvConfig::driving(contest.combo)
        })
    }
}

impl Evaluated for MarioKart64 {
    fn environment(
        contest: &Contest<Self>,
        settings: Evaluation<Self::Button>,
    ) -> Result<config_64::RaceEnvConfig> {
        let frames = settings.frames_per_step.get();
        let drawn = frames / INTERRUPTS_PER_FRAME;
        ensure!(
            frames == drawn * INTERRUPTS_PER_FRAME,
            "expected a model that decides every {INTERRUPTS_PER_FRAME} frames, or a multiple, as Mario Kart 64 reads \
             its pad, found one that decides every {frames}"
        );
        let from = match &contest.begin {
            Begin::Menus => config_64::StartFrom::default(),
            Begin::State(state) => config_64::StartFrom::States(States {
                files: vec![state.clone()],
                frame: Some(config_64::GRID_TICK),
            }),
        };
        let saved = contest.console.saved.iter();
        Ok(config_64::RaceEnvConfig {
            frame_skip: drawn,
            pixels: settings.pictures.map(|size| Pixels64 {
                size: Some(size),
                ..Pixels64::whole()
            }),
            actions: settings.actions,
            truncate: settings.truncate,
            start: config_64::Start {
                from,
                vary: settings.vary,
            },
            options: contest.console.options.clone(),
            saved: saved
                .map(|(storage, bytes)| (*storage, bytes.as_slice().into()))
                .collect(),
            ..config_64::RaceEnvConfig::driving(contest.combo)
        })
    }
}
