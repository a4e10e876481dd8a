"""Where the jobs of a sweep run: in processes, threads, this thread or a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from ame_explore.ame import AMEError

EXECUTORS = ("processes", "threads", "serial", "dask")


def cores() -> int:
    """The number of cores that this process may use."""
    there = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(there(0)) if there else os.cpu_count() or 1


@contextlib.contextmanager
def opened(kind: str, workers: int, scheduler: str | None = None) -> Iterator[Executor]:
    """One of `EXECUTORS`, closed at the end of the block; after an exception its workers stop immediately.

    Args:
        kind: its name.
        workers: number of processes or threads.
        scheduler: address of a Dask scheduler; None starts a cluster on this machine.

    Raises:
        AMEError: if the Dask scheduler does not answer.
    """
    if kind == "processes":
        context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
        stop = context.Event()
        pool: Executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_enter, initargs=(stop,))
        with _closing(pool, stop.set):
            yield pool
    elif kind == "threads":
        with _closing(ThreadPoolExecutor(workers, thread_name_prefix="ame-explore sweep")) as pool:
            yield pool
    elif kind == "dask":
        with _dask(workers, scheduler) as pool:
            yield pool
    else:
        yield InThisThread()


class InThisThread(Executor):
    """Runs each call in `submit`, before it returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the call; its exception is kept for `result`, but Ctrl-C is raised."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextlib.contextmanager
def _closing(pool: Executor, stop: Callable[[], object] = lambda: None) -> Iterator[Executor]:
    try:
        yield pool
    except BaseException:  # also Ctrl-C: nothing may go on in the background
        stop()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@contextlib.contextmanager
def _dask(workers: int, scheduler: str | None) -> Iterator[Executor]:
    from distributed import Client, LocalCluster

    with contextlib.ExitStack() as stack:
        if scheduler is None:
            made = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
            cluster = stack.enter_context(made)
            client = stack.enter_context(Client(cluster))
        else:
            try:
                client = stack.enter_context(Client(scheduler, timeout="10s"))
            except (OSError, ValueError) as error:
                raise AMEError(f"scheduler {scheduler} does not answer ({error}): start it first.") from error
        yield client.get_executor()


def _enter(stop: Any) -> None:
    """Set up a worker process: it leaves Ctrl-C to its parent, and ends when it is told to or the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import torch

    torch.set_num_threads(1)
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()  # it ends the process itself


def _watch(stop: Any) -> None:
    parent = multiprocessing.parent_process()
    while not stop.wait(0.5):
        if parent is not None and not parent.is_alive():
            break
    os._exit(1)
