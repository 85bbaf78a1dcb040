"""The game's structures by name."""

import numpy as np
import pytest

import kartscope
from kartscope import Keys


def test_names_of_both_kinds_lead_to_the_same(racing):
    memory = racing.memory
    progress = memory.race_status.driver[0].race_progress
    assert isinstance(progress, float) and 0 < progress < 1
    assert memory.race_status.driver_status[0].race_progress == progress
    assert memory.race_status.driverStatus[0].raceProgress == progress
    assert memory.raceStatus.driver[0].raceProgress == progress
    assert memory["race_status.driver[0].race_progress"] == progress
    assert memory["race_status.driverStatus[0].raceProgress"] == progress
    assert memory.map.cpoi[3].key_id == memory.map_data.cpoi[3].key_id == memory["map.cpoi[3].key_id"]


def test_the_driver_is_the_first_of_the_drivers(racing):
    memory = racing.memory
    assert len(memory.driver) == 1 == memory.driver_count
    assert np.array_equal(memory.driver.position, memory.driver[0].position)
    assert np.array_equal(memory["driver.position"], memory["driver[0].position"])
    assert memory.address("driver") != 0
    assert memory.address(memory.driver[-1]) == memory.address("driver[0]")


def test_values_have_the_types_of_their_fields(racing):
    driver = racing.memory.driver
    assert driver.position.dtype == np.float64 and driver.position.shape == (3,)
    assert driver.main_matrix.shape == (4, 3) and driver.main_matrix.dtype == np.float64
    assert type(driver.boost_timer) is int and type(driver.boostTimer) is int
    assert type(driver.forward_speed) is float and driver.forward_speed > 1
    status = racing.memory.race_status
    assert status.driver[0].checkpoint_mask.dtype == np.uint32
    assert status.driver[0].checkpoint_mask.shape == (16,)
    assert status.drivers_by_place.dtype == np.int8
    assert int(status.driver[0].place_and_driver) >= 0
    assert status.driver[0].place_and_driver.place == 0
    assert status.driver[0].lap_times[0].minutes == 0


def test_fixed_point_numbers_are_those_in_ram(racing):
    memory = racing.memory
    address = memory.address("driver[0].position")
    raw = np.frombuffer(memory.read_bytes(address, 12), "<i4")
    assert np.array_equal(memory.driver.position, raw / 4096)
    address = memory.address("driver[0].direction")
    raw = np.frombuffer(memory.read_bytes(address, 12), "<i4")
    assert np.array_equal(memory.driver.direction, raw / 4096)


def test_the_kart_goes_where_its_velocity_points(racing):
    before = racing.memory.driver.position
    racing.step(Keys.A, frames=10)
    way = racing.memory.driver.position - before
    assert np.linalg.norm(way) > 10
    assert way @ racing.memory.driver.direction > 0.9 * np.linalg.norm(way)


def test_values_are_of_their_moment_and_nodes_of_any(racing, race_state):
    driver = racing.memory.driver
    position = driver.position
    kept = position.copy()
    racing.step(Keys.A, frames=10)
    assert np.array_equal(position, kept) and not np.array_equal(driver.position, kept)
    racing.load_state(race_state)
    assert np.array_equal(driver.position, kept)


def test_fields_can_be_written(racing):
    memory = racing.memory
    memory.driver.boost_timer = 60
    assert memory.driver.boost_timer == 60
    memory["driver[0].boostTimer"] = np.int16(61)
    assert memory.driver.boost_timer == 61
    memory.set("driver[0].boost_timer", 62)
    assert memory.driver.boost_timer == 62
    position = memory.driver.position + [1.0, 0.5, -0.25]
    memory.driver.position = position
    assert np.array_equal(memory.driver.position, position)
    memory.driver[0].position = [1, 2, 3]
    assert memory["driver[0].position.y"] == 2.0
    matrix = memory.driver.main_matrix
    memory.driver.main_matrix = matrix * 2
    assert np.array_equal(memory.driver.main_matrix, matrix * 2)
    memory.course_id = 22
    assert memory.course_id == 22
    status = memory.race_status.driver[0]
    status.checkpoint_mask[3] = 1
    assert status.checkpoint_mask[3] == 0, "arrays are copies"
    status.checkpoint_mask = np.arange(16)
    assert status.checkpoint_mask.tolist() == list(range(16))
    status.place_and_driver.place = 5
    assert status.place_and_driver.place == 5
    status.total_time = {"minutes": 1, "seconds": 2, "milliseconds": 3}
    assert memory.get("race_status.driver[0].total_time") == {"minutes": 1, "seconds": 2, "milliseconds": 3}


def test_a_written_field_matters_to_the_game(racing):
    before = racing.memory.driver.position
    racing.memory.driver.position = before + [0, 300, 0]
    racing.step(frames=2)
    assert racing.memory.driver.position[1] > before[1] + 200


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("driver[0].boost_timer", 40_000, "an integer from -32768 to 32767, found 40000"),
        ("driver[0].boost_timer", "fast", "expected s16, found 'fast'"),
        ("driver[0].boost_timer", 1.5, "expected s16, found 1.5"),
        ("driver[0].forward_speed", float("nan"), "a number from -524288"),
        ("driver[0].forward_speed", 1e9, "a number from -524288"),
        ("driver[0].position", [1, 2], r"expected VecFx32, found \[1, 2\]"),
        ("driver[0].position", 5, "expected VecFx32, found 5"),
        ("driver[0].position", [1, 2, None], "expected VecFx32"),
        ("driver[0].main_matrix", [[1, 2, 3]] * 3, "expected MtxFx43"),
        ("race_status.driver[0].place_and_driver.place", 16, "0 to 15"),
        ("race_status.driver[0].total_time", {"hours": 1}, "expected race_time_t"),
    ],
)
def test_values_that_do_not_fit_are_refused(racing, path, value, expected):
    before = racing.ram_hash()
    with pytest.raises(kartscope.FieldValueError, match=expected) as caught:
        racing.memory.set(path, value)
    assert path in str(caught.value) and isinstance(caught.value, ValueError)
    assert racing.ram_hash() == before


@pytest.mark.parametrize(
    ("walk", "expected"),
    [
        (lambda memory: memory.drivr, "expected one of race_status, map"),
        (lambda memory: memory.driver.spede, "expected one of .*boost_timer"),
        (lambda memory: memory["driver[0].spede"], "expected one of .*boost_timer"),
        (lambda memory: memory["driver[0"], "expected"),
        (lambda memory: memory["driver[0]x"], "expected"),
        (lambda memory: memory["driver[0].position.x.y"], "the end"),
        (lambda memory: memory["driver[-1].position"], "expected"),
        (lambda memory: memory[""], "expected one of race_status"),
        (lambda memory: memory["driver["], "expected"),
        (lambda memory: memory["driver."], "expected"),
        (lambda memory: setattr(memory.driver, "spede", 1), "expected one of"),
        (lambda memory: memory.describe("nothing"), "expected one of"),
    ],
)
def test_names_that_lead_nowhere_are_answered_with_those_that_do(emu, walk, expected):
    with pytest.raises(kartscope.PathError, match=expected) as caught:
        walk(emu.memory)
    assert isinstance(caught.value, AttributeError) and isinstance(caught.value, kartscope.Error)


def test_names_may_be_probed(emu):
    assert not hasattr(emu.memory, "drivr") and not hasattr(emu.memory.driver, "spede")
    assert not hasattr(emu.memory.driver, "__array__")
    with pytest.raises(TypeError):
        emu.memory["driver", 0]


def test_elements_that_are_not_there_are_errors(racing):
    memory = racing.memory
    with pytest.raises(kartscope.ElementError, match="expected an index below 1, found 1") as caught:
        memory.driver[1].position
    assert isinstance(caught.value, IndexError)
    with pytest.raises(kartscope.ElementError):
        memory.race_status.driver[8]
    with pytest.raises(kartscope.ElementError):
        memory.driver[-2]
    with pytest.raises(TypeError, match="counted"):
        len(memory.race_status)


def test_outside_a_race_there_is_nothing(emu):
    memory = emu.memory
    emu.step(frames=200)
    assert memory.race_ready is False
    driver = memory.driver
    assert not driver and len(driver) == 0 and list(driver) == [] and not memory.race_status
    assert memory.get("driver[0].position") is None
    assert memory.get("driver[0].boost_timer", 0) == 0
    assert memory.get(driver) is None and memory.get(driver, []) == []
    assert memory.address("driver[0].position") is None
    with pytest.raises(kartscope.NothingThereError, match=r"driver\[0\]\.position: nothing is there now") as caught:
        driver.position
    assert isinstance(caught.value, LookupError)
    with pytest.raises(kartscope.NothingThereError):
        driver.boost_timer = 1
    emu.enter_race("YF")
    assert memory.race_ready is True
    assert driver and len(driver) == 1 and driver.position.shape == (3,)
    assert memory.get("driver[0].boost_timer", -1) == 0
    emu.reset()
    assert memory.race_ready is False and not driver


def test_pointers_are_false_when_null(racing):
    driver = racing.memory.driver
    assert not driver.flattened_by and int(driver.flattened_by) == 0
    with pytest.raises(kartscope.NothingThereError):
        driver.flattened_by.flags


def test_another_games_ram_is_an_error_and_no_race(emu):
    emu.memory.write_bytes(0x0200_0B54, bytes(4))
    assert emu.memory.race_ready is False and not emu.memory.driver
    with pytest.raises(kartscope.RamError, match="region word at 0x02000B54"):
        emu.memory.driver.position
    with pytest.raises(kartscope.RamError):
        emu.memory.get("driver[0].position")


def test_broken_pointers_are_errors(racing):
    memory = racing.memory
    at = 0x0217_ACF8
    memory.write_bytes(at, (0x0300_0000).to_bytes(4, "little"))
    assert memory.race_ready is False, "a pointer that is no address of main RAM means no race"
    assert memory.get("driver[0].position") is None
    memory.write_bytes(at, (0x023F_FFFC).to_bytes(4, "little"))
    with pytest.raises(kartscope.RamError, match="drivers"):
        memory.driver.position


def test_structures_can_be_read_whole(racing):
    memory = racing.memory
    driver = memory.get("driver[0]")
    assert driver["boost_timer"] == memory.driver.boost_timer
    assert driver["position"] == dict(zip("xyz", memory.driver.position, strict=True))
    assert memory.get(memory.driver[0]) == driver
    assert len(memory.get("map.cpoi")) == len(memory.map.cpoi) == len(list(memory.map.cpoi)) > 2


def test_what_there_is_can_be_listed(racing):
    memory = racing.memory
    assert "driver" in memory.paths() and "race_status" in memory.paths()
    assert "driver[0].boost_timer" in memory.paths("driver[0]")
    assert memory.paths(memory.driver) == ["driver[0]"]
    assert memory.paths("driver[0].boost_timer") == []
    assert {"driver", "race_ready", "get", "paths"} <= set(dir(memory))
    assert {"boost_timer", "position"} <= set(dir(memory.driver))
    assert {"boost_timer", "position"} <= set(dir(memory.driver[0]))
    assert {"place", "driver_id"} <= set(dir(memory.race_status.driver[0].place_and_driver))
    assert "driver_t" in repr(memory.driver) and "Memory" in repr(memory)


def test_every_field_can_be_described_and_most_be_read(racing):
    memory = racing.memory
    read = 0
    for symbol in memory.paths():
        for path in memory.paths(symbol):
            described = memory.describe(path)
            assert described["path"] == path and described["type"]
            memory.get(path)
            read += 1
    assert read > 100
    described = memory.describe("driver[0].drift_yaw")
    assert described["published"] == "driftRotY" and described["confidence"] == "high"
    assert described["offset"] == 0x388 and "65536 a turn" in described["doc"]
    assert memory.describe(memory.driver)["offset"] is None
    flags = memory.describe("race_status.driver[0].flags")["values"]
    assert flags["WRONG_DIRECTION"] == 4


def test_own_attributes_are_no_fields(emu):
    own = {name for name in dir(type(emu.memory)) if not name.startswith("_")}
    assert own.isdisjoint(emu.memory.paths())
    for name in own:
        getattr(emu.memory, name)


def test_a_dump_shows_what_the_console_had(racing):
    dump = racing.ram.tobytes()
    before = racing.memory.driver.boost_timer
    # Of 16 MiB the first 4 are used.
    for image in (dump, dump + b"\xa5" * (12 << 20)):
        memory = kartscope.Memory.from_bytes(image)
        assert memory.race_ready
        assert np.array_equal(memory.driver.position, racing.memory.driver.position)
        assert memory.read_bytes(0x023FFFF0, 16) == dump[-16:]
        memory.driver.boost_timer = before + 60
        assert memory.driver.boost_timer == before + 60
        assert racing.memory.driver.boost_timer == before
    for image in (b"", dump[:-1], dump + dump):
        with pytest.raises(kartscope.RamError, match=f"expected 4194304 bytes of main RAM, found {len(image)}"):
            kartscope.Memory.from_bytes(image)
    with pytest.raises(kartscope.RamError):
        kartscope.Memory.from_bytes(bytes(len(dump))).driver.position
