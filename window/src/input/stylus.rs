//! The mouse, as the stylus on the screen that can be touched.

use std::cell::RefCell;
use std::rc::Rc;

use gtk::gdk;
use gtk::prelude::*;

/// A touched point, pixels of the screen that can be touched.
type Touch = [u32; 2];

/// The point of the screen that the mouse touches. Clones are the same stylus.
#[derive(Debug, Clone, Default)]
pub struct Stylus {
    tip: Rc<RefCell<Tip>>,
}

/// Where the stylus is, and where it was since the last frame.
#[derive(Debug, Default)]
struct Tip {
    down: Option<Touch>,
    /// Where it came down since the last frame, which counts even if it is up again.
    pressed: Option<Touch>,
}

impl Tip {
    fn press(&mut self, touch: Option<Touch>) {
        self.down = touch;
        self.pressed = touch;
    }

    /// A point outside of the screen leaves the stylus where it was.
    fn drag(&mut self, touch: Option<Touch>) {
        if let (Some(down), Some(touch)) = (&mut self.down, touch) {
            *down = touch;
        }
    }

    fn lift(&mut self) {
        self.down = None;
    }

    fn take(&mut self) -> Option<Touch> {
        let pressed = self.pressed.take();
        self.down.or(pressed)
    }
}

impl Stylus {
    /// A stylus that nothing is attached to yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Follows the first mouse button on `widget`. `to_screen` gives the screen's pixel at a point
    /// of the widget, `None` outside of that screen.
    pub fn attach(
        &self,
        widget: &impl IsA<gtk::Widget>,
        to_screen: impl Fn(f64, f64) -> Option<[u32; 2]> + 'static,
    ) {
        let drag = gtk::GestureDrag::new();
        drag.set_button(gdk::BUTTON_PRIMARY);
        let to_screen = Rc::new(to_screen);

        let (stylus, convert) = (self.clone(), Rc::clone(&to_screen));
        drag.connect_drag_begin(move |_, x, y| stylus.tip.borrow_mut().press(convert(x, y)));
        let stylus = self.clone();
        drag.connect_drag_update(move |drag, right, down| {
            if let Some((x, y)) = drag.start_point() {
                let touch = to_screen(x + right, y + down);
                stylus.tip.borrow_mut().drag(touch);
            }
        });
        let stylus = self.clone();
        drag.connect_drag_end(move |_, _, _| stylus.lift());
        let stylus = self.clone();
        drag.connect_cancel(move |_, _| stylus.lift());
        widget.add_controller(drag);

        let stylus = self.clone();
        widget.connect_unmap(move |_| stylus.lift());
    }

    /// Takes the stylus off the screen.
    pub fn lift(&self) {
        self.tip.borrow_mut().lift();
    }

    /// What a frame that begins now gets: where the stylus is, or where it was down since the last
    /// call.
    #[must_use]
    pub fn take_touch(&self) -> Option<[u32; 2]> {
        self.tip.borrow_mut().take()
    }
}

#[cfg(test)]
mod tests {
    use super::{Tip, Touch};

    const HERE: Option<Touch> = Some([1, 2]);
    const THERE: Option<Touch> = Some([200, 100]);

    #[test]
    fn a_tap_between_two_frames_counts_once() {
        let mut tip = Tip::default();
        tip.press(HERE);
        tip.lift();
        assert_eq!(tip.take(), HERE);
        assert_eq!(tip.take(), None);
    }

    #[test]
    fn dragging_moves_it_and_ends_at_the_edge() {
        let mut tip = Tip::default();
        tip.press(HERE);
        assert_eq!(tip.take(), HERE);
        tip.drag(THERE);
        tip.drag(None);
        assert_eq!(tip.take(), THERE);
        assert_eq!(tip.take(), THERE);
        tip.lift();
        assert_eq!(tip.take(), None);
    }

    #[test]
    fn a_press_beside_the_screen_is_none_wherever_it_is_dragged() {
        let mut tip = Tip::default();
        tip.press(None);
        tip.drag(THERE);
        assert_eq!(tip.take(), None);
    }
}
