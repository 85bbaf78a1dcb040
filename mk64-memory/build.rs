//! Turns `symbols.toml` into the Rust constants of `mk64_memory::symbols`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, error::Error, fs};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    symbol: Vec<Symbol>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Symbol {
    name: String,
    address: u32,
    published: String,
    holds: Holds,
    r#type: String,
    view: String,
    count: Option<Count>,
    description: String,
    source: String,
    confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Holds {
    Pointer,
    Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Fixed(usize),
    Symbol(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Confidence {
    High,
    Published,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=symbols.toml");
    let file: File = toml::from_str(&fs::read_to_string("symbols.toml")?)?;
    let mut constants = String::new();
    for symbol in &file.symbol {
        write_symbol(&mut constants, symbol)?;
    }
    let names: Vec<String> = file
        .symbol
        .iter()
        .map(|symbol| constant(&symbol.name))
        .collect();
    writeln!(
        constants,
        "/// Every symbol, by address.\npub const ALL: &[Symbol] = &[{}];",
        names.join(", ")
    )?;
    let out = env::var_os("OUT_DIR").ok_or("no OUT_DIR")?;
    fs::write(Path::new(&out).join("symbols.rs"), constants)?;
    Ok(())
}

fn write_symbol(out: &mut String, symbol: &Symbol) -> std::fmt::Result {
    let holds = match symbol.holds {
        Holds::Pointer => "Pointer",
        Holds::Value => "Value",
    };
    let count = match &symbol.count {
        None => "Count::Fixed(1)".to_owned(),
        Some(Count::Fixed(count)) => format!("Count::Fixed({count})"),
        Some(Count::Symbol(name)) => format!("Count::Symbol(&{})", constant(name)),
    };
    let confidence = match symbol.confidence {
        Confidence::High => "High",
        Confidence::Published => "Published",
    };
    let Symbol {
        name,
        published,
        description,
        address,
        r#type,
        view,
        source,
        ..
    } = symbol;
    writeln!(
        out,
        "#[doc = {description:?}]\n#[doc = \"\"]\n#[doc = \"`{published}` in the headers. Source: {source}.\"]"
    )?;
    writeln!(
        out,
        "pub const {}: Symbol = Symbol {{ name: {name:?}, path: {name:?}, address: {address:#X}, \
         holds: Holds::{holds}, ty: {type:?}, target: <{view} as Pointee<Rdram>>::TARGET, count: {count}, \
         inside: None, unknown_in: &[], description: {description:?}, source: {source:?}, \
         confidence: Confidence::{confidence} }};",
        constant(name),
        r#type = r#type,
    )
}

fn constant(name: &str) -> String {
    name.to_uppercase()
}
