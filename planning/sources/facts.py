"""Tables of facts about the network and its districts: messy years, shares, totals and sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from planning.area.catalogues import records
from planning.area.study_area import Programme
from planning.sources.shares import city_series

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from planning.sources.shares import CitySeries

TABLES = (
    "offices", "dependances", "programme", "venues", "city_series", "stadtbezirke", "statistische_bezirke",
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_VIA_WIKIPEDIA = re.compile(r"German Wikipedia \(stored copy\), citing ([^|]+?)(?=\s*(?:\||$))")
_BY_SUBTRACTION = re.compile(r"population_((?:19|20)\d{2})_by_subtraction")
_SHARE_YEARS = {
    "foreigner_pct": "foreigner_date",
    "migration_pct": "migration_year",
    "unemployment_pct": "unemployment_year",
    "sgb2_pct": "sgb2_date",
    "under18_pct": "age_year",
    "over65_pct": "age_year",
}


@dataclass(frozen=True, eq=False)
class Facts:
    """The fact tables by file stem; a table that is not there is absent."""

    tables: dict[str, pd.DataFrame]

    def get(self, table: str) -> pd.DataFrame:
        """Return a table, empty where there is none."""
        return self.tables.get(table, pd.DataFrame())


def read_facts(folder: Path | None) -> Facts:
    """Read the fact tables that are there; all cells are text, an empty cell is missing."""
    if folder is None:
        return Facts({})
    files = {name: folder / f"{name}.csv" for name in TABLES}
    read = {name: pd.read_csv(file, dtype="str") for name, file in files.items() if file.exists()}
    return Facts(read)


def years_in(text: object) -> list[int]:
    """Return the years a text names, ascending.

    >>> years_in("2020/2021 (infobox 2020-12-31, text 2021-12-31)")
    [2020, 2021]
    """
    return sorted({int(year) for year in _YEAR.findall(text)}) if isinstance(text, str) else []


def is_newer(text: object, than: int) -> bool:
    """Tell whether even the earliest year a text names is after ``than``; a text without a year is not."""
    years = years_in(text)
    return bool(years) and years[0] > than


def clean_source(text: object) -> object:
    """Return a source as it is to be cited; NaN stays NaN.

    >>> clean_source("German Wikipedia (stored copy), citing Dortmunder Statistik | https://example.org")
    'Dortmunder Statistik, via Wikipedia | https://example.org'
    """
    return _VIA_WIKIPEDIA.sub(r"\1, via Wikipedia", text) if isinstance(text, str) else text


def programme_of(facts: Facts, known: int) -> Programme:
    """Return how many dependances are planned and open; what no source says is 0 and the number known."""
    table = facts.get("programme")
    if table.empty:
        return Programme(0, known)
    rows = table.drop_duplicates("key").set_index("key")

    def leading(key: str, default: int) -> int:
        found = re.match(r"\s*(\d+)", str(rows["value"].get(key, "")))
        return int(found.group(1)) if found else default

    urls = rows["source_url"].reindex(["target_dependancen", "dependancen_reached"]).dropna().unique()
    return Programme(
        leading("target_dependancen", 0), leading("dependancen_reached", known), " | ".join(urls)
    )


def _keyed(table: pd.DataFrame, districts: gpd.GeoDataFrame, level: str) -> pd.DataFrame:
    names = districts[districts["level"] == level].set_index("name")["key"]
    return table.assign(level=level, key=table["name"].map(names)).dropna(subset=["key"])


def _with_population(table: pd.DataFrame) -> pd.DataFrame:
    """Take the population by subtraction, the newest first, where none was published."""
    table = table.assign(basis="published")
    found = {match[1]: name for name in table.columns if (match := _BY_SUBTRACTION.fullmatch(name))}
    for year in sorted(found, reverse=True):
        fill = table["population"].isna() & table[found[year]].notna()
        table = table.assign(
            population=table["population"].mask(fill, table[found[year]]),
            population_date=table["population_date"].mask(fill, year),
            basis=table["basis"].mask(fill, "subtraction"),
        )
    return table


def district_facts(facts: Facts, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the fact rows of boroughs and quarters by level and key, with ``basis`` of the population."""
    parts = []
    for level, name in (("borough", "stadtbezirke"), ("quarter", "statistische_bezirke")):
        table = facts.get(name)
        if not table.empty:
            parts.append(_with_population(_keyed(table, districts, level)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def figures(facts: Facts, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the published figures in long form: level, key, indicator, value, unit, year, source."""
    columns = ["level", "key", "indicator", "value", "unit", "year", "source"]
    table = district_facts(facts, districts)
    parts = []
    for indicator, year in {"residents": "population_date", **_SHARE_YEARS}.items():
        column = "population" if indicator == "residents" else indicator
        if column not in table:
            continue
        chosen = table.dropna(subset=[column])
        part = pd.DataFrame(
            {
                "level": chosen["level"],
                "key": chosen["key"],
                "indicator": indicator,
                "value": chosen[column].astype(float),
                "unit": "persons" if indicator == "residents" else "percent",
                "year": chosen.get(year),
                "source": chosen["source_url"].map(clean_source),
            }
        )
        parts.append(part)
    if not parts:
        return pd.DataFrame(
            {name: pd.Series(dtype="float64" if name == "value" else "str") for name in columns}
        )
    return pd.concat(parts).sort_values(["level", "key", "indicator"], ignore_index=True)


def _city_totals(series: CitySeries, after: int) -> list[dict[str, object]]:
    people = series.people[series.people["year"] > after]
    if people.empty:
        return []
    newest = people.iloc[-1]
    row = {"level": "city", "key": "city", "basis": "published", "share_year": None}
    totals = [
        row
        | {
            "group": "residents",
            "total": newest["value"],
            "year": newest["as_of"],
            "source": newest["source_url"],
        }
    ]
    both = series.shares.merge(people, on="year", suffixes=("", "_people"))
    if not both.empty:
        last = both.iloc[-1]
        totals.append(
            row
            | {
                "group": "foreign_nationals",
                "total": round(last["value"] / 100 * last["value_people"]),
                "year": last["as_of_people"],
                "share_year": last["as_of"],
                "basis": "share_times_residents",
                "source": last["source_url"],
            }
        )
    return totals


def _foreign_nationals(fact: dict[str, Any], people: float, series: CitySeries) -> dict[str, object]:
    """Return the total that a share of foreign nationals stands for; an old share is carried forward."""
    years = years_in(fact["foreigner_date"])
    published = float(fact["foreigner_pct"])
    carried = series.carried(published, (years[0] + years[-1]) / 2)
    return {
        "group": "foreign_nationals",
        "total": float(round(people * (published if carried is None else carried) / 100)),
        "share_year": fact["foreigner_date"],
        "basis": "share_times_residents" if carried is None else "share_carried_forward",
    }


def newer_totals(facts: Facts, districts: gpd.GeoDataFrame, after: int) -> pd.DataFrame:
    """Return the totals of residents and foreign nationals that are newer than the census.

    Parameters
    ----------
    facts
        Fact tables; totals of foreign nationals are share times residents, both of the same district and both
        newer than the census (their years may differ and are both kept). A share older than the newest of
        the city is carried forward, see :meth:`planning.sources.shares.CitySeries.carried`.
    districts
        Districts of the area.
    after
        Year of the census; a figure counts if even the earliest year its date names is later.

    Returns
    -------
    Columns level, key, group, total, year, share_year, basis, source.
    """
    columns = ["level", "key", "group", "total", "year", "share_year", "basis", "source"]
    series = city_series(facts.get("city_series"))
    rows = _city_totals(series, after)
    for fact in records(district_facts(facts, districts)):
        if pd.isna(fact["population"]) or not is_newer(fact["population_date"], after):
            continue
        people = float(fact["population"])
        common = {
            "level": fact["level"],
            "key": fact["key"],
            "year": fact["population_date"],
            "source": fact["source_url"],
        }
        rows.append(
            common | {"group": "residents", "total": people, "basis": fact["basis"], "share_year": None}
        )
        if pd.notna(fact.get("foreigner_pct")) and is_newer(fact["foreigner_date"], after):
            rows.append(common | _foreign_nationals(fact, people, series))
    totals = pd.DataFrame(rows, columns=columns)
    return totals.assign(source=totals["source"].map(clean_source))
