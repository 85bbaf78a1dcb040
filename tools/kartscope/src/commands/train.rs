//! `kartscope train`: trains drivers, and the embedder that some see by. Each method has a file.

mod bc;
mod embedder;
pub mod knn;
mod pilotnet;
mod training;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use learn::bc::ModelName;
use outputs::Outputs;

use crate::report::Report;

/// `kartscope train`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Train {
    /// The method; behavioural cloning when left out.
    #[command(subcommand)]
    method: Option<Method>,
    /// The arguments of behavioural cloning, without the name of a method; without datasets if there is one.
    #[command(flatten)]
    cloning: bc::BehaviouralCloning,
}

/// Methods of training.
#[derive(Debug, Subcommand)]
enum Method {
    /// Train on datasets by behavioural cloning: what `train` does without the name of a method
    Bc(bc::BehaviouralCloning),
    /// Fine-tune the default embedder on datasets without labels: pictures near in time get near vectors
    Embedder(embedder::FineTuning),
    /// Make a driver that does what was done in the pictures that look most alike
    Knn(knn::NearestNeighbours),
    /// Train on datasets with pictures: the driver sees the screen and holds the pad
    Pilotnet(pilotnet::PilotNet),
}

/// A parser for the names of these networks.
fn network(networks: &'static [ModelName]) -> impl TypedValueParser<Value = ModelName> {
    let names = networks.iter().map(|network| network.name());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<ModelName>())
}

/// Trains by a method.
///
/// # Errors
/// Those of the method.
pub fn run(args: &Train, outputs: &Outputs, report: Report) -> Result<()> {
    match &args.method {
        None => bc::run(&args.cloning, outputs, report),
        Some(Method::Bc(args)) => bc::run(args, outputs, report),
        Some(Method::Embedder(args)) => embedder::run(args, outputs, report),
        Some(Method::Knn(args)) => knn::run(args, outputs, report),
        Some(Method::Pilotnet(args)) => pilotnet::run(args, outputs, report),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        train: Train,
    }

    #[test]
    fn without_a_method_datasets_are_cloned() {
        let parse = |line: &str| {
            Cli::try_parse_from(line.split(' '))
                .expect("accepted")
                .train
        };
        let short = parse("train a b -e 3 -o out --seed 2");
        let full = parse("train bc a b -e 3 -o out --seed 2");
        assert!(short.method.is_none(), "a method without its name");
        let Some(Method::Bc(full)) = full.method else {
            panic!("no method with its name");
        };
        assert_eq!(format!("{:?}", short.cloning), format!("{full:?}"));
    }

    #[test]
    fn a_method_takes_its_own_networks() {
        for line in [
            "train a --model-name pilotnet",
            "train pilotnet a --network mlp",
            "train pilotnet a --mirror 1.5",
            "train pilotnet a --batch-size 0",
        ] {
            Cli::try_parse_from(line.split(' ')).expect_err(line);
        }
        let line = "train pilotnet a --network small --mirror 0 -e 2";
        let parsed = Cli::try_parse_from(line.split(' ')).expect("accepted");
        let Some(Method::Pilotnet(args)) = parsed.train.method else {
            panic!("no method with its name");
        };
        assert_eq!(args.network, ModelName::Small);
    }

    #[test]
    fn a_dataset_is_required_with_and_without_the_name_of_the_method() {
        for line in [
            "train",
            "train bc",
            "train -e 3",
            "train bc -e 3",
            "train pilotnet",
        ] {
            let error = Cli::try_parse_from(line.split(' ')).expect_err(line);
            assert!(error.to_string().contains("<DATASET>"), "{line}: {error}");
        }
    }
}
