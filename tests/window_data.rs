//! The window on a dataset with pictures, with keys as a user presses them.

use std::path::Path;

use learn::dataset::Dataset;
use tempfile::tempdir;

use crate::data::{pictured, with_rows_to_clean};
use crate::desktop::Window;
use crate::program::{Race, fails, text};

fn row_count(dataset: &Path) -> u64 {
    let dataset = Dataset::open(dataset).expect("a dataset");
    dataset.movies().iter().map(|movie| movie.rows).sum()
}

/// Waits until the title says this.
fn wait_for(window: &Window, title: &str) {
    window.wait_for("xdotool search --name \"$1\"", &[title]);
}

fn open(dataset: &Path) -> Window {
    Window::open(&["data", "view", text(dataset)])
}

#[test]
fn rows_are_stepped_through_and_played() {
    let dataset = pictured();
    let rows = row_count(&dataset);
    let window = open(&dataset);
    wait_for(&window, &format!("row 0 of {rows}$"));
    window.press(&["Right", "Right", "Left", "Page_Down"]);
    wait_for(&window, &format!("row 6 of {rows}$"));
    window.press(&["End"]);
    wait_for(&window, &format!("row {} of", rows - 1));
    // From the end it begins anew; without a limit it plays as fast as pictures are decoded.
    window.press(&["plus", "plus", "plus", "plus", "space"]);
    wait_for(&window, "row [1-9][0-9]* of");
    wait_for(&window, &format!("row {} of", rows - 1));
    window.press(&["Up"]);
    wait_for(&window, "row 0 of");
    let (closed, _) = window.close();
    assert_eq!(
        (&closed["rows"], &closed["removed"]),
        (&rows.into(), &0.into())
    );
}

#[test]
fn marked_rows_are_removed_when_they_are_saved() {
    let folder = tempdir().expect("a folder");
    let dataset = with_rows_to_clean(folder.path());
    let rows = row_count(&dataset);
    let window = open(&dataset);
    wait_for(&window, "row 0 of");
    window.press(&["ctrl+r"]);
    wait_for(&window, " marked$");
    window.press(&["ctrl+z"]);
    wait_for(&window, &format!("row 0 of {rows}$"));
    // Rows 2 to 5, but row 3.
    window.press(&["Right", "Right", "x", "Right", "Right", "Right", "shift+x"]);
    wait_for(&window, "row 5 of .* 4 marked$");
    window.press(&["Left", "Left", "x"]);
    wait_for(&window, "row 3 of .* 3 marked$");
    window.press(&["ctrl+z"]);
    wait_for(&window, " 4 marked$");
    window.press(&["ctrl+shift+z"]);
    wait_for(&window, " 3 marked$");
    window.press(&["n"]);
    wait_for(&window, "row 4 of");
    assert_eq!(row_count(&dataset), rows, "not before they are saved");
    window.press(&["ctrl+s"]);
    window.turn_to("Remove 3 marked rows");
    window.press(&["alt+r"]);
    window.wait_until_gone("Remove 3 marked rows");
    wait_for(&window, &format!("row 4 of {}$", rows - 3));
    window.turn_to("kartscope");
    let (closed, _) = window.close();
    assert_eq!(closed["removed"], 3);
    let cleaned = Dataset::open(&dataset).expect("a dataset");
    assert_eq!(cleaned.manifest().removals[0].rows, [2..3, 4..6]);
    assert_eq!(row_count(&dataset), rows - 3);
}

#[test]
fn a_window_with_marks_asks_before_it_closes() {
    let folder = tempdir().expect("a folder");
    let dataset = with_rows_to_clean(folder.path());
    let rows = row_count(&dataset);
    let window = open(&dataset);
    wait_for(&window, "row 0 of");
    window.press(&["ctrl+d"]);
    wait_for(&window, " marked$");
    window.press(&["ctrl+w"]);
    window.turn_to("Remove .* marked rows");
    window.press(&["alt+c"]);
    window.wait_until_gone("Remove .* marked rows");
    window.turn_to("kartscope");
    window.press(&["ctrl+w"]);
    window.turn_to("Remove .* marked rows");
    window.press(&["alt+d"]);
    let (closed, _) = window.closed();
    assert_eq!(closed["removed"], 0);
    assert_eq!(row_count(&dataset), rows);

    let window = open(&dataset);
    wait_for(&window, "row 0 of");
    window.press(&["x", "ctrl+w"]);
    window.turn_to("Remove 1 marked rows");
    window.press(&["alt+r"]);
    let (closed, _) = window.closed();
    assert_eq!(closed["removed"], 1);
    assert_eq!(row_count(&dataset), rows - 1);
}

#[test]
fn a_dataset_without_pictures_is_not_shown() {
    let plain = Race::get().dataset();
    fails(["data", "view", text(&plain)], &["a dataset with pictures"]);
}
