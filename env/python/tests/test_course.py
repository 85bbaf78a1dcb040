"""Courses as arrays, and rays."""

import numpy as np
import pytest

import kartscope
from kartscope import Keys, Material


@pytest.fixture(scope="module")
def oval() -> kartscope.Course:
    return kartscope.Course.from_rom("F8C")


def test_the_arrays_belong_together(oval):
    triangles = len(oval.triangles)
    assert oval.triangles.shape == (triangles, 3, 3) and oval.triangles.dtype == np.float32
    assert oval.normals.shape == (triangles, 3)
    assert oval.materials.shape == oval.attributes.shape == (triangles,)
    assert np.array_equal(oval.materials, oval.attributes >> 8 & 31)
    checkpoints = len(oval.checkpoints)
    assert oval.checkpoints.shape == (checkpoints, 2, 2)
    assert oval.checkpoint_directions.shape == (checkpoints, 2)
    assert oval.key_checkpoints.shape == (checkpoints,) and oval.key_checkpoints.min() == -1
    assert len(oval.next_checkpoints) == checkpoints
    assert oval.boundary.shape == (len(oval.boundary_materials), 2, 3)
    assert oval.start.shape == (2, 3) and oval.laps == 3 and oval.id == 20


def test_normals_stand_on_their_triangles(oval):
    first, second, third = np.moveaxis(oval.triangles.astype(float), 1, 0)
    across = np.cross(second - first, third - first)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    assert np.abs(np.sum(across * oval.normals, axis=1)).min() > 0.99


def test_the_centreline_is_a_lap(oval):
    line = oval.centreline
    assert oval.is_closed
    pieces = np.linalg.norm(np.roll(line, -1, axis=0) - line, axis=1)
    assert oval.length == pytest.approx(pieces.sum(), rel=1e-4)
    raised = np.insert(line, 1, 0, axis=1)
    along, aside = oval.project(raised).T
    assert np.abs(aside).max() < 1.0
    assert np.all(np.diff(along) > 0)
    _, materials = oval.floor_below(np.insert(line, 1, 500, axis=1))
    assert (materials == Material.ROAD).mean() > 0.9


def test_a_course_in_ram_is_the_one_in_the_file(racing, oval):
    course = kartscope.Course.of(racing)
    for name in ("triangles", "normals", "attributes", "checkpoints", "centreline", "boundary"):
        assert np.array_equal(getattr(course, name), getattr(oval, name)), name
    racing.close()
    assert len(course.triangles), "a course outlives its race"


def test_rays_end_at_what_they_hit(oval):
    position, rotation = oval.start
    heading = np.radians(rotation[1])
    forward = np.array([np.sin(heading), 0, np.cos(heading)])
    left = np.array([forward[2], 0, -forward[0]])
    there = position + [0, 1, 0]
    for against in ("boundary", "walls", "both"):
        distances = oval.raycast(there, [left, -left], against=against)
        assert distances.dtype == np.float32 and distances.shape == (2,)
        assert np.all(distances > 0) and np.all(distances < 500)
    edge, wall, both = (
        oval.raycast([there] * 50, directions(50), against=against) for against in ("boundary", "walls", "both")
    )
    assert np.array_equal(both, np.minimum(edge, wall))
    far = oval.raycast(there, [0, 1, 0], reach=12.5, against="walls")
    assert far.tolist() == [12.5]


def directions(count: int) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, count)
    return np.stack([np.sin(angles), np.zeros(count), np.cos(angles)], axis=1)


def test_a_length_of_a_direction_does_not_matter(oval):
    there = oval.start[0]
    ahead = directions(20)
    assert np.allclose(oval.raycast(there, ahead), oval.raycast(there, ahead * 100), rtol=1e-4)


def test_a_fan_is_its_rays(racing, oval):
    driver = racing.memory.driver
    fan = oval.fan(driver.position, driver.direction, driver.floor_normal, count=9)
    assert fan.shape == (9,) and fan.dtype == np.float32
    middle = oval.raycast(driver.position, driver.direction)
    assert fan[4] == pytest.approx(middle[0], rel=0.02)
    assert np.array_equal(oval.fan(driver.position, driver.direction, count=1, reach=5), [5.0])
    assert oval.fan(driver.position, driver.direction, count=0).shape == (0,)
    x, y, z = driver.position
    left = oval.fan([x, y, z], driver.direction, count=3)[0]
    racing.step(Keys.A | Keys.LEFT, frames=40)
    nearer = oval.fan(driver.position, driver.direction, count=3)
    assert nearer[0] != left


def test_floors(oval):
    position = oval.start[0] + [0, 10, 0]
    heights, materials = oval.floor_below([position, position - [0, 1000, 0], [1e6, 0, 0]])
    assert heights[0] == pytest.approx(oval.start[0][1], abs=5) and materials[0] == Material.ROAD
    assert np.isnan(heights[1:]).all() and materials[1:].tolist() == [255, 255]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda course: course.raycast([0, 0], [0, 0, 1]), r"origins: expected shape \(3,\) or \(n, 3\)"),
        (lambda course: course.raycast([0, 0, 0], [0, 0, 0]), "directions: expected a direction"),
        (lambda course: course.raycast([0, 0, 0], [np.nan, 0, 0]), "directions: expected a direction"),
        (lambda course: course.raycast([[0, 0, 0]] * 2, [[0, 0, 1]] * 3), r"as many as origins \(2\) or one, found 3"),
        (lambda course: course.raycast([0, 0, 0], [0, 0, 1], against="air"), "against: expected 'boundary'"),
        (lambda course: course.fan([0, 0], [0, 0, 1]), "position: expected shape"),
        (lambda course: course.fan([0, 0, 0], [0, 0, 1], count=2**40), "count: expected at most"),
        (lambda course: course.floor_below([[[0, 0, 0]]]), "points: expected shape"),
    ],
)
def test_bad_shapes_are_refused(oval, call, message):
    with pytest.raises(ValueError, match=message):
        call(oval)


def test_no_rays_give_no_distances(oval):
    assert oval.raycast(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)
    assert oval.raycast(np.zeros((0, 3)), [0, 0, 1]).shape == (0,)
    assert oval.project(np.zeros((0, 3))).shape == (0, 2)


def test_courses_that_are_not_there_are_errors(emu, tmp_path):
    with pytest.raises(kartscope.NothingThereError, match="no race"):
        kartscope.Course.of(emu)
    with pytest.raises(kartscope.CourseError, match="RR: expected data/Course/rainbow_course.carc in the ROM"):
        kartscope.Course.from_rom("RR")
    with pytest.raises(kartscope.CourseError, match="expected one of F8C"):
        kartscope.Course.from_rom("nowhere")
    with pytest.raises(FileNotFoundError):
        kartscope.Course.from_rom("F8C", tmp_path / "none.nds")
    with pytest.raises(kartscope.FormatError, match="KCL"):
        kartscope.Course.from_files(b"", b"")
    (tmp_path / "game.nds").write_bytes(b"no ROM")
    with pytest.raises(kartscope.FormatError):
        kartscope.Course.from_rom("F8C", tmp_path / "game.nds")


def test_every_bundled_course_can_be_had():
    lengths = [kartscope.Course.from_rom(course).length for course in ("F8C", "YF", "CCB", "LM", 20)]
    assert len(set(lengths)) == 4 and min(lengths) > 1000
