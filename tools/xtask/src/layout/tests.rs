use std::fs;
use std::path::Path;

use super::{check, compare, header, write};

const SELECTION: &str = include_str!("../../../../homebrew/logic/layout.toml");

fn made() -> String {
    header(SELECTION).expect("a header of the committed selection")
}

fn refusal(selection: &str) -> String {
    match header(selection) {
        Ok(_) => panic!("a header of {selection}"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn the_committed_header_is_what_the_layout_gives() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../homebrew"))
        .expect("the committed header");
}

#[test]
fn a_line_that_differs_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("logic/layout.h");
    fs::create_dir(folder.path().join("logic")).expect("a folder");
    fs::write(folder.path().join("logic/layout.toml"), SELECTION).expect("a selection");
    write(folder.path()).expect("a header");
    check(folder.path()).expect("the header just written");
    let made = fs::read_to_string(&path).expect("the header");
    for (from, to) in [
        ("    s16 boost_timer;", "    u16 boost_timer;"),
        (
            "AT_OFFSET(Driver, yaw, 0x236);",
            "AT_OFFSET(Driver, yaw, 0x238);",
        ),
        ("#define KEY_R 0x100u", "#define KEY_R 0x200u"),
        (
            "#define P_DRIVERS 0x0217ACF8u",
            "#define P_DRIVERS 0x0217ACF4u",
        ),
    ] {
        let line = made.lines().position(|line| line == from).expect(from) + 1;
        fs::write(&path, made.replacen(from, to, 1)).expect("another header");
        assert_eq!(
            format!("{:#}", check(folder.path()).expect_err(to)),
            format!(
                "{}: line {line}: expected `{from}`, found `{to}`; run `cargo xtask layout`",
                path.display()
            )
        );
    }
}

#[test]
fn a_header_cut_short_is_named_with_its_line() {
    let made = made();
    let lines = made.split('\n').count();
    let error = compare(made.strip_suffix('\n').expect("a last line"), &made).expect_err("cut");
    assert_eq!(
        error.to_string(),
        format!("line {lines}: expected ``, found the end; run `cargo xtask layout`")
    );
}

#[test]
fn a_structure_that_is_not_chosen_is_its_bytes() {
    let without = SELECTION.replacen(" \"RaceClock\",", "", 1);
    let bytes = header(&without).expect("a header");
    assert!(made().contains("    RaceClock clock;"));
    assert!(bytes.contains("    u8 clock[0xc];") && !bytes.contains("} RaceClock;"));
    let error = compare(&made(), &bytes).expect_err("another selection");
    assert!(error.to_string().contains("race_status_time_t"), "{error}");
}

#[test]
fn what_the_layout_has_not_is_refused_by_name() {
    let with = |structures: &str, constants: &str| {
        refusal(&format!(
            "structures = [{structures}]\n[constants]\n{constants}"
        ))
    };
    assert_eq!(
        with("\"Kart\"", ""),
        "Kart: expected a structure of mkds_memory::structures::ALL"
    );
    assert_eq!(
        with("", "\"Driver.colour\" = \"COLOUR\""),
        "Driver.colour: expected a field of mkds_memory's Driver, found none"
    );
    assert_eq!(
        with("", "\"Driver.position\" = \"POSITION\""),
        "Driver.position: expected a field whose values have names, found VecFx32"
    );
}
