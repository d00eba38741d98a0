"""The rules of the house that a machine can check: arrows, sizes, names, time and state."""

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "mom").rglob("*.py"))
ROOMS_BELOW = {
    "axi": set(),
    "model": set(),
    "ports": {"axi", "model"},
    "store": {"axi", "model", "ports"},
    "directory": {"axi", "model", "ports", "store"},
    "messaging": {"axi", "model", "ports"},
    "admin": {"axi", "model", "ports", "store"},
    "ops": {"axi", "model", "ports", "store"},
    "fleet": {"axi", "model", "ports", "store", "directory", "admin", "ops"},
    "web": {"axi", "model", "ports", "store", "directory", "admin", "ops"},
    "sim": {"axi", "model.identities"},
    "config": {"axi"},
    "lock": set(),
    "printing": set(),
    "control": set(),
    "lifecycle": {"axi"},
}
AT_THE_TOP = {
    "inspection",
    "installation",
    "office",
    "commands",
    "doors",
    "rooms",
    "service",
    "cli",
}
"""They know every room."""
KNOWS_TIME_AND_CHANCE = {"mom.service", "mom.cli", "mom.sim.plugin"}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_CLASS = 240


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module of MOM that is imported, dotted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "mom":
                yield from (f"mom.{alias.name}" for alias in node.names)
            yield node.module


def allowed(importer: str, imported: str) -> bool:
    room, other = room_of(importer), room_of(imported)
    if room == other or not imported.startswith("mom."):
        return True
    inner = imported.removeprefix("mom.")
    return any(inner == below or inner.startswith(f"{below}.") for below in ROOMS_BELOW[room])


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


@each_module
def test_arrows_go_down_only(path: Path) -> None:
    importer = name_of(path)
    room = room_of(importer)
    if room in AT_THE_TOP:
        return
    if importer == "mom":
        assert not [name for name in imports(tree_of(path)) if name.startswith("mom")]
        return
    assert room in ROOMS_BELOW, f"the room {room} has no place in the house"
    wrong = [name for name in imports(tree_of(path)) if not allowed(importer, name)]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle({name_of(path): modules_needed(tree_of(path)) for path in MODULES}) == []


def test_no_folders_of_the_directory_need_each_other_in_a_circle() -> None:
    directory = ROOT / "mom" / "directory"
    folders = [each.parent for each in directory.glob("*/__init__.py")]
    needs = {
        folder.name: {
            name.split(".")[2]
            for path in folder.glob("*.py")
            for name in modules_needed(tree_of(path))
            if any(name.startswith(f"{name_of(other)}.") for other in folders if other != folder)
        }
        for folder in folders
    }
    assert len(needs) > 1
    assert circle(needs) == []


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def circle(needs: Mapping[str, set[str]]) -> list[str]:
    """Modules that import one another in a circle, if there are any."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def modules_needed(tree: ast.Module) -> set[str]:
    """What a module must import to run: imports for types alone hold nobody up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    known = {name_of(path) for path in MODULES}
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names} & known
            named |= within or {node.module}
    return named & known


@each_module
def test_nobody_imports_the_reactor_or_asks_for_time_and_chance(path: Path) -> None:
    if name_of(path) in KNOWS_TIME_AND_CHANCE:
        return
    tree = tree_of(path)
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    forbidden = re.compile(
        r"(time\.(time|monotonic|sleep)|datetime\.(utc)?now|random\.(?!Random)\w+)\Z"
    )
    assert [call for call in calls if forbidden.search(call) and "self" not in call] == []
    assert "twisted.internet.reactor" not in set(_names(tree))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "twisted.internet":
            yield from (f"twisted.internet.{alias.name}" for alias in node.names)


@each_module
def test_a_module_has_a_docstring_and_a_size_to_read_at_once(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno
            assert lines <= MOST_LINES_OF_A_FUNCTION, node.name
        if isinstance(node, ast.ClassDef):
            lines = (node.end_lineno or 0) - node.lineno
            assert lines <= MOST_LINES_OF_A_CLASS, node.name


@each_module
def test_a_module_is_named_after_what_is_in_it(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc"}


def test_every_package_says_its_duty() -> None:
    folders = {path.parent for path in MODULES}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_architecture_names_modules_that_are_there_and_all_of_the_directory() -> None:
    rooms, directory = _named_in_the_architecture()
    assert len(rooms) > 5
    paths = [ROOT / "mom" / room / name for room, names in rooms.items() for name in names]
    assert [path for path in paths if not (path.is_dir() or path.with_suffix(".py").exists())] == []
    there = {path.stem for path in (ROOT / "mom" / "directory").rglob("*.py")} - {"__init__"}
    assert {name for name in directory if re.fullmatch("[a-z_]+", name)} == there


def _named_in_the_architecture() -> tuple[dict[str, list[str]], set[str]]:
    """What is in code style in the tables of two of its chapters: by room, and of the directory."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    found: dict[str, list[list[str]]] = {}
    for chapter in text.split("\n## "):
        title, *lines = chapter.splitlines()
        found[title] = [re.findall(r"`([^`]+)`", line) for line in lines if line.startswith("| ")]
    rows = [row for row in found["The other rooms from inside"] if row]
    rooms = {room: [name for name in names if "." not in name] for room, *names in rows}
    return rooms, {name for row in found["The directory from inside"] for name in row}


def test_the_plugins_folder_stays_open_for_other_packages() -> None:
    assert not list((ROOT / "twisted").rglob("__init__.py"))


@pytest.mark.parametrize("plugin", sorted((ROOT / "twisted" / "plugins").glob("*.py")), ids=str)
def test_a_plugin_imports_nothing_of_ours(plugin: Path) -> None:
    assert [name for name in imports(tree_of(plugin)) if name.startswith("mom")] == []
