"""Health says where vanished records wait for somebody to decide."""

from mom.model.identities import OmmId
from mom.model.omm import Omm, Severity
from mom.ops.missing_records import MissingRecords
from mom.ports import Component


def check(*missing: int, enabled: bool = True) -> Component:
    omms = [
        Omm(id=OmmId(number), name=f"Site {number}", omm1="omm", enabled=enabled, missing=count)
        for number, count in enumerate(missing, 1)
    ]
    (found,) = MissingRecords(lambda: omms).snapshot()
    return found


def test_all_is_well_when_nothing_waits_for_a_decision() -> None:
    fine = Component("Missing records", Severity.OK)
    assert check() == check(0, 0) == fine
    assert check(7, enabled=False) == fine


def test_each_omm_whose_records_wait_is_an_error_that_says_what_is_to_be_decided() -> None:
    found = check(40, 0, 1)
    assert found.severity is Severity.ERROR
    assert found.reason == (
        "40 records missing on Site 1: restore or accept?; "
        "1 record missing on Site 3: restore or accept?"
    )


def test_of_many_only_some_are_named() -> None:
    assert check(*[2] * 7).reason.endswith("Site 5: restore or accept?; and on 2 more")
