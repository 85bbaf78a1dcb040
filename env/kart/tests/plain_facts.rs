//! Rewards, endings, observations and actions of facts that no game was needed for.

use env_kart::{
    Error,
    action::DrivingAction,
    control::{ActionSet, Button, Controller, RaceAction},
    ending::{Circumstances, EndDetector, Ending},
    facts::{Controls, FULL_CHARGE, Facts, Floor},
    moment::Moment,
    observation::{Buttons, Keymask, Observation, Observer, PreviousAction, Term},
    reward::{RewardTerm, Rewarder, Rewards},
};
use track::{Checkpoint, Pose, Surface, Track, Triangle};

/// A level road, 100 units wide and 400 long, without checkpoints.
fn road() -> Track {
    let surface = Surface {
        kind: 0,
        carries: true,
        stops: false,
        is_road: true,
    };
    let [a, b, c, d] = [
        [-50.0, 0.0, 0.0],
        [-50.0, 0.0, 400.0],
        [50.0, 0.0, 400.0],
        [50.0, 0.0, 0.0],
    ];
    let triangles = [[a, b, c], [c, d, a]].map(|corners| Triangle {
        corners,
        normal: [0.0, 1.0, 0.0],
        surface,
    });
    Track::new(triangles.to_vec(), Vec::new(), None)
}

fn rewarder(terms: Vec<RewardTerm>) -> Rewarder {
    let mut no_line = |_: &std::path::Path| -> Result<_, Error> {
        Err(Error::setting("reference line", "no file", "one"))
    };
    Rewarder::new(Rewards { terms, clip: None }, &mut no_line).expect("sound terms")
}

/// What each frame is worth that follows on the one before it.
fn worths(terms: Vec<RewardTerm>, frames: &[Facts]) -> Vec<f64> {
    let track = road();
    let mut rewarder = rewarder(terms);
    frames
        .windows(2)
        .map(|pair| rewarder.reward(&Moment::new(pair[1], &track), &pair[0]))
        .collect()
}

#[test]
fn checkpoints_are_rewarded_once_and_those_left_backwards_are_counted() {
    let gate = |z| Checkpoint::between([[-50.0, z], [50.0, z]], None);
    let gates = [0.0, 100.0, 200.0, 300.0, 400.0].map(gate).to_vec();
    let track = Track::new(road().triangles().to_vec(), gates, None);
    let mut rewarder = rewarder(vec![
        RewardTerm::Checkpoint { value: 1.0 },
        RewardTerm::Backwards { value: -10.0 },
    ]);
    let mut worths = |checkpoints: &[u16]| {
        rewarder.reset();
        let at = |checkpoint: u16| Facts {
            checkpoint,
            ..Facts::default()
        };
        checkpoints
            .windows(2)
            .map(|pair| rewarder.reward(&Moment::new(at(pair[1]), &track), &at(pair[0])))
            .collect::<Vec<_>>()
    };
    // Over the line, with which they begin anew, and back over it.
    assert_eq!(worths(&[3, 4, 0, 0, 1]), [1.0, 1.0, 0.0, 1.0]);
    assert_eq!(worths(&[4, 0, 4, 3, 0, 1]), [1.0, -10.0, -10.0, 0.0, 1.0]);
    assert_eq!(worths(&[1, 3]), [2.0]);
}

#[test]
fn an_early_finish_is_worth_the_frames_that_are_left() {
    let terms = vec![RewardTerm::EarlyFinish {
        value: 2.0,
        frames: 5,
    }];
    let frames = [0.0, 0.5, 0.9, 1.0, 1.0].map(at_progress);
    assert_eq!(worths(terms.clone(), &frames), [0.0, 0.0, 4.0, 0.0]);
    let late = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0].map(at_progress);
    assert_eq!(worths(terms, &late), [0.0; 6]);
}

/// The index of the frame in which an ending happens, each frame a step.
fn ends_at(ending: &Ending, frames: &[Facts]) -> Option<usize> {
    let track = road();
    let mut detector = EndDetector::new(ending).expect("a sound ending");
    (0..frames.len()).find(|&index| {
        let circumstances = Circumstances {
            steps: index as u32 + 1,
            movie_over: false,
        };
        let before = frames[index.saturating_sub(1)];
        let moment = Moment::new(frames[index], &track);
        detector.update(&moment, &before, circumstances).is_some()
    })
}

fn at_progress(race_progress: f32) -> Facts {
    Facts {
        race_progress,
        ..Facts::default()
    }
}

#[test]
fn progress_is_worth_its_weight_and_the_finish_is_rewarded_once() {
    let terms = vec![
        RewardTerm::Progress { weight: 8.0 },
        RewardTerm::Finish { value: 3.0 },
    ];
    let frames = [0.25, 0.5, 0.25, 1.0, 1.0].map(at_progress);
    assert_eq!(worths(terms, &frames), [2.0, -2.0, 9.0, 0.0]);
}

#[test]
fn drifts_boosts_and_floors_are_rewarded_frame_by_frame() {
    let frame = Facts::default();
    let drifting = Facts {
        drift_direction: -1.0,
        drift_charge: FULL_CHARGE,
        ..frame
    };
    let boosted = Facts {
        mini_turbo: 30,
        ..frame
    };
    let off_road = Facts {
        terrain: 0.6,
        ..frame
    };
    let flying = Facts {
        airborne: 4,
        ..off_road
    };
    let terms = vec![
        RewardTerm::Drift { value: 1.0 },
        RewardTerm::Charge { value: 10.0 },
        RewardTerm::MiniTurbo { value: 100.0 },
        RewardTerm::Boost { value: 1000.0 },
        RewardTerm::OffRoad { value: -1.0 },
    ];
    let frames = [frame, drifting, boosted, boosted, off_road, flying];
    assert_eq!(worths(terms, &frames), [11.0, 1100.0, 1000.0, -1.0, 0.0]);
}

#[test]
fn a_wall_counts_when_touched_or_when_the_edge_is_near() {
    let beside = |x: f32| Facts {
        pose: Pose::new([x, 0.0, 200.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
        ..Facts::default()
    };
    let touching = Facts {
        wall_contact: true,
        ..beside(0.0)
    };
    let frames = [beside(0.0), beside(0.0), beside(45.0), touching];
    let wall = |distance| {
        let terms = vec![RewardTerm::Wall {
            value: -1.0,
            distance,
        }];
        worths(terms, &frames)
    };
    assert_eq!(wall(10.0), [0.0, -1.0, -1.0]);
    assert_eq!(wall(0.0), [0.0, 0.0, -1.0]);
    let near = Ending::Collision { distance: 10.0 };
    assert_eq!(ends_at(&near, &frames), Some(2));
    let touched = Ending::Collision { distance: 0.0 };
    assert_eq!(ends_at(&touched, &frames), Some(3));
}

#[test]
fn endings_with_a_duration_count_from_the_start_signal() {
    // Standing still, from ten frames before the signal on.
    let frames: Vec<_> = (-10..100)
        .map(|since_start| Facts {
            since_start,
            top_speed: 5.0,
            ..Facts::default()
        })
        .collect();
    let slow = Ending::SlowSpeed {
        below: 0.5,
        frames: 20,
    };
    assert_eq!(ends_at(&slow, &frames), Some(10 + 19));
    let stuck = Ending::Stuck {
        frames: 30,
        progress: 0.01,
    };
    // The last frame of the countdown is the one that progress is measured from.
    assert_eq!(ends_at(&stuck, &frames), Some(9 + 30));
    assert_eq!(ends_at(&Ending::RaceStart { offset: -3 }, &frames), Some(7));
    let both = Ending::All(vec![slow.clone(), Ending::Steps(50)]);
    assert_eq!(ends_at(&both, &frames), Some(49));
    let either = Ending::Any(vec![slow, Ending::Steps(5)]);
    assert_eq!(ends_at(&either, &frames), Some(4));
}

#[test]
fn a_stick_is_observed_to_its_degree() {
    let terms = [
        Term::PreviousAction(PreviousAction {}),
        Term::Buttons(Buttons {}),
    ];
    let keymask = Keymask {
        unit: "bits",
        greatest: 0xFFFF,
        doc: "the buttons of a test",
    };
    let observer = Observer::new(&terms, keymask).expect("terms of different names");
    let controls = Controls {
        accelerate: true,
        left: 0.25,
        buttons: 0x8001,
        ..Controls::default()
    };
    let facts = Facts {
        controls,
        floor: Floor::Boost,
        ..Facts::default()
    };
    let (mut seen, mut idle) = (Observation::default(), Observation::default());
    observer.observe(&Moment::new(facts, &road()), &mut seen);
    assert_eq!(seen.floats, [1.0, 0.0, 0.0, 0.0, 0.25, 0.0]);
    assert_eq!(seen.words, [0x8001]);
    // Without a race the controls are all there is.
    observer.observe_nothing(&controls, &mut idle);
    assert_eq!(seen, idle);
}

/// The stick and one button of a console that is made up.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Go,
    Stick(i8),
}

/// Its pad: whether the button is held, and where the stick is.
type Pad = (bool, i8);

impl Button for Part {
    type Pad = Pad;

    const KEYMASKS: u32 = 2;

    fn held(buttons: impl IntoIterator<Item = Self>) -> Pad {
        buttons
            .into_iter()
            .fold((false, 0), |(go, x), part| match part {
                Self::Go => (true, x),
                Self::Stick(x) => (go, x),
            })
    }

    fn of_bits(buttons: u16, stick: [i8; 2]) -> Pad {
        (buttons == 1, stick[0])
    }

    fn driving(action: DrivingAction) -> Pad {
        (action.accelerate, action.steer.sign() * 80)
    }

    fn stick([x, _]: [i8; 2]) -> Option<Self> {
        Some(Self::Stick(x))
    }
}

#[test]
fn sets_of_actions_serve_any_pad() {
    let press = |set: &ActionSet<Part>, action: RaceAction| {
        let mut controller = Controller::new(set).expect("a set");
        controller.press(&action)
    };
    let choice = ActionSet::Choice(vec![vec![], vec![Part::Go, Part::Stick(-20)]]);
    assert_eq!(press(&choice, RaceAction::Index(1)).ok(), Some((true, -20)));
    assert_eq!(press(&choice, RaceAction::Index(0)).ok(), Some((false, 0)));
    let stick = ActionSet::Stick {
        reach: 80,
        buttons: vec![Part::Go],
    };
    let choices = |choices: [u32; 3]| RaceAction::Choices(choices.to_vec());
    assert_eq!(press(&stick, choices([0, 80, 1])).ok(), Some((true, -80)));
    assert_eq!(press(&stick, choices([160, 0, 0])).ok(), Some((false, 80)));
    let latch = press(&ActionSet::DriftLatch, RaceAction::Index(2));
    assert_eq!(latch.ok(), Some((true, -80)));
    let keymask = press(&ActionSet::Keymask, RaceAction::Index(1));
    assert_eq!(keymask.ok(), Some((true, 0)));
    let refused = press(&ActionSet::Keymask, RaceAction::Index(2));
    assert!(matches!(refused, Err(Error::Action { .. })), "{refused:?}");
}
