"""Serve the app on this machine, and have its data ready by the time the first browser asks."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from streamlit import runtime
from streamlit.web import cli

from planning.errors import PlanningError, SourceError
from planning.i18n import LANGUAGES
from planning.model import Scenario
from planning.ui import LANGUAGE_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 0.02


def warm_up() -> None:
    """Load the heavy libraries and compute what the first map needs; the caches are shared by all sessions.

    Nothing depends on it: what it does not reach, the first session does, and tells of faults.
    """
    while not runtime.exists():  # the server first, so that a browser can load the page meanwhile
        time.sleep(_PATIENCE_S)
    from planning.ui import areas

    path = areas.area_path()
    try:
        with ThreadPoolExecutor(1) as reader:
            # reading files leaves the interpreter free to load the other libraries
            reading = reader.submit(areas.original_area, path)
            # not the map's page: a frame that is declared outside a session is never served
            from planning.ui import cache
            from planning.ui.components import facts, ranking, weights  # noqa: F401
            from planning.ui.pages import data, method  # noqa: F401
        reading.result()
        cache.asset_folder(path)
        cache.evaluation(areas.original_area(path), Scenario())
        # what the first change of a setting needs, so that it is as quick as the next
        from planning.scenarios import store, validator  # noqa: F401
    except PlanningError:
        logging.getLogger(__name__).debug("nothing to warm up", exc_info=True)


def port_is_free(port: int) -> bool:
    """Tell whether a server can listen on a port of this machine."""
    with socket.socket() as probe:
        # a port whose last connection is just closing counts as free, as it does for the server
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def serve(port: int, *, area: Path | None, headless: bool, language: str = LANGUAGES[0]) -> int:
    """Serve the app until interrupted; return the exit code.

    Addresses that name no language begin in the one given.

    Raises
    ------
    SourceError
        ``app_missing``: the program was installed without its project folder.
    """
    if not (ROOT / "app.py").is_file():
        raise SourceError("app_missing", path=str(ROOT / "app.py"))
    if area is not None:
        os.environ["PLANNING_AREA"] = str(area.resolve())
    if language != LANGUAGES[0]:
        os.environ[LANGUAGE_VARIABLE] = language
    # the settings of the project folder hold wherever the command was given
    os.chdir(ROOT)
    # the warm-up runs outside any session, which is what this logger would complain of
    complaints = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    complaints.addFilter(lambda record: record.levelno > logging.WARNING)
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    arguments = ["run", str(ROOT / "app.py"), "--server.port", str(port)]
    if headless:
        arguments += ["--server.headless", "true"]
    return int(cli.main(arguments, standalone_mode=False) or 0)
