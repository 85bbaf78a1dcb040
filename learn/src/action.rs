//! A driver's action as numbers: one for each action column of a dataset.

use env_core::columns::{Column, DType};
#[cfg(feature = "torch")]
use env_mkds::action::{DrivingAction, Steer};

/// The numbers of a driving action.
pub(crate) const WIDTH: usize = 5;

/// The columns of a driving action, in order.
pub(crate) fn columns() -> [Column; WIDTH] {
    let button = |name: &str, doc: &str| {
        Column::new(name, DType::Bool)
            .between(0.0, 1.0)
            .documented(doc)
    };
    [
        Column::new("steer", DType::I8)
            .between(-1.0, 1.0)
            .in_unit("-1 left, 1 right")
            .documented("the direction held in the step"),
        button("accelerate", "the accelerator was held"),
        button("brake", "the brake was held"),
        button("drift", "the drift button was held"),
        button("item", "the item button was held"),
    ]
}

/// The numbers of an action.
#[cfg(feature = "torch")]
pub(crate) fn encode(action: DrivingAction) -> [f32; WIDTH] {
    [
        f32::from(action.steer.sign()),
        f32::from(u8::from(action.accelerate)),
        f32::from(u8::from(action.brake)),
        f32::from(u8::from(action.drift)),
        f32::from(u8::from(action.item)),
    ]
}

/// The action of its numbers.
#[cfg(feature = "torch")]
pub(crate) fn decode([steer, accelerate, brake, drift, item]: [f32; WIDTH]) -> DrivingAction {
    DrivingAction {
        accelerate: accelerate > 0.5,
        brake: brake > 0.5,
        drift: drift > 0.5,
        item: item > 0.5,
        steer: Steer::from_sign(steer as i8),
    }
}

#[cfg(all(test, feature = "torch"))]
mod tests {
    use super::*;

    #[test]
    fn every_action_survives_as_numbers() {
        for index in 0..DrivingAction::COUNT {
            let action = DrivingAction::from_index(index).expect("below COUNT");
            let numbers = encode(action);
            assert_eq!(decode(numbers), action);
            for (column, number) in columns().iter().zip(numbers) {
                let (low, high) = column.range();
                assert!((low..=high).contains(&number), "{column}");
            }
        }
    }
}
