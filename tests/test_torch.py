import threading

import numpy as np
import pytest
import torch

from sklearn_eeg._torch import (
    RandomStream,
    choose_device,
    choose_precision,
    load_state,
    make_generator,
    to_arrays,
    to_state,
    to_tensor,
)


def test_a_stream_gives_what_its_seed_gives_and_leaves_the_global_generator_alone():
    torch_state, seed = torch.get_rng_state(), torch.initial_seed()
    stream = RandomStream(3)
    with stream:
        first = torch.rand(5)
    torch.rand(7, generator=make_generator(0))
    with stream:
        second = torch.rand(5)
    np.testing.assert_array_equal(
        torch.cat([first, second]), torch.rand(10, generator=torch.Generator().manual_seed(3))
    )
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert torch.initial_seed() == seed


def test_a_stream_is_left_in_order_when_an_error_passes_through_it():
    torch_state = torch.get_rng_state()
    stream = RandomStream(3)
    with pytest.raises(KeyError), stream:
        {}[torch.rand(5)]
    assert torch.equal(torch.get_rng_state(), torch_state)
    with stream:
        after = torch.rand(5)
    np.testing.assert_array_equal(after, torch.rand(10, generator=make_generator(3))[5:])


def test_streams_may_be_nested():
    with RandomStream(1):
        torch.rand(2)
        with RandomStream(2):
            inner = torch.rand(2)
        outer = torch.rand(2)
    np.testing.assert_array_equal(inner, torch.rand(2, generator=make_generator(2)))
    np.testing.assert_array_equal(outer, torch.rand(4, generator=make_generator(1))[2:])


def test_streams_of_several_threads_do_not_mix():
    found = {}

    def draw(seed):
        stream, drawn = RandomStream(seed), []
        for _ in range(200):
            with stream:
                drawn.append(torch.rand(3))
        found[seed] = torch.cat(drawn)

    threads = [threading.Thread(target=draw, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(4):
        expected = torch.cat([torch.rand(3, generator=g) for g in [make_generator(seed)] for _ in range(200)])
        np.testing.assert_array_equal(found[seed], expected)


def test_devices():
    found = [name for name in ("cuda", "mps") if getattr(torch, name).is_available()]
    assert choose_device("auto").type == [*found, "cpu"][0]
    assert choose_device("cpu") == torch.device("cpu")
    for unknown in ("cuda:99", "abacus"):
        with pytest.raises(ValueError, match=f'`device` must be "auto" or a device .*, got {unknown!r}'):
            choose_device(unknown)


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("float32", (torch.float32, None)),
        ("float64", (torch.float64, None)),
        ("bfloat16", (torch.float32, torch.bfloat16)),
        ("float16", (torch.float32, torch.float16)),
        ("auto", (torch.float32, None)),  # on a processor
    ],
)
def test_precisions_on_a_processor(precision, expected):
    assert choose_precision(precision, torch.device("cpu")) == expected


@pytest.mark.parametrize(
    "make", [np.asfortranarray, lambda a: a[::2], lambda a: a[:, ::-1], lambda a: a[0, 0]]
)
def test_tensors_of_arrays_of_any_layout(make):
    array = np.asarray(make(np.arange(12.0).reshape(4, 3)))
    np.testing.assert_array_equal(to_tensor(array).numpy(), array)
    assert to_tensor(array).dtype == torch.float32


def test_read_only_arrays_are_copied_and_writable_ones_shared():
    array = np.zeros(3, np.float32)
    to_tensor(array)[0] = 1
    assert array[0] == 1
    array.setflags(write=False)
    to_tensor(array)[1] = 1
    assert array[1] == 0


def test_weights_go_to_arrays_and_back():
    module = torch.nn.BatchNorm1d(3)
    arrays = to_arrays(module.state_dict())
    module.running_mean += 1
    assert (arrays["running_mean"] == 0).all()
    for array in arrays.values():
        array.setflags(write=False)
    again = torch.nn.BatchNorm1d(3)
    again.load_state_dict(to_state(arrays))
    again.running_mean += 1
    assert (arrays["running_mean"] == 0).all()
    assert arrays["num_batches_tracked"].dtype == np.int64


def test_a_state_that_is_saved_is_loaded(tmp_path):
    path = tmp_path / "a.pt"
    assert load_state(None, {"step"}) is None
    assert load_state(path, {"step"}) is None
    torch.save(
        {"weights": {"a": torch.arange(3.0)}, "step": 4, "rows": [{"fault": "", "distance": 0.5}]}, path
    )
    found = load_state(path, {"step", "rows"})
    assert torch.equal(found["weights"]["a"], torch.arange(3.0))
    assert (found["step"], found["rows"]) == (4, [{"fault": "", "distance": 0.5}])


@pytest.mark.parametrize("content", [b"", b"no state", b"PK\x03\x04"])
def test_what_is_no_state_is_passed_over_with_a_warning(tmp_path, content):
    path = tmp_path / "a.pt"
    path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"a\.pt cannot be read \(.*\): the training begins anew"):
        assert load_state(path, {"step"}) is None
    torch.save({"step": 1}, path)
    with pytest.warns(UserWarning, match=r"a\.pt cannot be read \(it holds something else\)"):
        assert load_state(path, {"step", "rows"}) is None
