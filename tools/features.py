"""Compare the feature numbers that tests name with those of `docs/features.txt`.

Runs no test: collects their markers. Prints the numbers due in the given steps that no test names,
and fails if a test names a number that is not listed.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "features.txt"
MARKER = "feature"


class Row:
    """One row of the list: its numbers, and the steps in which it is due."""

    def __init__(self, line: str) -> None:
        names, steps = line.split()
        self.names = tuple(names.split("/"))
        self.steps = frozenset(steps.split(","))

    def __str__(self) -> str:
        return "/".join(self.names)


class Collected:
    """The feature numbers that the collected tests name, each with one of those tests."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Read the markers of all tests; pytest calls it."""
        for item in session.items:
            for marker in item.iter_markers(MARKER):
                for name in (part for names in marker.args for part in names.split("/")):
                    self.named.setdefault(name, item.nodeid)


def rows(text: str) -> list[Row]:
    """The rows of the list."""
    lines = (line.strip() for line in text.splitlines())
    return [Row(line) for line in lines if line and not line.startswith("#")]


def unknown(listed: Sequence[Row], named: dict[str, str]) -> list[str]:
    """A sentence for each number that is named but not listed."""
    known = {name for row in listed for name in row.names}
    return [
        f"{name} is not in the list: {test}" for name, test in named.items() if name not in known
    ]


def unnamed(listed: Sequence[Row], named: dict[str, str], steps: frozenset[str]) -> list[Row]:
    """The rows due in one of these steps of which no test names a number."""
    due = [row for row in listed if row.steps & steps]
    return [row for row in due if not any(name in named for name in row.names)]


def collect() -> dict[str, str]:
    """The feature numbers that tests name; raises `SystemExit` if tests cannot be collected."""
    collected = Collected()
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        code = pytest.main(["--collect-only", "-qq", "-m", "", str(ROOT / "tests")], [collected])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit("The tests cannot be collected; run pytest --collect-only")
    return collected.named


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; 1 if a number is unknown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", default=["1-2"], help="steps that are due (1-2)")
    steps = frozenset(parser.parse_args(arguments).steps)
    listed, named = rows(LIST.read_text()), collect()
    missing = unnamed(listed, named, steps)
    due = sum(bool(row.steps & steps) for row in listed)
    print(f"Features due in step {', '.join(sorted(steps))}: {due}, of which tests name", end=" ")
    print(due - len(missing))
    if missing:
        print("No test names: " + ", ".join(str(row) for row in missing))
    strangers = unknown(listed, named)
    for sentence in strangers:
        print(sentence)
    return 1 if strangers else 0


if __name__ == "__main__":
    sys.exit(main())
