import pytest

from mom.axi.element import Element, make
from mom.axi.errors import BadValue


def test_make_writes_booleans_as_digits_and_drops_none():
    element = make("user", {"uid": 3, "vip": True, "external": False, "name": "A", "num": None})

    assert element.attrs == {"uid": "3", "vip": "1", "external": "0", "name": "A"}


def test_make_takes_children_and_text():
    child = make("permission", text="Messaging")

    assert make("OpenResp", None, child).children == (child,)
    assert child.text == "Messaging"


def test_child_is_the_first_of_its_name_and_all_are_in_order():
    first, other, second = make("user", {"uid": 1}), make("pp"), make("user", {"uid": 2})
    element = make("GetPPUserResp", None, first, other, second)

    assert element.child("user") is first
    assert element.all("user") == (first, second)
    assert element.child("rfp") is None
    assert element.all("rfp") == ()


def test_an_absent_attribute_differs_from_an_empty_one():
    element = make("user", {"name": ""})

    assert element.has("name")
    assert not element.has("num")
    assert element.get("num", "-") == "-"


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("-1", -1), (" 7 ", 7), ("+5", 5)])
def test_a_number_is_read_from_decimal_text(text: str, number: int):
    assert Element("e", {"n": text}).number("n") == number


def test_a_number_left_out_or_empty_is_the_default():
    assert Element("e", {"n": ""}).number("n", 9) == 9
    assert Element("e").number("n", 9) == 9


@pytest.mark.parametrize("text", ["x", "1.5", "0x10", "1_000", "٣", "9" * 21, "-", "--1", "1 2"])
def test_a_number_that_is_none_is_refused(text: str):
    with pytest.raises(BadValue, match="'n' is not a whole number"):
        Element("e", {"n": text}).number("n")


@pytest.mark.parametrize(
    ("text", "flag"), [("0", False), ("1", True), ("false", False), ("true", True), ("True", True)]
)
def test_a_flag_is_read_in_both_spellings(text: str, flag: bool):
    assert Element("e", {"f": text}).flag("f") is flag


def test_a_flag_left_out_is_the_default():
    assert Element("e").flag("f") is False
    assert Element("e").flag("f", True) is True


@pytest.mark.parametrize("text", ["2", "yes", "-"])
def test_a_flag_that_is_none_is_refused(text: str):
    with pytest.raises(BadValue, match="'f' is not a boolean"):
        Element("e", {"f": text}).flag("f")


def test_having_changes_adds_and_removes_but_keeps_the_order():
    element = make("user", {"uid": 1, "name": "A", "num": "10"}, make("x"), text="t")

    changed = element.having({"num": None, "uid": 2, "vip": True})

    assert list(changed.attrs.items()) == [("uid", "2"), ("name", "A"), ("vip", "1")]
    assert changed.children == element.children
    assert changed.text == "t"
    assert element.attrs["uid"] == "1"
