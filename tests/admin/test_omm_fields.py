import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.admin.errors import FieldErrors
from mom.admin.omm_fields import edited, is_address
from mom.model.identities import OmmId
from mom.model.omm import Omm

OMM = Omm(id=OmmId(1), name="Harbour", omm1="192.0.2.10", omm2="192.0.2.11", park="1F1028D67A")


@pytest.mark.feature("F140")
@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.1",
        "2001:db8::1",
        "omm",
        "omm-1.example.org",
        "omm_1",
        "xn--bcher-kva.example",
        "a.",
    ],
)
def test_addresses_and_host_names_are_taken(text: str) -> None:
    assert is_address(text)


@pytest.mark.feature("F140")
@pytest.mark.parametrize(
    "text",
    [
        *("", "192.0.2", "192.0.2.256", "1", "-omm", "omm-", "a..b", "a b", "http://omm"),
        *("omm:80", "[2001:db8::1]", "a/b", "ö.example", "x" * 64, "omm\n"),
    ],
)
def test_other_texts_are_no_addresses(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 65),
        ("name", None),
        ("description", "x" * 129),
        ("description", "a\nb"),
        ("omm1", ""),
        ("omm1", "192.0.2.256"),
        ("omm1", ["a"]),
        ("omm2", "a b"),
        ("omm2", "192.0.2.10"),
        ("port", 0),
        ("port", 65536),
        ("port", "12622"),
        ("port", True),
        ("enabled", 1),
        ("provisioning", "on"),
        ("username", "x" * 129),
        ("password", 5),
        ("placeholders", "x" * 65_537),
        ("park", "1F1028D67A"),
        ("cloudId", "001F1028D67A"),
        ("revision", 4),
        ("id", 2),
        ("anything", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_field(name: str, value: object) -> None:
    with pytest.raises(FieldErrors) as refused:
        edited(OMM, {name: value}, [OMM])
    assert list(refused.value.fields) == [name]


def test_all_wrong_fields_are_named_together() -> None:
    with pytest.raises(FieldErrors) as refused:
        edited(OMM, {"port": 0, "omm1": "a b", "name": "Pier"}, [OMM])
    assert set(refused.value.fields) == {"port", "omm1"}


def test_the_standby_may_be_taken_out() -> None:
    assert edited(OMM, {"omm2": ""}, [OMM]).omm2 == ""


def test_blanks_around_texts_go_but_a_password_stays_as_it_is() -> None:
    after = edited(OMM, {"name": " Pier ", "omm1": " omm ", "password": " x "}, [OMM])
    assert (after.name, after.omm1, after.password) == ("Pier", "omm", " x ")


def test_fingerprints_of_addresses_that_are_gone_are_forgotten() -> None:
    pinned = msgspec.structs.replace(OMM, pins={"192.0.2.10": "aa", "192.0.2.11": "bb"})
    after = edited(pinned, {"omm2": "192.0.2.12"}, [pinned])
    assert after.pins == {"192.0.2.10": "aa"}
    assert after.park == "1F1028D67A"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(("name", "omm1", "omm2", "port", "enabled", "password", "pins", "x"))


@given(st.dictionaries(NAMES, JSON))
def test_any_json_gives_a_valid_record_or_names_the_fields(changes: dict[str, object]) -> None:
    after, named = OMM, set[str]()
    try:
        after = edited(OMM, changes, [OMM])
    except FieldErrors as refused:
        named = set(refused.fields)
    assert named <= set(changes) | {"omm2"}
    assert is_address(after.omm1)
    assert 1 <= after.port <= 65535
    assert after.name.strip()
