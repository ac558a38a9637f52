import pickle
import sys
import warnings

import numpy as np
import pytest
import torch
from imblearn.pipeline import make_pipeline
from sklearn import config_context
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import cross_val_score

from sklearn_eeg.datasets import load_helsinki, make_seizures
from sklearn_eeg.preprocessing import ChannelScaler
from sklearn_eeg.sampling import WGANOversampler
from sklearn_eeg.sampling import _wgan_steps_torch as steps

TINY = {
    "latent": 4, "generator_widths": (4, 4), "critic_widths": (4, 4), "kernel": 3, "batch_size": 8,
    "max_steps": 4, "validate_every": 2, "random_state": 0, "device": "cpu",
}  # fmt: skip


def tiny(**changes):
    return WGANOversampler(**TINY | changes)


def windows(n_rest=30, n_seizure=12, n_channels=2, n_times=32, dtype=np.float64):
    rng = np.random.default_rng(0)
    X = rng.normal(scale=20, size=(n_rest + n_seizure, n_channels, n_times)).astype(dtype)
    y = np.repeat(["rest", "seizure"], [n_rest, n_seizure])
    X[y == "seizure"] *= 5
    return X, y


def test_samples_are_in_microvolts_and_of_their_class():
    X, y = windows()
    X[:, 1] = 0.01 * X[:, 1] + 300
    X_resampled, y_resampled = tiny().fit_resample(X, y)
    assert X_resampled.shape == (60, 2, 32)
    made, labels = X_resampled[42:], y_resampled[42:]
    assert (labels == "seizure").all()
    np.testing.assert_allclose(made[:, 1].mean(), 300, atol=2)
    np.testing.assert_allclose(made.std(axis=(0, 2)), X[30:].std(axis=(0, 2)), rtol=0.35)


def test_all_classes_are_trained():
    sampler = tiny().fit(*windows())
    ratio = sampler.sample(40, "seizure").std() / sampler.sample(40, "rest").std()
    assert ratio == pytest.approx(5, rel=0.35)


def test_a_constant_channel_is_constant():
    X, y = windows()
    X[:, 1] = 7.0
    assert (tiny().fit(X, y).sample(5, "rest")[:, 1] == 7).all()


def test_history():
    sampler = tiny().fit(*windows())
    history = sampler.history_
    assert list(history["step"]) == [0, 2, 4]
    assert history["best"].sum() == 1
    assert set(history.columns) == {
        "step", "critic_loss", "penalty", "generator_loss", "distance", "spread", "generator_lr", "seconds",
        "fault", "best",
    }  # fmt: skip
    assert (sampler.n_iter_, sampler.stop_reason_) == (4, "max_steps")


def test_before_fit():
    for name in ("history_", "n_iter_", "stop_reason_"):
        with pytest.raises(NotFittedError):
            getattr(tiny(), name)
    with pytest.raises(NotFittedError):
        tiny().sample(2, "rest")


def test_a_fit_that_fails_leaves_it_unfitted(monkeypatch):
    X, y = windows()
    sampler = tiny().fit(X, y)
    monkeypatch.setattr(steps.Adversaries, "step", lambda networks: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sampler.fit(X, y)
    with pytest.raises(NotFittedError):
        sampler.sample(2, "rest")


def test_refit_on_other_shapes():
    sampler = tiny().fit(*windows())
    X, y = windows(n_channels=3, n_times=21)
    assert sampler.fit(X, y).sample(2, "rest").shape == (2, 3, 21)
    assert sampler.fit(X[:, 0], y).sample(2, "rest").shape == (2, 21)


def test_samples_do_not_hang_on_anyone_elses_seed():
    X, y = windows()
    torch.manual_seed(1)
    first = tiny().fit_resample(X, y)[0]
    torch.manual_seed(2)
    before = torch.get_rng_state()
    again = tiny().fit_resample(X, y)[0]
    np.testing.assert_array_equal(first, again)
    assert torch.equal(torch.get_rng_state(), before)


def test_pickle_goes_on_where_it_was():
    sampler = tiny().fit(*windows())
    sampler.sample(3, "rest")
    copy = pickle.loads(pickle.dumps(sampler))
    np.testing.assert_array_equal(copy.sample(3, "rest"), sampler.sample(3, "rest"))
    assert not any(isinstance(value, torch.nn.Module) for value in sampler.__getstate__().values())


def test_a_killed_fit_goes_on(tmp_path, monkeypatch):
    X, y = windows()
    undisturbed = tiny().fit_resample(X, y)[0]
    step, count = steps.Adversaries.step, iter(range(100))

    def killed(networks):
        if next(count) == 3:
            raise KeyboardInterrupt
        return step(networks)

    monkeypatch.setattr(steps.Adversaries, "step", killed)
    folder = tmp_path / "new" / "folder"
    with pytest.raises(KeyboardInterrupt):
        tiny(checkpoint=folder).fit(X, y)
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(steps.Adversaries, "step", step)
    np.testing.assert_array_equal(tiny(checkpoint=folder).fit_resample(X, y)[0], undisturbed)
    assert list(folder.iterdir()) == []


def test_other_settings_and_data_have_other_checkpoints(tmp_path, monkeypatch):
    X, y = windows()

    def killed(networks):
        raise KeyboardInterrupt

    monkeypatch.setattr(steps.Adversaries, "step", killed)
    for sampler, data in (
        (tiny(checkpoint=tmp_path), X),
        (tiny(checkpoint=tmp_path, kernel=5), X),
        (tiny(checkpoint=tmp_path), X + np.arange(32)),
        (tiny(checkpoint=tmp_path, max_steps=9, verbose=0), X),  # a longer one goes on
    ):
        with pytest.raises(KeyboardInterrupt):
            sampler.fit(data, y)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_longer_fit_goes_on_from_a_shorter(tmp_path, monkeypatch):
    X, y = windows()
    step, count = steps.Adversaries.step, iter(range(100))
    seen = []

    def watch(networks):
        seen.append(networks.n_steps)
        if next(count) == 4:
            raise KeyboardInterrupt
        return step(networks)

    monkeypatch.setattr(steps.Adversaries, "step", watch)
    with pytest.raises(KeyboardInterrupt):
        tiny(checkpoint=tmp_path, max_steps=6).fit(X, y)
    tiny(checkpoint=tmp_path, max_steps=7).fit(X, y)
    assert seen == [0, 1, 2, 3, 4, 4, 5, 6]


def test_groups_reach_the_split(monkeypatch):
    from sklearn_eeg.sampling import _wgan_training_torch as training

    X, y = windows(n_rest=40, n_seizure=40)
    groups = np.arange(80) % 5
    seen = {}
    split = training.split_windows

    def watch(codes, patients, *rest):
        seen["groups"] = patients
        seen["train"], seen["held_out"] = split(codes, patients, *rest)
        return seen["train"], seen["held_out"]

    monkeypatch.setattr(training, "split_windows", watch)
    tiny().fit_resample(X, y, groups=groups)
    np.testing.assert_array_equal(seen["groups"], groups)
    assert not set(groups[seen["train"]]) & set(groups[seen["held_out"]])
    with config_context(enable_metadata_routing=True):
        make_pipeline(tiny(), DummyClassifier()).fit(X, y, groups=groups % 3)
    np.testing.assert_array_equal(seen["groups"], groups % 3)
    tiny().fit(X, y, groups=list(map(str, groups)))
    assert seen["groups"].tolist() == list(map(str, groups))
    tiny().fit(X, y)
    assert seen["groups"] is None


def test_a_channel_that_lives_in_a_rare_class_alone_does_not_spoil_the_others():
    X, y = windows(n_rest=60, n_seizure=8)
    X[y == "rest", 1] *= 1e-6
    sampler = tiny().fit(X, y)
    assert sampler.stop_reason_ == "max_steps"
    for label in ("rest", "seizure"):
        made = sampler.sample(60, label)[:, 0]
        assert made.std() == pytest.approx(X[y == label, 0].std(), rel=0.4)


def test_windows_that_single_precision_cannot_hold_are_refused():
    X, y = windows()
    X[3, 1, 2] = 1e200
    with pytest.raises(ValueError, match="in window 3, channel 1 "):
        tiny().fit(X, y)


def test_widths_may_be_arrays():
    X, y = windows()
    arrays = {"generator_widths": np.array([4, 4]), "critic_widths": np.array([4, 4])}
    np.testing.assert_array_equal(
        tiny(**arrays).fit(X, y).sample(2, "rest"), tiny().fit(X, y).sample(2, "rest")
    )


def test_a_checkpoint_is_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="`checkpoint` must be a folder, got the file .*file"):
        tiny(checkpoint=tmp_path / "file").fit(*windows())


def test_two_fits_of_the_same_may_share_a_checkpoint(tmp_path, monkeypatch):
    from sklearn_eeg.sampling import _wgan_training_torch as training

    train = training.train_generator

    def end_second(*args, **kwargs):
        trained = train(*args, **kwargs)
        kwargs["checkpoint"].unlink()  # as the other fit did, which ended first
        return trained

    monkeypatch.setattr(training, "train_generator", end_second)
    assert tiny(checkpoint=tmp_path).fit(*windows()).stop_reason_ == "max_steps"


def test_another_default_type_of_numbers():
    X, y = windows()
    torch.set_default_dtype(torch.float64)
    try:
        made = tiny().fit(X, y).sample(20, "seizure")
    finally:
        torch.set_default_dtype(torch.float32)
    assert made.std() == pytest.approx(100, rel=0.35)


def test_groups_must_fit():
    X, y = windows()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        tiny().fit(X, y, groups=[1, 2])
    for groups in (np.where(np.arange(42) < 5, np.nan, 1), [None] + 41 * ["p"]):
        with pytest.raises(ValueError, match="`groups` must name a patient for each window, got None or NaN"):
            tiny().fit(X, y, groups=groups)
    with pytest.raises(ValueError, match="`groups` must be all numbers or all text, got both"):
        tiny().fit(X, y, groups=np.array([1] + 41 * ["p"], dtype=object))
    with pytest.raises(ValueError, match=r"`groups` must have shape \(n_windows,\), got \(42, 1\)\."):
        tiny().fit_resample(X, y, groups=np.zeros((42, 1)))


def test_some_budget_is_needed():
    with pytest.raises(ValueError, match="`max_steps` and `max_seconds` must not both be None, got both"):
        tiny(max_steps=None, max_seconds=None).fit(*windows())


@pytest.mark.parametrize(
    "changes",
    [
        {"noise": "pink"}, {"latent": 0}, {"batch_size": 1}, {"n_critic": 0}, {"generator_lr": 0.0},
        {"critic_lr": -1.0}, {"gp_weight": -1.0}, {"gp_every": 0}, {"augmentation": 1.5}, {"ema": 1.0},
        {"validation": 1.0}, {"max_seconds": 0.0}, {"precision": "float16"}, {"spectral_weight": -1.0},
        {"covariance_weight": -1.0}, {"patience": 0}, {"validate_every": 0}, {"max_steps": 0}, {"kernel": 0},
    ],
    ids=str,
)  # fmt: skip
def test_parameters_are_checked(changes):
    name = next(iter(changes))
    with pytest.raises(ValueError, match=f"The '{name}' parameter of WGANOversampler must be"):
        tiny(**changes).fit(*windows())


def test_a_window_of_one_time_point_is_none():
    X, y = windows(n_channels=1, n_times=1)
    with pytest.raises(ValueError, match="at least 2 time points, got 1"):
        tiny().fit(X, y)


@pytest.mark.parametrize("n_times", [2, 3, 5])
def test_shortest_windows(n_times):
    X, y = windows(n_times=n_times)
    assert np.isfinite(tiny().fit(X, y).sample(4, "rest")).all()


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="`kernel` must be odd and positive, got 4"):
        tiny(kernel=4).fit(*windows())


@pytest.mark.parametrize("precision", ["float64", "bfloat16", "auto"])
def test_other_precisions(precision):
    X, y = windows()
    made = tiny(precision=precision).fit(X, y).sample(20, "seizure")
    assert made.dtype == np.float64
    assert made.std() == pytest.approx(100, rel=0.35)


@pytest.mark.parametrize("noise", ["shaped", "white"])
def test_noise(noise):
    X, y = windows()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # four steps are not enough for white noise
        sampler = tiny(noise=noise).fit(X, y)
    size = sampler._load().noise_size
    assert (size > 4) if noise == "shaped" else (size == 4)


def test_a_class_of_one_window():
    X, y = windows(n_seizure=1)
    X_resampled, y_resampled = tiny().fit_resample(X, y)
    assert np.isfinite(X_resampled).all()
    assert (y_resampled == "seizure").sum() == 30


def test_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"WGANOversampler needs torch; install it with .*\[torch\]"):
        tiny().fit(*windows())


def test_the_bar(capsys):
    tiny(verbose=1).fit(*windows())
    assert "WGANOversampler: 100%" in capsys.readouterr().err
    tiny().fit(*windows())
    assert capsys.readouterr().err == ""


def test_in_a_pipeline_only_training_windows_are_seen(monkeypatch):
    X, y = windows()
    X[:, 0, 0] = np.arange(42)  # a name for each window
    seen = []
    learn = WGANOversampler._fit_windows

    def watch(self, given, codes):
        seen.append(set(given[:, 0, 0].round().astype(int)))
        learn(self, given, codes)

    monkeypatch.setattr(WGANOversampler, "_fit_windows", watch)
    folds = [(np.arange(0, 42, 2), np.arange(1, 42, 2)), (np.arange(1, 42, 2), np.arange(0, 42, 2))]
    cross_val_score(make_pipeline(tiny(), ChannelScaler(), DummyClassifier()), X, y, cv=folds)
    assert seen == [set(train) for train, _ in folds]


def test_clone_and_refit_are_the_same():
    X, y = windows()
    sampler = tiny()
    first = sampler.fit(X, y).sample(3, "rest")
    np.testing.assert_array_equal(clone(sampler).fit(X, y).sample(3, "rest"), first)


def test_simulated_seizures():
    bunch = make_seizures(n_patients=4, random_state=0)
    X, y = bunch.data[:, :4, :128], bunch.target
    sampler = tiny(max_steps=2).fit(X, y, groups=bunch.groups)
    rare = sampler.classes_[np.argmin(np.unique(y, return_counts=True)[1])]
    made, real = sampler.sample(30, rare), X[y == rare]
    assert made.std() == pytest.approx(real.std(), rel=0.5)


def test_recorded_seizures(eeg_data):
    eeg = load_helsinki(eeg_data)
    rows = np.random.default_rng(0).permutation(len(eeg.target))[:200]
    X, y, groups = eeg.data[rows], eeg.target[rows], eeg.groups[rows]
    sampler = tiny(max_steps=2).fit(X, y, groups=groups)
    for label in sampler.classes_:
        made, real = sampler.sample(60, label), X[y == label]
        # of most windows: a few artefacts make the standard deviation over all
        middle = [np.median(part.std(axis=2)) for part in (made, real)]
        assert 2 / 3 < middle[0] / middle[1] < 3 / 2
