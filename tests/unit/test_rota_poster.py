"""The poster of a place, read by an independent reader: one page, large type, nothing that was not given."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata

import pypdf
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from planning.i18n import Translator, catalogue_keys
from planning.render.rota_poster import Language, _letters, language_of, languages_of, poster_pdf
from tests.unit.test_sheets import fonts_of

DE, EN = Translator("de"), Translator("en")
DATE = dt.date(2026, 11, 26)
LANGUAGES = ("Deutsch", "Arabisch", "Farsi", "Türkisch", "Kurdisch", "Französisch", "Englisch")
ARABIC = "مركز الاستشارة "
FULL = [(day, 9 * 60 + 15, 11 * 60 + 45) for day in (*range(7), *range(7))]


def poster(t=DE, **changed):
    given = {
        "place_name": "Dependance Dorstfeld",
        "address": "Oberbank 11",
        "duties": [(1, 14 * 60, 16 * 60)],
        "languages": LANGUAGES,
        "area_name": "Dortmund",
        "date": DATE,
    }
    return poster_pdf(t, **(given | changed))


def reader_of(content):
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content):
    [page] = reader_of(content).pages
    return unicodedata.normalize("NFKC", " ".join(page.extract_text().replace("\u200b", "").split()))


def sizes_of(content):
    """Return the size of each piece of text, in points."""
    found = {}

    def see(text, _, matrix, __, size):
        if text.strip():
            found[text.strip()] = abs(size * matrix[3])

    reader_of(content).pages[0].extract_text(visitor_text=see)
    return found


@pytest.mark.parametrize(
    ("t", "day", "hours"), [(DE, "Dienstag", "14:00–16:00 Uhr"), (EN, "Tuesday", "14:00–16:00")]
)
def test_a_poster_is_one_page_that_says_what_is_given(t, day, hours):
    content = poster(t, note="Bitte klingeln.")
    reader, text = reader_of(content), text_of(content)
    assert len(reader.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    for words in ("Dependance", "Dorstfeld", "Oberbank 11", "Dortmund", day, hours, "Bitte klingeln."):
        assert words in text
    assert reader.trailer["/Root"]["/Lang"] == t.language
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == t("rota_files.poster.title", name="Dependance Dorstfeld")
    fonts = list(fonts_of(reader))
    assert fonts
    assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts)


def test_nothing_is_said_that_was_not_given():
    text = text_of(poster(address="", languages=(), duties=[]))
    assert (
        text
        == "Sprechstunde Dortmund Dependance Dorstfeld Die Zeiten stehen noch nicht fest. Stand: 26.11.2026"
    )


def test_languages_stand_in_their_own_name_too():
    text = text_of(poster(EN))
    for own, name in (
        ("Türkçe", "Turkish"),
        ("Kurdî", "Kurdish"),
        ("Français", "French"),
        ("Deutsch", "German"),
    ):
        assert own in text
        assert name in text
    assert "Arabic" in text
    assert text.count("English") == 1
    letters = [character for character in text if unicodedata.bidirectional(character) == "AL"]
    assert len(letters) >= len("العربيةفارسی") - 1


def test_type_is_large_enough_for_a_window():
    sizes = sizes_of(poster())
    assert sizes["Dienstag"] >= 50
    assert min(size for text, size in sizes.items() if not text.startswith("Stand")) >= 14


@pytest.mark.parametrize(
    "name", ["Tremoniaschule", "Kath. Kindertageseinrichtung St. Aloysius", "Gemeindezentrum", "Rekorder II"]
)
def test_no_word_of_a_name_runs_over_the_edge(name):
    sizes = sizes_of(poster(place_name=name))
    bold = FontProperties(family="DejaVu Sans", weight="bold")
    for word in name.split():
        size = next(size for text, size in sizes.items() if word in text)
        width = TextPath((0, 0), word, size=size, prop=bold).get_extents().width
        assert width <= 178 / 25.4 * 72  # between the margins


@pytest.mark.parametrize(
    "text",
    [
        "Wort " * 60,
        "Donaudampfschiff" * 20,
        ARABIC * 20,
        "😀" * 300,
        "🏳️‍🌈👩🏽‍🚀" * 40,
        "W" * 300,
        "l\n; ,#[]$*_\ud800\x00" * 30,
    ],
)
@pytest.mark.parametrize("duties", [FULL[:2], FULL])
def test_a_poster_stays_one_page(text, duties):
    text = text[:300]
    content = poster(
        place_name=text, address=text, note=text * 2, area_name=text, duties=duties,
        languages=[*LANGUAGES, text, *(f"Sprache {number}" for number in range(40))],
    )  # fmt: skip
    assert len(reader_of(content).pages) == 1
    assert "Sonntag" in text_of(content) or duties != FULL


@pytest.mark.parametrize("letters", [12, 40, 75, 130, 200])
def test_a_poster_stays_one_page_whatever_the_length_of_its_texts(letters):
    text = ("Haus der Begegnung am Wald " * 12)[:letters]
    content = poster(
        place_name=text, address=text, note=text, duties=FULL[:7], languages=(*LANGUAGES, "Urdu")
    )
    assert len(reader_of(content).pages) == 1


def test_symbols_that_the_type_lacks_are_left_out_letters_are_not():
    reader = reader_of(poster(place_name="Haus 🦄🏳️‍🌈 am Markt 中文"))
    assert reader.metadata.title == "Sprechstunde: Haus am Markt 中文"


def test_markup_in_names_is_plain_text():
    assert "#image(1) $x$ *b*" in text_of(poster(place_name="#image(1) $x$ *b*"))


@pytest.mark.parametrize("text", ["fa", "Farsi", "persisch", "Persian (Farsi)", "فارسی"])
def test_a_language_is_known_by_all_its_names(text):
    assert language_of(DE, text) == Language("Persisch (Farsi)", "فارسی", "fa")


def test_languages_come_once_and_unknown_ones_as_given():
    found = languages_of(EN, ["Farsi", "Persisch", " ", "Klingonisch", "中文"])
    assert [one.name for one in found] == ["Persian (Farsi)", "Klingonisch", "中文"]
    assert found[1].own == found[1].code == ""


def test_the_type_has_the_letters_of_every_own_name():
    own = {
        key: texts
        for key, texts in catalogue_keys().items()
        if key.startswith("rota_files.language.") and key.endswith(".own")
    }
    assert len(own) > 30
    for key, texts in own.items():
        assert texts["de"] == texts["en"], key
        assert {ord(character) for character in texts["de"]} <= _letters(), key


def test_no_name_means_two_languages():
    meant = {}
    for key, texts in catalogue_keys().items():
        if key.startswith("rota_files.language."):
            _, _, code, what = key.split(".")
            for text in texts.values():
                for word in text.split(";") if what == "alias" else [text]:
                    assert meant.setdefault(word.casefold(), code) == code


def test_the_same_input_gives_the_same_poster():
    assert poster(EN) == poster(EN)
