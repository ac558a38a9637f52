import numpy as np
import pytest
from imblearn.base import is_sampler

from sklearn_eeg.sampling._base import WindowOversampler


class Counter(WindowOversampler):
    """Makes windows of the value of a class's code, and one random number at their beginning."""

    _parameter_constraints = WindowOversampler._parameter_constraints

    def __init__(self, *, sampling_strategy="auto", random_state=None):
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _fit_windows(self, X, codes):
        self.given_, self.codes_ = X, codes
        self.drawn_in_fit_ = self._generator.random()

    def _sample_windows(self, n_windows, code, random_state):
        made = np.full((n_windows, *self.given_.shape[1:]), float(code))
        made[:, 0, 0] = random_state.random(n_windows)
        return made


def batch(dtype=np.float64, ndim=3):
    X = np.random.default_rng(0).normal(size=(6, 2, 10)).astype(dtype)
    return (X if ndim == 3 else X[:, 0]), np.array(["c", "a", "c", "b", "c", "b"])


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_hooks_are_handed_windows_of_three_dimensions_in_float64(dtype, ndim):
    X, y = batch(dtype, ndim)
    sampler = Counter(random_state=0).fit(X, y)
    assert sampler.given_.shape == ((6, 2, 10) if ndim == 3 else (6, 1, 10))
    assert sampler.given_.dtype == np.float64
    np.testing.assert_array_equal(sampler.given_.reshape(X.shape), X)
    np.testing.assert_array_equal(sampler.codes_, [2, 0, 2, 1, 2, 1])
    assert sampler.sample(1, "a").dtype == (np.float32 if dtype == np.float32 else np.float64)


def test_each_class_gets_its_windows_in_order():
    X, y = batch()
    sampler = Counter(random_state=0)
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    assert y_resampled.tolist() == [*y, "a", "a", "b"]
    assert X_resampled[6:, 1, 3].tolist() == [0, 0, 1]
    assert sampler.is_synthetic_.tolist() == [False] * 6 + [True] * 3


def test_random_numbers_follow_from_random_state():
    X, y = batch()
    sampler = Counter(random_state=3)
    first, _ = sampler.fit_resample(X, y)
    in_fit = sampler.drawn_in_fit_
    expected = sampler.sample(2, "a")
    assert len(set(first[6:, 0, 0]) | {in_fit} | set(expected[:, 0, 0])) == 6
    sampler.fit_resample(X, y)
    assert sampler.drawn_in_fit_ == in_fit
    np.testing.assert_array_equal(sampler.sample(2, "a"), expected)
    assert Counter(random_state=4).fit(X, y).drawn_in_fit_ != in_fit
    assert Counter().fit(X, y).drawn_in_fit_ != Counter().fit(X, y).drawn_in_fit_


def test_labels_as_one_column_a_class():
    X, y = batch()
    columns = (y[:, np.newaxis] == ["a", "b", "c"]).astype(int)
    _, labels = Counter().fit_resample(X, columns)
    assert labels.shape == (9, 3)
    np.testing.assert_array_equal(labels.argmax(axis=1), [2, 0, 2, 1, 2, 1, 0, 0, 1])
    several = columns.copy()
    several[0] = 1
    with pytest.raises(ValueError, match="Multilabel and multioutput targets are not supported"):
        Counter().fit(X, several)


def test_strategies_that_cannot_be():
    X, y = batch()
    with pytest.raises(ValueError, match="greater or equal to the original number"):
        Counter(sampling_strategy={"c": 2}).fit(X, y)
    with pytest.raises(ValueError, match="not present in the data"):
        Counter(sampling_strategy={"d": 9}).fit(X, y)
    with pytest.raises(ValueError, match="'sampling_strategy' parameter of Counter must be"):
        Counter(sampling_strategy="majority").fit(X, y)


def test_labels_are_wanted():
    with pytest.raises(ValueError, match="Expected array-like.*got None"):
        Counter().fit(batch()[0], None)
    with pytest.raises(ValueError, match="Input y contains NaN"):
        Counter().fit_resample(batch()[0], [np.nan, 1, 1, 0, 0, 0])


def test_imbalanced_learn_knows_it_for_a_sampler():
    assert is_sampler(Counter())
    tags = Counter().__sklearn_tags__()
    assert tags.input_tags.two_d_array
    assert tags.input_tags.three_d_array
    assert not tags.input_tags.sparse


def test_both_hooks_are_wanted():
    class Unfinished(WindowOversampler):
        def _fit_windows(self, X, codes):
            pass

    with pytest.raises(TypeError, match="_sample_windows"):
        Unfinished()
