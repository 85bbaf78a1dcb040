//! `cargo xtask peers`: compares our readers and movies with those of the peers on the bundled game.
//!
//! The peers are Python packages at pinned versions, downloaded into `.setup/peers`. Every difference must be one of
//! [`differences`], each of which must occur. The results are written to `out/peers`.

mod differences;
mod fields;
mod movies;
mod names;
pub mod package;
pub mod race;
mod readings;

use std::path::Path;

use anyhow::{Result, bail};
use outputs::Kind;
use serde::Serialize;

use crate::demo;
use fields::Compared;
use movies::Replayed;

/// The results of all comparisons.
#[derive(Serialize)]
struct Report {
    fields_peer: &'static str,
    fields: Vec<Compared>,
    differences: Vec<Listed>,
    movies_peer: &'static str,
    movies: Vec<Replayed>,
    faults: Vec<String>,
}

/// A listed difference, and in how many readings and races it occurred.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    why: &'static str,
    readings: usize,
}

/// Compares everything, or one course's share of it when `quick`; prints it and writes `out/peers/peers.json`.
///
/// # Errors
/// When there is a difference that is not listed, a listed one that does not occur, or a peer can't be run.
pub fn run(root: &Path, quick: bool, json: bool) -> Result<()> {
    let out = root.join("out/peers");
    let courses: &[&str] = if quick { &[demo::COURSE] } else { &[] };
    let races = race::record(root, &out, courses)?;
    let movies = movies::compare(root, &out, &races)?;
    let fields = races
        .races
        .iter()
        .map(|race| fields::compare(root, &out, &races, race))
        .collect::<Result<Vec<_>>>()?;
    let report = Report {
        fields_peer: package::MKDS.name,
        faults: fields::faults(&fields, !quick),
        differences: listed(&fields),
        fields,
        movies_peer: package::PY_DESMUME.name,
        movies,
    };
    let path = out.join("peers.json");
    let text = serde_json::to_string_pretty(&report)?;
    outputs::write(&path, Kind::OWN, text.as_bytes())?;
    if json {
        say!("{text}");
    } else {
        print(&report);
        say!(
            "\nwritten: {}",
            path.strip_prefix(root).unwrap_or(&path).display()
        );
    }
    match report.faults.as_slice() {
        [] => Ok(()),
        faults => bail!("{} faults, the first: {}", faults.len(), faults[0]),
    }
}

fn listed(compared: &[Compared]) -> Vec<Listed> {
    differences::DIFFERENCES
        .iter()
        .map(|difference| {
            let names = compared.iter().flat_map(|race| {
                let unequal = race.listed.iter().map(|unequal| unequal.name.as_str());
                unequal.chain(race.fails.keys().map(String::as_str))
            });
            let readings: std::collections::BTreeSet<&str> = names
                .filter(|name| {
                    differences::difference_of(name)
                        .is_some_and(|found| found.name == difference.name)
                })
                .collect();
            Listed {
                name: difference.name,
                why: difference.why,
                readings: readings.len(),
            }
        })
        .collect()
}

fn print(report: &Report) {
    say!("Movies, here and in {}:", report.movies_peer);
    for movie in &report.movies {
        say!(
            "  {:<46} {:>5} frames equal, RAM equal in {:>3}",
            movie.what,
            movie.frames,
            movie.checksums
        );
    }
    say!("\nReadings, ours and those of {}:", report.fields_peer);
    say!(
        "  {:<7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9}",
        "course",
        "frames",
        "each",
        "moved",
        "once",
        "equal",
        "listed",
        "unlisted",
        "peer only"
    );
    for race in &report.fields {
        say!(
            "  {:<7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9}",
            race.course,
            race.frames,
            race.fields,
            race.moved,
            race.once,
            race.equal,
            race.listed.len(),
            race.unlisted.len(),
            race.peer_only.len()
        );
    }
    say!("\nWhere the peer reads otherwise, and why:");
    for difference in &report.differences {
        say!(
            "  {:<34} {:>4} readings: {}",
            difference.name,
            difference.readings,
            difference.why
        );
    }
    for fault in &report.faults {
        say!("fault: {fault}");
    }
}
