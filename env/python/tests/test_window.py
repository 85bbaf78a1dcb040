"""Windows, on a virtual display, with simulated keys and mouse."""

import ctypes
import os
import shutil
import subprocess
import sys
import threading
from functools import partial

import gymnasium
import numpy as np
import pytest

import kartscope
from kartscope import EmulatorWindow, Keys, Window, wrappers

missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
needs_display = pytest.mark.skipif(bool(missing), reason=f"{' and '.join(missing)} not installed: no display to test on")


@pytest.fixture(scope="module")
def display():
    """A virtual display; Xvfb prints its number when it is ready."""
    reader, writer = os.pipe()
    # Without -noreset the server restarts when its last window closes, and refuses connections at that moment.
    command = ["Xvfb", "-displayfd", str(writer), "-noreset", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as number:
        name = f":{number.readline().strip()}"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DISPLAY", name)
        environment.setenv("LC_ALL", "C.UTF-8")
        environment.delenv("WAYLAND_DISPLAY", raising=False)
        yield name
    server.terminate()
    server.wait()


def xdotool(*words: object) -> str:
    done = subprocess.run(["xdotool", *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def focus(title: str) -> str:
    number = xdotool("search", "--sync", "--name", f"^{title}$").splitlines()[0]
    xdotool("windowfocus", "--sync", number)
    return number


def wait_for(window: Window, look, expected) -> None:
    """Updates until the input made on the display arrives; if it never does, the test does not end."""
    while look() != expected:
        window.update()


@needs_display
def test_keys_press_buttons(display):
    window = Window(64, 64, scale=1, title="keys")
    focus("keys")
    presses = {
        "w": Keys.UP, "a": Keys.LEFT, "s": Keys.DOWN, "d": Keys.RIGHT,
        "Up": Keys.UP, "Left": Keys.LEFT, "Down": Keys.DOWN, "Right": Keys.RIGHT,
        "x": Keys.A, "z": Keys.B, "u": Keys.X, "i": Keys.Y, "q": Keys.L, "e": Keys.R,
        "space": Keys.START, "Return": Keys.START, "BackSpace": Keys.SELECT, "Shift_R": Keys.SELECT,
    }  # fmt: skip
    for key, button in presses.items():
        xdotool("keydown", key)
        wait_for(window, window.keys, button)
        xdotool("keyup", key)
        wait_for(window, window.keys, 0)
    xdotool("keydown", "x", "keydown", "Left")
    wait_for(window, window.keys, Keys.A | Keys.LEFT)
    xdotool("keyup", "x", "keyup", "Left")
    window.close()
    assert window.keys() == 0 and window.touch() is None and not window.is_open
    window.update()
    window.show(np.zeros((64, 64, 3), np.uint8))
    window.close()


@needs_display
def test_pictures_are_shown(display):
    window = Window(4, 2, scale=8, title="picture")
    number = focus("picture")
    picture = np.zeros((2, 4, 3), np.uint8)
    picture[0, 0], picture[0, 3], picture[1, 3] = (255, 0, 0), (0, 255, 0), (1, 2, 255)
    window.show(picture)
    window.show(picture)
    shown = window_pixels(display, int(number), 32, 16)
    assert np.array_equal(shown[::8, ::8], picture)
    assert np.array_equal(shown[7::8, 7::8], picture)
    window.close()


@needs_display
def test_the_window_drives_the_emulator(display, racing):
    window = racing.create_window(scale=2, fps=None)
    assert isinstance(window, EmulatorWindow) and not window.has_quit()
    number = focus("kartscope")
    xdotool("keydown", "x", "keydown", "Right")
    while racing.input.keypad_get() != Keys.A | Keys.RIGHT:
        window.process_input()
    yaw = racing.memory.driver.yaw
    for _ in range(30):
        window.process_input()
        racing.cycle()
        window.draw()
    assert racing.memory.driver.yaw != yaw
    xdotool("keyup", "x", "keyup", "Right")
    while racing.input.keypad_get():
        window.process_input()
    window.draw()
    assert np.array_equal(window_pixels(display, int(number), 512, 768)[::2, ::2], racing.screens())
    window.destroy()
    window.destroy()
    assert window.has_quit()


@needs_display
def test_the_mouse_is_the_stylus_on_the_lower_screen_alone(display):
    class Pad:
        point = None

        def keypad_update(self, keys):
            pass

        def touch_set_pos(self, x, y):
            self.point = x, y

        def touch_release(self):
            self.point = None

    class Emulator:
        input = Pad()

    window = EmulatorWindow(Emulator(), scale=2, fps=None)
    number = focus("kartscope")
    for (x, y), expected in {(20, 384 + 40): (10, 20), (510, 766): (255, 191), (20, 40): None}.items():
        xdotool("mousemove", "--sync", "--window", number, x, y)
        xdotool("mousedown", 1)
        while window._window.touch() != (x // 2, y // 2):
            window._window.update()
        window.process_input()
        assert Emulator.input.point == expected
        xdotool("mouseup", 1)
        while window._window.touch() is not None:
            window._window.update()
        window.process_input()
        assert Emulator.input.point is None
    window.destroy()


@needs_display
def test_closing_the_window_quits(display, emu):
    window = emu.create_sdl_window()
    ask_to_close(display, int(focus("kartscope")))
    while not window.has_quit():
        window.process_input()
        emu.cycle()
        window.draw()


@needs_display
def test_pictures_of_another_shape_are_refused(display):
    window = Window(8, 4, title="shapes")
    with pytest.raises(ValueError, match=r"picture: expected shape \[4, 8, 3\], found \[8, 4, 3\]"):
        window.show(np.zeros((8, 4, 3), np.uint8))
    with pytest.raises(TypeError):
        window.show(np.zeros((4, 8, 3), np.float32))
    with pytest.raises(TypeError):
        window.show(None)


@needs_display
def test_a_window_is_its_threads_and_its_processs(display):
    window = Window(8, 8, title="owner")
    failures = []

    def use():
        for call in (window.update, window.keys, window.touch, window.close, lambda: window.is_open):
            try:
                call()
            except kartscope.DisplayError as error:
                failures.append(str(error))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(failures) == 5 and "thread that made it" in failures[0]
    child = os.fork()
    if child == 0:
        status = 1
        try:
            window.update()
        except kartscope.DisplayError as error:
            status = 0 if "forked" in str(error) else 2
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    window.update()
    assert window.is_open


def test_sizes_that_no_window_has_are_refused():
    for size in ((0, 1), (1, 0), (10**6, 1)):
        with pytest.raises(ValueError, match="size: expected 1 to 8192"):
            Window(*size)
    with pytest.raises(ValueError, match="scale: expected 1, 2, 4 or 8, found 3"):
        Window(8, 8, scale=3)


@pytest.mark.parametrize("value", [None, ":987"])
def test_without_a_display_there_is_an_exception(value):
    """In a separate process, since a process has one display."""
    program = (
        "import kartscope\nemu = kartscope.Emulator()\nemu.open()\n"
        "try: emu.create_window()\nexcept kartscope.DisplayError as error: print(error)\nemu.step()"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if value is not None:
        environment["DISPLAY"] = value
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert "cannot open a window" in done.stdout and f"DISPLAY is {value or 'not set'}" in done.stdout


class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    ]


def ask_to_close(display: str, window: int) -> None:
    """Sends the message of a window manager's close button."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    x11.XInternAtom.restype = ctypes.c_ulong
    protocols = x11.XInternAtom(connection, b"WM_PROTOCOLS", 0)
    delete = x11.XInternAtom(connection, b"WM_DELETE_WINDOW", 0)
    message = ClientMessage(type=33, window=window, message_type=protocols, format=32)
    message.data[0] = delete
    x11.XSendEvent(connection, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
    x11.XCloseDisplay(connection)


def window_pixels(display: str, window: int, width: int, height: int) -> np.ndarray:
    """The picture of a window: uint8 of shape (height, width, 3)."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = x11.XGetImage.restype = ctypes.c_void_p
    x11.XGetPixel.restype = ctypes.c_ulong
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    size = ctypes.c_uint(width), ctypes.c_uint(height)
    image = x11.XGetImage(connection, ctypes.c_ulong(window), 0, 0, *size, ctypes.c_ulong(2**32 - 1), 2)
    image = ctypes.c_void_p(image)
    pixels = [x11.XGetPixel(image, x, y) & 0xFF_FFFF for y in range(height) for x in range(width)]
    x11.XCloseDisplay(connection)
    shades = np.array(pixels, ">u4").view(np.uint8).reshape(height, width, 4)
    return shades[:, :, 1:]


@needs_display
def test_a_window_drives_an_environment(display):
    overlays = partial(wrappers.compose_overlays, funcs=[wrappers.collision_overlay, wrappers.sensor_overlay])
    env = wrappers.OverlayWrapper(gymnasium.make("kartscope/MarioKartDS-v0"), func=overlays)
    env = wrappers.HumanInputWrapper(env)
    window = wrappers.EnvWindow(env, scale=1, fps=None)
    env.reset(seed=1)
    number = focus("kartscope")
    xdotool("keydown", "x")
    held = 0
    while held != Keys.A:
        observation, *_ = env.step(0)
        held = int(observation["keymask"][0])
        window.update()
    xdotool("keyup", "x")
    assert np.array_equal(window_pixels(display, int(number), 256, 384), env.render())
    assert window.is_alive
    ask_to_close(display, int(number))
    while window.is_alive:
        env.step(0)
        window.update()
    env.close()
