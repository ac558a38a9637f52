"""A progress bar of a study, whoever runs its trials."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from ._search_results import list_finished

_SECONDS = 0.5  # between two looks


@contextmanager
def watch(study: Any, n_trials: int, *, show: bool) -> Iterator[None]:
    """Show, while trials are run, how many of a study are over and the best score so far.

    Parameters
    ----------
    study : optuna.Study
        The study.
    n_trials : int
        How many it shall have.
    show : bool
        Whether there is a bar at all.
    """
    if not show:
        yield
        return
    over = threading.Event()
    with tqdm(total=n_trials, desc="search", unit="trial") as bar:
        thread = threading.Thread(target=_look_often, args=(study, bar, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            _look(study, bar)


def _look_often(study: Any, bar: Any, over: threading.Event) -> None:
    while not over.wait(_SECONDS):
        _look(study, bar)


def _look(study: Any, bar: Any) -> None:
    trials = list_finished(study)
    values = [each.value for each in trials if each.state.name == "COMPLETE"]
    if values:
        bar.set_postfix(best=f"{max(values):.3f}", refresh=False)
    bar.update(len(trials) - bar.n)
    bar.refresh()
