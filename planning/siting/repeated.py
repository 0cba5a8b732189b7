"""One siting problem solved again and again with other need, here or in processes of its own.

A process is told the problem once and then, for each case, the weights; it answers with a choice and a bound.
What goes over the pipe are arrays in the format of NumPy files, nothing that could be code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from planning.siting.instance import Instance
from planning.siting.pairs import Pairs
from planning.siting.rules import SiteRows
from planning.siting.search import Warm, minimise
from planning.siting.solution import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

_SLACK = 1e-9
_PARTS = ("base", "ptr", "row", "cost", "numbers", "starts", "columns", "data", "lower", "upper", "owner")
_WARM = ("sites", "prices", "rule_prices")


@dataclass(frozen=True, eq=False)
class Case:
    """Weights of the demand points, ``(n,)`` above 0, and cost of each site, ``(m,)``."""

    weight: NDArray[np.float64]
    site_cost: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """The best choice of one case, ascending, its cost and a lower bound on the cost of any choice."""

    sites: tuple[int, ...]
    cost: float
    bound: float


@dataclass(frozen=True, eq=False)
class Repeated:
    """A problem in which only weights change.

    Parameters
    ----------
    unit
        The problem with a weight of 1 for every demand point and no cost of sites.
    warm
        Choice to begin with and to keep to, and multipliers per unit of weight.
    seed
        Of the solver.
    """

    unit: Instance
    warm: Warm
    seed: int

    def instance(self, case: Case) -> Instance:
        """Return the problem of one case."""
        pairs = self.unit.pairs
        weighted = Pairs(pairs.n_demand, pairs.ptr, pairs.row, pairs.cost * case.weight[pairs.row])
        return replace(self.unit, base=self.unit.base * case.weight, pairs=weighted, site_cost=case.site_cost)

    def solve(self, case: Case, watch: Watch) -> Answer | None:
        """Solve one case to the end; ``None`` if it was stopped or no choice obeys the rules.

        A site of the choice to keep to gives way only to one that is strictly better.
        """
        instance = self.instance(case)
        warm = replace(self.warm, prices=self.warm.prices * case.weight)
        found = minimise(instance, watch, seed=self.seed, warm=warm)
        if found.sites is None or watch.over():
            return None
        sites = self._faithful(instance, found.sites)
        return Answer(sites, instance.evaluate(sites), found.bound)

    def _faithful(self, instance: Instance, sites: Sequence[int]) -> tuple[int, ...]:
        """Return an equally good choice with more of the one to keep to, by exchanges of one site."""
        chosen, kept = set(sites), self.warm.sites
        limit = instance.evaluate(sorted(chosen))
        limit += _SLACK * abs(limit)
        for wanted in kept:
            for other in sorted(chosen - set(kept)) if wanted not in chosen else ():
                swapped = sorted((chosen - {other}) | {wanted})
                if instance.rules.hold(swapped) and instance.evaluate(swapped) <= limit:
                    chosen = set(swapped)
                    break
        return tuple(sorted(chosen))


def solve_all(
    problem: Repeated,
    cases: Sequence[Callable[[], Case]],
    *,
    workers: int,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> dict[int, Answer]:
    """Solve many cases; the answers do not depend on the number of workers.

    Parameters
    ----------
    cases
        Each makes its weights when its turn comes.
    workers
        Processes to start; with fewer than two, or where none can be started, everything is done here.
    stop
        Asked again and again; ends with the answers found by then.
    progress
        Told how many cases are done, of how many; not from the thread that calls.

    Returns
    -------
    dict
        Answers by position in ``cases``; without those that were not reached or have none.
    """
    board = _Board(len(cases), stop, progress)
    threads = [
        threading.Thread(target=_serve, args=(problem, cases, board), daemon=True)
        for _ in range(min(workers, len(cases)) if workers > 1 else 0)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # what no process could be found for
    for number in board.rest():
        board.put(number, problem.solve(cases[number](), Watch(None, board.over)))
    return board.answers()


class _Board:
    """Which cases are to be done, and what came of them."""

    def __init__(
        self, n: int, stop: Callable[[], bool] | None, progress: Callable[[int, int], object] | None
    ) -> None:
        self._n, self._stop, self._progress = n, stop, progress
        self._todo, self._done = list(range(n))[::-1], dict[int, Answer | None]()
        self._lock = threading.Lock()

    def over(self) -> bool:
        return self._stop is not None and self._stop()

    def rest(self) -> Iterator[int]:
        """Hand out cases until none is left, or somebody stops."""
        while not self.over():
            with self._lock:
                if not self._todo:
                    return
                number = self._todo.pop()
            yield number

    def back(self, number: int) -> None:
        with self._lock:
            self._todo.append(number)

    def put(self, number: int, answer: Answer | None) -> None:
        with self._lock:
            self._done[number] = answer
            done = len(self._done)
        if self._progress is not None:
            self._progress(done, self._n)

    def answers(self) -> dict[int, Answer]:
        return {number: answer for number, answer in sorted(self._done.items()) if answer is not None}


def _serve(problem: Repeated, cases: Sequence[Callable[[], Case]], board: _Board) -> None:
    """Have cases solved by a process; what it fails at goes back to the others."""
    if not sys.executable:  # a program that holds its own Python
        return
    # this very package, wherever one stands: the folder at hand may hold another one
    package = str(Path(__file__).parents[2])
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH", "")))),
    }
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "planning.siting.repeated"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
    except OSError:
        return
    ended = threading.Event()
    threading.Thread(target=_end_when, args=(process, board.over, ended), daemon=True).start()
    try:
        _converse(process, problem, cases, board)
    finally:
        ended.set()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what a dead process has not read cannot be sent any more
                    pipe.close()


def _end_when(process: subprocess.Popen[bytes], over: Callable[[], bool], ended: threading.Event) -> None:
    while not ended.wait(0.1):
        if over():
            process.kill()
            return


def _converse(
    process: subprocess.Popen[bytes],
    problem: Repeated,
    cases: Sequence[Callable[[], Case]],
    board: _Board,
) -> None:
    to, back = process.stdin, process.stdout
    if to is None or back is None:
        return
    try:
        _write(to, _problem_arrays(problem))
    except (OSError, ValueError):
        return
    for number in board.rest():
        try:
            case = cases[number]()
        except Exception:  # noqa: BLE001 - told by whoever solves it in the end
            board.back(number)
            return
        try:
            _write(to, (case.weight, case.site_cost))
            figures, sites = _read(back), _read(back)
        except (OSError, ValueError):
            board.back(number)
            return
        found = len(figures) > 0
        board.put(number, Answer(tuple(sites.tolist()), *figures.tolist()) if found else None)


def _write(to: IO[bytes], arrays: Sequence[NDArray[Any]]) -> None:
    # by way of memory: of a pipe numpy would ask for its position, as of a file
    buffer = BytesIO()
    for array in arrays:
        np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    to.write(buffer.getbuffer())
    to.flush()


def _read(back: IO[bytes]) -> NDArray[Any]:
    array: NDArray[Any] = np.lib.format.read_array(_Pipe(back), allow_pickle=False)
    return array


class _Pipe:
    """A pipe of which numpy takes nothing for granted but that it can be read."""

    def __init__(self, back: IO[bytes]) -> None:
        self._back = back

    def read(self, size: int = -1) -> bytes:
        return self._back.read(size)


def _problem_arrays(problem: Repeated) -> tuple[NDArray[Any], ...]:
    unit, rules, warm = problem.unit, problem.unit.rules, problem.warm
    numbers = np.array([unit.count, unit.pairs.n_demand, unit.n_sites, problem.seed])
    return (
        unit.base, unit.pairs.ptr, unit.pairs.row, unit.pairs.cost, numbers,
        rules.matrix.indptr, rules.matrix.indices, rules.matrix.data, rules.lower, rules.upper, rules.owner,
        np.array(warm.sites, dtype=np.intp), warm.prices, warm.rule_prices,
    )  # fmt: skip


def _problem_of(back: IO[bytes]) -> Repeated:
    part = {name: _read(back) for name in (*_PARTS, *_WARM)}
    count, n_demand, n_sites, seed = (int(number) for number in part["numbers"])
    shape = (len(part["lower"]), n_sites)
    matrix = sparse.csr_array((part["data"], part["columns"], part["starts"]), shape=shape)
    unit = Instance(
        base=part["base"],
        pairs=Pairs(n_demand, part["ptr"], part["row"], part["cost"]),
        site_cost=np.zeros(n_sites),
        count=count,
        rules=SiteRows(matrix, part["lower"], part["upper"], part["owner"]),
    )
    warm = Warm(tuple(part["sites"].tolist()), part["prices"], part["rule_prices"])
    return Repeated(unit, warm, seed)


def serve(back: IO[bytes], to: IO[bytes]) -> None:
    """Read a problem and then cases until there are no more; write the answer to each."""
    problem = _problem_of(back)
    while True:
        try:
            case = Case(_read(back), _read(back))
        except ValueError:  # the pipe has ended
            return
        answer = problem.solve(case, Watch())
        if answer is None:
            _write(to, (np.empty(0), np.empty(0, dtype=np.intp)))
        else:
            _write(to, (np.array([answer.cost, answer.bound]), np.array(answer.sites, dtype=np.intp)))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
