import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mom.cli import _value, main
from mom.office import installed_version


@pytest.fixture(autouse=True)
def _same_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_configuration_in_order_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mom.toml"
    file.write_text("")
    assert main(["check-config", "--config", str(file)]) == 0
    assert capsys.readouterr().out == f"{file} is in order\n"


def test_every_mistake_is_a_line_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mom.toml"
    file.write_text('[log]\nlevel = "loud"\n[paths]\nhome = "/"\n')
    assert main(["check-config", "--config", str(file)]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert f"{file}: line 2: level in [log]" in first
    assert f"{file}: line 4: unknown key home in [paths]" in second


def test_the_file_may_be_named_by_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mom.toml"
    file.write_text("")
    monkeypatch.setenv("MOM_CONFIG", str(file))
    assert main(["check-config"]) == 0
    assert str(file) in capsys.readouterr().out


def test_a_command_before_the_set_up_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mom.toml"
    file.write_text('[paths]\nstate = "state"\n')
    assert main(["status", "--config", str(file)]) == 1
    assert f"run: mom init --config {file}" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


def test_a_file_that_is_not_there_is_named_without_an_error_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mom.toml"
    file.write_text("")
    missing = tmp_path / "licence.xml"
    assert main(["license", "import", str(missing), "--config", str(file)]) == 1
    assert capsys.readouterr().err == f"mom: {missing}: No such file or directory\n"


def test_the_version_is_told_without_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"MOM {installed_version()}\n"


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_who_enters_no_password_stops_the_command(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    end: type[BaseException],
) -> None:
    def leave(prompt: str) -> str:
        raise end

    file = tmp_path / "mom.toml"
    file.write_text("")
    monkeypatch.setattr("getpass.getpass", leave)
    assert main(["passwd", "--config", str(file)]) == 1
    assert capsys.readouterr().err == "\nmom: stopped\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["explode"],
        ["omm", "add"],
        ["license", "issue", "--sari", "1F1028D085"],
        ["token", "create"],
        ["token", "revoke", "backup"],
    ],
)
def test_what_is_no_command_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: mom" in capsys.readouterr().err


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A configuration whose state folder is there."""
    (tmp_path / "mom.toml").write_text('[paths]\nstate = "state"\n')
    (tmp_path / "state").mkdir()
    return tmp_path / "mom.toml"


@pytest.mark.parametrize(
    "account",
    [("--username", "omm"), ("--password", "omm"), ("--username", "omm", "--password", "")],
)
def test_half_an_account_of_an_omm_is_refused(
    installed: Path, capsys: pytest.CaptureFixture[str], account: tuple[str, ...]
) -> None:
    record = ("omm", "add", "--name", "A", "--omm1", "192.0.2.1")
    assert main([*record, *account, "--config", str(installed)]) == 2
    assert "--username and --password: both are expected" in capsys.readouterr().err


def test_a_file_without_end_is_no_licence(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["license", "import", "/dev/zero", "--config", str(installed)]) == 1
    assert "/dev/zero is too long for a licence file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("facPrefix", "12", "12"),
        ("systemName", "2024", "2024"),
        ("systemName", "true", "true"),
        ("subscriptionTimeout", "5", 5),
        ("autoCreate", "true", True),
        ("subscription", "Off", "Off"),
        ("nothing", "[" * 100_000, "[" * 100_000),
    ],
)
def test_a_setting_that_is_a_text_is_not_taken_for_a_number(
    name: str, text: str, value: object
) -> None:
    assert _value(name, text) == value
