//! Drivers that see pictures, away from the Nintendo 64 oval: on the hairpins of the bundled DS game, which were recorded, and on
//! its oval, which was not.

use std::path::Path;

use anyhow::Result;

use super::{Figures, median};
use crate::kartscope::{Evaluation, Kartscope};

/// The recorded course, and the one that was not.
const HAIRPINS: &str = "yf";
const UNSEEN: &str = "f8c";
/// The seeds of the drivers of three races, for each time that the figures are taken.
const SEEDS: [[&str; 3]; 3] = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]];
/// Passes of PilotNet.
const EPOCHS: &str = "25";
/// Frames after which a race is lost: nearly one and a half times those of the scripted driver.
const FRAME_LIMIT: &str = "6000";

/// Adds the figures: the median of the seeds' finish rates, the lowest, the highest.
///
/// # Errors
/// When a program fails.
pub(super) fn measure(kartscope: &Kartscope, folder: &Path, figures: &mut Figures) -> Result<()> {
    let races = Races { kartscope, folder };
    let unseen = races.drive("0", UNSEEN)?;
    let mut rates = vec![Vec::new(); 4];
    for seeds in SEEDS {
        let dataset = races.record(seeds)?;
        let seen = races.movie(seeds[0], HAIRPINS);
        let knn = races.train("knn", &dataset, &[])?;
        let pilotnet = races.train("pilotnet", &dataset, &["-e", EPOCHS])?;
        let judged = [
            (&knn, &seen),
            (&knn, &unseen),
            (&pilotnet, &seen),
            (&pilotnet, &unseen),
        ];
        for (rates, (model, movie)) in rates.iter_mut().zip(judged) {
            rates.push(races.judge(model, movie)?);
        }
    }
    let names = [
        "knn_hairpins",
        "knn_unseen",
        "pilotnet_hairpins",
        "pilotnet_unseen",
    ];
    for (name, rates) in names.into_iter().zip(rates) {
        let lowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = rates.iter().copied().fold(0.0, f64::max);
        for (part, rate) in [
            ("", median(rates)),
            ("_lowest", lowest),
            ("_highest", highest),
        ] {
            figures.add(&format!("{name}_finish_rate{part}"), rate, "of 1", "", None);
        }
    }
    Ok(())
}

/// The program, and the folder of the files.
struct Races<'a> {
    kartscope: &'a Kartscope,
    folder: &'a Path,
}

impl Races<'_> {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// A race of the scripted driver as a movie, in a folder of the course's.
    fn drive(&self, seed: &str, course: &str) -> Result<String> {
        let (save, movies) = (self.path(&format!("seed{seed}.sav")), self.path(course));
        let race = ["drive", "--game", "mkds", "-c", course, "--seed", seed];
        let to = ["-o", &save, "--movies", &movies];
        self.kartscope.run(&[&race[..], &to].concat())?;
        Ok(self.movie(seed, course))
    }

    fn movie(&self, seed: &str, course: &str) -> String {
        self.path(&format!("{course}/{course}_seed{seed}.dsm"))
    }

    /// Races of these seeds on the hairpins, with pictures.
    fn record(&self, seeds: [&str; 3]) -> Result<String> {
        let movies = seeds.map(|seed| self.drive(seed, HAIRPINS));
        let movies = movies.into_iter().collect::<Result<Vec<_>>>()?;
        let movies: Vec<&str> = movies.iter().map(String::as_str).collect();
        let dataset = self.path(&format!("dataset{}", seeds[0]));
        let to = ["-o", &dataset, "--pictures", "--every", "200ms"];
        self.kartscope
            .run(&[&["record"], &movies[..], &to].concat())?;
        Ok(dataset)
    }

    /// A driver of a dataset, beside it.
    fn train(&self, kind: &str, dataset: &str, options: &[&str]) -> Result<String> {
        let model = format!("{dataset}-{kind}");
        let train = ["train", kind, dataset, "-o", &model];
        self.kartscope.run(&[&train[..], options].concat())?;
        Ok(model)
    }

    /// The part of a driver's races that finish.
    fn judge(&self, model: &str, movie: &str) -> Result<f64> {
        let limit = ["--frame-limit", FRAME_LIMIT];
        let judged: Evaluation = self
            .kartscope
            .ask(&[&["eval", model, movie], &limit[..]].concat())?;
        judged.tell();
        Ok(judged.finish_rate)
    }
}
