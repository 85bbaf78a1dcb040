//! Reading model cards of version 1.

use serde_json::{Map, Value, json};

use crate::dataset::Schema;
use crate::{action, files};

pub(super) const VERSION: u32 = 1;

/// A card of version 1 with the keys of version 2, but for the version itself.
pub(super) fn upgraded(mut card: Map<String, Value>) -> Map<String, Value> {
    if let Some(fields) = card.remove("observation") {
        // The only program that wrote version 1 trained on a row a frame.
        let schema = json!({ "frames_per_step": 1, "fields": fields });
        card.insert("observation".to_owned(), schema);
    }
    // All models of version 1 drive by the buttons of the driving action.
    card.insert("action".to_owned(), json!(action::columns()));
    card
}

/// SHA-256 of a schema as version 1 computed it.
pub(super) fn hash(schema: &Schema) -> String {
    let mut text = String::new();
    for field in schema.fields() {
        text += &field.to_string().replacen("] float32 ", "] Float32 ", 1);
        text.push('\n');
    }
    files::sha256(text.as_bytes())
}
