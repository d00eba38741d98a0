from mom.fleet.ports import Learned, kept
from tests.fleet.world import omm_record


def test_only_what_was_learned_changes() -> None:
    omm = omm_record(description="kept")
    after = Learned(park="1F1028D67A", pin=("10.0.0.1", "ab")).applied(omm)
    assert (after.park, after.pins, after.description) == (
        "1F1028D67A",
        {"10.0.0.1": "ab"},
        "kept",
    )


def test_nothing_new_is_the_same_record() -> None:
    omm = omm_record(park="1F1028D67A", pins={"10.0.0.1": "ab"})
    assert Learned(park="1F1028D67A", pin=("10.0.0.1", "ab")).applied(omm) is omm


def test_each_address_keeps_its_own_pin() -> None:
    omm = omm_record(pins={"10.0.0.1": "ab"})
    assert Learned(pin=("10.0.0.2", "cd")).applied(omm).pins == {
        "10.0.0.1": "ab",
        "10.0.0.2": "cd",
    }


def test_a_change_by_others_keeps_what_was_learned_meanwhile() -> None:
    mine = omm_record(park="1F1028D67A", pins={"10.0.0.1": "ab"})
    after = omm_record(name="Renamed", pins={"10.0.0.1": "cd"})
    merged = kept(mine, omm_record(), after)
    assert (merged.park, merged.name, merged.pins) == (
        "1F1028D67A",
        "Renamed",
        {"10.0.0.1": "cd"},
    )
