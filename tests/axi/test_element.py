import pytest

from mom.axi.element import Element, Uniform, make
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


FILLED = {"uid": "", "vip": "0", "num": ""}


def uniform(*values: tuple[str, str], filled: dict[str, str] = FILLED) -> Uniform:
    return Uniform("user", filled, ("uid", "num"), values)


def test_children_that_are_alike_are_the_same_as_those_made_one_by_one():
    alike = uniform(("1", "11"), ("2", ""))
    each = (
        make("user", {"uid": 1, "vip": 0, "num": 11}),
        make("user", {"uid": 2, "vip": 0, "num": ""}),
    )

    assert (alike, each) == (each, alike)
    assert Element("Resp", {}, alike) == Element("Resp", {}, each)
    assert [list(child.attrs) for child in alike] == [["uid", "vip", "num"]] * 2
    assert (len(alike), alike[-1], alike[:1]) == (2, each[1], each[:1])
    assert Element("Resp", {}, alike).all("user") is alike
    assert Element("Resp", {}, alike).all("pp") == ()
    assert uniform(("1", "11")) != alike
    assert alike != list(each)


def test_children_that_are_alike_tell_their_columns():
    alike = uniform(("1", "11"), ("2", "12"), ("3", "13"))

    assert alike.columns() == {"uid": ("1", "2", "3"), "vip": ("0",) * 3, "num": ("11", "12", "13")}
    assert list(alike.columns()) == list(FILLED)
    assert [alike.column(name) for name in FILLED] == list(alike.columns().values())
    assert alike.column("name") == ("",) * 3
    assert alike.same == {"vip": "0"}
    assert alike.part([2, 0]) == uniform(("3", "13"), ("1", "11"))


def test_children_are_joined_where_they_are_known_to_be_alike():
    first, later = uniform(("1", "11")), uniform(("2", "12"))

    assert first.joined(later) == uniform(("1", "11"), ("2", "12"))
    assert first.joined(uniform(("2", "12"), filled={**FILLED, "vip": "1"})) is None


def test_secrets_of_children_that_are_alike_are_masked():
    alike = Uniform("user", {"uid": "1", "sipPw": ""}, ("sipPw",), [("geheim",)])

    assert "geheim" not in repr(alike)
    assert "geheim" not in repr(Element("Resp", {}, alike))
