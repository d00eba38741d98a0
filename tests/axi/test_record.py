import pytest

from mom.axi.element import Element, make
from mom.axi.errors import BadValue
from mom.axi.record import Record


class Phone(Record, frozen=True):
    rfp_id: int
    vip: bool | None = None
    name: str | None = None
    add_id: str = ""


def test_fields_are_read_from_attributes_and_unknown_ones_are_ignored():
    element = make("e", {"rfpId": 7, "vip": "true", "name": "A", "addId": "9", "new": "x"})

    assert Phone.from_element(element) == Phone(7, True, "A", "9")


def test_an_empty_number_counts_as_left_out_but_an_empty_text_does_not():
    phone = Phone.from_element(make("e", {"rfpId": 0, "vip": "", "name": ""}))

    assert phone.vip is None
    assert phone.name == ""


@pytest.mark.parametrize("attrs", [{}, {"rfpId": ""}, {"rfpId": "x"}, {"rfpId": "1", "vip": "2"}])
def test_a_missing_or_malformed_field_is_refused(attrs: dict[str, str]):
    with pytest.raises(BadValue, match="Phone"):
        Phone.from_element(Element("e", attrs))


def test_a_record_is_written_without_what_has_its_default():
    assert Phone(0, False, "").to_element("e") == make("e", {"rfpId": 0, "vip": False, "name": ""})
    assert Phone(1).to_element("e") == make("e", {"rfpId": 1})
