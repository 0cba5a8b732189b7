"""Made-up weeks for tests and benchmarks: places and teams at random points, on a seed."""

from __future__ import annotations

import numpy as np

from planning.rota import Member, Place, RotaTask, Rules, Slot, Team, Window

LANGUAGES = ("Arabisch", "Englisch", "Türkisch", "Farsi", "Französisch", "Kurdisch")


def _minutes(here, there):
    metres = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)) * 1.3
    minutes = np.where(metres <= 1500, metres / 75, 10 + metres / 300)
    return metres, (np.ceil(minutes / 15) * 15).astype(np.int64)


def _off(rng):
    return (int(rng.integers(5)),) if rng.random() < 0.3 else ()


def random_task(
    seed, places=25, teams=7, staff=4, *,
    size_m=12_000.0, windows=0.4, minutes=585, rules=None, hours=(3, 5), late=0,
):  # fmt: skip
    """Return a task of places and teams at random points.

    Some rooms have windows of their own, of so many hours, each so many minutes after the full hour.
    """
    rng, span = np.random.default_rng(seed), (hours[0], hours[1] + 1)
    at, offices = rng.uniform(0, size_m, (places, 2)), rng.uniform(0, size_m, (teams, 2))
    metres, travel = _minutes(at, at)
    to_office_m, office_travel = _minutes(at, offices)
    home = to_office_m.argmin(axis=1)
    made = []
    for number in range(places):
        own = ()
        if rng.random() < windows:
            days = rng.choice(5, size=rng.integers(1, 4), replace=False)
            own = tuple(
                Window(
                    int(day),
                    start := int(rng.integers(9, 15)) * 60 + late,
                    start + int(rng.integers(*span)) * 60,
                )
                for day in sorted(days)
            )
        wanted = tuple(rng.choice(LANGUAGES, size=rng.integers(0, 4), replace=False).tolist())
        made.append(Place(f"p{number}", f"Ort {number}", f"b{home[number]}", wanted, own))
    made[0] = Place("p0", "Ort 0", f"b{home[0]}", (), (), fixed=(Slot(1, 14 * 60),))
    groups = tuple(
        Team(
            f"t{number}",
            f"Büro {number}",
            tuple(
                Member(f"t{number}m{n}", str(n + 1), minutes, _off(rng))
                for n in range(staff)
            ),
            (f"b{number}",),
            tuple(rng.choice(LANGUAGES, size=3, replace=False).tolist()),
            (Window(0, 540, 720), Window(1, 780, 960), Window(3, 840, 1020), Window(4, 540, 720)),
            2,
        )
        for number in range(teams)
    )  # fmt: skip
    walk = metres / 75
    return RotaTask(tuple(made), groups, travel, office_travel, walk, rules or Rules())
