"""`python -m kartscope.datasets`: converts datasets to other formats and back."""

import argparse
from dataclasses import asdict
import json
import sys

from kartscope.errors import Error

from .folder import read
from .lerobot_format import IMAGE, VIDEO, from_lerobot, to_lerobot
from .minari_format import from_minari, to_minari

MINARI_FORMATS = ("parquet", "arrow", "hdf5")


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    whole = argparse.ArgumentParser(prog="python -m kartscope.datasets", description="Convert datasets to other formats and back")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    show = commands.add_parser("show", help="read and check a dataset, and print a summary")
    show.add_argument("folder", metavar="FOLDER", help="the dataset's folder")

    export = commands.add_parser("export", help="write a dataset in another format")
    export.add_argument("format", choices=("minari", "lerobot"))
    export.add_argument("folder", metavar="FOLDER", help="the dataset's folder")
    export.add_argument("target", metavar="TARGET", help="the new folder for lerobot, the new id for minari, as kart/oval-v0")
    export.add_argument(
        "--pictures",
        choices=(VIDEO, IMAGE),
        default=VIDEO,
        help="how lerobot stores pictures: a video, small and lossy, or images as they are (default: %(default)s)",
    )
    export.add_argument(
        "--data-format", choices=MINARI_FORMATS, default=MINARI_FORMATS[0], help="minari's storage (default: %(default)s)"
    )

    take = commands.add_parser("import", help="make a dataset's folder of an earlier export")
    take.add_argument("format", choices=("minari", "lerobot"))
    take.add_argument("target", metavar="TARGET", help="the folder for lerobot, the dataset's id for minari")
    take.add_argument("folder", metavar="FOLDER", help="the new dataset's folder")

    for command in (show, export, take):
        command.add_argument("--json", action="store_true", help="print the result as one JSON document on standard output")
    return whole


def result(arguments: argparse.Namespace) -> dict:
    """Runs a command, and returns its summary."""
    if arguments.command == "show":
        dataset = read(arguments.folder)
        return {
            "folder": arguments.folder,
            "episodes": len(dataset),
            "rows": sum(map(len, dataset)),
            "console": dataset.console,
            "columns": [field.name for field in dataset.fields],
            "pictures": dataset.pictures and asdict(dataset.pictures),
        }
    if arguments.command == "export":
        if arguments.format == "minari":
            written = to_minari(arguments.folder, arguments.target, arguments.data_format)
        else:
            written = to_lerobot(arguments.folder, arguments.target, arguments.pictures)
        return {"format": arguments.format, "folder": arguments.folder, "written": str(written)}
    take = from_minari if arguments.format == "minari" else from_lerobot
    manifest = take(arguments.target, arguments.folder)
    rows = sum(movie.rows for movie in manifest.movies)
    return {"format": arguments.format, "written": arguments.folder, "episodes": len(manifest.movies), "rows": rows}


def main(argv: list[str] | None = None) -> int:
    """The exit code: 0 done, 1 failed; argparse itself exits with 2 on wrong usage."""
    arguments = parser().parse_args(argv)
    try:
        summary = result(arguments)
    except (Error, OSError, ModuleNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        for key, value in summary.items():
            print(f"{key}: {_words(value)}")
    return 0


def _words(value) -> str:
    """A value of a summary, for people."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return ", ".join(value) if isinstance(value, list) else "none" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
