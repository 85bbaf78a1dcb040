"""Named numbers."""

from enum import IntEnum, IntFlag

__all__ = ["Keys", "Material"]


class Keys(IntFlag):
    """The DS's buttons, as bit masks."""

    A = 1
    B = 2
    SELECT = 4
    START = 8
    RIGHT = 16
    LEFT = 32
    UP = 64
    DOWN = 128
    R = 256
    L = 512
    X = 1024
    Y = 2048
    DEBUG = 4096


class Material(IntEnum):
    """The materials of a course's surfaces."""

    ROAD = 0
    SLIPPERY_ROAD = 1
    WEAK_OFF_ROAD = 2
    OFF_ROAD = 3
    SOUND_TRIGGER = 4
    HEAVY_OFF_ROAD = 5
    SLIPPERY_ROAD_2 = 6
    BOOST_PANEL = 7
    WALL = 8
    INVISIBLE_WALL = 9
    OUT_OF_BOUNDS = 10
    FALL_BOUNDARY = 11
    JUMP_PAD = 12
    ROAD_NO_DRIVERS = 13
    WALL_NO_DRIVERS = 14
    CANNON = 15
    EDGE_WALL = 16
    FALLS_WATER = 17
    BOOST_PAD_MINIMUM_SPEED = 18
    LOOP_ROAD = 19
    SPECIAL_ROAD = 20
    WALL_3 = 21
    RECALCULATE_ROUTE = 22
