//! The split of the movies into a training and a validation set. A movie is never divided, since
//! neighbouring frames are almost copies of each other and would leak from one set to the other.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The movies of a side, as indices into the list that was split.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) train: Vec<usize>,
    pub(super) validation: Vec<usize>,
}

/// Splits movies, given by their courses and hashes, so that about `ratio` of each course's are trained on
/// and at least one is: a driver cannot learn a course that is not in its data. Below a ratio of 1, every course
/// with at least two movies has one that validates. A movie that occurs more than once, as a whole race and as the
/// corrections in it, stays together and counts once.
pub(super) fn by_movie(movies: &[(u8, &str)], ratio: f64, random: &mut ChaCha8Rng) -> Split {
    let mut by_course: BTreeMap<u8, Vec<Vec<usize>>> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for (index, movie) in movies.iter().enumerate() {
        let of_course = by_course.entry(movie.0).or_default();
        let place = *places.entry(*movie).or_insert(of_course.len());
        match of_course.get_mut(place) {
            Some(same) => same.push(index),
            None => of_course.push(vec![index]),
        }
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
        split.train.extend(train.iter().flatten());
        split.validation.extend(validation.iter().flatten());
    }
    split.train.sort_unstable();
    split.validation.sort_unstable();
    split
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// Of movies that are all different.
    fn split(courses: &[u8], ratio: f64, seed: u64) -> Split {
        let hashes: Vec<String> = (0..courses.len()).map(|movie| movie.to_string()).collect();
        let hashes = hashes.iter().map(String::as_str);
        let movies: Vec<(u8, &str)> = courses.iter().copied().zip(hashes).collect();
        by_movie(&movies, ratio, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn parts_of_one_movie_stay_on_one_side() {
        let movies = [(0, "a"), (0, "b"), (0, "a"), (1, "c"), (0, "b"), (1, "c")];
        for seed in 0..20 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let Split { train, validation } = by_movie(&movies, 0.5, &mut random);
            let side = |movie: usize| train.contains(&movie);
            assert!(side(0) == side(2) && side(1) == side(4) && side(0) != side(1));
            assert!(side(3) && side(5), "a course's only movie is trained on");
            assert_eq!(train.len() + validation.len(), movies.len());
        }
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
