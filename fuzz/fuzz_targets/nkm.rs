//! Maps: a parsed map is written back unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mkds_formats::nkm::{EnemyRoute, Nkm};

fuzz_target!(|file: &[u8]| {
    let Ok(mut nkm) = Nkm::parse(file) else {
        return;
    };
    assert_eq!(nkm.to_bytes(), file);
    nkm.enemy_route = match nkm.enemy_route {
        EnemyRoute::Race { .. } => EnemyRoute::Battle {
            points: vec![Default::default()],
            routes: vec![Default::default()],
        },
        EnemyRoute::Battle { .. } => EnemyRoute::default(),
    };
    nkm.objects.push(Default::default());
    let read = Nkm::parse(&nkm.to_bytes()).expect("what we wrote");
    assert_eq!(read.to_bytes(), nkm.to_bytes());
    assert_eq!(read.objects, nkm.objects);
});
