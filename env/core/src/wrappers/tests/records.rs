use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use super::super::{RecordEpisodes, RenderToFile, RenderToFileError, RescaleReward, TimeLimit};
use super::{LENGTH, Tape};
use crate::{Env, RenderFrame, Step, check};

fn recorded(kept: usize) -> RecordEpisodes<TimeLimit<Tape>> {
    let env = TimeLimit::new(Tape::new(), 4);
    RecordEpisodes::new(env, NonZeroUsize::new(kept).unwrap())
}

#[test]
fn recorded_environments_keep_the_contract() {
    assert_eq!(check(&mut recorded(1), 1), Ok(()));
    let folder = tempfile::tempdir().unwrap();
    let mut drawn = RenderToFile::new(Tape::new(), folder.path()).unwrap();
    assert_eq!(check(&mut drawn, 1), Ok(()));
}

#[test]
fn whole_episodes_are_recorded_and_the_last_ones_kept() {
    let mut env = RescaleReward::new(recorded(2), 100.0, 0.0).unwrap();
    for action in 1..=3 {
        env.reset(None, &()).unwrap();
        while !env.step(&action).unwrap().is_done() {}
        env.reset(None, &()).unwrap();
        env.step(&action).unwrap();
    }
    let records = env.inner_mut().take_episodes();
    let returns: Vec<f64> = records.iter().map(|record| record.episode_return).collect();
    assert_eq!(returns, [8.0, 12.0], "as the task gave them");
    for record in &records {
        assert_eq!(record.length, 4);
        assert!(record.truncated && !record.terminated);
        assert!(!record.wall_time.is_zero());
    }
    assert!(env.inner().episodes().is_empty());
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_state_becomes_a_numbered_picture() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("episodes/first");
    let mut env = RenderToFile::new(Tape::new(), &folder).unwrap();
    env.reset(None, &()).unwrap();
    while !env.step(&0).unwrap().is_done() {}
    let expected: Vec<String> = (0..=LENGTH).map(|at| format!("{at:08}.png")).collect();
    assert_eq!(names(&folder), expected);
    assert_eq!(env.written(), u64::from(LENGTH) + 1);
    for (at, name) in expected.iter().enumerate() {
        let file = std::io::BufReader::new(fs::File::open(folder.join(name)).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut pixel = [0; 4];
        let info = reader.next_frame(&mut pixel).unwrap();
        assert_eq!((info.width, info.height), (1, 1));
        assert_eq!(pixel, [at as u8, 1, 2, 255]);
    }
}

#[test]
fn an_earlier_recording_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut env = RenderToFile::new(Tape::new(), folder.path()).unwrap();
    env.reset(None, &()).unwrap();
    assert!(matches!(
        RenderToFile::new(Tape::new(), folder.path()),
        Err(RenderToFileError::NotEmpty { .. })
    ));
}

#[test]
fn files_that_cannot_be_made_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut env = RenderToFile::new(Tape::new(), folder.path().join("gone")).unwrap();
    fs::remove_dir(folder.path().join("gone")).unwrap();
    fs::write(folder.path().join("gone"), "").unwrap();
    let error = env.reset(None, &()).unwrap_err();
    assert!(matches!(error, RenderToFileError::Output(_)), "{error}");
    assert!(error.to_string().contains("00000000.png"), "{error}");

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(
        RenderToFile::new(Tape::new(), &file),
        Err(RenderToFileError::Io { .. })
    ));
}

/// A tape whose pictures have too few bytes, or are none.
#[derive(Debug)]
struct Torn(Tape, Option<RenderFrame>);

impl Env for Torn {
    type Obs = Vec<f32>;
    type Action = i64;
    type Info = &'static str;
    type Options = ();
    type Error = super::Over;
    type ObservationSpace = crate::space::BoxSpace;
    type ActionSpace = crate::space::Discrete;

    fn observation_space(&self) -> &Self::ObservationSpace {
        self.0.observation_space()
    }

    fn action_space(&self) -> &Self::ActionSpace {
        self.0.action_space()
    }

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &(),
    ) -> Result<(Vec<f32>, &'static str), super::Over> {
        self.0.reset(seed, options)
    }

    fn step(&mut self, action: &i64) -> Result<Step<Vec<f32>, &'static str>, super::Over> {
        self.0.step(action)
    }

    fn render(&mut self) -> Result<Option<RenderFrame>, super::Over> {
        Ok(self.1.clone())
    }
}

#[test]
fn pictures_that_are_none_leave_no_files() {
    let torn = [(2, 3), (0, 0)].map(|(width, height)| RenderFrame {
        width,
        height,
        rgba: vec![0; 23],
    });
    for frame in torn {
        let folder = tempfile::tempdir().unwrap();
        let mut env = RenderToFile::new(Torn(Tape::new(), Some(frame)), folder.path()).unwrap();
        let error = env.reset(None, &()).unwrap_err();
        assert!(matches!(error, RenderToFileError::Png { .. }), "{error}");
        assert!(names(folder.path()).is_empty());
    }
    let folder = tempfile::tempdir().unwrap();
    let mut env = RenderToFile::new(Torn(Tape::new(), None), folder.path()).unwrap();
    env.reset(None, &()).unwrap();
    assert_eq!(env.step(&100).unwrap().reward, 100.0);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn the_errors_inside_come_through() {
    let folder = tempfile::tempdir().unwrap();
    let mut env = RenderToFile::new(Tape::new(), folder.path()).unwrap();
    let error = env.step(&0).unwrap_err();
    assert!(matches!(error, RenderToFileError::Env(super::Over)));
    assert_eq!(error.to_string(), "the tape is over");
}
