import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_eeg.features import FFTFeatures, TimeFeatures, WaveletFeatures
from sklearn_eeg.features._base import Feature
from sklearn_eeg.preprocessing import Denoiser

X = np.random.default_rng(0).normal(size=(5, 3, 128))


def test_feature_name_leaves_out_what_is_absent():
    assert Feature("O1", "fft", "alpha", "power").name == "O1__fft__alpha__power"
    assert Feature("O1", "time", "", "rms").name == "O1__time__rms"
    assert Feature("", "connectivity", "", "eigenvalue_1").name == "connectivity__eigenvalue_1"


def test_columns_are_ordered_by_channel():
    step = TimeFeatures(["mean", "rms"], ch_names=["Fz", "Cz", "Pz"]).fit(X)
    assert list(step.get_feature_names_out()) == [
        f"{channel}__time__{statistic}" for channel in ("Fz", "Cz", "Pz") for statistic in ("mean", "rms")
    ]
    table = step.transform(X)
    np.testing.assert_allclose(table[:, 2], X[:, 1].mean(axis=-1))
    np.testing.assert_allclose(table[:, 5], np.sqrt(np.square(X[:, 2]).mean(axis=-1)))


def test_info_says_what_each_column_is():
    step = FFTFeatures(128, features=["power", "peak_frequency"], ch_names=["Fz", "Cz", "Pz"]).fit(X)
    info = step.get_feature_info()
    assert list(info.index) == list(step.get_feature_names_out())
    assert list(info.columns) == ["channel", "family", "band", "statistic"]
    assert tuple(info.loc["Cz__fft__alpha__power"]) == ("Cz", "fft", "alpha", "power")
    assert tuple(info.loc["Pz__fft__peak_frequency"]) == ("Pz", "fft", "", "peak_frequency")


def test_other_channels_than_fitted_are_refused():
    step = TimeFeatures(["rms"], ch_names=["a", "b", "c"]).fit(X)
    assert step.get_feature_names_out(["a", "b", "c"])[1] == "b__time__rms"
    with pytest.raises(ValueError, match=r"channels seen in fit, \['a', 'b', 'c'\], got \['a', 'c', 'b'\]"):
        step.get_feature_names_out(["a", "c", "b"])


@pytest.mark.parametrize("output", ["default", "pandas"])
def test_names_travel_through_a_pipeline(output):
    steps = make_pipeline(Denoiser(128, ch_names=["Fz", "Cz", "Pz"]), TimeFeatures(["rms"]))
    table = steps.set_output(transform=output).fit_transform(X)
    expected = ["Fz__time__rms", "Cz__time__rms", "Pz__time__rms"]
    assert list(steps.get_feature_names_out()) == expected
    if output == "pandas":
        assert list(table.columns) == expected
        assert list(clone(steps).set_params(memory=None).fit_transform(X).columns) == expected


def test_names_travel_through_a_cache(tmp_path):
    steps = make_pipeline(
        Denoiser(128, ch_names=["Fz", "Cz", "Pz"]), TimeFeatures(["rms"]), memory=str(tmp_path)
    )
    for _ in range(2):
        assert steps.fit(X).get_feature_names_out()[1] == "Cz__time__rms"
        assert steps[-1].ch_names_in_ == ["Fz", "Cz", "Pz"]


def test_a_later_step_may_name_the_channels():
    steps = make_pipeline(Denoiser(128), TimeFeatures(["rms"], ch_names=["x", "y", "z"])).fit(X)
    assert list(steps.get_feature_names_out()) == ["x__time__rms", "y__time__rms", "z__time__rms"]


def test_steps_that_disagree_on_the_names():
    steps = make_pipeline(Denoiser(128, ch_names=["a", "b", "c"]), TimeFeatures(ch_names=["x", "y", "z"]))
    with pytest.raises(ValueError, match=r"channels of X are \['a', 'b', 'c'\], but TimeFeatures expects"):
        steps.fit(X)


@pytest.mark.parametrize(
    ("ch_names", "message"),
    [
        (["Fz"], "must name each of the 3 channels of X, got 1 names"),
        (["Fz", "Cz", "Fz"], r"must not repeat a name, got \['Fz'\] more than once"),
    ],
)
def test_bad_channel_names(ch_names, message):
    with pytest.raises(ValueError, match=message):
        TimeFeatures(ch_names=ch_names).fit(X)


@pytest.mark.parametrize("step", [TimeFeatures(), FFTFeatures(128), WaveletFeatures("haar")])
def test_one_time_point_is_too_short(step):
    with pytest.raises(ValueError, match="at least 2 time points, got 1"):
        step.fit(X[..., :1])


def test_callables_join_the_table():
    def middle_half(x):
        return np.subtract(*np.percentile(x, [75, 25], axis=-1))

    step = TimeFeatures(["mean", middle_half]).fit(X)
    assert step.get_feature_names_out()[1] == "ch0__time__middle_half"
    np.testing.assert_allclose(step.transform(X)[:, 1], middle_half(X[:, 0]))


@pytest.mark.parametrize("n_jobs", [2, 3, 100, -1])
def test_threads_change_nothing(n_jobs):
    many = np.random.default_rng(0).normal(size=(50, 3, 128))
    expected = TimeFeatures().fit_transform(many)
    np.testing.assert_array_equal(TimeFeatures(n_jobs=n_jobs).fit_transform(many), expected)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_window_at_fault_is_named_whatever_thread_finds_it(n_jobs):
    many = np.random.default_rng(0).normal(size=(50, 3, 128))
    step = TimeFeatures(n_jobs=n_jobs).fit(many)
    many[43, 1, 5] = np.nan
    with pytest.raises(ValueError, match="NaN in window 43, channel 'ch1'"):
        step.transform(many)


def test_extra_memory_does_not_grow_with_the_number_of_windows(tmp_path):
    mapped = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float32, (4000, 3, 1000))
    step = TimeFeatures(["rms"]).fit(mapped[:10])
    extra = []
    for n_windows in (1000, 4000):
        tracemalloc.start()
        table = step.transform(mapped[:n_windows])
        extra.append(tracemalloc.get_traced_memory()[1] - table.nbytes)
        tracemalloc.stop()
    assert extra[1] < extra[0] + 100_000
    assert extra[1] < 8_000_000 < mapped.nbytes / 5


BEYOND_MEMORY = """
import resource, sys
import numpy as np
from sklearn_eeg.features import TimeFeatures
X = np.memmap(sys.argv[1], np.float32, "r", shape=(100_000, 4, 1000))
step = TimeFeatures("basic").fit(X[:10])
step.transform(X[:10])
allowed = 300_000_000 + 1024 * int(open("/proc/self/status").read().split("VmData:")[1].split()[0])
resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
try:
    X + 1
except MemoryError:
    print(step.transform(X).shape)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the limits of Linux")
def test_a_memory_mapped_array_larger_than_the_memory_allowed(tmp_path):
    with (tmp_path / "X.dat").open("wb") as file:
        file.truncate(100_000 * 4 * 1000 * 4)  # 1.6 GB that take no room on the disk
    command = [sys.executable, "-c", BEYOND_MEMORY, tmp_path / "X.dat"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == "(100000, 48)", done.stderr
