//! The structures of a race in RAM that its logic does not need.

use crate::race::{frame_counter, start};
use crate::support::{COMBO, TO_GO, driver, place, wait};
use homebrew::COURSES;
use homebrew::native::Game;
use mkds_formats::ghost::Combo;
use mkds_formats::nkm::{EnemyRoute, Nkm};
use nds_formats::pad::Pad;

const RAM_START: u32 = 0x0200_0000;
const MAP_DATA: u32 = 0x17_5600;
const CONTROLLERS: usize = 0x17_5608;
const CONTROLLER_SIZE: usize = 0x5C;

/// RAM by offset.
#[derive(Clone, Copy)]
struct Image<'a>(&'a [u8]);

impl Image<'_> {
    fn half(self, at: u32) -> u16 {
        u16::from_le_bytes(*self.0[at as usize..].first_chunk().expect("in RAM"))
    }

    fn word(self, at: u32) -> u32 {
        u32::from_le_bytes(*self.0[at as usize..].first_chunk().expect("in RAM"))
    }

    fn vector(self, at: u32) -> [i32; 3] {
        [0, 4, 8].map(|axis| self.word(at + axis) as i32)
    }

    /// The offset that a pointer leads to.
    fn follow(self, at: u32) -> u32 {
        let pointer = self.word(at);
        let inside = RAM_START..RAM_START + 0x40_0000;
        assert!(inside.contains(&pointer), "{at:#x} points to {pointer:#x}");
        pointer - RAM_START
    }
}

/// Slot 2's course, which has every section.
fn clover_cut() -> (Game, Nkm) {
    let course = &COURSES[2];
    let combo = Combo {
        course: course.id,
        ..COMBO
    };
    let nkm = Nkm::parse(course.nkm).expect("our own file");
    (start(combo, None), nkm)
}

#[test]
fn every_section_of_the_map_has_its_pointer_and_count() {
    let (game, nkm) = clover_cut();
    let ram = Image(game.ram());
    let map = ram.follow(MAP_DATA);
    let EnemyRoute::Race { points, routes } = &nkm.enemy_route else {
        panic!("a race course");
    };
    let counts = [
        (0x00, nkm.objects.len()),
        (0x08, nkm.paths.len()),
        (0x10, nkm.path_points.len()),
        (0x1C, nkm.starts.len()),
        (0x24, nkm.respawns.len()),
        (0x2C, 0),
        (0x34, 0),
        (0x3C, 0),
        (0x44, nkm.checkpoints.len()),
        (0x4C, nkm.checkpoint_routes.len()),
        (0x54, nkm.item_points.len()),
        (0x5C, nkm.item_routes.len()),
        (0x64, points.len()),
        (0x6C, routes.len()),
        (0x74, nkm.areas.len()),
        (0x7C, nkm.cameras.len()),
    ];
    for (field, count) in counts {
        assert_eq!(usize::from(ram.half(map + field + 4)), count, "{field:#x}");
        // A section's entries follow its magic and its count.
        let entries = ram.follow(map + field);
        assert_eq!(ram.word(entries - 4) as usize, count, "{field:#x}");
    }
    for field in [0x84, 0x8C] {
        assert_eq!(ram.word(map + field), 0, "no battle points");
    }
    let object = ram.follow(map);
    assert_eq!(ram.vector(object)[0], nkm.objects[0].position.x.0);
    assert_eq!(ram.half(object + 0x24), 101);
    let camera = ram.follow(map + 0x7C);
    assert_eq!(
        ram.follow(map + 0xC4),
        camera,
        "the upper screen's introduction"
    );
    assert_eq!(ram.follow(map + 0xC8), camera + 0x4C, "the lower screen's");
    assert_eq!(ram.word(map + 0xCC), 0);
}

#[test]
fn paths_point_to_their_points() {
    let (game, nkm) = clover_cut();
    let ram = Image(game.ram());
    let map = ram.follow(MAP_DATA);
    let (path, point) = (ram.follow(map + 0x08), ram.follow(map + 0x10));
    let paths = ram.follow(map + 0x94);
    assert_eq!(ram.follow(paths), path);
    assert_eq!(ram.follow(paths + 4), point);
    assert_eq!(ram.follow(paths + 8), path + 4);
    let first = u32::from(nkm.paths[0].point_count);
    assert_eq!(ram.follow(paths + 12), point + 0x14 * first);
}

#[test]
fn respawns_are_found_by_their_id() {
    let (game, nkm) = clover_cut();
    let ram = Image(game.ram());
    let map = ram.follow(MAP_DATA);
    let (indices, respawns) = (ram.follow(map + 0xF8), ram.follow(map + 0x24));
    for respawn in &nkm.respawns {
        let index = u32::from(ram.half(indices + 2 * respawn.id as u32));
        assert_eq!(ram.half(respawns + 0x20 * index + 0x1C), respawn.id as u16);
    }
}

#[test]
fn points_are_linked_round_the_lap() {
    let (game, nkm) = clover_cut();
    let ram = Image(game.ram());
    let map = ram.follow(MAP_DATA);
    let count = nkm.item_points.len() as u32;
    for (list, section, size) in [(0xA0, 0x64, 0x18), (0xAC, 0x54, 0x14)] {
        let points = ram.follow(map + list);
        let entries = ram.follow(map + section);
        let point = |index: u32| points + 0x28 * (index % count);
        assert_eq!(ram.follow(map + list + 4), point(0));
        assert_eq!(ram.follow(map + list + 8), point(count - 1));
        for index in 0..count {
            let at = point(index);
            assert_eq!(ram.follow(at), point(index + 1), "next");
            assert_eq!(ram.follow(at + 0x0C), point(index + count - 1), "previous");
            assert_eq!(
                [0x04, 0x08, 0x10, 0x14].map(|link| ram.word(at + link)),
                [0; 4]
            );
            assert_eq!(
                (ram.half(at + 0x24), ram.half(at + 0x26)),
                (1, 1),
                "neighbours"
            );
            let entry = entries + size * index;
            assert_eq!(ram.follow(at + 0x18), entry, "position");
            assert_eq!(ram.word(at + 0x1C), ram.word(entry + 0x0C), "radius");
            if list == 0xA0 {
                assert_eq!(ram.follow(at + 0x20), entry + 0x10, "settings");
                continue;
            }
            // The direction to the next point, 64 for 1.0.
            let to = ram.vector(entries + size * ((index + 1) % count));
            let from = ram.vector(entry);
            let way = [0, 1, 2].map(|axis| f64::from(to[axis] - from[axis]));
            let length = way.iter().map(|d| d * d).sum::<f64>().sqrt();
            for (&direction, way) in ram.0[(at + 0x21) as usize..].iter().zip(way) {
                let expected = way / length * 64.0;
                assert!(
                    (f64::from(direction as i8) - expected).abs() <= 1.1,
                    "{index}"
                );
            }
        }
    }
}

#[test]
fn controllers_lie_92_bytes_apart() {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), 120);
    wait(&mut game, Pad::A, 10);
    wait(&mut game, Pad::A | Pad::RIGHT, 5);
    let ram = Image(game.ram());
    let unit = |id: usize| (CONTROLLERS + CONTROLLER_SIZE * id) as u32;
    // The published places of the two recordings' pointers are those of units 0 and 1.
    assert_eq!((unit(0) + 0x28, unit(1) + 0x28), (0x17_5630, 0x17_568C));
    let recording = ram.follow(unit(0) + 0x28);
    assert_eq!(ram.word(recording), 4, "two runs");
    let [a, right] = [Pad::A, Pad::RIGHT].map(|pad| pad.bits());
    assert_eq!(ram.half(unit(0) + 2), a | right);
    assert_eq!(
        (ram.half(unit(0) + 0x2C), ram.half(unit(0) + 0x2E)),
        (1, 5),
        "run and frames"
    );
    assert_eq!(
        (ram.word(unit(0) + 0x30), ram.word(unit(0) + 0x3C)),
        (1, 2),
        "recording"
    );
    assert_eq!(ram.word(unit(0) + 0x34), 0, "no longer empty");
    let raw = ram.follow(0x17_5604);
    assert_eq!(ram.half(raw + 2), a | right);
    // The other controllers are unused; the ghost's points at a recording without runs.
    assert_eq!(ram.word(ram.follow(unit(1) + 0x28)), 0);
    let quiet =
        |id: usize| (0..CONTROLLER_SIZE as u32).all(|at| ram.0[(unit(id) + at) as usize] == 0);
    assert!((2..10).all(quiet));
    assert_eq!(
        (ram.word(unit(1) + 0x30), ram.word(unit(1) + 0x3C)),
        (0, 0),
        "disabled"
    );
}

#[test]
fn the_player_can_be_met() {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), TO_GO);
    place(&mut game, [10.0, 0.0, 300.0]);
    wait(&mut game, Pad::empty(), 1);
    let ram = Image(game.ram());
    assert_eq!(ram.word(0x17_B590), 1);
    let entry = ram.follow(0x17_B598);
    assert_eq!(ram.follow(entry + 0x0C), 0x20_0080);
    assert_eq!(
        ram.vector(ram.follow(entry + 0x0C))[2],
        driver(&game).position().z.0
    );
    assert_eq!(ram.follow(entry + 0x18), 0x20_0000);
    assert_eq!(ram.half(entry + 0x14), 0x8000);
    let radius = ram.word(entry + 0x10) as i32;
    assert_eq!(radius, 45056);
    let z = driver(&game).position().z.0;
    assert_eq!(ram.word(entry + 4) as i32, z + radius);
    assert_eq!(ram.word(entry + 8) as i32, z - radius);
    game.tick(Pad::START);
    wait(&mut game, Pad::empty(), 20);
    game.tick(Pad::B);
    let ram = Image(game.ram());
    assert_eq!(
        (ram.word(0x17_B590), ram.word(0x17_B598)),
        (0, 0),
        "nobody in the menus"
    );
}

#[test]
fn the_clock_tells_the_lap() {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), TO_GO);
    assert_eq!(Image(game.ram()).half(0x20_3008), 0);
    wait(&mut game, Pad::A, 60);
    // 60 frames of 16.715 ms.
    let ram = Image(game.ram());
    assert_eq!((ram.half(0x20_3008), ram.half(0x20_300A)), (2, 1 << 8));
    assert_eq!((ram.word(0x20_3000), ram.word(0x20_3004)), (60, 1));
}

#[test]
fn a_race_alone_has_one_driver() {
    let game = start(COMBO, None);
    assert_eq!(frame_counter(&game), 1);
    let ram = Image(game.ram());
    assert_eq!(ram.word(0x17_ACF4), 1);
    let config = ram.follow(0x17_59A0);
    assert_eq!(ram.word(config + 0x24), 3, "against no ghost");
    let types = (0..8).map(|id| ram.word(config + 0x68 + 0x30 * id + 8));
    assert_eq!(types.collect::<Vec<_>>(), [0, 4, 4, 4, 4, 4, 4, 4]);
    assert_eq!(ram.0[config as usize + 0x3D0], 1);
    let places = 0x20_3474..0x20_347C;
    assert_eq!(ram.0[places], [0, 255, 255, 255, 255, 255, 255, 255]);
}
