"""What may wait until the answer is out: done one after the other by a thread of each process."""

import atexit
import os
from collections.abc import Callable
from functools import cache
from queue import Queue
from threading import Thread
from typing import Final

PATIENCE: Final = 10.0
Work = Callable[[], None]


def later(work: Work) -> None:
    """Do `work` soon, and let nobody wait for it; it must not raise."""
    _worker(os.getpid()).put(work)


def settled() -> None:
    """Wait until everything that was put off is done."""
    _worker(os.getpid()).join()


@cache
def _worker(_process: int) -> Queue[Work]:
    # One for each process: a thread does not follow into the child of a fork.
    waiting: Queue[Work] = Queue()
    thread = Thread(target=_work_off, args=(waiting,), name="later", daemon=True)
    thread.start()
    atexit.register(_finish, waiting, thread)
    return waiting


def _work_off(waiting: Queue[Work]) -> None:
    while True:
        work = waiting.get()
        try:
            work()
        finally:
            waiting.task_done()


def _finish(waiting: Queue[Work], thread: Thread) -> None:
    # What was looked at is on record also when the server is stopped the moment after.
    done = Thread(target=waiting.join, daemon=True)
    done.start()
    done.join(PATIENCE if thread.is_alive() else 0)
