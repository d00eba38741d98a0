from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mom.axi.errors import BadValue
from mom.axi.secrets import PrivateKey
from mom.config import Axi
from mom.directory.policy import Policy
from mom.fleet.options import Trust, Wishes
from mom.model.licence import Licence
from mom.model.setting import Settings, SubscriptionMode
from mom.rooms import fleet_options, policy, private_keys, wishes


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


def test_the_directory_keeps_to_licence_settings_and_configuration() -> None:
    licence = Licence(
        installation_id="1", customer="A", country="DE", system_license="1", version="7.0",
        sari="1F1028D085", max_users=50,
    )  # fmt: skip
    settings = Settings(deletes_stick=True, subscription=SubscriptionMode.WILDCARD)
    office: Any = SimpleNamespace(
        licences=SimpleNamespace(sari=licence.sari, current=licence),
        settings=SimpleNamespace(current=settings),
    )
    assert policy(office, 7) == Policy(
        deletes_stick=True,
        licensed=True,
        max_users=50,
        most_permanent=7,
        subscription=SubscriptionMode.WILDCARD,
        auto_create=settings.auto_create,
    )


def wishes_of(sari: str = "", **settings: Any) -> Wishes:
    current = Settings(**settings)
    licences, book = SimpleNamespace(sari=sari), SimpleNamespace(current=current)
    office: Any = SimpleNamespace(licences=licences, settings=book, version="7.1")
    return wishes(office)


@pytest.mark.feature("F23")
def test_what_was_never_set_asks_omms_for_no_subscription_and_leaves_the_rest_alone() -> None:
    assert wishes_of() == Wishes(client_name="MOM 7.1", subscription_mode="Off")


@pytest.mark.feature("F172")
def test_omms_are_wished_what_licence_and_settings_say() -> None:
    configured = wishes_of(
        "1F1028D085",
        system_name="Harbour",
        subscription=SubscriptionMode.CONFIGURED,
        subscription_timeout=5,
        fac_prefix="*9",
        fac_prefix_set=True,
    )
    assert configured == Wishes(
        sari="1F1028D085",
        mom_name="Harbour",
        client_name="MOM 7.1",
        subscription_mode="Configured",
        fac_prefix="*9",
    )


def test_omms_show_which_version_of_mom_is_connected() -> None:
    assert wishes_of().client_name == "MOM 7.1"


@pytest.mark.parametrize(("until", "minutes"), [(0, 0), (1_700_000_000, 5)])
def test_omms_are_told_minutes_only_for_a_wildcard_that_ends(until: int, minutes: int) -> None:
    timed = wishes_of(
        subscription=SubscriptionMode.WILDCARD, subscription_timeout=5, subscription_until=until
    )
    assert timed.subscription_minutes == minutes


def test_an_empty_prefix_is_wished_once_there_was_one() -> None:
    assert wishes_of(fac_prefix_set=True).fac_prefix == ""
