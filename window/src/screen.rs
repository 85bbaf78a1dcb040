//! The part of the window that shows the games.

use std::rc::Rc;

use gtk::prelude::*;
use gtk::{cairo, gdk};

use crate::accessible::named_as;
use crate::app::{App, KeyTarget};
use crate::content::Game;
use crate::layout::{self, Tile, VisibleScreens};

/// Border of the selected game, and of the others; each game has a colour of its own.
const BORDERS: [f64; 2] = [4.0, 2.0];
/// Height of a game's name, pixels.
const NAME: f64 = 18.0;
/// Of the frame around the game that gets the keys, as of the label below it.
const KEYS_COLOR: [f64; 3] = [0.15, 0.64, 0.41];
/// The games' colours: red, green, blue, of the desktop's palette.
const COLORS: [[f64; 3]; 6] = [
    [0.21, 0.52, 0.89],
    [0.20, 0.82, 0.48],
    [0.96, 0.76, 0.07],
    [0.88, 0.11, 0.14],
    [0.57, 0.25, 0.67],
    [1.0, 0.47, 0.0],
];

/// The widget; [`connect`] makes it show an application's games.
pub(crate) fn area() -> gtk::DrawingArea {
    let area: gtk::DrawingArea = named_as("The games' screens", "img");
    area.set_hexpand(true);
    area.set_vexpand(true);
    area.set_focusable(true);
    area.set_css_classes(&["screen"]);
    area
}

/// Draws the games in the area, and connects the mouse to them.
pub(crate) fn connect(app: &Rc<App>) {
    let weak = Rc::downgrade(app);
    app.area.set_draw_func(move |_, context, width, height| {
        if let Some(app) = weak.upgrade()
            && let Err(error) = draw(&app, context, [width.into(), height.into()])
        {
            app.show_error(&error);
        }
    });
    let click = gtk::GestureClick::builder()
        .button(gdk::BUTTON_PRIMARY)
        .build();
    let weak = Rc::downgrade(app);
    click.connect_pressed(move |_, _, x, y| {
        if let Some(app) = weak.upgrade() {
            app.area.grab_focus();
            if let Some(number) = app.game_at([x, y]) {
                app.select(number);
            }
        }
    });
    app.area.add_controller(click);
    let weak = Rc::downgrade(app);
    app.stylus.attach(&app.area, move |x, y| {
        let app = weak.upgrade()?;
        let shown = app.visible_screens();
        let tile = app.tiles().into_iter().nth(app.selected.get())?;
        tile.to_touch([x, y], shown)
    });
}

fn draw(app: &App, context: &cairo::Context, area: [f64; 2]) -> anyhow::Result<()> {
    context.set_source_rgb(0.07, 0.07, 0.08);
    context.paint()?;
    let games = app.games.borrow();
    let scale = app.settings.borrow().scale;
    let shown = app.visible_screens_of(&games);
    let tiles = layout::tiles(games.len(), area, shown, scale);
    for (number, (game, tile)) in games.iter().zip(&tiles).enumerate() {
        draw_game(app, context, game, *tile)?;
        if games.len() > 1 {
            draw_border(app, context, (number, game), (*tile, shown))?;
        }
        if number == app.selected.get() && app.key_target.get() == Some(KeyTarget::Game) {
            draw_keys(context, *tile, shown)?;
        }
    }
    app.drawn.set(app.drawn.get() + 1);
    Ok(())
}

fn draw_game(app: &App, context: &cairo::Context, game: &Game, tile: Tile) -> anyhow::Result<()> {
    context.save()?;
    context.translate(tile.at[0], tile.at[1]);
    context.scale(tile.scale, tile.scale);
    game.view.paint(context, app.screens.get(), tile.beside)?;
    context.restore()?;
    Ok(())
}

/// Black or white, whichever is more legible on a colour: 0 or 1.
fn ink_on([red, green, blue]: [f64; 3]) -> f64 {
    let luminance = 0.2126 * red.powf(2.2) + 0.7152 * green.powf(2.2) + 0.0722 * blue.powf(2.2);
    // At this luminance both are equally legible (WCAG 2.1, contrast ratio).
    if luminance > 0.179 { 0.0 } else { 1.0 }
}

/// A dashed frame around the game that gets the keys.
fn draw_keys(context: &cairo::Context, tile: Tile, shown: VisibleScreens) -> anyhow::Result<()> {
    let [width, height] = tile.size(shown);
    let [red, green, blue] = KEYS_COLOR;
    context.save()?;
    context.set_source_rgb(red, green, blue);
    context.set_line_width(3.0);
    context.set_dash(&[12.0, 6.0], 0.0);
    context.rectangle(
        tile.at[0] - 4.5,
        tile.at[1] - 4.5,
        width + 9.0,
        height + 9.0,
    );
    context.stroke()?;
    context.restore()?;
    Ok(())
}

/// A border in the game's colour, and its name.
fn draw_border(
    app: &App,
    context: &cairo::Context,
    (number, game): (usize, &Game),
    (tile, shown): (Tile, VisibleScreens),
) -> anyhow::Result<()> {
    let is_selected = number == app.selected.get();
    let [red, green, blue] = COLORS[number % COLORS.len()];
    let border = BORDERS[usize::from(!is_selected)];
    let size = tile.size(shown);
    context.set_source_rgb(red, green, blue);
    context.set_line_width(border);
    context.rectangle(
        tile.at[0] - border / 2.0,
        tile.at[1] - border / 2.0,
        size[0] + border,
        size[1] + border,
    );
    context.stroke()?;
    context.select_font_face(
        "sans-serif",
        cairo::FontSlant::Normal,
        cairo::FontWeight::Bold,
    );
    context.set_font_size(12.0);
    let width = context.text_extents(game.content.name())?.width() + 12.0;
    context.save()?;
    // At the lower edge: games write lap and time at the upper edges of both screens.
    let top = tile.at[1] + size[1] - NAME;
    context.rectangle(tile.at[0], top, size[0], NAME);
    context.clip();
    let left = (tile.at[0] + (size[0] - width) / 2.0)
        .max(tile.at[0])
        .floor();
    context.rectangle(left, top, width, NAME);
    context.fill()?;
    let ink = ink_on([red, green, blue]);
    context.set_source_rgb(ink, ink, ink);
    context.move_to(left + 6.0, top + 13.0);
    context.show_text(game.content.name())?;
    context.restore()?;
    Ok(())
}
