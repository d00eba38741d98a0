import io

import pytest
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure

from mom.ops.console import Console, open_console
from mom.store.errors import NotRead, NotStored

NOON = 1_700_046_000.0


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(output: io.StringIO) -> Console:
    return Console(output, lambda: NOON)


def test_a_line_has_time_level_and_who_says_it(console: Console, output: io.StringIO) -> None:
    Logger("mom.test", observer=console).warn("the {thing} is gone", thing="link")
    stamp, _, rest = output.getvalue().partition(" warn ")
    assert rest == "[mom.test] the link is gone\n"
    assert len(stamp) == len("2023-11-15 12:00:00.000")


def test_secrets_are_masked(console: Console, output: io.StringIO) -> None:
    Logger("mom.test", observer=console).info("password=hunter2")
    assert "hunter2" not in output.getvalue()


def test_what_twisted_tells_of_itself_is_no_line_but_its_warnings_and_errors_are(
    console: Console, output: io.StringIO
) -> None:
    twisted = Logger("twisted.web.server", observer=console)
    twisted.info("Starting factory")
    console({"log_namespace": "log_legacy", "log_level": LogLevel.info, "log_format": "8443"})
    assert output.getvalue() == ""
    twisted.error("it broke")
    assert output.getvalue().endswith("error [twisted.web.server] it broke\n")


def test_details_are_left_to_the_trace_log(console: Console, output: io.StringIO) -> None:
    Logger("mom.test", observer=console).debug("a detail")
    assert output.getvalue() == ""


def test_without_a_file_it_is_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("", "-"):
        console = open_console(path, daemon=False, now=lambda: NOON)
        Logger("mom.test", observer=console).info("here")
    assert capsys.readouterr().out.count("here\n") == 2


def test_what_follows_from_a_database_that_stores_nothing_is_a_detail(
    console: Console, output: io.StringIO
) -> None:
    logger = Logger("mom.test", observer=console)
    logger.failure("it was not kept", Failure(NotStored("the disk is full")))
    assert output.getvalue() == ""


def test_a_database_that_is_not_read_is_a_line_and_any_other_failure_has_its_traceback(
    console: Console, output: io.StringIO
) -> None:
    logger = Logger("mom.test", observer=console)
    logger.failure("it was not looked up", Failure(NotRead("the connection is lost")))
    assert output.getvalue().endswith("[mom.test] it was not looked up: the connection is lost\n")
    logger.failure("it was not kept", Failure(ValueError("odd")))
    assert "Traceback" in output.getvalue()
