import sys
from pathlib import Path

import pytest

from sklearn_eeg.detection._workers import WorkerDiedError, run_all

sys.path.insert(0, str(Path(__file__).parent))
from killers import die_always, die_once, fail, square


@pytest.mark.parametrize("n_jobs", [None, 1, 2])
def test_all_items_are_worked_on_once(n_jobs):
    assert sorted(run_all(square, list(range(7)), n_jobs=n_jobs)) == [(k, k * k) for k in range(7)]
    assert list(run_all(square, [], n_jobs=n_jobs)) == []


def test_what_a_killed_process_left_is_worked_on_again(tmp_path):
    items = [(str(tmp_path), number) for number in range(8)]
    results = list(run_all(die_once, items, n_jobs=2))
    assert (tmp_path / "died").exists()
    assert sorted(number for _, number in results) == list(range(8))


def test_an_item_that_kills_its_process_stops_no_other():
    results = dict(run_all(die_always, list(range(6)), n_jobs=2))
    assert isinstance(results.pop(3), WorkerDiedError)
    assert results == {k: k for k in (0, 1, 2, 4, 5)}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_of_the_work_is_raised(n_jobs):
    with pytest.raises(OSError, match="No space left"):
        list(run_all(fail, [1, 2, 3], n_jobs=n_jobs))
