"""Coverage, walking time, supply and spread on figures small enough to reckon by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from planning import access
from planning.access import (
    coverage,
    coverage_by,
    e2sfca,
    extend,
    gini,
    lorenz,
    measure,
    nearest,
    open_sites,
    walk_minutes,
    weighted_quantile,
    worst_district,
)
from planning.walking import build_network
from tests.fixtures.areas import EAST, NORTH

TABLES = ("candidates", "sites", "candidate_sites", "candidate_stops", "candidate_places")


@pytest.fixture(scope="module")
def measured(tiny_area):
    return measure(tiny_area)


def test_open_sites_are_open_placed_and_of_a_kind_that_counts(tiny_area):
    assert open_sites(tiny_area.sites)["site_id"].tolist() == ["s1", "s2"]
    sites = tiny_area.sites
    assert open_sites(sites.assign(status="closed")).empty
    assert open_sites(sites.assign(kind="kiosk")).empty
    assert open_sites(sites.assign(status="open"))["site_id"].tolist() == ["s1", "s2"]


def test_nearest_is_the_smallest_and_infinite_without_sites():
    assert nearest(np.array([[3.0, 1.0], [np.inf, np.inf]])).tolist() == [1.0, np.inf]
    assert nearest(np.empty((2, 0), dtype=np.float32)).tolist() == [np.inf, np.inf]


def test_coverage_counts_the_limit_itself():
    found = coverage(np.array([100.0, 200.0, np.inf], np.float32), [1.0, 2.0, 5.0], 200.0)
    assert (found.covered, found.total, found.share) == (3.0, 8.0, 3 / 8)


def test_coverage_without_need_has_no_share():
    found = coverage([100.0], [0.0], 200.0)
    assert np.isnan(found.share)
    assert found.total == 0.0


@pytest.fixture
def cells():
    return pd.DataFrame({"borough": ["b", "b", "a", np.nan, "c"]})


def test_coverage_by_district(cells):
    out = coverage_by(cells, [10.0, 30.0, 30.0, 10.0, 10.0], [1.0, 3.0, 2.0, 9.0, 0.0], 20.0, "borough")
    assert out["key"].tolist() == ["a", "b", "c"]
    assert out["need"].tolist() == [2.0, 4.0, 0.0]
    assert out["covered"].tolist() == [0.0, 1.0, 0.0]
    np.testing.assert_allclose(out["share"], [0.0, 0.25, np.nan])


def test_coverage_by_district_lists_districts_without_cells(cells):
    districts = pd.DataFrame({"level": ["borough"] * 4 + ["quarter"], "key": ["d", "c", "b", "a", "q"]})
    out = coverage_by(cells, [10.0] * 5, [1.0] * 5, 20.0, "borough", districts=districts)
    assert out["key"].tolist() == ["a", "b", "c", "d"]
    assert out["need"].tolist() == [1.0, 2.0, 1.0, 0.0]


def test_coverage_by_priority_area_uses_the_centres(tiny_area):
    need = np.ones(len(tiny_area.cells))
    out = coverage_by(tiny_area.cells, need, need, 5.0, "priority_area", districts=tiny_area.districts)
    assert out["key"].tolist() == ["ost"]
    assert out["need"].tolist() == [float(tiny_area.cells["borough"].eq("ost").sum())]


def test_the_worst_district_has_the_lowest_share_then_the_most_left():
    table = pd.DataFrame(
        {
            "key": ["a", "b", "c", "d"],
            "need": [10.0, 20.0, 5.0, 0.0],
            "covered": [0.0, 0.0, 5.0, 0.0],
            "share": [0.0, 0.0, 1.0, np.nan],
        }
    )
    assert worst_district(table) == "b"
    assert worst_district(table[2:3]) == "c"
    assert worst_district(table[3:]) is None


def test_weighted_quantile_is_the_first_value_to_hold_the_share():
    assert weighted_quantile([3.0, 1.0, 2.0], [1.0, 1.0, 8.0], 0.1) == 1.0
    assert weighted_quantile([3.0, 1.0, 2.0], [1.0, 1.0, 8.0], 0.9) == 2.0
    assert weighted_quantile([3.0, 1.0, 2.0], [1.0, 1.0, 8.0], 0.91) == 3.0
    assert weighted_quantile([5.0, 1.0], [0.0, 2.0], 1.0) == 1.0
    assert np.isnan(weighted_quantile([1.0], [0.0], 0.5))


def test_walking_time_reports_need_that_reaches_nothing():
    walk = walk_minutes([75.0, 750.0, np.inf], [3.0, 1.0, 4.0], 75.0)
    assert walk.mean == pytest.approx((3 * 1 + 1 * 10) / 4)
    assert walk.p90 == 10.0
    assert walk.unreached == 4.0


def test_with_a_cap_all_need_counts():
    walk = walk_minutes([75.0, 7500.0, np.inf], [3.0, 1.0, 4.0], 75.0, cap=60.0)
    assert walk.mean == pytest.approx((3 * 1 + 1 * 60 + 4 * 60) / 8)
    assert walk.p90 == 60.0
    assert walk.unreached == 4.0


def test_walking_time_without_any_reach_is_unknown():
    walk = walk_minutes([np.inf], [2.0], 75.0)
    assert np.isnan(walk.mean)
    assert np.isnan(walk.p90)
    assert walk.unreached == 2.0


def test_e2sfca_by_hand():
    metres = np.array([[100.0, np.inf], [1000.0, 700.0], [9000.0, 1500.0]])
    need, hours = np.array([10.0, 20.0, 5.0]), np.array([2.0, 4.0])
    first = 2.0 / (10 * 1.0 + 20 * 0.68)
    second = 4.0 / (20 * 1.0 + 5 * 0.68)
    expected = [first, 0.68 * first + second, 0.68 * second]
    np.testing.assert_allclose(e2sfca(metres, need, hours), expected)


def test_e2sfca_ends_with_the_last_zone_and_takes_other_zones():
    metres = np.array([[250.0], [251.0]])
    out = e2sfca(metres, [2.0, 2.0], [1.0], zones=((250.0, 0.5),))
    assert out.tolist() == [0.5, 0.0]
    assert e2sfca(np.full((2, 1), np.inf), [1.0, 1.0], [3.0]).tolist() == [0.0, 0.0]


def test_lorenz_and_gini_by_hand():
    people, amount = lorenz([3.0, 1.0], [1.0, 1.0])
    assert people.tolist() == [0.0, 0.5, 1.0]
    assert amount.tolist() == [0.0, 0.25, 1.0]
    assert gini([3.0, 1.0]) == pytest.approx(0.25)
    assert gini([2.0, 2.0, 2.0]) == pytest.approx(0.0)
    assert gini([0.0, 0.0, 0.0, 8.0]) == pytest.approx(0.75)
    assert gini([0.0, 8.0], [3.0, 1.0]) == pytest.approx(0.75)


def test_nothing_to_share_has_no_gini():
    assert np.isnan(gini([0.0, 0.0]))
    assert np.isnan(gini([]))


def test_measure_covers_cells_sites_stops_and_places(tiny_area, measured):
    cells, rooms = len(tiny_area.cells), len(tiny_area.candidates)
    assert measured.candidate_ids == ("k1", "k2", "k3", "k4")
    assert measured.site_ids == ("s1", "s2")
    assert measured.candidates.shape == (cells, rooms)
    assert measured.sites.shape == (cells, 2)
    assert measured.candidate_sites.shape == (2, rooms)
    assert all(getattr(measured, name).dtype == np.float32 for name in TABLES)
    assert measured.candidate_sites[:, 3].tolist() == [900.0, 1500.0]
    assert measured.candidate_stops[0, 0] == pytest.approx(100.0)
    assert np.isinf(measured.candidate_stops[0, 1])
    assert measured.candidate_places[1, 1] == pytest.approx(200.0)
    assert measured.candidates[3, 3] == pytest.approx(150 + 300)
    assert not measured.snapped_cells.beyond_cap.any()


def test_measured_distances_are_read_only(measured):
    for name in TABLES:
        with pytest.raises(ValueError, match="read-only"):
            getattr(measured, name)[0, 0] = 1.0


def test_measure_keeps_within_its_limit_and_reports_progress(tiny_area):
    seen = []
    near = measure(tiny_area, limit_m=400.0, progress=lambda done, total: seen.append((done, total)))
    reached = near.candidates[np.isfinite(near.candidates)]
    assert reached.size
    assert reached.max() <= 400.0
    assert near.candidate_stops[np.isfinite(near.candidate_stops)].max() <= 500.0
    assert seen[-1] == (4, 4)


def _moved(table, row, x, y):
    changed = table.copy()
    changed.loc[row, ["x", "y"]] = x, y
    changed.loc[row, "geometry"] = Point(x, y)
    return changed


def _added(table, **values):
    row = gpd.GeoDataFrame([values], geometry=[Point(values["x"], values["y"])], crs=table.crs)
    return pd.concat([table, row.reindex(columns=table.columns)], ignore_index=True)


def _changes(area):
    rooms, sites = area.candidates, area.sites
    new_room = _added(rooms, candidate_id="k9", x=EAST + 1250, y=NORTH + 620)
    new_site = _added(sites, site_id="s9", kind="dependance", status="open", x=EAST + 910, y=NORTH + 1500)
    yield "nothing", {}
    yield "room added", {"candidates": new_room}
    yield "room moved", {"candidates": _moved(rooms, 1, EAST + 20, NORTH + 910)}
    yield "rooms turned round, one gone", {"candidates": rooms.iloc[[3, 0, 2]].reset_index(drop=True)}
    yield "site added", {"sites": new_site}
    yield "site closed", {"sites": sites.assign(status=["closed", "open", "unknown"])}
    yield "site moved, room added", {"sites": _moved(sites, 0, EAST + 600, NORTH), "candidates": new_room}
    yield "all sites gone", {"sites": sites.iloc[:0]}


@pytest.mark.parametrize("change", range(8))
def test_extend_gives_what_measuring_afresh_gives(tiny_area, measured, change):
    _, tables = list(_changes(tiny_area))[change]
    after = tiny_area.with_tables(**tables)
    grown, fresh = extend(measured, after), measure(after)
    assert grown.candidate_ids == fresh.candidate_ids
    assert grown.site_ids == fresh.site_ids
    for name in TABLES:
        np.testing.assert_allclose(getattr(grown, name), getattr(fresh, name), rtol=1e-6, err_msg=name)


def test_extend_searches_only_for_what_is_new(tiny_area, measured, monkeypatch):
    searched = []
    real = access.walking_distances

    def counting(network, origins, *rest, **options):
        searched.append(len(origins))
        return real(network, origins, *rest, **options)

    monkeypatch.setattr(access, "walking_distances", counting)
    network = build_network(tiny_area.nodes, tiny_area.edges)
    extend(measured, tiny_area, network=network)
    assert sum(searched) == 0
    after = tiny_area.with_tables(candidates=_moved(tiny_area.candidates, 1, EAST + 20, NORTH + 910))
    extend(measured, after, network=network)
    assert max(searched) == 1


def test_a_room_too_far_from_any_path_is_reported(tiny_area, measured):
    far = _added(tiny_area.candidates, candidate_id="k9", x=EAST - 5000, y=NORTH)
    grown = extend(measured, tiny_area.with_tables(candidates=far))
    assert grown.snapped_candidates.beyond_cap.tolist() == [False] * 4 + [True]
    assert np.isinf(grown.candidates[:, 4]).all()
