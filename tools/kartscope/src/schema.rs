//! The schema of observations in this program's datasets and models.

use env_mkds::observation::Observer;
use learn::dataset::{Field, Schema};

/// The columns of an observation of a race.
///
/// # Errors
/// When two fields have the same name.
pub fn observation() -> learn::Result<Schema> {
    let observer = Observer::driving();
    let fields = observer.fields().iter().map(|field| {
        let (low, high) = (Some(field.low), Some(field.high));
        Field::new(&field.name, field.unit, &field.shape, low, high)
    });
    Schema::new(fields.collect())
}
