//! Command lines are accepted, or refused with the reason, without running a command.

#[cfg(all(feature = "torch", feature = "cairo", feature = "window"))]
mod refusals;

use super::*;

/// The documents that teach command lines.
const DOCUMENTS: [(&str, &str); 2] = [
    ("README.md", include_str!("../../../../README.md")),
    (
        "docs/own-rom.md",
        include_str!("../../../../docs/own-rom.md"),
    ),
];

fn parse(line: &str) -> Result<Cli, String> {
    let parsed = Cli::read_from(line.split_whitespace());
    parsed
        .map(|(cli, _)| cli)
        .map_err(|error| error.to_string())
}

#[test]
fn the_command_lines_that_documents_teach_are_accepted() {
    for (name, document) in DOCUMENTS {
        let blocks = document.split("```").skip(1).step_by(2);
        let lines: Vec<&str> = blocks
            .flat_map(str::lines)
            .filter_map(|line| line.split('#').next())
            .filter(|line| line.starts_with("kartscope "))
            .collect();
        assert!(!lines.is_empty(), "{name}: no command line found");
        for line in lines {
            if let Err(error) = parse(line) {
                panic!("{name}: {line}: {error}");
            }
        }
    }
}

#[test]
fn no_command_declares_options_that_contradict() {
    Cli::command().debug_assert();
}

#[cfg(feature = "window")]
#[test]
fn races_have_several_courses_where_several_are_raced() {
    let drive = parse("kartscope drive -c f8c -c yf --character 3 --kart 5").expect("accepted");
    let Command::Drive(drive) = drive.command else {
        panic!("{:?}", drive.command);
    };
    let races = drive.races.course_name.iter();
    assert_eq!(
        races.map(|course| &course.0).collect::<Vec<_>>(),
        ["f8c", "yf"]
    );
    assert_eq!((drive.races.character, drive.races.kart), (3, 5));
    let error = parse("kartscope debug play -c f8c -c yf").expect_err("one window, one race");
    assert!(error.contains("cannot be used multiple times"), "{error}");
}
