from pathlib import Path

import pytest

from mom.axi.errors import BadValue
from mom.axi.secrets import PrivateKey
from mom.config import Axi
from mom.fleet.options import Trust
from mom.rooms import fleet_options, private_keys


def test_the_fleet_behaves_as_configured() -> None:
    axi = Axi(protocol_versions=(45, 46), reconnect_seconds=5.0, certificate_trust="none")
    options = fleet_options(axi)
    assert options.protocol_versions == (45, 46)
    assert options.reconnect_seconds == 5.0
    assert options.certificate_trust is Trust.NONE


def test_without_a_private_key_there_is_none() -> None:
    assert private_keys(Axi()) == []


def test_a_private_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    with pytest.raises(BadValue):
        private_keys(Axi(private_key=tmp_path / "key.pem"))


def test_the_operators_private_key_is_read(tmp_path: Path) -> None:
    key = PrivateKey.generate(1024)
    (tmp_path / "key.pem").write_bytes(key.to_pem())
    (read,) = private_keys(Axi(private_key=tmp_path / "key.pem"))
    assert read.public.fingerprint == key.public.fingerprint
