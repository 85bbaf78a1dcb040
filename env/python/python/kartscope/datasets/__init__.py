"""Datasets of driving as NumPy arrays, and to and from Minari and LeRobot.

A dataset is a folder with one Parquet file a movie and a `manifest.json`. A row is one frame of a race: what the driver could
see before the frame (`observation.NAME`), what it pressed in it (`buttons`, the DS keypad word, and the same decoded into
`action.*`), and what came of it (`race_progress`, `lap`, `reward`). pandas, polars and Hugging Face `datasets` read the Parquet
files as they are; this package reads and writes whole datasets, checked, and takes them to other libraries' formats and back.

>>> from kartscope import datasets
>>> for episode in datasets.read("dataset"):                       # doctest: +SKIP
...     print(episode.source.course_name, episode.columns["observation.speed"].max())
>>> datasets.to_lerobot("dataset", "lerobot")                      # doctest: +SKIP

On the command line: `python -m kartscope.datasets --help`. PyArrow is needed for all of this, `minari` for its format.
"""

from kartscope.errors import DatasetError

from .actions import action_columns, buttons_of, components
from .folder import read, write
from .lerobot_format import from_lerobot, to_lerobot
from .minari_format import from_minari, to_minari
from .model import Dataset, Episode, Field, Outcome, Source

__all__ = [
    "Dataset",
    "DatasetError",
    "Episode",
    "Field",
    "Outcome",
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
