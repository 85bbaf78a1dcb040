use proptest::prelude::*;

use super::super::RunningStatistics;

#[test]
fn samples_that_do_not_fit_or_are_no_numbers_leave_no_trace() {
    let mut statistics = RunningStatistics::new(2);
    statistics.update(&[1.0, 2.0]);
    let before = statistics.clone();
    for spoiled in [
        vec![1.0],
        vec![1.0; 3],
        vec![f64::NAN, 1.0],
        vec![0.0, f64::INFINITY],
    ] {
        statistics.update(&spoiled);
        assert_eq!(statistics, before, "{spoiled:?}");
    }
}

#[test]
fn saved_statistics_that_are_none_are_refused() {
    let found = |text: &str| {
        let read: Result<RunningStatistics, _> = serde_json::from_str(text);
        read.unwrap_err().to_string()
    };
    for (text, message) in [
        (
            r#"{"mean": [0.0, 1.0], "variance": [1.0], "count": 5.0}"#,
            "statistics of 2 means: expected as many variances, found 1",
        ),
        (
            r#"{"mean": [0.0], "variance": [-1.0], "count": 5.0}"#,
            "statistics, number 0: expected a finite variance of at least 0, found -1",
        ),
        (
            r#"{"mean": [0.0], "variance": [1.0], "count": 0.0}"#,
            "statistics: expected a finite count above 0, found 0",
        ),
        (
            r#"{"mean": [0.0], "variance": [1.0], "count": 1.0, "median": []}"#,
            "unknown field `median`, expected one of `mean`, `variance`, `count`",
        ),
    ] {
        assert!(found(text).starts_with(message), "{}", found(text));
    }
    // JSON has no word for what is no number; TOML has.
    let spoiled = "mean = [nan]\nvariance = [1.0]\ncount = 1.0";
    let read: Result<RunningStatistics, _> = toml::from_str(spoiled);
    let message = read.unwrap_err().to_string();
    assert!(
        message.contains("expected a finite mean, found NaN"),
        "{message}"
    );
}

proptest! {
    #[test]
    fn running_statistics_are_those_of_all_samples(samples in proptest::collection::vec(-1e3..1e3_f64, 50..200)) {
        let mut statistics = RunningStatistics::new(1);
        for sample in &samples {
            statistics.update(&[*sample]);
        }
        let count = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / count;
        let variance = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / count;
        // The beginning counts for 1e-4 samples of mean 0 and variance 1.
        prop_assert!((statistics.mean()[0] - mean).abs() <= 1e-5 * mean.abs().max(1.0));
        prop_assert!((statistics.variance()[0] - variance).abs() <= 1e-4 * variance.max(1e6 / count));
        prop_assert!((statistics.count() - count).abs() < 1e-3);
    }
}
