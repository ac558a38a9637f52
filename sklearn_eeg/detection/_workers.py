"""Work shared out among processes or a Dask cluster, of which any may die."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any

from joblib import effective_n_jobs
from joblib.externals.loky.process_executor import BrokenProcessPool, ProcessPoolExecutor

from .._optional import import_optional


class WorkerDiedError(RuntimeError):
    """The process that worked on an item died, again when it worked on nothing else."""


def run_all(
    work: Callable[[Any], Any], items: Sequence[Any], *, n_jobs: int | None = None, client: Any = None
) -> Iterator[tuple[Any, Any]]:
    """Run a function over items and yield each with its result as soon as it is there.

    Parameters
    ----------
    work : callable
        The function, of one item; can be pickled.
    items : sequence
        The items.
    n_jobs : int, optional
        Number of processes, as in joblib; None or 1 works in this one.
    client : dask.distributed.Client, optional
        A cluster to work on instead.

    Yields
    ------
    item : object
        An item.
    result : object
        What `work` returned; or the `WorkerDiedError` where its process died.

    Raises
    ------
    Exception
        What `work` raised, once; no more items are begun then.
    """
    if client is not None:
        yield from _run_on_cluster(work, items, client)
    elif effective_n_jobs(n_jobs) == 1:
        for item in items:
            yield item, work(item)
    else:
        yield from _run_in_processes(work, items, effective_n_jobs(n_jobs))


def _run_in_processes(
    work: Callable[[Any], Any], items: Sequence[Any], n_jobs: int
) -> Iterator[tuple[Any, Any]]:
    """Run in processes; where one dies, run anew whatever was running, one by one."""
    left = list(items)
    while left:
        suspects: list[Any] = []
        for item, result in _run_until_broken(work, left, n_jobs):
            left.remove(item)
            if isinstance(result, BrokenProcessPool):
                suspects.append(item)
            else:
                yield item, result
        while suspects:
            for item, result in _run_until_broken(work, suspects, 1):
                suspects.remove(item)
                died = isinstance(result, BrokenProcessPool)
                yield (
                    item,
                    WorkerDiedError("its process died twice: killed, out of memory?") if died else result,
                )


def _run_until_broken(
    work: Callable[[Any], Any], items: Sequence[Any], n_jobs: int
) -> Iterator[tuple[Any, Any]]:
    """Run items until all are done, or a process died: then those that ran come with that error."""
    waiting = iter(list(items))
    running: dict[Any, Any] = {}
    executor = ProcessPoolExecutor(max_workers=min(n_jobs, len(items)))
    broken = False
    try:
        while True:
            while not broken and len(running) < n_jobs:
                item = next(waiting, None)
                if item is None:
                    break
                try:
                    running[executor.submit(work, item)] = item
                except BrokenProcessPool as error:
                    broken = True
                    yield item, error
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                item = running.pop(future)
                failure = future.exception()
                if isinstance(failure, BrokenProcessPool):
                    broken = True
                    yield item, failure
                else:
                    yield item, future.result()
    finally:
        executor.shutdown(wait=True, kill_workers=broken or bool(running))


def _run_on_cluster(
    work: Callable[[Any], Any], items: Sequence[Any], client: Any
) -> Iterator[tuple[Any, Any]]:
    """Run on a Dask cluster, which itself runs anew what a dead worker left."""
    distributed = import_optional("distributed", extra="dask", needed_by="detect with a client")
    shared = client.scatter(work, broadcast=True, hash=False)
    futures = {client.submit(_call, shared, item, pure=False): item for item in items}
    try:
        for future in distributed.as_completed(list(futures)):
            item = futures.pop(future)
            error = future.exception()
            if isinstance(error, distributed.scheduler.KilledWorker):
                yield item, WorkerDiedError(f"the workers that worked on it died ({error})")
            else:
                yield item, future.result()
            future.release()
    finally:
        client.cancel(list(futures))


def _call(work: Callable[[Any], Any], item: Any) -> Any:
    return work(item)
