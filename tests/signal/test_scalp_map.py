import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020, DOUBLE_BANANA, positions
from sklearn_eeg.signal import interpolate_scalp

ROWS_1010 = {
    "Fp": "1 z 2", "AF": "7 3 z 4 8", "F": "7 5 3 1 z 2 4 6 8", "FC": "5 3 1 z 2 4 6", "C": "5 3 1 z 2 4 6",
    "T": "7 8", "CP": "5 3 1 z 2 4 6", "P": "7 5 3 1 z 2 4 6 8", "PO": "7 3 z 4 8", "O": "1 z 2",
}  # fmt: skip
MONTAGES = {
    "10-20": list(CH_NAMES_1020),
    "10-10": [row + number for row, numbers in ROWS_1010.items() for number in numbers.split()],
    "bipolar": ["-".join(pair) for pair in DOUBLE_BANANA],
}
each_montage = pytest.mark.parametrize("names", MONTAGES.values(), ids=MONTAGES)


def smooth(places, rng):
    """Return a sum of four broad bumps."""
    total = np.zeros(len(places))
    for _ in range(4):
        center, width = rng.uniform(-0.8, 0.8, 2), rng.uniform(0.2, 0.6)
        total += rng.normal() * np.exp(-((places - center) ** 2).sum(axis=1) / width)
    return total


def dipole(places, rng):
    """Return the field on the unit sphere of a current dipole in the upper half, at a depth of 0.4."""
    angle, turn = np.linalg.norm(places, axis=1) * np.pi / 2, np.arctan2(*places.T[::-1])
    sphere = np.column_stack([np.sin(angle) * np.cos(turn), np.sin(angle) * np.sin(turn), np.cos(angle)])
    source, moment = rng.normal(size=3), rng.normal(size=3)
    source[2] = abs(source[2])
    way = sphere - 0.6 * source / np.linalg.norm(source)
    return way @ moment / np.linalg.norm(way, axis=1) ** 3


def random_values(names, seed=0):
    return np.random.default_rng(seed).normal(size=len(names))


def at(image, places, radius=1.0):
    """Return the pixels at places that fall on pixels."""
    column, row = np.rint((places + radius) / (2 * radius) * (len(image) - 1)).astype(int).T
    return image[row, column]


@pytest.mark.parametrize("field", [smooth, dipole])
@pytest.mark.parametrize("montage", ["10-20", "10-10"])
def test_like_mne(montage, field):
    topomap = pytest.importorskip("mne.viz").plot_topomap
    pytest.importorskip("matplotlib").use("agg")
    from matplotlib import pyplot

    places, rng = positions(MONTAGES[montage]), np.random.default_rng(3)
    for _ in range(8):
        values = field(places, rng)
        figure, axes = pyplot.subplots()
        theirs = topomap(
            values, places, axes=axes, show=False, sphere=(0, 0, 0, 1), res=64, contours=0, extrapolate="head"
        )[0]
        pyplot.close(figure)
        assert theirs.get_extent() == pytest.approx((-1, 1, -1, 1))
        image, inside = interpolate_scalp(values, places)
        expected = np.asarray(theirs.get_array())
        assert np.corrcoef(image[inside], expected[inside])[0, 1] > 0.99


@each_montage
def test_passes_through_the_values(names):
    # A grid of 0.004 is finer than 1e-2 of what the steepest of such maps climbs.
    values, places = random_values(names), positions(names)
    image, _ = interpolate_scalp(values, places, resolution=501)
    assert np.abs(at(image, places) - values).max() < 0.06 * np.ptp(values)
    corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1], [0, 0.0]]) * 0.5
    image, _ = interpolate_scalp(np.arange(5.0), corners, resolution=5)
    np.testing.assert_allclose(at(image, corners), np.arange(5.0), atol=1e-12)


@each_montage
def test_a_plane_stays_a_plane_between_the_electrodes(names):
    places = positions(names)
    image, _ = interpolate_scalp(2 * places[:, 0] - places[:, 1] + 5, places, resolution=81)
    axis = np.linspace(-1, 1, 81)
    x, y = np.meshgrid(axis, axis)
    middle = x**2 + y**2 < 0.3**2
    np.testing.assert_allclose(image[middle], (2 * x - y + 5)[middle], atol=0.08)


@each_montage
@pytest.mark.parametrize("scale", [1e-9, -3.0, 1e6])
def test_offset_scale_and_order(names, scale):
    values, places = random_values(names), positions(names)
    image, _ = interpolate_scalp(values, places)
    other, _ = interpolate_scalp(scale * (values + 7), places)
    np.testing.assert_allclose(other / scale - 7, image, atol=1e-6)
    order = np.random.default_rng(1).permutation(len(names))
    shuffled, _ = interpolate_scalp(values[order], places[order])
    np.testing.assert_array_equal(shuffled, image)


@each_montage
def test_mirrored_values_give_the_mirrored_image(names):
    places = positions(names)
    for seed in range(5):
        values = random_values(names, seed)
        image, _ = interpolate_scalp(values, places)
        mirrored, _ = interpolate_scalp(values, places * [-1, 1])
        np.testing.assert_allclose(mirrored, image[:, ::-1], atol=1e-5)


def test_sides_of_the_image():
    names = list(CH_NAMES_1020)
    for name, row, column in (("T7", 50, 10), ("T8", 50, 90), ("O1", 12, 38), ("Fp2", 88, 62)):
        image, inside = interpolate_scalp(
            np.array([n == name for n in names]), positions(names), resolution=101
        )
        image[~inside] = 0
        found = np.unravel_index(np.argmax(image), image.shape)
        assert np.hypot(found[0] - row, found[1] - column) < 12


def test_levels_off_outside_and_fills_the_square():
    values, places = random_values(CH_NAMES_1020), positions(CH_NAMES_1020)
    image, inside = interpolate_scalp(values, places, radius=1.2, resolution=33)
    assert np.isfinite(image).all()
    assert image.max() < values.max() + 0.2 * np.ptp(values)
    assert image.min() > values.min() - 0.2 * np.ptp(values)
    np.testing.assert_allclose(image[0, 0], image[3, 3], rtol=1e-9)  # nearest to the same point of the edge
    axis = np.linspace(-1.2, 1.2, 33)
    np.testing.assert_array_equal(inside, np.hypot(*np.meshgrid(axis, axis)) <= 1.2 + 1e-6)


def test_constant_values_give_a_constant_image():
    image, _ = interpolate_scalp(np.full(19, 0.1), positions(CH_NAMES_1020))
    assert (image == 0.1).all()


def test_channels_at_one_place_count_as_their_mean():
    names = [*CH_NAMES_1020, "Cz"]
    values = random_values(names)
    merged = values[:19].copy()
    merged[names.index("Cz")] = (values[names.index("Cz")] + values[19]) / 2
    expected, _ = interpolate_scalp(merged, positions(CH_NAMES_1020))
    image, _ = interpolate_scalp(values, positions(names))
    np.testing.assert_allclose(image, expected, atol=1e-12)


def test_electrodes_on_a_line():
    places = positions(["Fz", "Cz", "Pz"])
    image, _ = interpolate_scalp(np.array([1.0, 0.0, -1.0]), places, resolution=21)
    np.testing.assert_allclose(image, image[:, ::-1], atol=1e-6)
    np.testing.assert_allclose(at(image, places), [1, 0, -1], atol=1e-9)
    assert (np.diff(image[6:15, 10]) > 0).all()


@pytest.mark.parametrize(
    ("values", "places", "options", "message"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), {}, r"`values` must have shape \(n_channels,\), got \(2, 3\)"),
        (np.zeros(3), np.zeros((4, 2)), {}, r"`positions` must have shape \(3, 2\).*got \(4, 2\)"),
        ([0, np.nan, 0], np.eye(3, 2), {}, "`values` must be finite, got nan for channel 1"),
        ([0, 1, 0], [[0, 0], [1, 0], [0, np.inf]], {}, "`positions` must be finite"),
        (np.zeros(2), np.eye(2), {}, "at least 3 different places, got 2: show so few channels as bars"),
        (np.zeros(4), np.zeros((4, 2)), {}, "at least 3 different places, got 1"),
        (np.zeros(3), np.eye(3, 2), {"resolution": 1}, "`resolution` must be at least 2, got 1"),
        (np.zeros(3), np.eye(3, 2), {"radius": 0}, "`radius` must be positive, got 0"),
        (np.zeros(3), np.eye(3, 2), {"radius": np.nan}, "`radius` must be positive, got nan"),
    ],
)
def test_errors(values, places, options, message):
    with pytest.raises(ValueError, match=message):
        interpolate_scalp(values, places, **options)
