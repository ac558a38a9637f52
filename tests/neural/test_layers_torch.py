import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from sklearn_eeg.neural._layers_torch import (
    channels_last,
    check_options,
    convolve_norm,
    dropout,
    first_pool,
    folded,
    glorot,
    limit_norm,
    merged,
    norm_of,
    paired_filters,
    pooled,
    refuse_short,
    samples,
    shortest_fitting,
    track,
)


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def trained_norm(n_filters):
    norm = norm_of(n_filters).double()
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    return norm


@pytest.mark.parametrize("smallest", [1, 2, 99, 4097])
def test_shortest_fitting_finds_the_first(smallest):
    assert shortest_fitting(lambda n_times: n_times >= smallest) == smallest


@pytest.mark.parametrize(("n_times", "pool", "stride"), [(10, 3, None), (10, 3, 2), (7, 7, 1), (9, 2, 5)])
def test_pooled_is_what_torch_gives(n_times, pool, stride):
    expected = functional.avg_pool1d(torch.zeros(1, 1, n_times), pool, stride).shape[2]
    assert pooled(n_times, pool, stride) == expected


def test_pooled_is_none_where_a_pool_does_not_fit():
    assert pooled(2, 3) == 0
    assert pooled(0, 1) == 0


def test_samples_rounds_and_is_at_least_one():
    assert [samples(0.1, 250), samples(0.1, 173.61), samples(0.1, 1)] == [25, 17, 1]


@pytest.mark.parametrize(
    ("n_times", "sfreq", "expected"),
    [(1000, 256, 4), (1000, 500, 8), (1000, 64, 1), (32, 256, 2), (8, 256, 1)],
)
def test_first_pool_goes_to_64_hertz_and_keeps_16_time_points(n_times, sfreq, expected):
    assert first_pool(n_times, sfreq) == expected
    assert first_pool(1000, None) == 4


def test_limit_norm_shortens_the_long_rows_alone():
    weight = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    torch.testing.assert_close(limit_norm(weight, 1.0), torch.tensor([[0.6, 0.8], [0.3, 0.4]]))
    assert limit_norm(weight, None) is weight


def test_glorot_has_the_bound_of_the_fans():
    weight = nn.Parameter(torch.empty(40, 500))
    glorot(weight, 40, 1, 500)
    bound = math.sqrt(6 / (500 + 40 * 500))
    assert bound * 0.999 < float(weight.detach().abs().max()) <= bound


def test_folded_is_the_convolution_and_its_norm():
    norm, x = trained_norm(5).eval(), torch.randn(3, 2, 20, dtype=torch.float64)
    weight, bias = torch.randn(5, 2, 4, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
    expected = norm(functional.conv1d(x, weight, bias))
    torch.testing.assert_close(functional.conv1d(x, *folded(weight, bias, norm)), expected)
    torch.testing.assert_close(convolve_norm(x, weight, bias, norm), expected)
    expected = norm(functional.conv1d(x, weight))
    torch.testing.assert_close(functional.conv1d(x, *folded(weight, None, norm)), expected)


def test_convolve_norm_in_training_is_the_convolution_and_its_norm():
    norm, x = trained_norm(5), torch.randn(3, 2, 20, dtype=torch.float64)
    weight = torch.randn(5, 2, 3, dtype=torch.float64)
    expected = functional.batch_norm(
        functional.conv1d(x, weight, padding=2, dilation=2), None, None, norm.weight, norm.bias, True
    )
    torch.testing.assert_close(convolve_norm(x, weight, None, norm, padding=2, dilation=2), expected)


def test_merged_is_one_convolution_after_the_other():
    temporal, bias, spatial = (p.detach().double() for p in paired_filters(3, 4, 5, 6))
    bias = torch.randn(4, dtype=torch.float64)
    x = torch.randn(2, 3, 30, dtype=torch.float64)
    by_channel = functional.conv1d(x.reshape(6, 1, 30), temporal[:, None], bias).reshape(2, 3, 4, -1)
    expected = torch.einsum("ncft,sfc->nst", by_channel, spatial)
    torch.testing.assert_close(functional.conv1d(x, *merged(temporal, bias, spatial)), expected)


def test_channels_last_changes_memory_and_no_value():
    x = torch.randn(2, 3, 5)
    turned = channels_last(x)
    assert torch.equal(turned, x)
    assert turned.stride() == (15, 1, 3)


def test_track_is_what_a_batch_norm_keeps():
    norm, y = norm_of(4), torch.randn(5, 4, 7) * 3 + 1
    ours = norm_of(4)
    norm(y)
    track(ours, y.mean((0, 2)), y.var((0, 2), unbiased=False), 35)
    for name, expected in norm.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], expected)


def test_track_refuses_a_single_value():
    with pytest.raises(ValueError, match="A batch must hold more than one time point to train on"):
        track(norm_of(1), torch.zeros(1), torch.zeros(1), 1)


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5, 0.9, 0.9999999])
def test_dropout_drops_a_share_and_keeps_the_mean(rate):
    n_values = 400_000
    x = torch.ones(4, n_values // 4)
    y = dropout(x, rate, True)
    kept = (y != 0).double().mean()
    assert abs(float(kept) - (1 - rate)) < 5 * math.sqrt(rate * (1 - rate) / n_values) + 2**-16
    values = y[y != 0].unique()
    if len(values):
        assert len(values) == 1
        assert float(values) == pytest.approx(1 / (1 - rate), rel=1e-3) or rate > 0.99


def test_dropped_values_are_independent():
    y = dropout(torch.ones(40_000), 0.5, True)
    for lag in (1, 2, 3, 4, 8):
        assert abs(float(torch.corrcoef(torch.stack([y[:-lag], y[lag:]]))[0, 1])) < 0.025


def test_dropout_follows_the_seed_and_has_its_gradient():
    x = torch.randn(3, 5, 7).transpose(1, 2).requires_grad_()
    state = torch.get_rng_state()
    y = dropout(x, 0.5, True)
    torch.set_rng_state(state)
    assert torch.equal(dropout(x, 0.5, True), y)
    assert not torch.equal(dropout(x, 0.5, True), y)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(gradient * x, y)
    assert y.stride() == x.stride()


def test_dropout_does_nothing_in_evaluation_or_at_zero():
    x = torch.randn(5)
    assert dropout(x, 0.5, False) is x
    assert dropout(x, 0.0, True) is x


def test_too_short_windows_are_refused_with_the_repair():
    refuse_short("TCN", 9, 9)
    with pytest.raises(
        ValueError, match="`n_times` must be at least 9 for TCN with these options, got 8: take"
    ):
        refuse_short("TCN", 8, 9)


def test_options_must_be_positive():
    check_options(depth=1, pool=None)
    with pytest.raises(ValueError, match="`pool` must be at least 1, got 0"):
        check_options(depth=1, pool=0)
