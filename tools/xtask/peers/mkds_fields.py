"""Reads every field of py-desmume-mkds, frame by frame, while its emulator plays a movie.

usage: mkds_fields.py ROM MOVIE

Standard output, from the first frame on at which the peer calls the race ready:

- one line of JSON: {"fields": [NAME...], "once": {NAME: VALUE...}, "raises": {NAME: ERROR...}}. NAME is a structure's
  name, then the peer's own names of fields, for example driver.position.x; "once" holds what a race never changes,
  read at this frame; "raises" the peer's readings that fail;
- then for each frame its number (u32), the values of the fields in order (f64 each) and the 4 MiB of main RAM that
  they were read from, all little endian.

A number is what the peer's own accessors give: fixed point as a float, pointers as addresses.
"""

import ctypes
import json
import os
import struct
import sys
import types
from array import array

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

# The libraries print while they start; standard output is for answers only.
answers = os.fdopen(os.dup(1), "wb", buffering=0)
os.dup2(2, 1)

# The peer imports torch for type annotations of functions that are not used here.
sys.modules["torch"] = types.SimpleNamespace(Tensor=object)

import numpy as np  # noqa: E402
from desmume import emulator_mkds  # noqa: E402
from desmume.mkds import fx  # noqa: E402
from desmume.mkds import mkds as peer  # noqa: E402

RAM_BASE, RAM_SIZE = 0x02000000, 0x400000


def named(kind):
    """The fields of a structure that have a name: no padding, no gaps."""
    return [(field[0], field[1]) for field in kind._fields_ if not field[0].startswith(("PADDING", "gap"))]


def is_pointer(kind):
    return hasattr(kind, "_subtype_")


def leaves(kind, path, source):
    """The numbers inside a value of a type: (name, Python expression) each. `source` is the value's expression."""
    if issubclass(kind, fx.fx):
        yield path, f"float({source})"
    elif is_pointer(kind):
        yield path, f"{source}.value"
    elif issubclass(kind, ctypes._SimpleCData):
        yield path, source
    elif issubclass(kind, ctypes.Array):
        for index in range(kind._length_):
            yield from leaves(kind._type_, f"{path}[{index}]", f"{source}[{index}]")
    elif kind is fx.union_MtxFx43:
        for index in range(12):
            yield f"{path}[{index // 3}][{index % 3}]", f"float({source}.a[{index}])"
    elif issubclass(kind, ctypes.Union):
        # Several types for the same bytes: the first is that of the game's final version.
        yield from leaves(kind._fields_[0][1], path, f"{source}.{kind._fields_[0][0]}")
    else:
        for name, inner in named(kind):
            yield from leaves(inner, f"{path}.{name}", f"{source}.{name}")


def per_frame(memory):
    """The names of all that is read each frame, and the function that reads it."""
    structures = [
        ("driver", peer.driver_t, "m.driver"),
        ("race_status", peer.race_status_t, "m.race_status"),
        ("race_state", peer.race_state_t, "m.race_state"),
        ("race_config", peer.race_config_t, "config"),
        ("camera", peer.camera_t, "m.camera"),
        ("map_data", peer.mdat_mapdata_t, "m.map_data"),
        ("collision_header", peer.kcol_header_t, "m.collision_header"),
    ]
    numbers = [leaf for name, kind, source in structures for leaf in leaves(kind, name, source)]
    numbers += [
        ("frame_count", "m.frame_count"),
        ("frame_count_race_start", "m.frame_count_race_start"),
        ("race_ready", "m.race_ready"),
    ]
    config = memory.read_struct(peer.race_config_t, memory.unsigned.read_long(peer.RACE_CONFIG_PTR_ADDR))
    names = [name for name, _ in numbers]
    raises = {}
    computed = []
    for name, compute in COMPUTED.items():
        try:
            shape = compute(memory).shape
        except Exception as error:
            raises[name] = f"{type(error).__name__}: {error}"
            continue
        names += [name + "".join(f"[{i}]" for i in index) for index in np.ndindex(shape)]
        computed.append(compute)
    scope = {"array": array, "config": config}
    exec("def read_numbers(m): return array('d', [" + ", ".join(source for _, source in numbers) + "])", scope)

    def read():
        values = scope["read_numbers"](memory)
        for compute in computed:
            values.extend(compute(memory).ravel().tolist())
        return values

    return names, raises, read


# Values that the peer computes from fields, as arrays.
COMPUTED = {
    "driver_position": lambda m: m.driver_position,
    "driver_direction": lambda m: m.driver_direction,
    "driver_velocity": lambda m: m.driver_velocity,
    "driver_matrix": lambda m: m.driver_matrix,
    "camera_matrix": lambda m: m.camera_matrix,
    "screen": lambda m: m.project_to_screen(m.driver_position[None, :])["screen"],
    "checkpoint_pos": lambda m: m.checkpoint_pos()["next_checkpoint_pos"],
    "checkpoint_angle": lambda m: m.checkpoint_angle()["midpoint_angle"],
    "read_facing_point_checkpoint": lambda m: m.read_facing_point_checkpoint(),
    "pointer_contents": lambda m: np.array(float(m.driver.kartPhysicalParams.contents.weight)),
    "collision_search": lambda m: np.array(m.collision_search(tuple(m.driver_position.tolist()))),
}


def once(memory):
    """The values that do not change in a race: the map's sections, the course's settings and collision."""
    values = {}

    def add(kind, name, value):
        for path, source in leaves(kind, name, "value"):
            values[path] = eval(source, {"value": value})

    sections = dict(named(peer.mdat_mapdata_t))
    for name, kind in sections.items():
        count = getattr(memory.map_data, name + "Count", None)
        if count is None or name + "Count" not in sections:
            continue
        pointer = getattr(memory.map_data, name)
        if not is_pointer(kind):
            kind, pointer = kind._fields_[0][1], getattr(pointer, kind._fields_[0][0])
        entries = memory.read_struct(kind._subtype_ * count, pointer.value) if count else []
        for index in range(count):
            add(kind._subtype_, f"{name}[{index}]", entries[index])
    add(peer.struct_nkm_stag_data_t, "stag", memory.stag_data)
    collision = memory.kcl
    for index, prism in enumerate(collision.prisms):
        for name in ("posIdx", "fNrmIdx", "eNrm1Idx", "eNrm2Idx", "eNrm3Idx"):
            values[f"prism[{index}].{name}"] = int(prism[name])
    for index, height in enumerate(collision.prism_heights.tolist()):
        values[f"prism[{index}].height"] = height
    attributes = collision.prism_attributes
    for name in attributes.dtype.names:
        for index, value in enumerate(attributes[name].tolist()):
            values[f"prism[{index}].{name}"] = value
    for what, vectors in (("position", collision.vertices), ("normal", collision.normals)):
        for index, vector in enumerate(vectors.tolist()):
            for axis, value in zip("xyz", vector):
                values[f"{what}[{index}].{axis}"] = value
    for index, triangle in enumerate(collision.triangular_faces.tolist()):
        for corner, position in enumerate(triangle):
            for axis, value in zip("xyz", position):
                values[f"triangle[{index}].corner[{corner}].{axis}"] = value
    return values


def write(data):
    view = memoryview(data).cast("B")
    while view:
        view = view[answers.write(view):]


def main():
    rom, movie = sys.argv[1:]
    emulator = emulator_mkds.MarioKart()
    emulator.open(rom)
    emulator.volume_set(0)
    emulator.movie.play(movie)
    memory = emulator.memory
    ram = memory.memoryview[:RAM_SIZE]
    read = None
    for frame in range(emulator.movie.get_length()):
        emulator.skip_next_frame()
        emulator.cycle(with_joystick=False)
        if not memory.race_ready:
            continue
        if read is None:
            names, raises, read = per_frame(memory)
            write(json.dumps({"fields": names, "once": once(memory), "raises": raises}).encode() + b"\n")
        write(struct.pack("<I", frame))
        write(read())
        write(ram)


main()
