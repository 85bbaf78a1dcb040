//! What datasets and models of this program hold an observation to be.

use env_mkds::observation::FIELDS;
use learn::dataset::{Field, Schema};

/// The columns of an observation of a race.
///
/// # Errors
/// When the fields make no schema: two of one name.
pub fn observation() -> learn::Result<Schema> {
    let fields = FIELDS.iter().map(|field| {
        let shape: &[usize] = if field.len == 1 { &[] } else { &[field.len] };
        Field::new(
            field.name,
            field.unit,
            shape,
            Some(field.low),
            Some(field.high),
        )
    });
    Schema::new(fields.collect())
}
