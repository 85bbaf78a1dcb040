//! Situations as vectors: the last pictures, and the last actions.

use std::collections::VecDeque;

use search::Embedding;

use super::Settings;
use crate::dataset::Held;

/// A stick's full deflection.
const REACH: f32 = 80.0;
/// Numbers of an action: the stick's two, and one for each button's bit.
const ACTION: usize = 2 + u16::BITS as usize;

/// The last pictures and actions of a run, the newest first.
#[derive(Clone, Debug)]
pub(super) struct Situation {
    pictures: VecDeque<Vec<f32>>,
    actions: VecDeque<[f32; ACTION]>,
    most_pictures: usize,
    most_actions: usize,
    weight: f32,
}

impl Situation {
    /// Nothing seen and done yet.
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            pictures: VecDeque::new(),
            actions: VecDeque::new(),
            most_pictures: settings.pictures.get() as usize,
            most_actions: settings.actions as usize,
            weight: settings.action_weight,
        }
    }

    /// Which vectors situations have whose pictures are embedded so.
    pub(super) fn embedding(of_picture: &Embedding, settings: &Settings) -> Embedding {
        let (pictures, actions) = (settings.pictures.get(), settings.actions);
        if (pictures, actions) == (1, 0) {
            return of_picture.clone();
        }
        let preprocessing = format!(
            "{}; the last {pictures} pictures, and {actions} actions of weight {}",
            of_picture.preprocessing, settings.action_weight
        );
        Embedding {
            preprocessing,
            dimension: pictures as usize * of_picture.dimension + actions as usize * ACTION,
            ..of_picture.clone()
        }
    }

    /// Forgets all, at the beginning of a run.
    pub(super) fn clear(&mut self) {
        self.pictures.clear();
        self.actions.clear();
    }

    /// A picture's vector is seen. The first one of a run fills the places of those before it.
    pub(super) fn see(&mut self, picture: Vec<f32>) {
        if self.pictures.len() == self.most_pictures {
            self.pictures.pop_back();
        }
        self.pictures.push_front(picture);
    }

    /// An action is done.
    pub(super) fn act(&mut self, held: Held) {
        let mut numbers = [0.0; ACTION];
        let (stick, buttons) = numbers.split_at_mut(2);
        for (number, at) in stick.iter_mut().zip(held.stick) {
            *number = f32::from(at) / REACH * self.weight;
        }
        for (bit, number) in buttons.iter_mut().enumerate() {
            *number = f32::from(held.buttons >> bit & 1) * self.weight;
        }
        self.actions.push_front(numbers);
        self.actions.truncate(self.most_actions);
    }

    /// The vector of the situation.
    ///
    /// # Panics
    /// If nothing was seen.
    pub(super) fn vector(&self) -> Vec<f32> {
        let oldest = self.pictures.len() - 1;
        if (self.most_pictures, self.most_actions) == (1, 0) {
            return self.pictures[0].clone();
        }
        let mut vector = Vec::new();
        for place in 0..self.most_pictures {
            let picture = &self.pictures[place.min(oldest)];
            let length = picture.iter().map(|number| number * number).sum::<f32>();
            let scale = 1.0
                / (length * self.most_pictures as f32)
                    .sqrt()
                    .max(f32::MIN_POSITIVE);
            vector.extend(picture.iter().map(|number| number * scale));
        }
        for place in 0..self.most_actions {
            vector.extend(self.actions.get(place).unwrap_or(&[0.0; ACTION]));
        }
        vector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pictures: u32, actions: u32) -> Settings {
        Settings {
            pictures: pictures.try_into().expect("not 0"),
            actions,
            action_weight: 0.5,
            ..Settings::default()
        }
    }

    #[test]
    fn a_picture_alone_is_its_own_vector() {
        let mut situation = Situation::new(&settings(1, 0));
        situation.see(vec![1.0, 2.0]);
        situation.act(Held::default());
        situation.see(vec![3.0, 4.0]);
        assert_eq!(situation.vector(), [3.0, 4.0]);
    }

    #[test]
    fn the_last_pictures_and_actions_stand_from_the_newest_to_the_oldest() {
        let settings = settings(2, 2);
        let mut situation = Situation::new(&settings);
        situation.see(vec![3.0, 4.0]);
        let close = |vector: &[f32], expected: &[f32]| {
            let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
            vector.len() == expected.len() && vector.iter().zip(expected).all(near)
        };
        let root = 0.5_f32.sqrt();
        let first = [0.6 * root, 0.8 * root];
        // Before the first picture there are copies of it, and no actions.
        let none = [0.0; 2 * ACTION];
        assert!(close(
            &situation.vector(),
            &[&first[..], &first, &none].concat()
        ));
        situation.act(Held {
            buttons: 1 << 15,
            stick: [-80, 40],
        });
        situation.see(vec![0.0, 2.0]);
        let mut action = [0.0; ACTION];
        (action[0], action[1], action[ACTION - 1]) = (-0.5, 0.25, 0.5);
        let expected = [&[0.0, root][..], &first, &action, &none[ACTION..]].concat();
        assert!(close(&situation.vector(), &expected));
        let of_picture = Embedding {
            embedder: String::new(),
            weights_sha256: None,
            preprocessing: String::new(),
            dimension: 2,
        };
        let embedding = Situation::embedding(&of_picture, &settings);
        assert_eq!(embedding.dimension, expected.len());
        situation.clear();
        situation.see(vec![3.0, 4.0]);
        assert!(close(
            &situation.vector(),
            &[&first[..], &first, &none].concat()
        ));
    }
}
