//! Forges states and plays them: `forged_states FROM COUNT`. Prints a state's number before it plays the state, and the
//! result afterwards, a line each, so that the caller can tell which state crashed or hung the program.
#![allow(clippy::print_stdout, reason = "the answers")]

#[path = "../tests/fixture/forge.rs"]
mod forge;

use forge::Forge;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse());
    let (Some(Ok(from)), Some(Ok(count))) = (numbers.next(), numbers.next()) else {
        panic!("usage: forged_states FROM COUNT");
    };
    let mut forge = Forge::new();
    for seed in from..from + count {
        println!("{seed}");
        println!("{:?}", forge.attack(seed));
    }
}
