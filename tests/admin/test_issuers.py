import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mom.admin.issuers import IssuerKeyError, IssuerKeys, own_issuer
from mom.admin.licence_file import issuer_of


def test_a_public_key_that_was_added_is_an_issuer(tmp_path: Path) -> None:
    keys = IssuerKeys(tmp_path / "issuers")
    key = Ed25519PrivateKey.generate().public_key()
    path = keys.add(key, "Harbour & Sons/../x")
    assert path.parent == tmp_path / "issuers"
    assert keys.load() == {issuer_of(key): key}


def test_without_a_folder_there_are_no_issuers(tmp_path: Path) -> None:
    assert IssuerKeys(tmp_path / "none").load() == {}


def test_files_that_hold_no_public_key_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("nothing")
    (tmp_path / "folder.pem").mkdir()
    keys = IssuerKeys(tmp_path)
    keys.add(Ed25519PrivateKey.generate().public_key(), "good")
    assert len(keys.load()) == 1


def test_the_own_key_is_made_once_and_readable_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "issuer.key"
    key = own_issuer(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert own_issuer(path).private_bytes_raw() == key.private_bytes_raw()


def test_a_damaged_own_key_is_named_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "issuer.key"
    path.write_text("nothing")
    with pytest.raises(IssuerKeyError, match=r"issuer\.key"):
        own_issuer(path)
    assert path.read_text() == "nothing"
