"""Documents and links that somebody made up: refused in words or taken as plain text, never anything else."""

from __future__ import annotations

import base64
import copy
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from planning.errors import UploadError
from planning.i18n import LANGUAGES, Translator, explain
from planning.model import MOST_OPINIONS, Opinion
from planning.scenarios.document import VERSION, content_id, document_bytes, document_of, snapshot_id
from planning.scenarios.link import LONGEST, link_text, read_link
from planning.scenarios.reading import (
    DEEPEST,
    LIMIT_BYTES,
    MOST_FAULTS,
    checked_document,
    depth_of,
    parse,
    read_snapshot,
)
from tests.fixtures.scenarios import (
    FILES,
    NOW,
    at,
    document,
    kept_plan,
    mutated_bytes,
    mutated_structure,
    places,
    plain_snapshot,
    replaced,
)

GOOD = document()
GOOD.pop("id")


def written(made, **options):
    return json.dumps(made, **options).encode("utf-8", "surrogatepass")


def refused(content, code=None, fault=None, reads=read_snapshot):
    """See that something is refused, in words of both languages, and return the error."""
    with pytest.raises(UploadError) as raised:
        reads(content)
    error = raised.value
    words(error)
    if code:
        assert error.code == code, str(error)
    if fault:
        assert fault in {one.code for one in error.faults}, str(error)
    return error


def words(error):
    texts = [explain(error, Translator(language)) for language in LANGUAGES]
    for lines in texts:
        assert all(lines)
        for line in lines:
            assert len(line) < 1000
            assert line.isprintable(), repr(line)
    assert texts[0] != texts[1]


def changed(*path, to):
    return written(replaced(GOOD, path, to))


# --- the text

NO_JSON = {
    "empty": b"",
    "blank": b"  \n ",
    "cut": written(GOOD)[:-10],
    "trailing garbage": written(GOOD) + b"}",
    "two documents": written(GOOD) * 2,
    "comment": b"// note\n" + written(GOOD),
    "single quotes": b"{'format': 'dependance-scenario'}",
    "trailing comma": b'{"format": "dependance-scenario",}',
    "NaN": b'{"format": NaN}',
    "Infinity": b'{"format": Infinity}',
    "minus Infinity": b'{"format": -Infinity}',
    "twice": b'{"format": "dependance-scenario", "version": 1, "version": 2}',
    "twice within": b'{"a": {"b": 1, "b": 1}}',
    "digits without end": b'{"a": ' + b"9" * 100_000 + b"}",
    "control character": b'{"a": "\x01"}',
    "line break in a text": b'{"a": "x\ny"}',
    "bare escape": rb'{"a": "\x41"}',
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "NUL": b"\x00" * 100,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a pickle": b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "two byte order marks": b"\xef\xbb\xbf" * 2 + written(GOOD),
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_json_is_refused(name):
    refused(NO_JSON[name], "scenario_not_json")


@pytest.mark.parametrize(
    "content", [b"null", b"true", b"1", b'"text"', b"[]", b"{}", b'[{"format": 1}]', b"1e999"]
)
def test_json_of_something_else_is_refused(content):
    refused(content, "scenario_not_one")


@pytest.mark.parametrize(
    "form", [None, 1, "", "scenario", "dependance-scenario ", ["dependance-scenario"], {}]
)
def test_another_format_is_refused(form):
    refused(changed("format", to=form), "scenario_not_one")


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"format": "dependance-scenario", "version": 1, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    ],
)
def test_deeply_nested_is_refused(content):
    refused(content, "scenario_deep")


def test_depth_counts_brackets_outside_of_texts_only():
    assert depth_of(b'"[[[[" [["]"]]') == 2
    assert depth_of(rb'["\"[[[[", "\\", ["["]]') == 2
    assert depth_of(b'["[[[[[[') == 1  # a text that does not end
    made = plain_snapshot(notes='[{"' * 100 + "\\" * 7 + '"]]')
    assert read_snapshot(document_bytes(document_of(made))) == made


def test_too_large_is_refused_before_it_is_looked_at():
    refused(b"[" * (LIMIT_BYTES + 1), "scenario_large")
    refused(written(GOOD) + b" " * LIMIT_BYTES, "scenario_large")
    read_snapshot(written(GOOD).ljust(LIMIT_BYTES))


def test_too_large_is_not_written_either():
    many = {f"k{number}": "x" * 4000 for number in range(1100)}
    error = refused(plain_snapshot(candidate_notes=many), "scenario_large", reads=checked_document)
    assert error.params["limit_mb"] == 4


HUGE = {
    "quotes": b'"' + rb"\"" * 2_000_000,
    "escapes": b'"' + b"\\\n" * 2_000_000,
    "open texts": b'"' * 4_000_000,
    "one long text": b'"' + b"a" * 4_000_000 + b'"',
    "one key twice among many": b"{" + b",".join(b'"%d":1' % n for n in [*range(300_000), 299_999]) + b"}",
    "many rooms": changed("plan", "rooms", to=[1] * 1_000_000),
    "many sound rooms": changed("plan", "rooms", to=at(GOOD, ("plan", "rooms"))[:1] * 20_000),
    "many removed, one of another form": changed("sites", "removed", to=[*map(str, range(300_000)), 1]),
    "many rows": changed("sites", "changed", to=[{}] * 1_000_000),
    "many cells": changed(
        "sites", "changed", to=[{"site_id": "a", **{f"c{n}": None for n in range(200_000)}}]
    ),
    "many keys": written(GOOD | {f"k{n}": 1 for n in range(200_000)}),
    "many weights": changed("need_weights", to={f"k{n}": 1 for n in range(200_000)}),
    "notes that are a list": changed("notes", to=[1] * 1_000_000),
    "long notes": changed("notes", to="x" * 4_000_000),
    "many corners": changed(
        "value_functions", to={"transit": {"points": [[0, 0]] * 300_000, "missing_value": 0}}
    ),
    "many opinions": changed("opinions", to=[{"name": "A", "weights": {"transit": 1}}] * 90_000),
    "many odd opinions": changed("opinions", to=[{}] * 100_000),
    "many weights in an opinion": changed(
        "opinions", to=[{"name": "A", "weights": {f"k{n}": 1 for n in range(200_000)}}]
    ),
    "a long name": changed("opinions", to=[{"name": "x" * 4_000_000, "weights": {"transit": 1}}]),
    "many judgements": changed("judgements", to=[{"criterion": "a", "against": "b", "times": 1}] * 80_000),
    "many lists": changed("plan_settings", "constraints", "either_or", to=[[]] * 1_000_000),
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_made_to_cost_much_is_refused(name):
    """Each of these once took minutes or gigabytes; here it has to come to an end."""
    assert len(HUGE[name]) <= LIMIT_BYTES
    error = refused(HUGE[name])
    assert len(error.faults) <= MOST_FAULTS


# --- versions and identifiers


@pytest.mark.parametrize("version", [0, -1, True, False, "2", 1.5, 2.0, None, [], {}, "", -(10**30)])
def test_versions_that_never_were_are_refused(version):
    refused(changed("version", to=version), "scenario_version_unknown")


@pytest.mark.parametrize("version", [VERSION + 1, 99, 2**63, 10**400])
def test_a_newer_version_is_refused_and_says_so(version):
    error = refused(changed("version", to=version), "scenario_version_newer")
    assert error.params["known"] == VERSION


def test_a_version_is_needed():
    refused(
        written({key: value for key, value in GOOD.items() if key != "version"}), "scenario_version_unknown"
    )


def test_an_identifier_that_does_not_fit_is_refused():
    sound = GOOD | {"id": content_id(GOOD)}
    assert snapshot_id(read_snapshot(written(sound))) == sound["id"]
    refused(written(sound | {"notes": "Anders"}), "scenario_id_differs")
    refused(written(sound | {"id": "0" * 64}), "scenario_id_differs")
    read_snapshot(written(sound | {"name": "Anders"}))
    for wrong in ("../../etc/passwd", "", "A" * 64, 1, None, "0" * 64 + "\n"):
        refused(written(sound | {"id": wrong}), "scenario_unusable")


# --- values

WRONG = {"text": "text", "number": 1, "flag": True, "null": None, "list": [], "table": {}, "fraction": 0.5}


def form_of(value):
    forms = {str: "text", bool: "flag", int: "number", float: "number", list: "list", dict: "table"}
    return forms.get(type(value), "null")


def fixed_places():
    """Return the place of everything in the documents, of a list's or open table's parts one each."""
    seen = set()
    for path in places(GOOD):
        shape = tuple("#" if isinstance(key, int) else key for key in path)
        if path and shape not in seen and path[-1] not in ("format", "version"):
            seen.add(shape)
            yield path


@pytest.mark.parametrize("path", [*fixed_places()], ids=lambda path: ".".join(map(str, path)))
def test_a_value_of_the_wrong_form_is_refused_everywhere(path):
    here = form_of(at(GOOD, path))
    may_be_null = path[-1] in ("plan", "count", "basis", "before", "after", "share", "worst_share") or (
        path[-1] in ("mean_minutes", "p90_minutes")
    )
    for form, value in WRONG.items():
        same = {here} | ({"fraction"} if here == "number" else set()) | ({"null"} if may_be_null else set())
        if "changed" in path or "either_or" in path:
            same |= {"list", "table"} & {here}
        if form in same or (here == "null" and form in ("number", "table", "fraction")):
            continue
        if path[-1] in ("budget_eur_month", "assumed_cost_eur_month") and form == "number":
            continue
        error = refused(changed(*path, to=value), "scenario_unusable")
        assert error.faults


@pytest.mark.parametrize(
    "path",
    [path for path in fixed_places() if isinstance(at(GOOD, path), int | float) and path[-1] != "version"],
    ids=lambda path: ".".join(map(str, path)),
)
def test_numbers_beyond_all_bounds_are_refused(path):
    if isinstance(at(GOOD, path), bool):
        return
    for number in ("1e999", "-1e999", "1e308", "9" * 400, "-" + "9" * 400):
        content = changed(*path, to="@").replace(b'"@"', number.encode())
        refused(content, "scenario_unusable")


@pytest.mark.parametrize("path", [path for path in fixed_places() if form_of(at(GOOD, path)) == "table"])
def test_unknown_and_missing_keys_are_refused_where_keys_are_fixed(path):
    open_tables = {
        *("layers", "need_weights", "criteria_weights", "value_functions", "boroughs", "candidate_notes"),
        "weights",
    }
    here = at(GOOD, path)
    if path[-1] in open_tables:
        return
    if "changed" in path:
        refused(changed(*path, to=here | {"no such column": 1}), "scenario_unusable", "scenario_key_unknown")
        return
    refused(changed(*path, to=here | {"another": 1}), "scenario_unusable", "scenario_key_unknown")
    if path[-2:-1] == ("boroughs",) or path[-1] == "constraints":
        return
    for key in here:
        less = {name: value for name, value in here.items() if name != key}
        refused(changed(*path, to=less), "scenario_unusable", "scenario_key_missing")


def test_keys_of_the_document_itself_are_fixed():
    refused(written(GOOD | {"__proto__": {}}), "scenario_unusable", "scenario_key_unknown")
    for key in set(GOOD) - {"format", "version"}:
        less = {name: value for name, value in GOOD.items() if name != key}
        refused(written(less), "scenario_unusable", "scenario_key_missing")


@pytest.mark.parametrize("text", ["\ud800", "\udfff x", "a\x00b", "\x1b[31m", "\x7f", "\x85", "\x9b"])
@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("notes",),
        ("area", "name"),
        ("candidates", "changed", 0, "name"),
        ("plan", "rooms", 0, "name"),
        ("plan_settings", "constraints", "must"),
        ("candidate_notes",),
        ("need_weights",),
    ],
    ids=lambda path: ".".join(map(str, path)),
)
def test_control_characters_and_halves_of_characters_are_refused(path, text):
    here = at(GOOD, path)
    value = text if isinstance(here, str) else [text] if isinstance(here, list) else {text: 1.0}
    if path == ("candidate_notes",):
        value = {text: "Notiz"}
    for escaped in (True, False):
        error = refused(written(replaced(GOOD, path, value), ensure_ascii=escaped))
        assert error.code in {"scenario_unusable", "scenario_not_json"}


def test_rows_have_identifiers_each_once():
    row = at(GOOD, ("candidates", "changed", 0))
    without = {name: cell for name, cell in row.items() if name != "candidate_id"}
    refused(changed("candidates", "changed", to=[row, row]), "scenario_unusable", "scenario_row_id")
    for wrong in (without, {}, row | {"candidate_id": ""}, row | {"candidate_id": 1}):
        refused(changed("candidates", "changed", to=[row, wrong]), "scenario_unusable")


def test_value_functions_are_checked_as_everywhere():
    flat = {"points": [[1, 0], [1, 100]], "missing_value": 0}
    error = refused(changed("value_functions", to={"transit": flat}), "scenario_unusable")
    assert error.faults[0].column == "value_functions"
    falls = {"points": [[0, 0], [2, 100]], "missing_value": 0}
    refused(changed("value_functions", to={"need_gained": falls}), "scenario_unusable")
    read_snapshot(changed("value_functions", to={"a criterion of tomorrow": flat}))


OPINION = {"name": "Leitung", "weights": {"transit": 1.0}}


@pytest.mark.parametrize(
    "others",
    [
        [OPINION],
        [OPINION | {"name": "LEITUNG"}],
        [OPINION | {"name": " Leitung  "}],
        [OPINION | {"name": "\u00a0"}],
        [OPINION | {"name": "Le\u0308la"}, OPINION | {"name": "L\u00ebla"}],
    ],
)
def test_opinions_have_names_each_once(others):
    error = refused(changed("opinions", to=[OPINION, *others]), "scenario_unusable", "scenario_opinion_name")
    assert error.faults[0].column == f"opinions.{len(others)}.name"


@pytest.mark.parametrize("weights", [{}, {"transit": 0}, {"transit": 0.0, "a criterion of tomorrow": -0.0}])
def test_an_opinion_weighs_something(weights):
    one = OPINION | {"weights": weights}
    error = refused(changed("opinions", to=[one]), "scenario_unusable", "scenario_opinion_empty")
    assert error.faults[0].column == "opinions.0.weights"


@pytest.mark.parametrize(
    "one",
    [
        OPINION | {"name": ""},
        OPINION | {"name": "x" * 121},
        OPINION | {"name": "A\nB"},
        OPINION | {"name": None},
        OPINION | {"weights": {"transit": -1}},
        OPINION | {"weights": {"transit": 1e7}},
        OPINION | {"weights": {"transit": "1"}},
        OPINION | {"weights": {"": 1}},
        OPINION | {"weights": [1]},
        OPINION | {"mail": "a@example.org"},
        {"name": "Leitung"},
        {"weights": {"transit": 1}},
        [],
        "Leitung",
    ],
)
def test_opinions_of_another_form_are_refused(one):
    refused(changed("opinions", to=[one]), "scenario_unusable")


def test_no_more_opinions_and_judgements_than_allowed():
    many = [OPINION | {"name": f"Person {n}"} for n in range(MOST_OPINIONS + 1)]
    assert len(read_snapshot(changed("opinions", to=many[:-1])).opinions) == MOST_OPINIONS
    refused(changed("opinions", to=many), "scenario_unusable", "scenario_value")
    pairs = [{"criterion": f"k{n}", "against": "transit", "times": 1} for n in range(1001)]
    assert len(read_snapshot(changed("judgements", to=pairs[:-1])).judgements) == 1000
    refused(changed("judgements", to=pairs), "scenario_unusable", "scenario_value")


JUDGEMENT = {"criterion": "transit", "against": "equity", "times": 3}


def test_a_criterion_is_not_judged_against_itself():
    one = JUDGEMENT | {"against": "transit"}
    error = refused(changed("judgements", to=[one]), "scenario_unusable", "scenario_judgement_itself")
    assert error.faults[0].column == "judgements.0"


@pytest.mark.parametrize(
    "other", [JUDGEMENT, JUDGEMENT | {"criterion": "equity", "against": "transit", "times": 1 / 3}]
)
def test_a_pair_is_judged_once_in_one_direction(other):
    error = refused(
        changed("judgements", to=[JUDGEMENT, other]), "scenario_unusable", "scenario_judgement_twice"
    )
    assert error.faults[0].column == "judgements.1"


@pytest.mark.parametrize("times", [0, -3, 0.11, 9.000001, 1e9, "inf", "3", None, True, [3]])
def test_how_many_times_is_bounded(times):
    refused(changed("judgements", to=[JUDGEMENT | {"times": times}]), "scenario_unusable")


@pytest.mark.parametrize("times", ["1e999", "-1e999", "9" * 400])
def test_how_many_times_is_a_number(times):
    content = changed("judgements", to=[JUDGEMENT | {"times": "@"}]).replace(b'"@"', times.encode())
    refused(content, "scenario_unusable")


@pytest.mark.parametrize("level", ["", "LOW", "certain", None, 1, [], {"level": "low"}])
def test_certainty_is_one_of_three(level):
    refused(changed("certainty", to=level), "scenario_unusable")


def test_criteria_of_tomorrow_are_kept_in_the_document():
    one = OPINION | {"weights": {"noise": 1.0}}
    pair = JUDGEMENT | {"against": "noise"}
    snapshot = read_snapshot(written(GOOD | {"opinions": [one], "judgements": [pair]}))
    assert snapshot.opinions[0].weights == {"noise": 1.0}
    assert snapshot.judgements == {("transit", "noise"): 3.0}


def test_all_faults_are_told_together():
    made = copy.deepcopy(GOOD)
    made["reach"]["minutes"] = 31
    made["notes"] = 1
    made["plan"]["status"] = "perfect"
    made["sites"]["removed"] = ["a", "a"]
    error = refused(written(made), "scenario_unusable")
    assert {fault.column for fault in error.faults} == {
        "reach.minutes",
        "notes",
        "plan.status",
        "sites.removed",
    }
    assert error.params["count"] == 4


# --- what is odd, but only text

ODD = {
    "script": "<script>alert(document.cookie)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "path": "../../etc/passwd",
    "absolute path": "/etc/passwd\\..\\C:\\boot.ini",
    "SQL": "'; DROP TABLE revision; DELETE FROM scenario WHERE '1'='1",
    "SQL comment": 'x"); --',
    "formula": "=cmd|' /C calc'!A0",
    "template": "{{7*7}} ${7*7} {name} %(name)s %s {0.__class__}",
    "markdown": "[x](javascript:alert(1)) ![](https://example.org/x.png)",
    "right to left": "\u202egnp.exe\u202c",
    "invisible": "a\u200b\u2060\ufeffb",
    "many marks": "Z" + "\u0301" * 60,
    "private and unassigned": "\ue000\U0010ffff\ufffe",
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_texts_stay_what_they_are(kind, store):
    text = ODD[kind]
    plan = kept_plan()
    rooms = (replace(plan.rooms[0], candidate_id=text, name=text),)
    made = plain_snapshot(
        name=text, notes=text * 3, candidate_notes={text: text}, plan=replace(plan, rooms=rooms)
    )
    made = replace(made, opinions=(Opinion(text, {text: 1.0}),), judgements={(text, "transit"): 3.0})
    assert read_snapshot(document_bytes(checked_document(made))) == made
    assert read_link(link_text(made)) == made
    entry = store.create(made, text, NOW)
    _, kept = store.read(entry.scenario_id)
    assert (kept.notes, kept.candidate_notes, kept.plan) == (made.notes, made.candidate_notes, made.plan)
    assert store.named(text) == store.list().entries[0] == store.list(search=text).entries[0]
    assert store.list().total == 1


# --- links


def packed(content):
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).rstrip(b"=").decode()


SOUND = link_text(plain_snapshot(notes="Notiz"))
NO_LINK = {
    "empty": "",
    "no base64": "%%%%",
    "blank": SOUND[:40] + " " + SOUND[40:],
    "line break": SOUND[:40] + "\n" + SOUND[40:],
    "umlaut": "ä" + SOUND,
    "other digits": "١٢٣٤",
    "half of one": SOUND[: len(SOUND) // 2],
    "last lost": SOUND[:-4],
    "first lost": SOUND[1:],
    "twice": SOUND + SOUND,
    "trailing garbage": packed(b"")[:0]
    + base64.urlsafe_b64encode(zlib.compress(b"{}") + b"garbage").rstrip(b"=").decode(),
    "a second stream": base64.urlsafe_b64encode(zlib.compress(b"{}") * 2).rstrip(b"=").decode(),
    "not compressed": base64.urlsafe_b64encode(b'{"format": 1}').rstrip(b"=").decode(),
    "a bomb": packed(b" " * 5_000_000),
    "with a dictionary": base64.urlsafe_b64encode(b"\x78\xf9\x00\x00\x00\x01" + b"\x00" * 20).decode(),
    "padding within": SOUND[:40] + "====" + SOUND[40:],
}


@pytest.mark.parametrize("name", NO_LINK)
def test_what_is_no_link_is_refused(name):
    assert len(NO_LINK[name]) <= LONGEST
    refused(NO_LINK[name], "link_unreadable", reads=read_link)


def test_links_are_bounded():
    refused("A" * (LONGEST + 1), "link_too_long", reads=read_link)
    rng = np.random.default_rng(0)
    noise = "".join(chr(0x4E00 + int(one)) for one in rng.integers(0, 20_000, 8_000))
    refused(plain_snapshot(notes=noise), "link_too_long", reads=link_text)
    flat = plain_snapshot(candidate_notes={f"k{n}": "x" * 4000 for n in range(80)})
    refused(flat, "link_too_long", reads=link_text)  # short, but a bomb for whoever reads it


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"[" * 200_000, b'{"a": NaN}', b"\xff"])
def test_a_link_with_something_else_is_refused(content):
    refused(packed(content), reads=read_link)


def test_changed_links_are_refused_or_read():
    rng = np.random.default_rng(5)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ %"
    for _ in range(500):
        text = list(SOUND)
        for _ in range(rng.integers(1, 4)):
            text[rng.integers(len(text))] = letters[rng.integers(len(letters))]
        reads_or_refuses("".join(text), read_link)


# --- a thousand documents that chance made


def reads_or_refuses(content, reads=read_snapshot):
    """Return whether it was read; what was read can be written and read again as the same."""
    try:
        snapshot = reads(content)
    except UploadError as error:
        words(error)
        return False
    again = read_snapshot(document_bytes(checked_document(snapshot)))
    assert again == snapshot
    assert snapshot_id(again) == snapshot_id(snapshot)
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("part", range(5))
def test_documents_changed_byte_by_byte_are_read_or_refused(file, part):
    content = written(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=bool(part % 2))
    free = written({k: v for k, v in json.loads(content).items() if k != "id"}, ensure_ascii=bool(part % 2))
    rng = np.random.default_rng([part, len(content)])
    read = sum(reads_or_refuses(mutated_bytes((content, free)[n % 2], rng)) for n in range(100))
    assert read < 100


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("part", range(5))
def test_documents_changed_in_structure_are_read_or_refused(file, part):
    made = json.loads(file.read_text(encoding="utf-8"))
    rng = np.random.default_rng([part, len(made), 1])
    read = sum(reads_or_refuses(mutated_structure(made, rng)) for _ in range(100))
    assert 0 < read < 100


def test_parsing_gives_what_json_gives():
    content = written(GOOD)
    assert parse(content) == json.loads(content)
