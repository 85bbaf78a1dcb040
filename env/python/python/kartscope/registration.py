"""The environments' names in Gymnasium's registry: ``import kartscope`` registers them, and so does Gymnasium itself for
``gymnasium.make("kartscope:kartscope/MarioKartDS-v0")``.
"""

from __future__ import annotations

from gymnasium.envs.registration import register, registry

__all__ = ["PRESETS", "register_envs"]

#: The presets, each registered as ``kartscope/NAME``.
PRESETS = (
    "MarioKartDS-v0",
    "TimeTrial-v1",
    "Pixels-v0",
    "Driving-v0",
    "MarioKart64-v0",
    "MarioKart64Driving-v0",
    "MarioKart64Pixels-v0",
    "MarioKart64Both-v0",
)


def register_envs() -> None:
    """Registers every preset that is not registered yet."""
    for preset in PRESETS:
        name = f"kartscope/{preset}"
        if name not in registry:
            register(
                id=name,
                entry_point="kartscope.envs:RaceEnv",
                vector_entry_point="kartscope.vector:RaceVectorEnv",
                kwargs={"config": preset},
            )
