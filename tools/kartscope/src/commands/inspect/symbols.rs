//! `kartscope inspect symbols`: lists the addresses of the game's structures.

use anyhow::Result;
use ram_views::symbol::{Confidence, Count, Holds, Program as _, Symbol};
use serde::Serialize;

use super::game::InspectedGame;
use crate::report::Report;

#[derive(Serialize)]
struct Row {
    name: &'static str,
    path: &'static str,
    /// The address in the US game.
    address: String,
    holds: &'static str,
    r#type: &'static str,
    count: String,
    inside: Option<&'static str>,
    unknown_in: &'static [&'static str],
    description: &'static str,
    source: &'static str,
    confidence: &'static str,
}

impl From<&Symbol> for Row {
    fn from(symbol: &Symbol) -> Self {
        Self {
            name: symbol.name,
            path: symbol.path,
            address: format!("{:#010X}", symbol.address),
            holds: match symbol.holds {
                Holds::Pointer => "pointer",
                Holds::Value => "value",
            },
            r#type: symbol.ty,
            count: match symbol.count {
                Count::Fixed(count) => count.to_string(),
                Count::Symbol(symbol) => symbol.name.to_owned(),
            },
            inside: symbol.inside,
            unknown_in: symbol.unknown_in,
            description: symbol.description,
            source: symbol.source,
            confidence: confidence(symbol),
        }
    }
}

/// The confidence in a symbol, as a word.
pub fn confidence(symbol: &Symbol) -> &'static str {
    match symbol.confidence {
        Confidence::High => "high",
        _ => "published",
    }
}

/// Lists the symbols by address.
///
/// # Errors
/// When standard output is closed.
pub fn run<G: InspectedGame>(report: Report) -> Result<()> {
    let rows: Vec<Row> = G::Program::symbols().iter().map(Row::from).collect();
    report.result(&rows, |rows, output| {
        for row in rows {
            writeln!(
                output,
                "{}  {:<7}  {:<22}  {:<26}  {:<9}  {}",
                row.address, row.holds, row.path, row.r#type, row.confidence, row.description
            )?;
        }
        Ok(writeln!(output, "{}", G::ADDRESSES)?)
    })
}
