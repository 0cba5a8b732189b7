"""What the command line prints cannot steer a terminal, whoever wrote the names in it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from planning.cli import console
from planning.cli.console import harmless_json, printable

PACKAGE = Path(console.__file__).parent


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Raum\rPlan", r"Raum\x0dPlan"),
        ("zwei\nZeilen", r"zwei\x0aZeilen"),
        ("\x1b[31m\x9b\x7f\0", r"\x1b[31m\x9b\x7f\x00"),
        ("\u202eab\u2066\u200f\u061c", r"\u202eab\u2066\u200f\u061c"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"),
        ("\udcff", r"\udcff"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text, shown):
    assert printable(text) == shown
    assert printable(shown) == shown


@pytest.mark.parametrize(
    "text", ["Önder", "a\tb", "👩\u200d🏫", "مرحبا", "שלום", "5\u00a0%", "→ –", r"C:\x1b"]
)
def test_what_people_write_stays(text):
    assert printable(text) == text
    assert harmless_json(text) == text


def test_json_means_the_same_and_keeps_its_lines():
    value = {"name": "\x1b\x7f\x9b\r\n\t\u202e\u2028\udcff ä😀", "list": ["\u2066", "\\u202e"]}
    text = json.dumps(value, ensure_ascii=False, indent=2)
    written = harmless_json(text)
    assert json.loads(written) == value
    assert written.count("\n") == text.count("\n")
    assert printable(written.replace("\n", "")) == written.replace("\n", "")


def test_lines_stay_lines(capsys):
    console.tell("a\nb", "c\rd")
    console.say("e\x1b", "f")
    told = capsys.readouterr()
    assert told.out == "a\\x0ab\nc\\x0dd\n"
    assert told.err == "e\\x1b\nf\n"


def prints(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name == "print" or name.startswith(("sys.stdout.", "sys.stderr.")):
                yield name, ast.unparse(node)


def test_nothing_is_printed_past_the_console():
    found = {
        (file.name, call)
        for file in sorted(PACKAGE.glob("*.py"))
        if file.name != "console.py"
        for name, call in prints(ast.parse(file.read_text(encoding="utf-8")))
        if not name.endswith((".fileno", ".flush"))
    }
    assert found == {
        ("scenario.py", "sys.stdout.buffer.write(harmless_json(content.decode()).encode())"),
    }
