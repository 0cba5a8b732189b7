"""Rooms that are compared as one web page that opens from disk with the network off."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from planning.errors import OutputError
from planning.export.about import about as describe
from planning.export.files import write_bytes
from planning.render.labels import estimate_note
from planning.render.side_by_side import sections, style

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import shapely

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation
    from planning.scoring.comparison import Comparison

SUFFIX = ".html"
_PAGE = """<!DOCTYPE html>
<html lang="{{ t.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="dependance-planner {{ about.record.program.version }}">
<title>{{ title }}</title>
<style>{{ rules }}</style>
{{ pieces_style }}
</head>
<body>
<header><h1>{{ title }}</h1><p>{{ about.subtitle }}</p></header>
<main>
{% for name, piece in pieces %}<section id="{{ name }}"><h2>{{ t('compare.section.' ~ name) }}</h2>
{{ piece }}</section>
{% endfor %}</main>
<footer>
<div><h2>{{ t('export.settings') }}</h2><ul>{% for line in settings %}<li>{{ line }}</li>{% endfor %}
<li>{{ estimate }}</li></ul></div>
<div><h2>{{ t('export.sources') }}</h2>
<ul>{% for line in about.sources %}<li>{{ line }}</li>{% endfor %}</ul></div>
<details><summary>{{ t('compare.digests') }}</summary>
<ul><li>{{ t('compare.digest_area') }}: {{ about.record.area.digest }}</li>
{% for layer in about.record.sources %}<li>{{ layer.id }}: {{ layer.sha256 }}</li>
{% endfor %}</ul></details>
</footer>
</body>
</html>
"""


def comparison_page(
    area: StudyArea,
    evaluation: Evaluation,
    scenario: Scenario,
    comparison: Comparison,
    t: Translator,
    date: dt.date,
    *,
    reaches: Sequence[shapely.Geometry | None],
    notes: Mapping[str, str] | None = None,
) -> bytes:
    """Return the page: why, maps, figures, settings, sources and digests, all in one file.

    It holds no script and forbids itself to load anything. The same input gives the same bytes. Texts from
    data are escaped.

    Parameters
    ----------
    reaches
        Area within walking reach of each room, in metres, in the order of the rooms compared.
    notes
        What people noted, by ``candidate_id``.
    """
    about = describe(area, evaluation, scenario, t, date, drawn=True)
    pieces = sections(t, area, comparison, evaluation.need, reaches=reaches, notes=notes)
    settings = list(about.scenario)
    if comparison.draws:
        settings.append(t("compare.drawn", draws=t.number(comparison.draws), seed=comparison.seed))
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    rules = files("planning.export").joinpath("comparison.css").read_text(encoding="utf-8")
    content = environment.from_string(_PAGE).render(
        t=t,
        about=about,
        title=t("compare.title", area=area.name),
        rules=Markup(rules),  # noqa: S704 - our own file
        pieces_style=Markup(style()),  # noqa: S704 - our own file
        pieces=[(name, Markup(piece)) for name, piece in pieces.items() if piece],  # noqa: S704 - escaped within
        settings=settings,
        estimate=estimate_note(t, area),
    )
    return content.encode()


def check_page_path(path: Path | str) -> Path:
    """Return where a comparison can be written to.

    Raises
    ------
    OutputError
        ``output_suffix``.
    """
    target = Path(path)
    if target.suffix.lower() != SUFFIX:
        raise OutputError("output_suffix", path=str(target), allowed=SUFFIX)
    return target


def write_comparison(path: Path | str, content: bytes) -> None:
    """Write a comparison in one step.

    Raises
    ------
    OutputError
        The suffix is another one, the path is a folder, or the file cannot be written.
    """
    write_bytes(check_page_path(path), content)
