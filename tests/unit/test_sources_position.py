"""Where an uploaded row lies: latitude and longitude that stand in each other's column."""

from __future__ import annotations

import pytest

from planning.errors import UploadError
from planning.i18n import LANGUAGES, Translator, explain
from planning.sources.spreadsheet import read_table


def upload(lat, lon, language="de", crs="EPSG:25832"):
    data = f"Name;Art;Breite;Länge\nTreff;Café;{lat};{lon}\n".encode()
    return read_table(data, "t.csv", "candidates", Translator(language), crs=crs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_swapped_degrees_are_recognised_and_said_so(language):
    with pytest.raises(UploadError) as caught:
        upload("7,4653", "51,5136", language)
    fault = caught.value.faults[0]
    assert (fault.code, fault.row, fault.column) == ("upload_degrees_swapped", 2, "Breite")
    told = explain(caught.value, Translator(language))[-1]
    assert "7.4653" in told
    assert "51.5136" in told


def test_degrees_the_right_way_round_are_taken():
    row = upload("51,5136", "7,4653").iloc[0]
    assert (round(row["x"]), round(row["y"])) == (393507, 5708058)


def test_degrees_that_fit_neither_way_are_not_called_swapped():
    row = upload("-33,9", "18,4").iloc[0]
    assert row["y"] < 0
