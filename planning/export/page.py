"""The result as one web page that opens from disk with the network off."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from planning.export.page_plan import plan_parts, plan_view, ranking_view
from planning.need import district_need
from planning.render.assets import FoliumAssets, inline_assets
from planning.render.indicators import NEED, indicator_label
from planning.render.labels import district_names, estimate_note, is_date, room_names, text_of
from planning.render.map import build_map, dynamic_groups
from planning.render.view import level_label, site_notes
from planning.scoring import ranking

if TYPE_CHECKING:
    from planning.area.study_area import StudyArea
    from planning.export.about import About
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.render.view import MapView
    from planning.scoring import Evaluation

_PAGE = """<!DOCTYPE html>
<html lang="{{ t.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="dependance-planner {{ about.record.program.version }}">
<title>{{ about.title }}</title>
<style>{{ styles }}</style>
{{ map.header }}
</head>
<body>
<header><h1>{{ about.title }}</h1><p>{{ about.subtitle }}</p></header>
<main>
<div class="map" role="region" aria-label="{{ t('map.map') }}">
<noscript>{{ t('export.noscript') }}</noscript>{{ map.html }}</div>
<div class="tables" tabindex="0" role="region" aria-label="{{ t('export.ranking') }}">
<form class="search" role="search"><label for="search">{{ t('output.page.search') }}</label>
<input id="search" type="search" autocomplete="off" aria-describedby="search-hint">
<p class="hint" id="search-hint">{{ t('output.page.search_hint') }}</p>
<p class="hint" role="status" data-text="{{ t('output.page.matches', count='#') }}"></p></form>
{% if plan %}<section><h2>{{ t('output.page.figures') }}</h2>
<p class="hint">{{ plan.objective }} · {{ plan.status }}</p>
<table class="sides"><thead><tr><td></td><th class="number" scope="col">{{ t('output.page.before') }}</th>
<th class="number" scope="col">{{ t('output.page.after') }}</th></tr></thead><tbody>
{% for name, before, after in plan.figures %}<tr><th scope="row">{{ name }}</th>
<td class="number">{{ before }}</td>
<td class="number">{{ after }}</td></tr>
{% endfor %}</tbody></table>{% if plan.left_out %}<p class="hint">{{ plan.left_out }}</p>{% endif %}</section>
<section id="plan"><h2>{{ t('output.page.rooms') }}</h2>
{% if plan.rooms %}<p class="hint">{{ plan.gain_note }}</p>
<table><colgroup><col class="rank"><col><col class="place"><col class="score"></colgroup>
<thead><tr><th class="number" scope="col">{{ t('output.page.order') }}</th>
<th scope="col">{{ t('export.column.name') }}</th><th scope="col">{{ t('export.column.place') }}</th>
<th class="number" scope="col">{{ t('output.page.gain') }}</th></tr></thead><tbody>
{% for row in plan.rooms %}<tr data-kind="candidate" data-id="{{ row.id }}">
<td class="number">{{ row.order }}</td>
<td><button type="button">{{ row.name }}</button><small>{{ row.kind }}</small></td><td>{{ row.place }}</td>
<td class="number">{{ row.gain }}</td></tr>
{% endfor %}</tbody></table>{% else %}<p>{{ t('output.page.none') }}</p>{% endif %}</section>
<section><h2>{{ t('output.page.boroughs') }}</h2>
<table class="sides"><thead><tr><th scope="col">{{ t('output.page.borough') }}</th>
<th class="number" scope="col">{{ t('output.page.before') }}</th>
<th class="number" scope="col">{{ t('output.page.after') }}</th></tr></thead><tbody>
{% for name, before, after in plan.boroughs %}<tr><td>{{ name }}</td><td class="number">{{ before }}</td>
<td class="number">{{ after }}</td></tr>
{% endfor %}</tbody></table></section>
{% endif %}<section><h2>{{ t('export.ranking') }}</h2><p class="hint">{{ t('export.hint') }}</p>
<table><colgroup><col class="rank"><col><col class="place"><col class="score"></colgroup>
<thead><tr><th class="number" scope="col">{{ t('export.column.rank') }}</th>
<th scope="col">{{ t('export.column.name') }}</th><th scope="col">{{ t('export.column.place') }}</th>
<th class="number" scope="col">{{ t('export.column.score') }}
<small>{{ t('export.column.range') }}</small></th></tr></thead><tbody>
{% for row in rooms %}<tr data-kind="candidate" data-id="{{ row.id }}"><td class="number">{{ row.rank }}</td>
<td><button type="button">{{ row.name }}</button><small>{{ row.kind }}</small></td><td>{{ row.place }}</td>
<td class="number">{{ row.score }}<small>{{ row.low }}–{{ row.high }}</small></td></tr>
{% endfor %}</tbody></table></section>
<section><h2>{{ t('export.sites') }}</h2>
<table><tbody>
{% for row in sites %}<tr data-kind="site"{% if row.located %} data-id="{{ row.id }}"{% endif %}>
<td>{% if row.located %}<button type="button">{{ row.name }}</button>{% else %}{{ row.name }}{% endif %}
<small>{{ row.notes }}</small></td></tr>
{% endfor %}</tbody></table></section>
{% for level in levels %}<section><h2>{{ level.title }}</h2>
<table><colgroup><col><col class="figure"></colgroup><tbody>
{% for name, figure in level.rows %}<tr><td>{{ name }}</td><td class="number">{{ figure }}</td></tr>
{% endfor %}</tbody></table></section>
{% endfor %}</div>
</main>
<footer>
<div><h2>{{ t('export.settings') }}</h2><ul>{% for line in about.scenario %}<li>{{ line }}</li>{% endfor %}
<li>{{ estimate }}</li></ul></div>
<div><h2>{{ t('export.sources') }}</h2>
<ul>{% for line in about.sources %}<li>{{ line }}</li>{% endfor %}</ul></div>
</footer>
{% for script in scripts %}<script>{{ script }}</script>
{% endfor %}</body>
</html>
"""


def _rooms(area: StudyArea, evaluation: Evaluation, t: Translator) -> list[dict[str, Any]]:
    table = ranking(area, evaluation)
    near = area.candidates.set_index("candidate_id").loc[table["candidate_id"]]
    known = [name for name in ("address", "street") if name in near]
    names = room_names(t, table.assign(**{name: near[name].to_numpy() for name in known}))
    boroughs, quarters = district_names(area, "borough"), district_names(area, "quarter")
    rows = []
    for row, name in zip(table.to_dict("records"), names, strict=True):
        place = dict.fromkeys(
            part for part in (quarters.get(row["quarter"]), boroughs.get(row["borough"])) if part
        )
        rows.append(
            {
                "id": row["candidate_id"],
                "rank": row["rank"],
                "name": name,
                "kind": t(f"data.venue_kind.{row['kind']}"),
                "place": ", ".join(place),
                **{key: t.number(row[key], 1) for key in ("score", "low", "high")},
            }
        )
    return rows


def _told(t: Translator, site: dict[str, Any]) -> list[str]:
    """Return how old the facts of a site are and what the source remarks."""
    told = []
    for name in ("as_of", "note"):
        text, label = text_of(site[name]), t(f"data.column.{name}.label")
        if text:
            told.append(f"{label}: {text}" if is_date(text) else t("export.told", label=label, text=text))
    return told


def _sites(area: StudyArea, t: Translator) -> list[dict[str, Any]]:
    sites = area.sites[area.sites["status"] != "closed"]
    return [
        {
            "id": site["site_id"],
            "name": text_of(site["name"]) or t(f"data.site_kind.{site['kind']}"),
            "notes": " · ".join((*site_notes(t, site), *_told(t, site))),
            "located": site["x"] == site["x"],
        }
        for site in sites.to_dict("records")
    ]


def _levels(area: StudyArea, evaluation: Evaluation, t: Translator) -> list[dict[str, Any]]:
    levels = []
    for level in area.level_names:
        need = district_need(area.cells, evaluation.need, level, districts=area.districts)
        names = district_names(area, level)
        rows = sorted(
            ((name, t.number(float(need.get(key, 0.0)))) for key, name in names.items()),
            key=lambda row: row[0],
        )
        title = t(
            "export.districts",
            indicator=indicator_label(t, NEED),
            unit=t("map.need.unit"),
            level=level_label(area, t, level),
        )
        levels.append({"title": title, "rows": rows})
    return levels


def _map(area: StudyArea, t: Translator, view: MapView) -> tuple[dict[str, Markup], str]:
    drawn = build_map(area, assets=FoliumAssets(), remember=False)
    # Fixed names instead of random ones: the same result is the same file.
    drawn._id = "planner"  # noqa: SLF001
    for number, group in enumerate(dynamic_groups(area, t, view)):
        group._id = f"group_{number}"  # noqa: SLF001
        group.add_to(drawn)
    figure: Any = drawn.get_root()
    figure.header._children.clear()  # noqa: SLF001 - the page has its own head
    drawn.render()
    parts = {"header": Markup(figure.header.render()), "html": Markup(figure.html.render())}  # noqa: S704 - escaped within
    return parts, figure.script.render()


def page_bytes(area: StudyArea, evaluation: Evaluation, t: Translator, view: MapView, about: About) -> bytes:
    """Return the web page: map, ranking, sites, need by district, settings and sources, all in one file.

    Everything the page needs is in it, and it forbids itself to load anything. Texts from data are escaped.
    """
    return _page(area, evaluation, t, view, about, plan=None)


def plan_page_bytes(findings: Findings, t: Translator, about: About) -> bytes:
    """Return the web page of a plan: as :func:`page_bytes`, with its rooms and what it changes.

    Where there is no plan, it is the page of the ranking.
    """
    area, evaluation, plan, effect = findings.area, findings.evaluation, findings.plan, findings.effect
    if plan is None or effect is None:
        return page_bytes(area, evaluation, t, ranking_view(findings), about)
    title = t("output.page.title", area=area.name, rooms=len(plan.candidate_ids))
    told = replace(about, title=title)
    parts = plan_parts(findings, plan, effect, t)
    return _page(area, evaluation, t, plan_view(findings), told, plan=parts)


def _page(
    area: StudyArea,
    evaluation: Evaluation,
    t: Translator,
    view: MapView,
    about: About,
    *,
    plan: dict[str, Any] | None,
) -> bytes:
    own = files("planning.export")
    scripts, style = inline_assets(area)
    drawn, script = _map(area, t, view)
    page_style = own.joinpath("page.css").read_text(encoding="utf-8")
    page_script = own.joinpath("page.js").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    content = environment.from_string(_PAGE).render(
        t=t,
        about=about,
        map=drawn,
        styles=Markup(f"{style}\n{page_style}"),  # noqa: S704 - our own files
        scripts=[Markup(text) for text in (*scripts, script, page_script)],  # noqa: S704 - our own files, data escaped
        plan=plan,
        rooms=_rooms(area, evaluation, t),
        sites=_sites(area, t),
        levels=_levels(area, evaluation, t),
        estimate=estimate_note(t, area),
    )
    return content.encode()
