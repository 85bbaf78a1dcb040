//! A driver's action as numbers: one for each action column of a dataset.

use env_core::columns::{Buffer, Column, DType};
use env_kart::action::DrivingAction;
#[cfg(feature = "torch")]
use env_kart::action::Steer;

/// The numbers of a driving action.
pub(crate) const WIDTH: usize = 5;

/// The columns of driving actions, in order, and the numbers of each.
pub(crate) fn table(actions: &[DrivingAction]) -> [(Column, Buffer); WIDTH] {
    let button = |name: &str, doc: &str, held: fn(&DrivingAction) -> bool| {
        let column = Column::new(name, DType::Bool)
            .between(0.0, 1.0)
            .documented(doc);
        let held: Vec<bool> = actions.iter().map(held).collect();
        (column, held.into())
    };
    let steer = Column::new("steer", DType::I8)
        .between(-1.0, 1.0)
        .in_unit("-1 left, 1 right")
        .documented("the direction held in the step");
    let signs: Vec<i8> = actions.iter().map(|action| action.steer.sign()).collect();
    [
        (steer, signs.into()),
        button("accelerate", "the accelerator was held", |action| {
            action.accelerate
        }),
        button("brake", "the brake was held", |action| action.brake),
        button("drift", "the drift button was held", |action| action.drift),
        button("item", "the item button was held", |action| action.item),
    ]
}

/// The columns of driving actions, in order.
#[cfg(feature = "torch")]
pub(crate) fn columns() -> [Column; WIDTH] {
    table(&[]).map(|(column, _)| column)
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
