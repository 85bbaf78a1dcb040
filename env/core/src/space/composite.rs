//! Spaces made of spaces.

use rand::Rng;

use super::{Role, Space, SpaceIssue};
use crate::columns::{Cells, Column, Columnar};

macro_rules! tuple_space {
    ($($space:ident $index:tt),+) => {
        impl<$($space: Space),+> Space for ($($space,)+) {
            type Element = ($($space::Element,)+);

            fn sample<Random: Rng + ?Sized>(&self, rng: &mut Random) -> Self::Element {
                ($(self.$index.sample(rng),)+)
            }

            fn contains(&self, value: &Self::Element) -> bool {
                $(self.$index.contains(&value.$index))&&+
            }

            fn issues(&self, role: Role) -> Vec<SpaceIssue> {
                let parts = [$((stringify!($index), self.$index.issues(role))),+];
                within(parts)
            }
        }

        impl<$($space: Columnar),+> Columnar for ($($space,)+) {
            fn columns(&self) -> Vec<Column> {
                let mut columns = Vec::new();
                $(columns.extend(self.$index.columns().into_iter().map(|column| column.within(stringify!($index))));)+
                columns
            }

            fn cells(&self, element: &Self::Element, visit: &mut dyn FnMut(Cells<'_>)) {
                $(self.$index.cells(&element.$index, visit);)+
            }
        }
    };
}

/// The issues of all parts, each with the name of its part.
#[doc(hidden)]
pub fn within<const N: usize>(parts: [(&str, Vec<SpaceIssue>); N]) -> Vec<SpaceIssue> {
    let named = |(part, issues): (&str, Vec<SpaceIssue>)| {
        let issues = issues.into_iter();
        issues.map(|issue| issue.within(part)).collect::<Vec<_>>()
    };
    parts.into_iter().flat_map(named).collect()
}

tuple_space!(A 0);
tuple_space!(A 0, B 1);
tuple_space!(A 0, B 1, C 2);
tuple_space!(A 0, B 1, C 2, D 3);
tuple_space!(A 0, B 1, C 2, D 3, E 4);
tuple_space!(A 0, B 1, C 2, D 3, E 4, F 5);

/// Declares a struct of spaces and the struct of their elements, as Gymnasium's `Dict`.
///
/// ```
/// use env_core::{Space, dict_space, rng, space::{BoxSpace, Discrete}};
///
/// dict_space! {
///     /// What a car's driver sees.
///     pub struct CarSpace => CarObservation {
///         /// The way to each wall.
///         rays: BoxSpace,
///         /// The gear.
///         gear: Discrete,
///     }
/// }
///
/// # fn main() -> Result<(), env_core::space::SpaceError> {
/// let space =
///     CarSpace { rays: BoxSpace::uniform(0.0, 1.0, &[24])?, gear: Discrete::new(6)? };
/// let seen: CarObservation = space.sample(&mut rng(Some(7)));
/// assert!(space.contains(&seen));
/// assert!(!space.contains(&CarObservation { gear: 6, ..seen }));
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! dict_space {
    (
        $(#[$about:meta])*
        $visibility:vis struct $space:ident => $element:ident {
            $($(#[$field_about:meta])* $field:ident: $field_space:ty),+ $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        $visibility struct $space {
            $($(#[$field_about])* pub $field: $field_space),+
        }

        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        $visibility struct $element {
            $($(#[$field_about])* pub $field: <$field_space as $crate::Space>::Element),+
        }

        impl $crate::Space for $space {
            type Element = $element;

            fn sample<R: $crate::space::Rng + ?Sized>(&self, rng: &mut R) -> $element {
                $element { $($field: $crate::Space::sample(&self.$field, rng)),+ }
            }

            fn contains(&self, value: &$element) -> bool {
                $($crate::Space::contains(&self.$field, &value.$field))&&+
            }

            fn issues(
                &self,
                role: $crate::space::Role,
            ) -> ::std::vec::Vec<$crate::space::SpaceIssue> {
                $crate::space::within([
                    $((stringify!($field), $crate::Space::issues(&self.$field, role))),+
                ])
            }
        }

        impl $crate::columns::Columnar for $space {
            fn columns(&self) -> Vec<$crate::columns::Column> {
                let mut columns = Vec::new();
                $(columns.extend(
                    $crate::columns::Columnar::columns(&self.$field)
                        .into_iter()
                        .map(|column| column.within(stringify!($field))),
                );)+
                columns
            }

            fn cells(&self, element: &$element, visit: &mut dyn FnMut($crate::columns::Cells<'_>)) {
                $($crate::columns::Columnar::cells(&self.$field, &element.$field, visit);)+
            }
        }
    };
}
