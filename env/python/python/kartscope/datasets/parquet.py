"""Columns in Parquet files."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .model import Field
from .problems import mismatch, optional


IMAGE = "image"
"""The dtype of a field that is a picture."""


def arrow_type(field: Field):
    """The Arrow type of a field's column: a number, a flat list of fixed length, or a picture as Hugging Face `datasets` has it."""
    pa = optional("pyarrow")
    if field.dtype == IMAGE:
        return pa.struct({"bytes": pa.binary(), "path": pa.string()})
    number = pa.bool_() if field.dtype == "bool" else pa.from_numpy_dtype(field.dtype)
    if not field.shape:
        return number
    return pa.list_(pa.field("item", number, nullable=False), field.width)


def arrow_table(columns: dict[str, np.ndarray], fields: Iterable[Field]):
    """An Arrow table of columns of shape (rows, *field.shape), of pictures (rows,), encoded; in the fields' order and without
    nulls."""
    pa = optional("pyarrow")
    fields = list(fields)
    schema = pa.schema([pa.field(field.name, arrow_type(field), nullable=False) for field in fields])
    return pa.table([_arrow_array(columns[field.name], field) for field in fields], schema=schema)


def _arrow_array(values: np.ndarray, field: Field):
    pa = optional("pyarrow")
    if field.dtype == IMAGE:
        return pa.array([{"bytes": picture, "path": f"frame-{row:06}"} for row, picture in enumerate(values)], arrow_type(field))
    array = pa.array(np.ascontiguousarray(values).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(array, type=arrow_type(field)) if field.shape else array


def read_columns(path: Path, fields: Iterable[Field]) -> dict[str, np.ndarray]:
    """A file's columns by name, each an array of shape (rows, *field.shape), or of encoded pictures, (rows,).

    Raises
    ------
    DatasetError
        It is no Parquet file, is damaged, has other columns than the fields, or has nulls.
    FileNotFoundError
        There is no such file.
    """
    pa, pq = optional("pyarrow"), optional("pyarrow.parquet")
    try:
        with pq.ParquetFile(path) as file:
            _check_types(file.schema_arrow, fields, path)
            table = file.read()
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise mismatch(path, "contents", "a Parquet file", error) from error
    return {
        field.name: (_encoded if field.dtype == IMAGE else _numpy)(table[field.name], field, path) for field in fields
    }


def _check_types(schema, fields, path) -> None:
    expected = [f"{field.name} ({_describe(arrow_type(field))})" for field in fields]
    found = [f"{field.name} ({_describe(field.type)})" for field in schema]
    for index in range(max(len(expected), len(found))):
        wanted, there = (texts[index] if index < len(texts) else "nothing" for texts in (expected, found))
        if wanted != there:
            raise mismatch(path, f"column {index}", wanted, there)


def _describe(kind) -> str:
    """A column's type without the name of a list's items, which writers choose."""
    types = optional("pyarrow.types")
    return f"{kind.value_type}[{kind.list_size}]" if types.is_fixed_size_list(kind) else str(kind)


def _encoded(column, field: Field, path) -> np.ndarray:
    pictures = [picture and picture["bytes"] for picture in column.to_pylist()]
    if None in pictures:
        raise mismatch(path, f"{field.name}, row {pictures.index(None)}", "a picture", "null")
    return np.array(pictures, object)


def _numpy(column, field: Field, path) -> np.ndarray:
    chunks = [chunk.flatten() if field.shape else chunk for chunk in column.chunks]
    if nulls := column.null_count + sum(chunk.null_count for chunk in chunks if field.shape):
        raise mismatch(path, field.name, "no nulls", nulls)
    arrays = [chunk.to_numpy(zero_copy_only=False) for chunk in chunks]
    flat = np.concatenate([np.empty(0, field.dtype), *arrays]).astype(field.dtype, copy=False)
    return flat.reshape(-1, *field.shape)
