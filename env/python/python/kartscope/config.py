"""Configurations of environments: race, observation, actions, rewards and episode ends.

A configuration is a dictionary, as in a TOML or JSON file; :func:`make_config` makes one of a preset's name, a file or a
dictionary, with some settings replaced.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from kartscope._native import config_from_toml, preset
from kartscope.errors import ConfigError

__all__ = ["Config", "make_config"]

Config = str | os.PathLike[str] | Mapping[str, Any] | None

#: Settings of the preset MarioKartDS-v0 itself.
_OF_RAYS = ("ray_max_dist", "ray_count")


def make_config(config: Config = None, **settings: Any) -> dict[str, Any]:
    """A configuration, checked as far as it can be without the game.

    Parameters
    ----------
    config : str, path or mapping, optional
        A preset's name, a ``.toml`` or ``.json`` file, or a configuration. Without it, Driving-v0. Presets of Mario Kart DS:
        "MarioKartDS-v0", "TimeTrial-v1", "Pixels-v0", "Driving-v0"; of Mario Kart 64: "MarioKart64-v0",
        "MarioKart64Driving-v0", "MarioKart64Pixels-v0", "MarioKart64Both-v0". The setting ``game`` is "mkds", as where it is
        left out, or "mk64".
    **settings
        Settings that take the place of the configuration's, by their names at its top: ``course="lm"``,
        ``frame_skip=2``, ``truncate={"steps": 500}``. ``ray_max_dist`` and ``ray_count`` belong to MarioKartDS-v0.

    Raises
    ------
    ConfigError
        A setting is unknown or invalid; the message names it.

    >>> make_config("MarioKartDS-v0", course="yf", ray_count=8)["observation"][0]["count"]
    8
    """
    rays = {name: settings.pop(name) for name in _OF_RAYS if name in settings}
    if rays and config != "MarioKartDS-v0":
        raise ConfigError(f"{', '.join(rays)}: expected with MarioKartDS-v0 alone, found with {config!r}")
    merged = _read(config, rays) | settings
    try:
        text = json.dumps(merged, allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"configuration: {error}") from None
    return json.loads(text)


def _read(config: Config, rays: dict[str, Any]) -> dict[str, Any]:
    if isinstance(config, Mapping):
        return dict(config)
    if config is None:
        return json.loads(preset("Driving-v0"))
    name = os.fspath(config)
    if name.endswith(".toml"):
        return _of_file(name, lambda text: json.loads(config_from_toml(text)))
    if name.endswith(".json"):
        return _of_file(name, json.loads)
    return json.loads(preset(name, **rays))


def _of_file(path: str, parse: Callable[[str], Any]) -> dict[str, Any]:
    """The configuration in a file; errors name the file."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        found = parse(text)
    except (ConfigError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{path}: expected a JSON object, found {type(found).__name__}")
    return found


def _plain(value: Any) -> Any:
    """Converts NumPy's numbers and paths for JSON."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"expected numbers, text, lists and mappings, found {value!r}")
