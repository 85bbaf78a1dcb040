//! Standard streams that cannot be written: commands whose product is a file must still make it, and must not panic.

use std::process::Stdio;

use anyhow::{Context, Result};

use super::fixture::{Fixture, LONG, contents, fault};

/// Redirections of the streams in a shell. `true` closes its end of a pipe at once.
const REDIRECTIONS: [&str; 9] = [
    ">/dev/full",
    "2>/dev/full",
    ">/dev/full 2>&1",
    ">&-",
    "2>&-",
    ">&- 2>&-",
    "> >(true)",
    "2> >(true)",
    "> >(true) 2>&1",
];

/// Runs each long command that ends with each of the redirections; returns the number of runs, and the failures.
pub fn attack(fixture: &Fixture) -> Result<(u64, Vec<String>)> {
    let ending = LONG
        .iter()
        .filter(|long| !long.arguments.contains(&"IN/endless.dsm"));
    let (mut count, mut failures) = (0, Vec::new());
    for long in ending {
        let run = |redirection: &str| {
            let folder = tempfile::tempdir().context("creating a temporary folder")?;
            let mut arguments = long.arguments.to_vec();
            arguments.push("--verbose");
            let mut command = fixture.redirected(&arguments, folder.path(), redirection);
            let output = command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .output()?;
            let words =
                String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
            let fault = fault(Some(output.status), &words, &[]);
            anyhow::Ok((fault, contents(folder.path())?))
        };
        let (_, whole) = run("")?;
        for redirection in REDIRECTIONS {
            count += 1;
            let (fault, product) = run(redirection)?;
            let lost = (product != whole).then(|| "its files differ".to_owned());
            if let Some(fault) = fault.or(lost) {
                failures.push(format!(
                    "{} {redirection}: {fault}",
                    long.arguments.join(" ")
                ));
            }
        }
    }
    Ok((count, failures))
}
