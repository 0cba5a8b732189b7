"""What the tests share: a tiny invented town, the bundled city and a few strategies."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from planning.area import check_candidates, check_sites
from tests.fixtures.areas import make_tiny_area
from tests.fixtures.needed import needed
from tests.fixtures.postgres import postgres_programs, serve_postgres

settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")

SHARED = Path(__file__).parents[2] / "shared"
STORES = ("sqlite", "postgresql")
_NUMBERS = count(1)


def pytest_addoption(parser):
    parser.addoption("--screenshots", default=None, help="folder that browser tests write their pictures to")


@pytest.fixture(scope="session", autouse=True)
def _no_real_store(tmp_path_factory):
    """Keep everything that tests, and programs that they start, save away from a person's own scenarios."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNING_STORE", str(tmp_path_factory.mktemp("store") / "scenarios.sqlite3"))
        yield


@pytest.fixture(scope="session")
def postgres():
    """Give a real PostgreSQL server, for all tests of a process."""
    reason = "no PostgreSQL server found (install the package postgresql)"
    programs = needed(postgres_programs(), reason, "PLANNING_REQUIRE_POSTGRES")
    with serve_postgres(programs) as server:
        yield server


@pytest.fixture(params=STORES)
def store_target(request, tmp_path):
    """Give where an empty store can be: a SQLite file, then a database on a PostgreSQL server."""
    if request.param == "sqlite":
        yield str(tmp_path / "store" / "scenarios.sqlite3")
        return
    with request.getfixturevalue("postgres").database(f"test_{next(_NUMBERS)}") as address:
        yield address


@pytest.fixture
def store(store_target):
    from planning.scenarios.store import Store

    opened = Store(store_target)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def tiny_area():
    return make_tiny_area()


@pytest.fixture(scope="session")
def town(tiny_area):
    """Return the tiny town with tables as they are when it is loaded from its folder."""
    return tiny_area.with_tables(
        sites=check_sites(tiny_area.sites.drop(columns="geometry"), tiny_area),
        candidates=check_candidates(tiny_area.candidates.drop(columns="geometry"), tiny_area),
    )


@pytest.fixture(scope="session")
def dortmund():
    from planning.area import load_area

    return load_area()


@pytest.fixture(scope="session")
def shared_data():
    if not (SHARED / "data").is_dir():
        pytest.skip("the raw input folder is not beside this clone")
    return SHARED / "data"


@pytest.fixture(scope="session")
def shared_facts(shared_data):
    return SHARED / "facts"
