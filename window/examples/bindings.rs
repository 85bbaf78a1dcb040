//! The dialog in which keys are bound: `cargo run -p window --example bindings`. It prints the
//! bindings that it leaves.
#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use std::error::Error;

use gtk::glib;
use gtk::prelude::*;
use window::input::{Bindings, BindingsDialog};

fn main() -> Result<(), Box<dyn Error>> {
    gtk::init()?;
    let dialog = BindingsDialog::new(None, &Bindings::default());
    dialog.connect_changed(|bindings| match toml::to_string(bindings) {
        Ok(text) => println!("{text}"),
        Err(error) => println!("{error}"),
    });
    let main_loop = glib::MainLoop::new(None, false);
    let quit = main_loop.clone();
    dialog.window().connect_destroy(move |_| quit.quit());
    dialog.present();
    main_loop.run();
    Ok(())
}
