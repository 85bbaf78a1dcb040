//! The field panel on a race of the bundled game: `cargo run -p window --example fields`.
//!
//! Arguments are paths to open; those that begin with `+` are pinned, one that begins with `?` is
//! searched for. It tells on standard error what updating the panel costs.
#![allow(clippy::print_stderr, reason = "it is what the example is for")]

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;
use std::time::{Duration, Instant};

use gtk::glib;
use gtk::prelude::*;
use homebrew::native::Game;
use mkds_formats::ghost::Combo;
use mkds_memory::{Ram, RamMut};
use nds_formats::pad::Pad;
use window_kart::mkds::FieldPanel;

/// Frames over which the cost is averaged.
const MEASURED: u64 = 300;

const COMBO: Combo = Combo {
    character: 0,
    kart: 0,
    course: 20,
};

fn main() -> Result<(), Box<dyn Error>> {
    gtk::init()?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let marked = |mark| {
        arguments
            .iter()
            .filter_map(move |text| text.strip_prefix(mark))
    };
    let panel = FieldPanel::new();
    let opened = arguments.iter().map(String::as_str);
    panel.open(
        &opened
            .filter(|path| !path.starts_with(['+', '?']))
            .collect::<Vec<_>>(),
    );
    for error in panel.set_pinned(&marked('+').map(str::to_owned).collect::<Vec<_>>()) {
        eprintln!("{error}");
    }
    if let Some(text) = marked('?').next() {
        panel.search(text);
    }

    let mut game = Game::new(None)?;
    game.start_race(COMBO)?;
    let game = Rc::new(RefCell::new(game));
    let poked = Rc::clone(&game);
    panel.connect_poke(move |path, value| {
        let mut game = poked.borrow_mut();
        let written = RamMut::new(game.ram_mut()).map(|mut ram| path.write(&mut ram, &value));
        eprintln!("{path} = {value}: {written:?}");
    });
    let window = gtk::Window::builder()
        .title("Fields")
        .default_width(560)
        .default_height(860)
        .child(panel.widget())
        .build();
    let main_loop = glib::MainLoop::new(None, false);
    let quit = main_loop.clone();
    window.connect_close_request(move |_| {
        quit.quit();
        glib::Propagation::Proceed
    });
    let frame = Cell::new(0);
    let spent = Cell::new(Duration::ZERO);
    let all = Cell::new(processor_time());
    let since = Cell::new(Instant::now());
    window.add_tick_callback(move |_, _| {
        frame.set(frame.get() + 1);
        let mut game = game.borrow_mut();
        // Swerves, so that plots have something to show.
        let steer = match frame.get() / 40 % 3 {
            0 => Pad::LEFT,
            1 => Pad::RIGHT,
            _ => Pad::empty(),
        };
        game.tick(Pad::A | steer);
        let before = processor_time();
        panel.update(Ram::new(game.ram()).ok().as_deref(), frame.get());
        spent.set(spent.get() + processor_time().saturating_sub(before));
        if frame.get().is_multiple_of(MEASURED) {
            let all = processor_time().saturating_sub(all.replace(processor_time()));
            let (update, all) = (spent.take() / MEASURED as u32, all / MEASURED as u32);
            let rate = MEASURED as f64 / since.replace(Instant::now()).elapsed().as_secs_f64();
            eprintln!("a frame: update {update:?}, game and GTK too {all:?}; {rate:.1} a second");
        }
        glib::ControlFlow::Continue
    });
    window.present();
    main_loop.run();
    Ok(())
}

/// What this thread has computed so far.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
