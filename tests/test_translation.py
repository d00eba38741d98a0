"""Whatever the server may say to the page has German: its source is read for it.

A new sentence in the server fails here until `webroot/i18n/de.json` has it below `said`, or until
it is listed with what nobody reads in the page.
"""

import ast
import re

import msgspec

from mom.model.setting import Settings
from tests.test_page import SERVER, server_texts, text_of, texts, without_german

APART = {
    "sim/": "the simulated OMMs answer as OMMs do",
    "messaging/": "answered to OMMs and applications",
    "store/": "statements, and what only a log tells",
    "axi/": "about messages that cannot be read; a log tells it",
    "cli.py": "the command line",
    "commands.py": "the command line",
    "control.py": "the command line",
    "printing.py": "the command line",
    "admin/issuers.py": "the command line",
    "config.py": "before there is a page",
    "inspection.py": "before there is a page",
    "installation.py": "before there is a page",
    "lock.py": "before there is a page",
    "office.py": "before there is a page",
    "service.py": "before there is a page",
    "lifecycle.py": "before there is a page, or after it",
    "model/user.py": "names of fields, which are texts of their own in the page",
    "model/device.py": "names of fields, which are texts of their own in the page",
    "model/room.py": "names of fields, which are texts of their own in the page",
    "ops/masking.py": "patterns",
    "ops/tracelog.py": "the log",
    "fleet/journal.py": "the log",
    "web/download.py": "headers",
    "web/openapi.py": "the description of the API",
    "web/live.py": "said to scripts that ask for what the page never does",
    "web/live_route.py": "the description of the API",
    "web/server.py": "before there is a page",
    "web/site.py": "headers",
    "web/webroot.py": "headers, and the page that is no part of the page",
}
"""Whose sentences never come to the page, by the beginning of the module's path."""
TOLD = {"axi/errors.py", "store/query.py"}
"""Whose do, although they stand in a room that is apart."""
PARTS = {
    "OMM {}", "{} by {}", "{} of {}", "{} on {}", "{} s", "{} ({})", "{}{}: ", "{}: {}; {}",
    "; known are {}", "; similar are {}", "there is no such field{}",
    "{} is expected", "{} (token {})", "{}: is required",
    "conference number ", "credentials missing", "may differ", "not accepted by ", "not spread: ",
    "stays different on {}", "waits for ", "number ",
    "missing required", "resource {}",
}  # fmt: skip
"""Parts that sentences are made of, and names."""
INSIDE = {
    "a record is made from a whole element only", "{} is not a {}", "signed in", "no answer",
    "several OMMs", "in order", "login {} {}", "too soon", "not ready", "MOM licence {}",
    "came there", "came elsewhere", "found there",
    "a new device", "the phone's own", "a new pair of the phone and the user that it named",
    "Users / DECT phones", "Disk space", "Event log", "OMM connections", "Missing records",
}  # fmt: skip
"""Words of the source's own, and keys that the page has texts for."""
DESCRIBED = {"cause", "summary"}
"""Arguments that say for the log or the description of the API what is done."""
QUIET = {"cast", "Template"}
"""Functions whose texts are none for people."""
ENTERED = (
    *("enabled", "name", "description", "omm1", "omm2", "port", "username", "password"),
    *("provisioning", "placeholders"),
)
"""The fields of an OMM record that people enter."""
PATTERN = re.compile(r"\(\?|\\[\w(.]|<\w+|filename=|\w\[\w+|\w\|\w|Path=|Max-Age=")
"""Of regular expressions, markup, headers and types."""


class Spoken(ast.NodeVisitor):
    """The sentences of a module without what documents it and what goes to the log."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name != "__repr__":
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in DESCRIBED:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if not is_quiet(node.func):
            self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        text = text_of(node)
        if text is None:
            super().generic_visit(node)
        elif " " in text.strip() and re.search("[a-z]", text.replace("{}", "")):
            self.found.add(text)


def is_quiet(function: ast.expr) -> bool:
    """Whether a call writes to the log, or its texts are none for people."""
    if isinstance(function, ast.Attribute):
        return ast.unparse(function.value).rpartition(".")[2] in {"log", "_log"}
    return isinstance(function, ast.Name) and function.id in QUIET


def spoken(module: str) -> set[str]:
    """What a module may say to the page."""
    if module not in TOLD and module.startswith(tuple(APART)):
        return set()
    visitor = Spoken()
    visitor.visit(ast.parse((SERVER / module).read_text("utf-8")))
    return {text for text in visitor.found - PARTS - INSIDE if not PATTERN.search(text)}


def modules() -> list[str]:
    return sorted(path.relative_to(SERVER).as_posix() for path in SERVER.rglob("*.py"))


def test_whatever_the_server_may_say_to_the_page_has_german() -> None:
    missing = {module: without_german(sorted(spoken(module))) for module in modules()}
    assert {module: said for module, said in missing.items() if said} == {}


def test_what_is_named_as_apart_is_there() -> None:
    known = modules()
    assert [name for name in APART if not any(each.startswith(name) for each in known)] == []
    assert [name for name in TOLD if name not in known] == []
    assert sorted((PARTS | INSIDE) - server_texts()) == []


def test_every_field_that_an_event_may_name_has_a_name_in_both_languages() -> None:
    for language in ("en", "de"):
        known = texts(language)
        settings = [field.encode_name for field in msgspec.structs.fields(Settings)]
        never = {"subscriptionBefore", "facPrefixSet", "revision"}
        assert [n for n in settings if n not in never and f"settings.{n}" not in known] == []
        assert [n for n in ENTERED if f"omms.field.{n}" not in known] == []
