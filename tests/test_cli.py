import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mom.cli import main


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


@pytest.mark.parametrize(
    "arguments", [[], ["explode"], ["omm", "add"], ["license", "issue", "--sari", "1F1028D085"]]
)
def test_what_is_no_command_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: mom" in capsys.readouterr().err
