//! Reading model cards of version 1.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Card;
use super::card;
use crate::dataset::Schema;
use crate::{Error, Result, action, files};

pub(super) const VERSION: u32 = 1;

/// Reads the text of a card of version 1 as one of the present version; `path` is for errors.
pub(super) fn parse(text: &[u8], path: &Path) -> Result<Card> {
    let mut value: Map<String, Value> = files::parse_json(text, path, card::WHAT)?;
    value.insert("version".to_owned(), json!(card::VERSION));
    if let Some(fields) = value.remove("observation") {
        // The only program that wrote version 1 trained on a row a frame.
        let schema = json!({ "frames_per_step": 1, "fields": fields });
        value.insert("observation".to_owned(), schema);
    }
    // All models of version 1 drive by the buttons of the driving action.
    value.insert("action".to_owned(), json!(action::columns()));
    let mut card: Card = files::from_json(value, path, card::WHAT)?;
    let hash = hash(&card.observation);
    if card.observation_sha256 != hash {
        let place = "observation_sha256";
        return Err(Error::mismatch(path, place, hash, card.observation_sha256));
    }
    card.observation_sha256 = card.observation.hash();
    Ok(card)
}

/// SHA-256 of a schema as version 1 computed it.
fn hash(schema: &Schema) -> String {
    let mut text = String::new();
    for field in schema.fields() {
        text += &field.to_string().replacen("] float32 ", "] Float32 ", 1);
        text.push('\n');
    }
    files::sha256(text.as_bytes())
}
