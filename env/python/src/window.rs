//! The class `Window`: shows pictures, reads keys and the mouse.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ThreadId;

use minifb::{Key, MouseButton, MouseMode, Scale, ScaleMode, WindowOptions};
use nds_formats::pad::Pad;
use numpy::ndarray::Axis;
use numpy::{PyReadonlyArray3, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::DisplayError;
use crate::fork::Owned;

/// The mapping of keys to buttons.
const BUTTONS: [(Key, Pad); 18] = [
    (Key::W, Pad::UP),
    (Key::A, Pad::LEFT),
    (Key::S, Pad::DOWN),
    (Key::D, Pad::RIGHT),
    (Key::Up, Pad::UP),
    (Key::Left, Pad::LEFT),
    (Key::Down, Pad::DOWN),
    (Key::Right, Pad::RIGHT),
    (Key::X, Pad::A),
    (Key::Z, Pad::B),
    (Key::U, Pad::X),
    (Key::I, Pad::Y),
    (Key::Q, Pad::L),
    (Key::E, Pad::R),
    (Key::Space, Pad::START),
    (Key::Enter, Pad::START),
    (Key::Backspace, Pad::SELECT),
    (Key::RightShift, Pad::SELECT),
];

thread_local! {
    /// The windows of this thread: other threads cannot use X11's windows.
    static WINDOWS: RefCell<HashMap<u64, Owned<minifb::Window>>> = RefCell::default();
}

/// How many windows there have been.
static OPENED: AtomicU64 = AtomicU64::new(0);

/// A window that shows pictures of one size and reads input. It belongs to the thread that made it.
///
/// It needs only X11's own libraries (libX11, libXcursor); under Wayland it uses XWayland.
#[pyclass(module = "kartscope")]
pub(crate) struct Window {
    /// The key in the table of its thread's windows.
    number: u64,
    thread: ThreadId,
    /// The size of the pictures.
    width: usize,
    height: usize,
    scale: usize,
    pixels: Vec<u32>,
}

impl Window {
    /// Does work with the window; `None` if it is closed.
    ///
    /// # Errors
    /// `DisplayError` on another thread, and in a forked process.
    fn with<T>(&self, work: impl FnOnce(&mut minifb::Window) -> T) -> PyResult<Option<T>> {
        if std::thread::current().id() != self.thread {
            return Err(DisplayError::new_err(
                "a window belongs to the thread that made it, and this is another",
            ));
        }
        WINDOWS.with_borrow_mut(|windows| match windows.get_mut(&self.number) {
            Some(window) if !window.is_here() => Err(DisplayError::new_err(
                "the window was opened before this process was forked: it belongs to the parent",
            )),
            window => Ok(window.map(|window| work(window.get_mut()))),
        })
    }

    /// Releases the window if its user has closed it.
    fn close_if_asked(&self) -> PyResult<()> {
        match self.with(|window| window.is_open())? {
            Some(false) => self.close(),
            Some(true) | None => Ok(()),
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // On another thread the window stays until its own thread ends, which drops the table.
        if std::thread::current().id() == self.thread {
            let _ = WINDOWS.try_with(|windows| windows.borrow_mut().remove(&self.number));
        }
    }
}

/// The largest side of a picture, pixels.
const LARGEST: usize = 8192;

#[pymethods]
impl Window {
    /// Opens a window.
    ///
    /// Parameters
    /// ----------
    /// width, height : int
    ///     The size of the pictures, pixels.
    /// scale : int
    ///     Screen pixels for each of the pictures' pixels: 1, 2, 4 or 8.
    /// title : str
    ///     The window's title.
    ///
    /// Raises
    /// ------
    /// DisplayError
    ///     There is no display, or X11's libraries are missing.
    #[new]
    #[pyo3(signature = (width, height, *, scale=2, title="kartscope"))]
    fn new(width: usize, height: usize, scale: usize, title: &str) -> PyResult<Self> {
        if !(1..=LARGEST).contains(&width) || !(1..=LARGEST).contains(&height) {
            return Err(PyValueError::new_err(format!(
                "size: expected 1 to {LARGEST} pixels a side, found {width}x{height}"
            )));
        }
        let options = WindowOptions {
            scale: match scale {
                1 => Scale::X1,
                2 => Scale::X2,
                4 => Scale::X4,
                8 => Scale::X8,
                other => {
                    return Err(PyValueError::new_err(format!(
                        "scale: expected 1, 2, 4 or 8, found {other}"
                    )));
                }
            },
            scale_mode: ScaleMode::Stretch,
            ..WindowOptions::default()
        };
        let mut window = minifb::Window::new(title, width, height, options).map_err(|error| {
            let display = std::env::var_os("DISPLAY");
            let display = display.map_or("not set".to_owned(), |display| display.display().to_string());
            DisplayError::new_err(format!(
                "cannot open a window: {error}; DISPLAY is {display}. Without a display pictures come from screens()"
            ))
        })?;
        // The caller controls the frame rate.
        window.set_target_fps(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        WINDOWS.with_borrow_mut(|windows| windows.insert(number, Owned::new(window)));
        Ok(Self {
            number,
            thread: std::thread::current().id(),
            width,
            height,
            scale,
            pixels: vec![0; width * height],
        })
    }

    /// Shows a picture: uint8 of shape (height, width, 3), RGB. Nothing happens once the window is closed.
    fn show(&mut self, picture: PyReadonlyArray3<'_, u8>) -> PyResult<()> {
        let expected = [self.height, self.width, 3];
        if picture.shape() != expected {
            return Err(PyValueError::new_err(format!(
                "picture: expected shape {expected:?}, found {:?}",
                picture.shape()
            )));
        }
        let picture = picture.as_array();
        let colours = picture.lanes(Axis(2)).into_iter();
        for (pixel, rgb) in self.pixels.iter_mut().zip(colours) {
            *pixel = u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]]);
        }
        let show = |window: &mut minifb::Window| {
            window.update_with_buffer(&self.pixels, self.width, self.height)
        };
        match self.with(show)? {
            Some(Err(error)) => Err(DisplayError::new_err(error.to_string())),
            Some(Ok(())) | None => self.close_if_asked(),
        }
    }

    /// Reads the input since the last call; `show` does so too.
    fn update(&self) -> PyResult<()> {
        self.with(minifb::Window::update)?;
        self.close_if_asked()
    }

    /// Whether it is open: neither the user nor `close` has closed it.
    #[getter]
    fn is_open(&self) -> PyResult<bool> {
        Ok(self.with(|_| ())?.is_some())
    }

    /// The mask of the buttons whose keys are held: WASD or arrows steer, X is A, Z is B, U is X, I is Y, Q is L, E is R, space
    /// or Enter is Start, Backspace or the right Shift is Select.
    fn keys(&self) -> PyResult<u16> {
        let held = self.with(|window| {
            let held = BUTTONS.iter().filter(|(key, _)| window.is_key_down(*key));
            held.map(|(_, button)| *button).collect::<Pad>().bits()
        })?;
        Ok(held.unwrap_or_default())
    }

    /// The pixel of the picture that the mouse presses, (x, y); None while it presses none.
    fn touch(&self) -> PyResult<Option<(usize, usize)>> {
        let pressed = self.with(|window| {
            let pressed = window.get_mouse_down(MouseButton::Left);
            pressed.then(|| window.get_unscaled_mouse_pos(MouseMode::Discard))?
        })?;
        let pixel = pressed.flatten().map(|(x, y)| {
            let pixel = |place: f32| place as usize / self.scale;
            (pixel(x), pixel(y))
        });
        Ok(pixel.filter(|(x, y)| *x < self.width && *y < self.height))
    }

    /// Closes it; may be called again.
    fn close(&self) -> PyResult<()> {
        self.with(|_| ())?;
        WINDOWS.with_borrow_mut(|windows| windows.remove(&self.number));
        Ok(())
    }
}
