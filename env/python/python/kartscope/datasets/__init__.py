"""Datasets of driving as NumPy arrays, and to and from Minari and LeRobot.

A dataset is a folder with one Parquet file a movie and a `manifest.json`. A row is one step of a race, of as many frames as
the dataset's `frames_per_step`: the driver's observation before the step (`observation.NAME`), its input in the step (`buttons`,
the console's own bits, on the Nintendo 64 `stick_x` and `stick_y` too, and the same decoded into `action.*`), and the result
(`race_progress`, `lap`, `reward`). A dataset may have pictures, `observation.picture`: what the player sees before the step. pandas, polars and Hugging Face `datasets` can read the
Parquet files; this package reads, checks and writes whole datasets, and converts them to other libraries' formats and back.

>>> from kartscope import datasets
>>> for episode in datasets.read("dataset"):                       # doctest: +SKIP
...     print(episode.source.course_name, episode.columns["observation.speed"].max())
>>> datasets.to_lerobot("dataset", "lerobot")                      # doctest: +SKIP

On the command line: `python -m kartscope.datasets --help`. PyArrow is needed for LeRobot's format, and PyAV (`av`) for its
videos; `minari` for its own.
"""

from kartscope._native import Pictures
from kartscope.errors import DatasetError

from .actions import action_columns, buttons_of, components
from .folder import read, write
from .lerobot_format import from_lerobot, to_lerobot
from .minari_format import from_minari, to_minari
from .model import Dataset, Episode, Field, Manifest, Outcome, PictureFormat, Source

__all__ = [
    "Dataset",
    "DatasetError",
    "Episode",
    "Field",
    "Manifest",
    "Outcome",
    "PictureFormat",
    "Pictures",
    "Source",
    "action_columns",
    "buttons_of",
    "components",
    "from_lerobot",
    "from_minari",
    "read",
    "to_lerobot",
    "to_minari",
    "write",
]
