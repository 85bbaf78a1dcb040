//! The files and folders that a command line names to be read.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use env_kart::runs::replay::state_beside;
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;

use crate::arguments::EmbedderName;
use crate::commands::inspect::course::Place;
use crate::commands::inspect::search::Step;
use crate::commands::inspect::source::Source;

/// The files and folders that a command reads: each path that is no [`OutputPath`](crate::arguments::OutputPath), and the
/// save state beside it if it is a movie.
pub fn inputs(matches: &ArgMatches) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut matches = Some(matches);
    while let Some(of_command) = matches {
        for id in of_command.ids() {
            let id = id.as_str();
            if let Ok(Some(paths)) = of_command.try_get_many::<PathBuf>(id) {
                found.extend(paths.cloned());
            }
            if let Ok(Some(sources)) = of_command.try_get_many::<Source>(id) {
                found.extend(sources.map(|source| source.path().to_path_buf()));
            }
            if let Ok(Some(steps)) = of_command.try_get_many::<Step>(id) {
                found.extend(steps.filter_map(Step::path));
            }
            if let Ok(Some(embedders)) = of_command.try_get_many::<EmbedderName>(id) {
                found.extend(
                    embedders
                        .filter_map(EmbedderName::path)
                        .map(Path::to_path_buf),
                );
            }
            if let Ok(Some(places)) = of_command.try_get_many::<Place>(id) {
                found.extend(places.filter_map(Place::path).map(Path::to_path_buf));
            }
        }
        matches = of_command.subcommand().map(|(_, matches)| matches);
    }
    let states = found.iter().flat_map(|path| {
        [
            state_beside::<MarioKartDs>(path),
            state_beside::<MarioKart64>(path),
        ]
    });
    let states: Vec<PathBuf> = states.collect();
    found.extend(states);
    found
}
