//! Where the game keeps its state, against a second reading of the layout.

use std::collections::BTreeMap;

/// A second reading of the published layout: where Mario Kart 64 (US) keeps what, and how many bytes of it.
const LAYOUT: &[(&str, u32, u32)] = &[
    ("gControllerOne", 0x800D_C4BC, 8 * 4),
    ("gPlayerOne", 0x800D_C4DC, 8 * 4),
    ("gGamestate", 0x800D_C50C, 4),
    ("gRaceState", 0x800D_C510, 4),
    ("gDemoMode", 0x800D_C51C, 2),
    ("gEnableDebugMode", 0x800D_C520, 2),
    ("gGamestateNext", 0x800D_C524, 4),
    ("gActiveScreenMode", 0x800D_C52C, 4),
    ("gPlayerCount", 0x800D_C538, 4),
    ("gModeSelection", 0x800D_C53C, 4),
    ("gCCSelection", 0x800D_C548, 4),
    ("gGlobalTimer", 0x800D_C54C, 4),
    ("gVBlankTimer", 0x800D_C594, 4),
    ("gCourseTimer", 0x800D_C598, 4),
    ("gCurrentCourseId", 0x800D_C5A0, 2),
    ("gLoadedCourseId", 0x800D_C5A4, 2),
    ("gIsGamePaused", 0x800D_C5FC, 2),
    ("gIsMirrorMode", 0x800D_C604, 2),
    ("gMenuSelection", 0x800E_86A0, 4),
    ("gMenuFade", 0x800E_86A4, 4),
    ("gCharacterSelections", 0x800E_86A8, 4),
    ("gControllers", 0x800F_6910, 8 * 0x10),
    ("gPlayers", 0x800F_6990, 8 * 0xDD8),
    ("gCollisionGrid", 0x8014_F110, 1024 * 4),
    ("gCourseTimerRuns", 0x8015_011E, 2),
    ("gCameraFov", 0x8015_0130, 4 * 4),
    ("gCollisionMesh", 0x8015_F580, 4),
    ("gCollisionIndices", 0x8015_F584, 4),
    ("gCollisionMeshCount", 0x8015_F588, 2),
    ("gCollisionTriangleCount", 0x8015_F58A, 2),
    ("gCourseBounds", 0x8015_F6E8, 6 * 2),
    ("gCourseDirection", 0x8015_F784, 4),
    ("gTimeLastTouchedFinishLine", 0x8015_F898, 8 * 4),
    ("gPlayersByRank", 0x8015_F8F0, 8 * 2),
    ("gActorList", 0x8015_F9B8, 100 * 0x70),
    ("gPlayerGhostIndex", 0x8016_2DB8, 2),
    ("gPlayerGhost", 0x8016_2DBC, 4),
    ("gPlayerGhostCharacter", 0x8016_2DE0, 2),
    ("gPlayerGhostTime", 0x8016_2DFC, 4),
    ("gCourseCompletionByRank", 0x8016_2FD8, 8 * 4),
    ("gLateralTrackFactor", 0x8016_3068, 4),
    ("gWrongWayCounter", 0x8016_3258, 12 * 2),
    ("gWrongWayFlag", 0x8016_3270, 12 * 2),
    ("gTrackSectionByPlayer", 0x8016_3318, 12 * 2),
    ("gPathStartZ", 0x8016_344C, 4),
    ("gLapCountByPlayer", 0x8016_4390, 10 * 4),
    ("gRankByPlayer", 0x8016_43B8, 10 * 4),
    ("gPreviousRankByPlayer", 0x8016_43E0, 10 * 4),
    ("gNearestPathPointByPlayer", 0x8016_4438, 12 * 2),
    ("gPathPointsTraversedByPlayer", 0x8016_4450, 10 * 4),
    ("gCurrentPath", 0x8016_4490, 4),
    ("gLapCompletionByPlayer", 0x8016_44A8, 10 * 4),
    ("gCourseCompletionByPlayer", 0x8016_44D0, 10 * 4),
    ("gPathCentre", 0x8016_4550, 4 * 4),
    ("gPathLeft", 0x8016_4560, 4 * 4),
    ("gPathRight", 0x8016_4570, 4 * 4),
    ("gPathSectionTypes", 0x8016_4580, 4 * 4),
    ("gPathExpectedRotation", 0x8016_4590, 4 * 4),
    ("gPathIndexByPlayer", 0x8016_45B0, 12 * 2),
    ("gPathCountByPathIndex", 0x8016_45C8, 4 * 2),
    ("gCameras", 0x8016_46F0, 4 * 0xB8),
    ("gPlayerHud", 0x8018_CA70, 4 * 0x84),
    ("gRaceFrameCounter", 0x8018_D3FC, 4),
    ("gGrandPrixPoints", 0x8018_D9C8, 8),
    ("gSaveData", 0x8018_EB90, 0x200),
    ("gCharacterGridSelections", 0x8018_EDE4, 4),
    ("gCharacterGridIsSelected", 0x8018_EDE8, 4),
    ("gSubMenuSelection", 0x8018_EDEC, 1),
    ("gMainMenuSelection", 0x8018_EDED, 1),
    ("gPlayerSelectMenuSelection", 0x8018_EDEE, 1),
    ("gDebugMenuSelection", 0x8018_EDEF, 1),
    ("gMenuTimingCounter", 0x8018_EE00, 4),
    ("gMenuDelayTimer", 0x8018_EE04, 4),
    ("gCupSelection", 0x8018_EE09, 1),
    ("gCourseIndexInCup", 0x8018_EE0B, 1),
];

/// The symbols that the linker gives the game's globals.
fn linked() -> BTreeMap<&'static str, u32> {
    include_str!("../logic/layout.ld")
        .lines()
        .filter_map(|line| line.strip_suffix(';')?.split_once(" = 0x"))
        .map(|(name, address)| (name, u32::from_str_radix(address, 16).unwrap()))
        .collect()
}

#[test]
fn linker_places_every_global_where_the_layout_has_it() {
    let expected: BTreeMap<&str, u32> = LAYOUT
        .iter()
        .map(|&(name, address, _)| (name, address))
        .collect();
    assert_eq!(linked(), expected);
}

#[test]
fn globals_do_not_overlap() {
    for pair in LAYOUT.windows(2) {
        let [(name, address, size), (next, start, _)] = [pair[0], pair[1]];
        assert!(address + size <= start, "{name} reaches into {next}");
    }
}
