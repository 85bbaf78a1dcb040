//! The class `Window`: pictures on the screen, keys and the mouse.

use minifb::{Key, MouseButton, MouseMode, Scale, ScaleMode, WindowOptions};
use mkds_formats::pad::Pad;
use numpy::{PyReadonlyArray3, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::DisplayError;

/// Which keys press which buttons.
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

/// A window that shows pictures of one size and tells what is pressed. It belongs to the thread that made it.
///
/// Nothing besides X11's own libraries (libX11, libXcursor) is needed; under Wayland XWayland serves.
#[pyclass(unsendable, module = "kartscope")]
pub(crate) struct Window {
    /// Until it is closed.
    window: Option<minifb::Window>,
    /// Of the pictures.
    width: usize,
    height: usize,
    scale: usize,
    pixels: Vec<u32>,
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
    ///     How many pixels of the screen a pixel of theirs takes: 1, 2, 4 or 8.
    /// title : str
    ///     What stands above it.
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
        // Whoever shows pictures keeps the time.
        window.set_target_fps(0);
        Ok(Self {
            window: Some(window),
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
        let Some(window) = &mut self.window else {
            return Ok(());
        };
        let picture = picture.as_array();
        for (pixel, rgb) in self
            .pixels
            .iter_mut()
            .zip(picture.lanes(numpy::ndarray::Axis(2)))
        {
            *pixel = u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]]);
        }
        window
            .update_with_buffer(&self.pixels, self.width, self.height)
            .map_err(|error| DisplayError::new_err(error.to_string()))?;
        self.close_if_asked();
        Ok(())
    }

    /// Takes in what was pressed since; `show` does so too.
    fn update(&mut self) {
        if let Some(window) = &mut self.window {
            window.update();
        }
        self.close_if_asked();
    }

    /// Whether it is there still: neither the user nor `close` has closed it.
    #[getter]
    fn is_open(&self) -> bool {
        self.window.is_some()
    }

    /// The mask of the buttons whose keys are held: WASD or arrows steer, X is A, Z is B, U is X, I is Y, Q is L, E is R, space
    /// or Enter is Start, Backspace or the right Shift is Select.
    fn keys(&self) -> u16 {
        let Some(window) = &self.window else {
            return 0;
        };
        let held = BUTTONS.iter().filter(|(key, _)| window.is_key_down(*key));
        held.map(|(_, button)| *button).collect::<Pad>().bits()
    }

    /// The pixel of the picture that the mouse presses, (x, y); None while it presses none.
    fn touch(&self) -> Option<(usize, usize)> {
        let window = self.window.as_ref()?;
        if !window.get_mouse_down(MouseButton::Left) {
            return None;
        }
        let (x, y) = window.get_unscaled_mouse_pos(MouseMode::Discard)?;
        let pixel = |place: f32| place as usize / self.scale;
        let (x, y) = (pixel(x), pixel(y));
        (x < self.width && y < self.height).then_some((x, y))
    }

    /// Closes it; may be called again.
    fn close(&mut self) {
        self.window = None;
    }
}

impl Window {
    fn close_if_asked(&mut self) {
        if self.window.as_ref().is_some_and(|window| !window.is_open()) {
            self.window = None;
        }
    }
}
