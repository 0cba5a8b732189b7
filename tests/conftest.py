"""What the tests share: a tiny invented town, the bundled city and a few strategies."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.fixtures.areas import make_tiny_area

settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")

SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser):
    parser.addoption("--screenshots", default=None, help="folder that browser tests write their pictures to")


@pytest.fixture(scope="session")
def tiny_area():
    return make_tiny_area()


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
