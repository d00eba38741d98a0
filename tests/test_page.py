"""The rules of the page that a machine can check: texts, sizes, what its scripts must not do."""

import ast
import enum
import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from mom.axi.mom_profile import LocateReject, SubscribeReject
from mom.model.roam import RoamResult

WEBROOT = Path(__file__).parent.parent / "webroot"
SCRIPTS = sorted((WEBROOT / "js").rglob("*.js"))
MOST_LINES = 250
MOST_KILOBYTES = 400
FORBIDDEN = {
    "innerHTML": "text becomes markup",
    "outerHTML": "text becomes markup",
    "insertAdjacentHTML": "text becomes markup",
    "document.write": "text becomes markup",
    "eval(": "text becomes a program",
    "new Function": "text becomes a program",
    'setAttribute("style"': "the content policy forbids it",
}
SERVER = Path(__file__).parent.parent / "mom"
PLACE = re.compile(r"\{(\w+)[?!#*~^@]?\}")
LITERAL_KEY = re.compile(r"\bt(?:Or)?\(\s*\"([A-Za-z]+\.[\w.\-/ ]+)\"")


def texts(language: str) -> dict[str, str]:
    """All texts of a language by their full keys."""
    tree = json.loads((WEBROOT / "i18n" / f"{language}.json").read_text("utf-8"))
    found: dict[str, str] = {}

    def walk(node: dict[str, Any], path: str) -> None:
        for name, value in node.items():
            if isinstance(value, dict):
                walk(value, f"{path}{name}.")
            else:
                found[path + name] = value

    walk(tree, "")
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(WEBROOT))


def test_every_text_is_there_in_german_too_with_the_same_parameters() -> None:
    """German may have more: names of fields, for which English has those of the server."""
    english, german = texts("en"), texts("de")
    english = {key: text for key, text in english.items() if not key.startswith("said")}
    assert sorted(english.keys() - german.keys()) == []
    differing = [
        key
        for key in english
        if set(re.findall(r"\{\w+\}", english[key])) != set(re.findall(r"\{\w+\}", german[key]))
    ]
    assert differing == []
    assert [key for key, text in (*english.items(), *german.items()) if not text] == []


def said(language: str) -> dict[str, str]:
    """What the server says, with places in braces, and how the page says it."""
    tree = json.loads((WEBROOT / "i18n" / f"{language}.json").read_text("utf-8"))
    return {**tree["said"], **tree["saidInLists"]}


def server_texts() -> set[str]:
    """Every text in the server's source."""
    return {
        text
        for path in SERVER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (text := text_of(node)) is not None
    }


def text_of(node: ast.AST) -> str | None:
    """The text of a node that is one; what is put into it at run time is `{}`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
        return "".join(map(str, parts))
    return None


class Sentences(ast.NodeVisitor):
    """The texts of a module for people: those with a space, without what documents the code."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        text = text_of(node)
        if text is None:
            super().generic_visit(node)
        elif " " in text.strip():
            self.found.append(text)


def sentences(*modules: str) -> list[str]:
    """What these modules of the server say to people."""
    visitor = Sentences()
    for module in modules:
        visitor.visit(ast.parse((SERVER / module).read_text("utf-8")))
    return visitor.found


def without_german(spoken: Iterable[str]) -> list[str]:
    """Those of the server's texts that the page has no German for."""
    known = {PLACE.sub("{}", text) for text in said("de")}
    return [text for text in spoken if text not in known]


LINES, MARKS, GUARD = "directory/lines.py", "directory/marks.py", "directory/guard.py"
BEGINNINGS = {"not accepted by ", "credentials missing", "may differ", "not spread: "}
BEGINNINGS |= {"number ", "conference number ", "waits for "}
NAMES = {"OMM {}", "{} UTC", "{} ({})", "{} on {}", "{}{}: ", "stays different on {}"}


def test_every_line_of_a_record_s_history_has_german() -> None:
    spoken = set(sentences(LINES)) - NAMES - {"{}; {}"}
    assert without_german(sorted(spoken)) == []


def test_every_mark_of_a_record_has_german() -> None:
    spoken = set(sentences(MARKS)) - NAMES - BEGINNINGS
    assert without_german(sorted(spoken)) == []
    assert without_german(text for text in sentences(GUARD) if text.startswith("has ")) == []


def test_nobody_else_makes_lines_and_marks() -> None:
    """The types see to it that lines and reasons are made by these modules only."""
    making = re.compile(r"\b(?:Sentence|Why)\(")
    found = {
        path.relative_to(SERVER).as_posix()
        for path in SERVER.rglob("*.py")
        if making.search(path.read_text("utf-8"))
    }
    assert found == {LINES, MARKS}


def test_every_name_of_a_job_has_german() -> None:
    named = [
        text
        for text in sentences("web/api/bulk.py")
        if re.fullmatch(r"[a-z][a-z ]*\{\}[a-z ]*", text)
    ]
    named += [text for text in sentences("web/api/room_bulk.py") if text.startswith("{} ")]
    assert len(named) >= 9
    assert without_german(named) == []


def test_every_reason_why_a_phone_did_not_come_has_german() -> None:
    reasons: list[enum.Enum] = [*RoamResult, *SubscribeReject, *LocateReject]
    apart = {RoamResult.MOVED}
    assert without_german(str(each.value) for each in reasons if each not in apart) == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_the_page_says_for_the_server_is_what_the_server_says(language: str) -> None:
    known = server_texts()
    assert [text for text in said(language) if PLACE.sub("{}", text) not in known] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_the_page_says_for_the_server_loses_nothing_of_it(language: str) -> None:
    differing = [
        text
        for text, shown in said(language).items()
        if sorted(PLACE.findall(text)) != sorted(re.findall(r"\{(\w+)\}", shown))
    ]
    assert differing == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_is_small_and_asks_only_for_texts_that_exist(script: Path) -> None:
    source = script.read_text("utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    known = texts("en")
    missing = [
        key
        for key in LITERAL_KEY.findall(source)
        if key not in known and f"{key}.other" not in known
    ]
    assert missing == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_never_makes_markup_or_programs_of_data(script: Path) -> None:
    source = script.read_text("utf-8")
    assert [f"{what}: {why}" for what, why in FORBIDDEN.items() if what in source] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_says_its_duty_and_exports_what_it_documents(script: Path) -> None:
    source = script.read_text("utf-8")
    assert source.startswith("/**")
    exports = re.findall(r"([^\n]*)\n(export (?:async )?(?:function|class) \w+)", source)
    assert [what for before, what in exports if not before.rstrip().endswith("*/")] == []


def test_colours_and_distances_stand_in_one_file() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgb\(")
    for sheet in sorted((WEBROOT / "css").glob("*.css")):
        if sheet.name != "tokens.css":
            assert colour.findall(sheet.read_text("utf-8")) == [], sheet.name


def test_the_page_as_a_whole_is_small() -> None:
    files = [path for path in WEBROOT.rglob("*") if path.suffix in {".js", ".css", ".html", ".svg"}]
    files += [WEBROOT / "i18n" / "en.json"]
    size = sum(len(gzip.compress(path.read_bytes())) for path in files)
    assert size < MOST_KILOBYTES * 1024


def test_the_browser_is_told_of_all_scripts_at_once() -> None:
    """It would else learn of most of them from others, one wait after the other."""
    index = (WEBROOT / "index.html").read_text("utf-8")
    told = re.findall(r'<link rel="modulepreload" href="/([^"]+)">', index)
    needed = {path.relative_to(WEBROOT).as_posix() for path in SCRIPTS} - {"js/app.js"}
    assert set(told) == needed | {"vendor/tabulator.js"}


def test_the_page_names_only_its_own_files() -> None:
    index = (WEBROOT / "index.html").read_text("utf-8")
    named = re.findall(r"(?:href|src)=\"/([^\"]+\.\w+)\"", index)
    assert named
    assert [name for name in named if not (WEBROOT / name).exists() and "api" not in name] == []
    assert "<script>" not in index
    assert "style=" not in index
