"""Long computations beside the page: a thread that can be asked how far it is and told to stop.

Nothing here knows Streamlit, and what runs in the thread must not either.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_PATIENCE_S = 300.0


class Job(Generic[T]):
    """One computation in a thread of its own.

    Parameters
    ----------
    name
        What is computed; a name for texts and for finding the right place on the page.
    work
        Does it; told by :meth:`over` when to end with what it has.
    """

    def __init__(self, name: str, work: Callable[[Job[T]], T]) -> None:
        self.name = name
        self.state: object = None
        self._work = work
        self._wish = threading.Event()
        self._outcome: list[T] = []
        self._error: BaseException | None = None
        self._begun = self._asked = time.monotonic()
        self._ended: float | None = None
        # a daemon, so that the server can end meanwhile
        self._thread = threading.Thread(target=self._run, name=f"plan-{name}", daemon=True)

    def start(self) -> Job[T]:
        """Begin; return the job itself."""
        self._begun = self._asked = time.monotonic()
        self._thread.start()
        return self

    def _run(self) -> None:
        try:
            self._outcome.append(self._work(self))
        except BaseException as error:  # noqa: BLE001 - told to whoever asks for the outcome
            self._error = error
        finally:
            self._ended = time.monotonic()

    def tell(self, state: object) -> None:
        """Say how far the work is; called by the work."""
        self.state = state

    def over(self) -> bool:
        """Tell the work to end: somebody wants it to, or nobody has asked for it for minutes."""
        return self._wish.is_set() or time.monotonic() - self._asked > _PATIENCE_S

    def stop(self) -> None:
        """Ask the work to end with the best it has."""
        self._wish.set()

    @property
    def stopped(self) -> bool:
        """Whether somebody asked it to end."""
        return self._wish.is_set()

    @property
    def running(self) -> bool:
        """Whether it still computes; asking shows that somebody is waiting."""
        self._asked = time.monotonic()
        return self._ended is None

    @property
    def seconds(self) -> float:
        """Seconds since it began, or that it took."""
        return (time.monotonic() if self._ended is None else self._ended) - self._begun

    def outcome(self) -> T:
        """Return what was computed, or raise what went wrong; only once it no longer runs."""
        if self._error is not None:
            raise self._error
        return self._outcome[0]


class Once(Generic[T]):
    """A value that whoever asks first computes, in whatever thread; others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: list[T] = []

    @property
    def ready(self) -> bool:
        """Whether the value is at hand."""
        return bool(self._value)

    def get(self, compute: Callable[[], T]) -> T:
        """Return the value, computed now if it has not been."""
        with self._lock:
            if not self._value:
                self._value.append(compute())
            return self._value[0]
