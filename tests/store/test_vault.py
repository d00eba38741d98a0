import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.store.errors import KeyFileError, Unopenable
from mom.store.vault import KEY_BYTES, Vault

KEY = bytes(range(KEY_BYTES))


def test_what_was_sealed_opens_at_the_same_place() -> None:
    vault = Vault(KEY)
    assert vault.open(vault.seal(b"secret", "users/1"), "users/1") == b"secret"


def test_a_sealed_value_shows_nothing_of_its_content_and_differs_each_time() -> None:
    vault = Vault(KEY)
    first, second = (vault.seal(b"plain words", "users/1") for _ in range(2))
    assert b"plain" not in first
    assert first != second


def test_a_value_moved_to_another_place_does_not_open() -> None:
    vault = Vault(KEY)
    with pytest.raises(Unopenable):
        vault.open(vault.seal(b"secret", "users/1"), "users/2")


def test_another_key_does_not_open() -> None:
    sealed = Vault(KEY).seal(b"secret", "users/1")
    with pytest.raises(Unopenable):
        Vault(bytes(KEY_BYTES)).open(sealed, "users/1")


@given(st.binary(max_size=64))
def test_junk_does_not_open(junk: bytes) -> None:
    with pytest.raises(Unopenable):
        Vault(KEY).open(junk, "users/1")


def test_a_new_key_file_is_readable_by_its_owner_only_and_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "key"
    sealed = Vault.create(path).seal(b"secret", "x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.load(path).open(sealed, "x") == b"secret"


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    Vault.create(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="cannot be made"):
        Vault.create(path)
    assert path.read_bytes() == before


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    Vault.create(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="read by others"):
        Vault.load(path)


@pytest.mark.parametrize("content", ["", "zz" * KEY_BYTES, "ab", "é"])
def test_a_malformed_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError):
        Vault.load(path)


def test_a_missing_key_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="nowhere"):
        Vault.load(tmp_path / "nowhere")


def test_no_nonce_is_used_twice_though_many_are_drawn_at_once() -> None:
    draws: list[int] = []

    def random(length: int) -> bytes:
        draws.append(length)
        return os.urandom(length)

    vault = Vault(KEY, random)
    sealed = {vault.seal(b"", "users/1")[1:13] for _ in range(600)}
    assert len(sealed) == 600
    assert len(draws) == 3


def test_threads_that_seal_at_once_use_different_nonces() -> None:
    vault = Vault(KEY)
    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(lambda _: vault.seal(b"", "users/1"), range(4_000)))
    assert len({each[1:13] for each in sealed}) == 4_000
