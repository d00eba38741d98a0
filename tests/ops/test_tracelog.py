import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure

from mom.ops.log_line import MAX_LINE
from mom.ops.tracelog import TraceLog

NOON = 1_700_046_000.0
DAY = 86400.0


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def trace(tmp_path: Path, watch: Watch) -> Iterator[TraceLog]:
    log = TraceLog(tmp_path / "log", watch, keep_days=14)
    yield log
    log.close()


def say(trace: TraceLog, text: str, level: str = "info") -> None:
    logger = Logger("mom.test", observer=trace)
    logger.emit(LogLevel.lookupByName(level), "{text}", text=text)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "log").iterdir())


def content(folder: Path) -> str:
    return "".join((folder / "log" / name).read_text() for name in files(folder))


@pytest.mark.feature("F197")
def test_each_day_has_its_own_file(trace: TraceLog, watch: Watch, tmp_path: Path) -> None:
    say(trace, "first day")
    watch.at += DAY
    say(trace, "second day")
    assert files(tmp_path) == ["mom_trace_2023-11-15.log", "mom_trace_2023-11-16.log"]
    assert "second day" in (tmp_path / "log" / "mom_trace_2023-11-16.log").read_text()


@pytest.mark.feature("F197")
def test_files_are_kept_for_two_weeks_and_nothing_else_is_deleted(
    trace: TraceLog, watch: Watch, tmp_path: Path
) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "other_2001-01-01.log").write_text("kept")
    for _ in range(20):
        say(trace, "x")
        watch.at += DAY
    kept = files(tmp_path)
    assert len(kept) == 14 + 1
    assert "mom_trace_2023-12-04.log" in kept
    assert "mom_trace_2023-11-20.log" not in kept
    assert "other_2001-01-01.log" in kept


def test_a_line_tells_time_level_speaker_and_text(trace: TraceLog, tmp_path: Path) -> None:
    say(trace, "Harbour is connected")
    assert content(tmp_path).endswith(" info [mom.test] Harbour is connected\n")


def test_the_level_is_settable_while_it_runs(trace: TraceLog, tmp_path: Path) -> None:
    say(trace, "unheard", "debug")
    trace.set_level("debug")
    say(trace, "heard", "debug")
    trace.set_level("error")
    say(trace, "too soft", "warn")
    assert trace.level == "error"
    assert "heard" in content(tmp_path)
    assert "unheard" not in content(tmp_path)
    assert "too soft" not in content(tmp_path)


def test_an_unknown_level_is_refused(trace: TraceLog) -> None:
    with pytest.raises(KeyError):
        trace.set_level("loud")


def test_secrets_are_masked(trace: TraceLog, tmp_path: Path) -> None:
    say(trace, '<Open username="omm" password="Pl4nted"/>')
    assert "Pl4nted" not in content(tmp_path)
    assert 'username="omm"' in content(tmp_path)


def test_a_text_cannot_look_like_another_entry(trace: TraceLog, tmp_path: Path) -> None:
    say(trace, "name\n2023-11-15 12:00:00.000 info [mom] forged\r\nx")
    assert [line[0] for line in content(tmp_path).splitlines()] == ["2", " ", " "]


def test_a_failure_is_written_with_its_traceback(trace: TraceLog, tmp_path: Path) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        trace(
            {
                "log_level": LogLevel.critical,
                "log_namespace": "mom.test",
                "log_format": "It failed",
                "log_failure": Failure(),
            }
        )
    assert "critical [mom.test] It failed\n    Traceback" in content(tmp_path)
    assert "ValueError: broken" in content(tmp_path)


def test_a_very_long_text_is_cut(trace: TraceLog, tmp_path: Path) -> None:
    say(trace, "x" * (MAX_LINE * 2))
    assert len(content(tmp_path)) < MAX_LINE + 200


def test_strangers_cannot_read_the_file(trace: TraceLog, tmp_path: Path) -> None:
    say(trace, "x")
    path = tmp_path / "log" / files(tmp_path)[0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_cannot_be_written_is_counted_and_told_later(trace: TraceLog, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    say(trace, "one")
    say(trace, "two")
    (tmp_path / "log").unlink()
    say(trace, "three")
    lines = content(tmp_path).splitlines()
    assert lines[0].endswith("[log] 2 entries could not be written")
    assert lines[1].endswith("three")
