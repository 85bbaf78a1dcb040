//! Which movies are trained on and which validate: a movie is never cut in two, since
//! neighbouring frames are near copies of each other and would leak from one side to the other.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The movies of a side, as indices into the list that was split.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) train: Vec<usize>,
    pub(super) validation: Vec<usize>,
}

/// Splits movies, given by their courses, so that about `ratio` of each course's are trained on
/// and at least one is: a driver cannot know a course that it never saw. Below a ratio of 1, one
/// movie validates wherever a course has two.
pub(super) fn by_movie(courses: &[u8], ratio: f64, random: &mut ChaCha8Rng) -> Split {
    let mut by_course: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (movie, course) in courses.iter().enumerate() {
        by_course.entry(*course).or_default().push(movie);
    }
    let mut split = Split {
        train: Vec::new(),
        validation: Vec::new(),
    };
    for movies in by_course.values_mut() {
        movies.shuffle(random);
        let most = if ratio < 1.0 {
            movies.len().saturating_sub(1).max(1)
        } else {
            movies.len()
        };
        let wanted = (movies.len() as f64 * ratio).round() as usize;
        let (train, validation) = movies.split_at(wanted.clamp(1, most));
        split.train.extend(train);
        split.validation.extend(validation);
    }
    split.train.sort_unstable();
    split.validation.sort_unstable();
    split
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn split(courses: &[u8], ratio: f64, seed: u64) -> Split {
        by_movie(courses, ratio, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn every_movie_is_on_exactly_one_side_and_every_course_is_trained_on() {
        let courses = [0, 1, 0, 2, 0, 1, 0, 0, 3, 0];
        for seed in 0..20 {
            let Split { train, validation } = split(&courses, 0.8, seed);
            let mut all = [train.clone(), validation.clone()].concat();
            all.sort_unstable();
            assert_eq!(all, (0..courses.len()).collect::<Vec<_>>());
            for course in 0..4 {
                assert!(train.iter().any(|movie| courses[*movie] == course));
            }
            // Six of course 0 and two of course 1 can spare one; single movies cannot.
            assert_eq!(validation.len(), 2);
        }
    }

    #[test]
    fn the_seed_decides() {
        let courses = [7; 12];
        assert_eq!(split(&courses, 0.5, 1), split(&courses, 0.5, 1));
        assert_ne!(split(&courses, 0.5, 1), split(&courses, 0.5, 2));
    }

    #[test]
    fn a_lone_movie_and_a_ratio_of_one_leave_nothing_to_validate() {
        assert_eq!(
            split(&[4], 0.8, 0),
            Split {
                train: vec![0],
                validation: vec![]
            }
        );
        assert_eq!(
            split(&[4, 4, 4], 1.0, 0),
            Split {
                train: vec![0, 1, 2],
                validation: vec![]
            }
        );
    }
}
