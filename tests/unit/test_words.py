"""Every text exists in both languages, is asked for by somebody and gets the parameters that it names."""

from __future__ import annotations

import ast
import builtins
import re
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from planning.i18n import LANGUAGES, catalogue_keys

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "planning" / "i18n" / "catalogue"

# Texts that no call names in full: the key is put together from parts that are not both in the call.
ASSEMBLED = ("ui.answer.", "map.need.", "map.coverage.", "errors.siting_rule_", "errors.scenario_form_")
# Texts that are handed to the browser with their placeholders, to be filled there.
FILLED_IN_THE_BROWSER = {"map.score_line"}


def placeholders(text):
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_exists_in_both_languages():
    empty = [
        (key, language)
        for key, texts in catalogue_keys().items()
        for language in LANGUAGES
        if not texts.get(language, "").strip()
    ]
    assert not empty


def test_both_languages_have_the_same_placeholders():
    different = {
        key: texts
        for key, texts in catalogue_keys().items()
        if placeholders(texts["de"]) != placeholders(texts["en"])
    }
    assert not different


def test_catalogue_files_have_no_stray_keys():
    """A table that holds a language beside something else would be taken for a branch and lose its text."""

    def stray(tree, path):
        for name, branch in tree.items():
            if isinstance(branch, str):
                assert set(tree) == set(LANGUAGES), path
            else:
                stray(branch, (*path, name))

    for file in sorted(CATALOGUES.glob("*.toml")):
        stray(tomllib.loads(file.read_text(encoding="utf-8")), (file.name,))


@cache
def sources():
    files = [ROOT / "app.py", *sorted((ROOT / "planning").rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def nodes(kind):
    return [
        (file, node) for file, tree in sources().items() for node in ast.walk(tree) if isinstance(node, kind)
    ]


def strings_of(node):
    """Return the texts an expression can be, as far as they are written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return strings_of(node.body) + strings_of(node.orelse)
    return []


def pattern_of(node):
    """Return a regular expression for an f-string, or None if it does not start with a subject of its own."""
    if not isinstance(node, ast.JoinedStr) or not isinstance(node.values[0], ast.Constant):
        return None
    parts = [re.escape(v.value) if isinstance(v, ast.Constant) else "[^.]+" for v in node.values]
    return "".join(parts)


def is_translator(call):
    name = call.func
    if isinstance(name, ast.Name):
        return name.id == "t"
    if isinstance(name, ast.Attribute):
        return name.attr == "t"
    return isinstance(name, ast.Call) and isinstance(name.func, ast.Name) and name.func.id == "Translator"


@cache
def translations():
    return [(file, call) for file, call in nodes(ast.Call) if is_translator(call) and call.args]


def test_the_code_asks_only_for_texts_that_exist():
    known = set(catalogue_keys())
    asked = [(file, key) for file, call in translations() for key in strings_of(call.args[0])]
    assert len(asked) > 100
    assert not [(file, key) for file, key in asked if key not in known]


def test_texts_asked_for_by_pattern_exist():
    known = set(catalogue_keys())
    patterns = [(file, pattern_of(call.args[0])) for file, call in translations()]
    lost = [
        (file, pattern)
        for file, pattern in patterns
        if pattern and not any(re.fullmatch(pattern, key) for key in known)
    ]
    assert not lost


def test_texts_get_the_parameters_they_name():
    texts = catalogue_keys()
    lacking = []
    for file, call in translations():
        given = {keyword.arg for keyword in call.keywords}
        if None in given:
            continue
        lacking += [
            (file, call.lineno, key, missing)
            for key in strings_of(call.args[0])
            if key not in FILLED_IN_THE_BROWSER
            and (missing := placeholders(texts.get(key, {"de": ""})["de"]) - given)
        ]
    assert not lacking


@pytest.mark.parametrize("subject", ["ui", "cli", "map", "errors", "upload", "osm", "weights", "confidence"])
def test_no_text_is_left_unused(subject):
    written = {node.value for _, node in nodes(ast.Constant) if isinstance(node.value, str)}
    patterns = [p for _, node in nodes(ast.JoinedStr) if (p := pattern_of(node)) and p.startswith(subject)]
    tails = written | {key.removeprefix(f"{subject}.") for key in written}
    unused = [
        key
        for key in catalogue_keys()
        if key.startswith(f"{subject}.")
        and key not in written
        and not key.startswith(ASSEMBLED)
        and not (subject == "errors" and key.removeprefix("errors.") in tails)
        and not (subject != "errors" and any(re.fullmatch(pattern, key) for pattern in patterns))
    ]
    assert not unused


def error_calls():
    for file, call in nodes(ast.Call):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in {"Fault", "BadCell", "CellError"} or re.fullmatch(r"(?:\w+)?Error", name):
            yield file, name, call


def codes_of(call):
    first = call.args[0] if call.args else None
    return [code for code in strings_of(first) if re.fullmatch(r"[a-z][a-z0-9_]+", code)]


def test_every_error_code_has_a_text():
    known = {key.removeprefix("errors.") for key in catalogue_keys() if key.startswith("errors.")}
    raised = {
        (file, code)
        for file, name, call in error_calls()
        if name != "Error" and not hasattr(builtins, name)
        for code in codes_of(call)
    }
    checks = {
        (file, node.value.value)
        for file, node in nodes(ast.keyword)
        if node.arg == "error" and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    chosen = {
        (file, code)
        for file, node in nodes(ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets)
        for code in strings_of(node.value)
    }
    assert len(raised) > 20
    assert not sorted((file, code) for file, code in raised | checks | chosen if code not in known)


RULE_MAKERS = {"between", "weighted", "at_most_one", "spacing", "SiteRule"}


def rule_calls():
    """Return name and parameters of every rule that the siting models make of constraints or of their own."""
    constants = {
        target.id: node.value.value
        for file, node in nodes(ast.Assign)
        if file.startswith("planning/siting/") and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for file, call in nodes(ast.Call):
        maker = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if file.startswith("planning/siting/") and maker in RULE_MAKERS and call.args:
            first = call.args[0]
            name = constants.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
            if isinstance(name, str):
                yield name, {keyword.arg for keyword in call.keywords} - {"lower", "upper"}


def test_every_rule_of_a_plan_has_words_that_get_their_parameters():
    texts, found = catalogue_keys(), dict(rule_calls())
    assert set(found) >= {
        *("borough_min", "borough_max", "priority_areas", "must", "either_or", "building", "spacing"),
        *("budget", "count", "serve"),
    }
    for name, given in found.items():
        for text in texts[f"errors.siting_rule_{name}"].values():
            assert placeholders(text) <= given, name
    worded = {
        key.removeprefix("errors.siting_rule_") for key in texts if key.startswith("errors.siting_rule_")
    }
    assert worded - {"shape"} == set(found)


def test_error_texts_get_the_parameters_they_name():
    texts = catalogue_keys()
    lacking = []
    for file, name, call in error_calls():
        given = _parameters(name, call)
        if given is None:
            continue
        for code in codes_of(call):
            named = placeholders(texts.get(f"errors.{code}", {"de": ""})["de"])
            if named - given:
                lacking.append((file, call.lineno, code, sorted(named - given)))
    assert not lacking


def _parameters(name, call):
    """Return the names of the parameters an error or fault is given, or None if they are not written out."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in keywords:
        return None
    if name != "Fault":
        return set(keywords) - {"faults"}
    params = keywords.get("params", call.args[4] if len(call.args) > 4 else None)
    if params is None:
        return set()
    if not isinstance(params, ast.Dict) or not all(isinstance(key, ast.Constant) for key in params.keys):
        return None
    return {key.value for key in params.keys}
