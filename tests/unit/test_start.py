"""What the app loads before its first page: nothing that only a later click needs."""

from __future__ import annotations

import json
import subprocess
import sys

LATER = ("alembic", "highspy", "jsonschema", "matplotlib", "openpyxl", "sqlalchemy", "scipy.sparse.csgraph")


def test_the_app_starts_without_what_only_later_clicks_need():
    code = (
        f"import json, sys, planning.ui.main; print(json.dumps([m for m in {LATER!r} if m in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert json.loads(run.stdout) == []
