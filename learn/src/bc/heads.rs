//! The heads of a network: how it decides the numbers of an action.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

use env_core::columns::{Column, DType};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most classes of a head, and outputs of a network: a limit for what a damaged card can ask for.
const MOST_OUTPUTS: usize = 1 << 16;

/// How a number of an action is decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// One of `count` integers from `low` on, with a logit each.
    Classes {
        /// The first.
        low: i64,
        /// How many.
        count: usize,
    },
    /// 0 or 1, with one logit.
    Flag,
    /// A number, with one output: 0 is the middle of its bounds, and 1 their upper one.
    Number {
        /// The middle.
        middle: f32,
        /// Half the distance of the bounds; 1 without bounds.
        half: f32,
    },
}

/// How one number of an action is decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    /// The column's name.
    pub(crate) name: String,
    /// The place of its number in the action.
    pub(crate) number: usize,
    pub(crate) kind: Kind,
    /// Its first output.
    pub(crate) output: usize,
}

impl Head {
    /// How many outputs it has.
    pub(crate) fn outputs(&self) -> usize {
        match self.kind {
            Kind::Classes { count, .. } => count,
            Kind::Flag | Kind::Number { .. } => 1,
        }
    }

    /// How many classes it chooses among; none for a number.
    pub(crate) fn classes(&self) -> usize {
        match self.kind {
            Kind::Classes { count, .. } => count,
            Kind::Flag => 2,
            Kind::Number { .. } => 0,
        }
    }

    /// How many weights balance it: one for each class, or for each bin of a number's magnitude.
    pub(crate) fn weights(&self) -> usize {
        match self.kind {
            Kind::Classes { .. } | Kind::Flag => self.classes(),
            Kind::Number { .. } => MAGNITUDES,
        }
    }

    /// The place of an action's number among its [weights](Self::weights).
    pub(crate) fn weight_of(&self, number: f32) -> usize {
        match self.kind {
            Kind::Classes { low, .. } => (number as i64 - low) as usize,
            Kind::Flag => number as usize,
            Kind::Number { middle, half } => {
                let magnitude = ((number - middle) / half).abs().min(1.0);
                (magnitude * (MAGNITUDES - 1) as f32).round() as usize
            }
        }
    }
}

/// The bins of a number's magnitude, from its middle to its bounds; in the first and the last fall half as many numbers.
pub(crate) const MAGNITUDES: usize = 9;

/// The heads for an action space. The outputs of choices come first, then those of flags, then those of numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heads {
    heads: Vec<Head>,
    /// Numbers of an action.
    width: usize,
    /// Outputs of the network.
    outputs: usize,
}

impl Heads {
    /// The heads that decide an action of these columns.
    ///
    /// # Errors
    /// Place, expected and found: no columns, a list of numbers in one, or integers without bounds.
    pub(crate) fn new(columns: &[Column]) -> Result<Self, (String, String, String)> {
        if columns.is_empty() {
            let expected = "at least one column".to_owned();
            return Err(("action".to_owned(), expected, "none".to_owned()));
        }
        let mut heads = Vec::new();
        for (number, column) in columns.iter().enumerate() {
            let place = || format!("action {}", column.name);
            let kind = kind(column).map_err(|(expected, found)| (place(), expected, found))?;
            heads.push(Head {
                name: column.name.clone(),
                number,
                kind,
                output: 0,
            });
        }
        heads.sort_by_key(|head| match head.kind {
            Kind::Classes { .. } => 0,
            Kind::Flag => 1,
            Kind::Number { .. } => 2,
        });
        let mut outputs = 0;
        for head in &mut heads {
            head.output = outputs;
            outputs += head.outputs();
        }
        if outputs > MOST_OUTPUTS {
            let expected = format!("at most {MOST_OUTPUTS} classes in all");
            return Err(("action".to_owned(), expected, outputs.to_string()));
        }
        Ok(Self {
            heads,
            width: columns.len(),
            outputs,
        })
    }

    /// The heads, in the order of their outputs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Head> {
        self.heads.iter()
    }

    /// Those that choose one of several classes.
    pub(crate) fn choices(&self) -> impl Iterator<Item = (&Head, i64)> {
        self.heads.iter().filter_map(|head| match head.kind {
            Kind::Classes { low, .. } => Some((head, low)),
            _ => None,
        })
    }

    /// Those that decide yes or no.
    pub(crate) fn flags(&self) -> impl Iterator<Item = &Head> {
        self.heads.iter().filter(|head| head.kind == Kind::Flag)
    }

    /// Those that decide a number, with the middle and half the distance of its bounds.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = (&Head, f32, f32)> {
        self.heads.iter().filter_map(|head| match head.kind {
            Kind::Number { middle, half } => Some((head, middle, half)),
            _ => None,
        })
    }

    /// How many numbers an action has.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// How many outputs the network has.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// A value for each head.
    pub(crate) fn per_head<T>(&self, value: impl Fn(&Head) -> T) -> PerHead<T> {
        let values = self.heads.iter();
        PerHead(
            values
                .map(|head| (head.name.clone(), value(head)))
                .collect(),
        )
    }
}

/// How the number of a column is decided; else what was expected and found.
fn kind(column: &Column) -> Result<Kind, (String, String)> {
    if !column.shape.is_empty() {
        let found = format!("shape {:?}", column.shape);
        return Err(("a single number".to_owned(), found));
    }
    match (column.dtype, column.low, column.high) {
        (DType::Bool, ..) => Ok(Kind::Flag),
        (DType::F32 | DType::F64, low, high) => {
            let (low, high) = match (low, high) {
                (Some(low), Some(high)) if low < high => (low, high),
                _ => (-1.0, 1.0),
            };
            Ok(Kind::Number {
                middle: ((low + high) / 2.0) as f32,
                half: ((high - low) / 2.0) as f32,
            })
        }
        (_, Some(low), Some(high)) if low <= high && high - low < MOST_OUTPUTS as f64 => {
            Ok(Kind::Classes {
                low: low as i64,
                count: (high - low) as usize + 1,
            })
        }
        (_, low, high) => {
            let expected = format!("integers between bounds, at most {MOST_OUTPUTS}");
            Err((expected, format!("{low:?} to {high:?}")))
        }
    }
}

/// One value for each of some heads, by the heads' names and in the order of their outputs. The order is for people: it
/// makes no difference to equality.
#[derive(Clone, Debug)]
pub struct PerHead<T>(Vec<(String, T)>);

impl<T: PartialEq> PartialEq for PerHead<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .iter()
                .all(|(name, value)| other.get(name) == Some(value))
    }
}

impl<T> PerHead<T> {
    /// The values by the heads' names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a head; `None` if there is no such head.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter()
            .find(|(head, _)| *head == name)
            .map(|(_, value)| value)
    }

    /// Whether there are no heads.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for PerHead<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(String, T)> for PerHead<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<T> Index<&str> for PerHead<T> {
    type Output = T;

    /// # Panics
    /// If there is no such head.
    fn index(&self, name: &str) -> &T {
        self.get(name).unwrap_or_else(|| panic!("no head {name}"))
    }
}

impl<T: Serialize> Serialize for PerHead<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerHead<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Reads a map in its order.
        struct InOrder<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = PerHead<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value for each head, by its name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PerHead<T>, A::Error> {
                let mut values = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    values.push(entry);
                }
                Ok(PerHead(values))
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action;

    #[test]
    fn the_driving_action_has_three_classes_and_four_flags() {
        let heads = Heads::new(&action::columns()).expect("decidable");
        assert_eq!((heads.width(), heads.outputs()), (5, 7));
        let outputs: Vec<_> = heads
            .iter()
            .map(|head| (head.name.as_str(), head.number, head.output))
            .collect();
        let expected = [
            ("steer", 0, 0),
            ("accelerate", 1, 3),
            ("brake", 2, 4),
            ("drift", 3, 5),
            ("item", 4, 6),
        ];
        assert_eq!(outputs, expected);
    }

    #[test]
    fn outputs_are_grouped_by_kind_whatever_the_order_of_the_columns() {
        let heads = Heads::new(&[
            Column::float("stick_x", "", (-80.0, 80.0), ""),
            Column::new("a", DType::Bool),
            Column::new("gear", DType::I64).between(2.0, 6.0),
            Column::new("pull", DType::F32),
        ])
        .expect("decidable");
        let found: Vec<_> = heads
            .iter()
            .map(|head| (head.number, head.output))
            .collect();
        assert_eq!(found, [(2, 0), (1, 5), (0, 6), (3, 7)]);
        let numbers: Vec<_> = heads
            .numbers()
            .map(|(head, middle, half)| (head.name.as_str(), middle, half))
            .collect();
        assert_eq!(numbers, [("stick_x", 0.0, 80.0), ("pull", 0.0, 1.0)]);
        assert_eq!(heads.choices().next().map(|(_, low)| low), Some(2));
    }

    #[test]
    fn a_number_s_weight_is_by_its_distance_from_the_middle() {
        let stick = Column::float("stick_x", "", (-80.0, 80.0), "");
        let heads = Heads::new(&[stick]).expect("decidable");
        let head = heads.iter().next().expect("one");
        assert_eq!(head.weights(), 9);
        let places = [0.0, -4.9, 5.1, -10.0, 74.0, -76.0, 80.0, 127.0];
        let places = places.map(|number| head.weight_of(number));
        assert_eq!(places, [0, 0, 1, 1, 7, 8, 8, 8]);
    }

    #[test]
    fn actions_that_no_head_decides_are_refused() {
        let integer = Column::new("n", DType::I64);
        for column in [
            integer.clone(),
            integer.clone().between(0.0, 1e12),
            integer.between(0.0, 1.0).of_shape(&[2]),
        ] {
            let (place, ..) = Heads::new(&[column]).expect_err("not decidable");
            assert_eq!(place, "action n");
        }
        assert!(Heads::new(&[]).is_err());
    }

    #[test]
    fn values_are_written_in_the_order_of_the_heads() {
        let values: PerHead<u32> = [("steer".to_owned(), 3), ("a".to_owned(), 2)]
            .into_iter()
            .collect();
        let text = serde_json::to_string(&values).expect("JSON");
        assert_eq!(text, r#"{"steer":3,"a":2}"#);
        assert_eq!(
            serde_json::from_str::<PerHead<u32>>(&text).expect("read"),
            values
        );
        assert_eq!((values["a"], values.get("b")), (2, None));
        let turned = r#"{"a":2,"steer":3}"#;
        assert_eq!(
            serde_json::from_str::<PerHead<u32>>(turned).expect("read"),
            values
        );
        let other: PerHead<u32> = [("steer".to_owned(), 3)].into_iter().collect();
        assert_ne!(values, other);
    }
}
