//! Checkpoints, and the line through them.

use track::{Checkpoint, Track};

/// A checkpoint across +z.
fn checkpoint(left: [f32; 2], right: [f32; 2], next: &[usize]) -> Checkpoint {
    Checkpoint {
        next: next.to_vec(),
        ..Checkpoint::between([left, right], None)
    }
}

#[test]
fn an_open_centreline_ends() {
    // 100 units towards +z, 100 to the right, towards -x: without a way back.
    let ends = [
        [0.0, 0.0],
        [0.0, 50.0],
        [0.0, 100.0],
        [-50.0, 100.0],
        [-100.0, 100.0],
    ];
    let checkpoints = ends.iter().enumerate().map(|(index, [x, z])| {
        let next = if index + 1 < ends.len() {
            vec![index + 1]
        } else {
            vec![]
        };
        checkpoint([x + 10.0, *z], [x - 10.0, *z], &next)
    });
    let track = Track::new(Vec::new(), checkpoints.collect(), None);
    let line = track.centreline();
    assert!(!line.is_closed());
    assert_eq!(track.lap_length(), None);
    assert!((line.length() - 200.0).abs() < 10.0, "{}", line.length());
    let whole = line.heading_change(-1000.0, 3000.0);
    assert!(
        (whole + std::f32::consts::FRAC_PI_2).abs() < 0.1,
        "to the right: {whole}"
    );
    let (early, late) = (
        line.heading_change(0.0, 30.0),
        line.heading_change(60.0, 80.0),
    );
    assert!(early.abs() < 0.1 && late < -1.0, "{early} {late}");
    assert!(line.curvature(100.0, 80.0) < -0.01);
    assert_eq!(line.heading_change(f32::NAN, 1.0), 0.0);
    let quarter = line.progress([7.0, 50.0], None).expect("a line");
    assert!((quarter - 0.25).abs() < 0.02, "{quarter}");
}

#[test]
fn without_checkpoints_there_is_no_line() {
    let track = Track::new(Vec::new(), Vec::new(), None);
    let line = track.centreline();
    assert_eq!(
        (
            line.progress([0.0, 0.0], None),
            line.heading_change(0.0, 9.0)
        ),
        (None, 0.0)
    );
    assert_eq!((line.curvature(0.0, 10.0), track.lap_length()), (0.0, None));
}

#[test]
fn checkpoints_are_crossed_between_their_ends() {
    let line = checkpoint([20.0, 5.0], [-20.0, 5.0], &[]);
    assert_eq!(line.width(), 40.0);
    assert_eq!(line.beyond([3.0, 1.0]), -4.0);
    assert_eq!(line.beyond([-90.0, 7.0]), 2.0);
    assert_eq!(line.crossing([1.0, 1.0], [1.0, 6.0]), Some(0.8));
    assert_eq!(
        line.crossing([1.0, 6.0], [1.0, 1.0]),
        Some(0.2),
        "backwards"
    );
    assert_eq!(line.crossing([1.0, 1.0], [1.0, 4.0]), None, "not yet");
    assert_eq!(line.crossing([1.0, 6.0], [1.0, 9.0]), None, "no longer");
    assert_eq!(line.crossing([21.0, 1.0], [21.0, 6.0]), None, "beside it");
}

#[test]
fn a_checkpoint_faces_the_next_one_whichever_end_comes_first() {
    let (left, right) = ([20.0, 5.0], [-20.0, 9.0]);
    let facing = Checkpoint::between([left, right], Some([0.0, 90.0]));
    assert_eq!((facing.left, facing.right), (left, right));
    assert_eq!(
        facing,
        Checkpoint::between([right, left], Some([0.0, 90.0]))
    );
    assert_eq!(facing.midpoint, [0.0, 7.0]);
    assert!(facing.beyond([0.0, 90.0]) > 0.0);
    assert!(facing.forward[0].hypot(facing.forward[1]) - 1.0 < 1e-6);
    let back = Checkpoint::between([left, right], Some([0.0, -90.0]));
    assert_eq!((back.left, back.right), (right, left));
    assert_eq!(back.forward, facing.forward.map(|part| -part));
    let point = Checkpoint::between([left, left], Some([0.0, 90.0]));
    assert_eq!((point.forward, point.width()), ([0.0, 0.0], 0.0));
}

#[test]
fn links_to_checkpoints_that_are_not_there_end_the_line() {
    let checkpoints = vec![
        checkpoint([5.0, 0.0], [-5.0, 0.0], &[1]),
        checkpoint([5.0, 60.0], [-5.0, 60.0], &[7]),
    ];
    let track = Track::new(Vec::new(), checkpoints, None);
    let line = track.centreline();
    assert!(!line.is_closed());
    assert_eq!(line.length(), 60.0);
    assert_eq!(line.at(1000.0), Some(([0.0, 60.0], [0.0, 1.0])));
    assert_eq!(track.checkpoints_after(0).count(), 1);
    assert_eq!(track.checkpoints_after(9).count(), 0);
}
