"""What the command line tells: exit codes, results, messages and progress.

Texts hold names and notes that somebody else wrote. Everything is printed from here, and nothing of it can
steer a terminal or begin a line of its own.
"""

from __future__ import annotations

import json
import math
import re
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from re import Match
    from types import FrameType

    from planning.i18n import Translator
    from planning.siting import Progress

DONE, FAULTY, USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130
_EVERY_S = 0.2
_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_END_OF_LINE, _HALF_OF_CHARACTER = r"\u2028\u2029", r"\ud800-\udfff"
_STEERING_IN_JSON = re.compile(f"[{_CONTROL}{_DIRECTION}{_END_OF_LINE}{_HALF_OF_CHARACTER}]")
_STEERING = re.compile(f"[{_CONTROL}\n{_DIRECTION}{_END_OF_LINE}{_HALF_OF_CHARACTER}]")
_BYTE = 0x100


def printable(line: str) -> str:
    r"""Return a line with what a terminal would obey, also the end of a line, written out.

    >>> print(printable("An\x1b[31mna\r\u202e, Önder"))
    An\x1b[31mna\x0d\u202e, Önder
    """
    return _STEERING.sub(_written_out, line)


def _written_out(found: Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < _BYTE else f"\\u{code:04x}"


def harmless_json(text: str) -> str:
    """Return JSON with what a terminal would obey in the escapes of JSON; a program reads the same."""
    return _STEERING_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def tell(*lines: str) -> None:
    """Print lines of a result."""
    for line in lines:
        print(printable(line))


def aligned(rows: Sequence[Sequence[str]], *, left: Collection[int]) -> Iterator[str]:
    """Return rows of a table as lines, columns two spaces apart.

    Parameters
    ----------
    left
        Positions of the columns that begin at the left; all others end at the right.

    >>> for line in aligned([["Room", "rank"], ["Library", "7"]], left=(0,)):
    ...     print(line)
    Room     rank
    Library     7
    """
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def tell_json(value: object) -> None:
    """Print a result as JSON."""
    print(harmless_json(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)))


def tell_share(share: float, step: str) -> None:
    """Print the share of a work that is done and its step as one line of JSON, for programs."""
    print(harmless_json(json.dumps({"share": round(share, 4), "step": step})), flush=True)


def tell_document(text: str) -> None:
    """Print a result that is JSON already."""
    print(harmless_json(text), end="")


def say(*lines: str) -> None:
    """Print a message that is no result."""
    for line in lines:
        print(printable(line), file=sys.stderr)


def count_progress(t: Translator) -> Callable[[int, int], None]:
    """Return a callable that keeps one line of progress on a terminal and stays quiet in a pipe."""

    def show(done: int, total: int) -> None:
        _line(t("cli.progress_walking", done=t.number(done), total=t.number(total)), last=done >= total)

    return show


def share_progress(t: Translator) -> Callable[[float, str], None]:
    """Return the same for shares of named steps."""

    def show(share: float, step: str) -> None:
        layer = f"data.layer.{step}"
        _line(f"{t.share(share)} {t(layer if t.has(layer) else f'cli.step.{step}')}", last=share >= 1.0)

    return show


def draw_progress(t: Translator) -> Callable[[int, int], None]:
    """Return the same for draws that are planned for anew."""

    def show(done: int, total: int) -> None:
        _line(t("cli.progress_draws", done=t.number(done), total=t.number(total)), last=False)

    return show


def search_progress(t: Translator) -> Callable[[Progress], None]:
    """Return the same for a search: the seconds it takes and how much better it could be at most."""
    from planning.siting.solution import relative_gap

    started, told = time.monotonic(), -_EVERY_S

    def show(progress: Progress) -> None:
        nonlocal told
        seconds = time.monotonic() - started
        if seconds - told < _EVERY_S:
            return
        told = seconds
        gap, shown = relative_gap(progress.objective, progress.bound), t.number(seconds)
        if math.isinf(gap):
            _line(t("cli.progress_search_open", seconds=shown), last=False)
        else:
            _line(t("cli.progress_search", seconds=shown, gap=t.share(gap, 2)), last=False)

    return show


def end_line() -> None:
    """Take the line of progress away."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _line(text: str, *, last: bool) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{printable(text)}", end="\n" if last else "", file=sys.stderr, flush=True)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C ask a search to end and a second one interrupt as ever.

    Gives a function that tells whether a search was asked to end. Where Ctrl-C is handled by somebody else or
    ignored, it stays so.
    """
    asked = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    alone = threading.current_thread() is threading.main_thread() and before is signal.default_int_handler
    if not alone:
        yield asked.is_set
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
