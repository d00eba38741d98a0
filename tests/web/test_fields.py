"""What the pages are told about fields."""

import pytest

from mom.model.attribute import Kind, attributes
from mom.model.device import Device
from mom.model.user import User
from mom.web.fields import FieldView, fields_view


def by_name(fields: tuple[FieldView, ...]) -> dict[str, FieldView]:
    found = {each.name: each for each in fields}
    assert len(found) == len(fields)
    return found


@pytest.mark.feature("F102")
def test_every_labelled_attribute_is_told_once() -> None:
    fields = fields_view()
    labelled = {a.wire for a in attributes(User) if a.attr.label}
    assert labelled <= set(by_name(fields.users))
    wires = {"omm" if a.name == "home" else a.wire for a in attributes(Device) if a.attr.label}
    assert wires <= set(by_name(fields.devices))


@pytest.mark.feature("F156")
def test_a_pair_has_the_fields_of_both_under_names_of_their_own() -> None:
    fields = fields_view()
    pairs = by_name(fields.pairs)
    assert (pairs["num"].of, pairs["ipei"].of) == ("user", "device")
    assert (pairs["userRevision"].of, pairs["userRevision"].attribute) == ("user", "revision")
    assert pairs["uid"].of == "device"


@pytest.mark.feature("F110")
def test_fields_say_how_they_can_be_asked_for() -> None:
    users = by_name(fields_view().users)
    assert "contains" in users["num"].operators
    assert users["num"].sortable
    assert users["fixedSipPort"].operators == ("eq", "ne", "gt", "lt", "empty")
    assert users["vip"].operators == ("eq", "ne", "empty")
    assert "eq" in users["omm"].operators
    assert users["omm"].sortable
    assert by_name(fields_view().pairs)["omm"].sortable


def test_secrets_have_a_flag_and_no_value() -> None:
    users = by_name(fields_view().users)
    secret = [each for each in users.values() if each.kind == Kind.SECRET.value]
    assert {each.flag for each in secret} >= {"hasPin", "hasSipPw", "hasKeyLockPin"}
    assert all(not each.operators and not each.sortable for each in secret)
    assert "uak" not in by_name(fields_view().devices)
