//! Every structure that the views declare.

use nds_formats::fx::{VecFx16, VecFx32};
use ram_views::field::FieldType;
use ram_views::layout::{Layout, Type};
use ram_views::view::View;

use crate::main_ram::MainRam;
use crate::numbers::{Matrix33, Matrix43, Quaternion};
use crate::race::RaceTime;

macro_rules! layouts {
    ($($module:ident: $($view:ident),+;)*) => {
        &[
            $($(<crate::$module::$view<'static> as View<'static>>::layout,)+)*
            parts_of::<VecFx32>(),
            parts_of::<VecFx16>(),
            parts_of::<Matrix33>(),
            parts_of::<Matrix43>(),
            parts_of::<Quaternion>(),
            parts_of::<RaceTime>(),
        ]
    };
}

/// Every structure: those of the views, and values that have parts.
pub const ALL: &[fn() -> &'static Layout] = layouts! {
    camera: Camera, CameraRoute, BattleCamera;
    colliders: CollisionEntry, CollisionResponse;
    collision: CollisionHeader, Prism;
    driver: Driver, Enemy, DriverTimers, DriverSound, DriverSoundField40;
    enemies: EnemyRubberbanding, EnemyItems, EnemyItemParameters, EnemyField140,
        EnemyCursor, MissionEnemyCursor;
    input: RawInput, ControllerPad, RecordedRun, Recording, Recorder, Touch, TouchMicrophone,
        Controller;
    items: DriverItems, ItemSlot, HeldItems, Item, ItemDefinition, ItemConfig;
    kart_model: KartModel, KartModelState, KartColours, Light, Animator, AnimationManager;
    map: MapData, Route, EnemyPoint, ItemPoint, MissionEnemyPoint, EnemyPoints, ItemPoints,
        MissionEnemyPoints, ClipArea, Obji, Path, Poit, Stag, Ktps, Ktpj, Ktp2, Ktpc, Ktpm,
        Cpoi, Cpat, Ipoi, IpoiBeta, Ipat, Epoi, EpoiSettings, Epat, Mepo, MepoSettings, Mepa,
        Area, Came;
    objects: MapObject, MapObjectConfig, MapObjectDefinition, LogicPart, MapObjects,
        DynamicCollider, StateMachine, State;
    params: KartParameters, CharacterParameters, Parameters;
    race: Scene, RaceState, DriverStatus, RaceClock, RandomNumbers, RaceStatus, DriverConfig,
        MissionConfig, RaceConfig, MultiConfig;
    results: RaceResults, DriverResult, TeamResult, SkillRankPoints, RankPoints, RankPointRow,
        RankTimes, CourseRankTimes;
    sound: SoundEmitter, SoundEmitterParameters, ListLink, Neighbours, List;
};

/// The structure with this name in the HaroohiePals headers.
#[must_use]
pub fn find(published: &str) -> Option<&'static Layout> {
    ALL.iter()
        .map(|layout| layout())
        .find(|layout| layout.published == published)
}

const fn parts_of<V: FieldType<MainRam>>() -> fn() -> &'static Layout {
    match V::TYPE {
        Type::Struct(layout) => layout,
        _ => panic!("a value with parts"),
    }
}
