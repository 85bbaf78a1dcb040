//! One package's build and the workspace's build compile the same third-party crates.

use std::collections::BTreeSet;
use std::process::Command;

/// Third-party crates with their features, one a line, that a build of this selection of packages compiles.
fn third_party(selection: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--prefix=none",
            "--format={p} [{f}]",
        ])
        .args(selection)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {errors}");
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let is_ours = |line: &str| line.contains("(/");
    tree.lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !is_ours(line))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_python_package_shares_the_crates_of_the_workspace() {
    let whole = third_party(&["--workspace", "--edges=normal,build,dev"]);
    let alone = third_party(&["--package=kartscope-python", "--edges=normal,build"]);
    assert!(alone.len() > 100, "{} crates", alone.len());
    let differing: Vec<_> = alone.difference(&whole).collect();
    assert!(
        differing.is_empty(),
        "tools/workspace-hack/Cargo.toml has to turn on the features that the workspace has of these crates: \
         {differing:#?}"
    );
}
