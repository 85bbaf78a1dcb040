"""Pictures as the frames of an MP4 file, written and read by PyAV."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path

import numpy as np

from .model import PictureFormat
from .problems import mismatch, optional

CODEC = "libsvtav1"
PIXELS = "yuv420p"
OPTIONS = {"g": "2", "crf": "30", "preset": "12"}
"""LeRobot's own: every second frame is a key frame, so that any frame is decoded fast."""

LEAST_SIDE = 32
"""In pixels. The encoder of PyAV 15 ends the whole process at some smaller sizes."""


class VideoWriter:
    """Writes one file, a frame at a time."""

    def __init__(self, path: Path, pictures: PictureFormat, fps: int):
        # SVT-AV1 writes its settings to standard error, past Python, unless it is told to report errors alone.
        os.environ.setdefault("SVT_LOG", "1")
        self._path = path
        self.fps = fps
        self.frames = 0
        self.size = 0
        """The bytes of the frames so far."""
        with _problems_told(path, "what PyAV can encode"):
            self._container = optional("av").open(str(path), "w")
            self._stream = self._container.add_stream(CODEC, fps, options=OPTIONS)
            self._stream.width, self._stream.height = pictures.width, pictures.height
            self._stream.pix_fmt = PIXELS

    def add(self, picture: np.ndarray) -> None:
        """Appends a picture, uint8 of shape (height, width, 3)."""
        self._encode(optional("av").VideoFrame.from_ndarray(picture, format="rgb24"))
        self.frames += 1

    def _encode(self, frame) -> None:
        """Encodes a frame, or what remains for none."""
        with _problems_told(self._path, "what PyAV can encode"):
            for packet in self._stream.encode(frame):
                self.size += packet.size
                self._container.mux(packet)

    def info(self) -> dict:
        """What LeRobot says about a feature's video."""
        return {
            "video.height": self._stream.height,
            "video.width": self._stream.width,
            "video.codec": self._stream.codec.canonical_name,
            "video.pix_fmt": PIXELS,
            "video.is_depth_map": False,
            "video.fps": self.fps,
            "video.channels": 3,
            "has_audio": False,
        }

    def close(self) -> None:
        """Completes the file."""
        self._encode(None)
        self._container.close()


def read_video(path: Path, pictures: PictureFormat) -> Iterator[np.ndarray]:
    """The frames of a file, in order, each decoded when the iteration reaches it.

    Raises
    ------
    DatasetError
        It is damaged, no video, or one of another size.
    """
    with _problems_told(path, "what PyAV can decode"), optional("av").open(str(path)) as container:
        if not container.streams.video:
            raise mismatch(path, "streams", "a video", "none")
        stream = container.streams.video[0]
        found = (stream.width, stream.height)
        if found != (pictures.width, pictures.height):
            raise mismatch(path, "size", f"{pictures.width} x {pictures.height} pixels", f"{found[0]} x {found[1]} pixels")
        for frame in container.decode(stream):
            yield frame.to_ndarray(format="rgb24")


@contextmanager
def _problems_told(path: Path, expected: str) -> Iterator[None]:
    """Converts PyAV's exceptions, an unknown codec among them, to a DatasetError."""
    av = optional("av")
    try:
        yield
    except (av.FFmpegError, av.codec.codec.UnknownCodecError) as error:
        raise mismatch(path, "video", expected, error) from error
