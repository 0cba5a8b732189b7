"""The notebook runs from top to bottom, and what it arrives at holds."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

# One worker runs the notebook once for all tests here.
pytestmark = pytest.mark.xdist_group("notebook")

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "dortmund.ipynb"
PROBE = """
import json
print(json.dumps({
    "need": float(need.sum()),
    "need_by_borough": float(by_borough.sum()),
    "families": float(families.sum()),
    "boroughs": len(boroughs),
    "covered": float(city.covered),
    "covered_by_borough": float(boroughs["covered"].sum()),
    "worst_share": float(boroughs.set_index("key").loc[worst, "share"]),
    "lowest_share": float(boroughs["share"].min()),
    "by_minutes": [float(share) for share in by_minutes],
    "share": float(city.share),
    "mean": walk.mean,
    "p90": walk.p90,
    "gini": inequality,
    "hours_offered": float(hours.sum()),
    "hours_received": float((hours_per_person * need).sum()),
    "reach_km2": reach.area / 1e6,
    "reach_holds_site": bool(reach.contains(dorstfeld.geometry.iloc[0])),
    "scores": [float(score) for score in top["score"]],
    "ranks": [int(rank) for rank in top["rank"]],
    "best_sum": sum(part.contribution for part in facts.score.parts),
    "best_total": facts.score.total,
    "gained": facts.need_gained,
    "in_reach": facts.need_in_reach,
    "site_metres": [site.metres for site in facts.sites],
    "kept": len(kept),
    "candidates": len(table),
    "drawn": len(figure.axes),
}))
"""


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def arrived():
    """Run the notebook and return what its variables held at the end."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PROBE))
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(ROOT)}})
    client.execute()
    output = notebook.cells[-1].outputs[0]
    pictures = sum(
        "image/png" in out.get("data", {}) for cell in notebook.cells for out in cell.get("outputs", ())
    )
    return json.loads(output.text) | {"pictures": pictures}


def test_notebook_is_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert len(code_cells(notebook)) >= 10
    assert not [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count]


def test_need_is_conserved_and_grows_with_weights(arrived):
    assert arrived["need"] > 0
    assert arrived["need_by_borough"] == pytest.approx(arrived["need"], rel=1e-9)
    assert arrived["families"] > arrived["need"]


def test_coverage_of_the_boroughs_adds_up_to_that_of_the_city(arrived, dortmund):
    assert arrived["boroughs"] == len(dortmund.level("borough"))
    assert arrived["covered_by_borough"] == pytest.approx(arrived["covered"], rel=1e-9)
    assert arrived["worst_share"] == arrived["lowest_share"] < arrived["share"] < 1


def test_coverage_grows_with_minutes(arrived):
    assert arrived["by_minutes"] == sorted(arrived["by_minutes"])
    assert arrived["by_minutes"][2] == arrived["share"]
    assert 0 < arrived["mean"] < arrived["p90"]


def test_consultation_hours_are_all_handed_out(arrived):
    assert arrived["hours_received"] == pytest.approx(arrived["hours_offered"], rel=1e-9)
    assert 0 < arrived["gini"] < 1


def test_reach_holds_its_site_and_stays_within_the_circle(arrived):
    assert arrived["reach_holds_site"]
    assert 0.1 < arrived["reach_km2"] < 3.1416 * (1.125 + 0.04) ** 2


def test_ranking_and_facts_agree(arrived, dortmund):
    assert arrived["ranks"] == list(range(1, 15))
    assert arrived["scores"] == sorted(arrived["scores"], reverse=True)
    assert all(0 <= score <= 100 for score in arrived["scores"])
    assert arrived["candidates"] == (dortmund.candidates["status"] == "open").sum()
    assert arrived["best_total"] == arrived["scores"][0] == pytest.approx(arrived["best_sum"], abs=1e-9)
    assert 0 <= arrived["gained"] <= arrived["in_reach"]
    assert arrived["site_metres"] == sorted(arrived["site_metres"])
    assert 0 <= arrived["kept"] < 14


def test_picture_is_drawn(arrived):
    assert arrived["pictures"] == 1
    assert arrived["drawn"] == 1
