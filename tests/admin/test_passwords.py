import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.admin.passwords import faults

HOSTS = ("manager.example.org", "192.0.2.7", "ab")


def codes(password: str, old: str | None = None) -> list[str]:
    return [fault.code for fault in faults(password, account="Alice", hosts=HOSTS, old=old)]


@pytest.mark.parametrize("password", ["Kx7!pw", "Grün-Baum 8", "aB3aB3x"])
def test_a_password_that_keeps_all_rules_has_no_fault(password: str) -> None:
    assert codes(password) == []


def test_an_empty_password_is_named_as_such() -> None:
    assert codes("") == ["EPwEmpty"]


@pytest.mark.feature("F125")
def test_five_characters_are_too_short_and_six_are_judged_by_the_other_rules() -> None:
    assert codes("Kx7!p") == ["EPwTooShort"]
    assert codes("Kx7!pw") == []
    assert codes("kxvtpw") == ["EPwTooWeak"]


def test_more_than_128_characters_are_too_long() -> None:
    assert codes("aB3!" * 32) == []
    assert codes("aB3!" * 32 + "x") == ["ETooLong"]


@pytest.mark.feature("F126")
@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("kxvtpwzb", ["EPwTooWeak"]),
        ("kxvtPWZB", ["EPwTooWeak"]),
        ("kxvtp902", ["EPwTooWeak"]),
        ("kxVt5902", []),
        ("kxVt!?p-", []),
        ("kx-t5902", []),
        ("KX-T5902", []),
    ],
)
def test_three_of_the_four_groups_of_characters_are_needed(
    password: str, expected: list[str]
) -> None:
    assert codes(password) == expected


@pytest.mark.feature("F127")
@pytest.mark.parametrize("password", ["World11111", "W1o1r1l1d1", "Wo1111"])
def test_one_character_in_half_of_the_places_is_too_often(password: str) -> None:
    assert codes(password) == ["EPwTooManySimilarChars"]


def test_one_character_in_less_than_half_of_the_places_may_be() -> None:
    assert codes("World1111") == []


@pytest.mark.feature("F128")
@pytest.mark.parametrize("password", ["7!xaLiCe", "ECILA-77x", "7-Ecila-x"])
def test_the_account_name_may_not_be_in_it_in_any_case_or_backward(password: str) -> None:
    assert codes(password) == ["EPwSimilarToName"]


@pytest.mark.feature("F128")
@pytest.mark.parametrize(
    "password",
    ["x7!Manager", "reGANAm!7", "Manager.Example.Org7", "Xy192.0.2.7", "Xy7.2.0.291"],
)
def test_the_host_name_or_address_may_not_be_in_it(password: str) -> None:
    assert "EPwSimilarToHost" in codes(password)


def test_names_of_fewer_than_three_letters_do_not_count() -> None:
    assert codes("xab7!Qp") == []


@pytest.mark.feature("F128")
def test_the_old_password_may_not_be_in_it_in_any_case_or_backward() -> None:
    assert codes("xx-Kx7!pw", old="kX7!PW") == ["EPwTooSimilar"]
    assert codes("xx-wp!7xK", old="Kx7!pw") == ["EPwTooSimilar"]
    assert codes("Kx7!pw", old="Kx7!pw") == ["EPwUnchanged"]
    assert codes("Xmom7!w", old="mom") == ["EPwTooSimilar"]


@pytest.mark.feature("F129")
@pytest.mark.parametrize(
    "password", ["x!7qwerT", "X-qwert", "xA!4321", "Xx-1234", "pOiU7-x", "xyQWERTZ-7", "aZeRt7-"]
)
def test_four_neighbouring_keys_are_too_weak(password: str) -> None:
    assert codes(password) == ["EPwTooWeak"]


def test_three_neighbouring_keys_may_be() -> None:
    assert codes("x!7qweT") == []


def test_every_broken_rule_is_told_with_its_own_sentence() -> None:
    found = faults("mom", account="mom", hosts=(), old="mom")
    assert [fault.code for fault in found] == [
        "EPwTooShort",
        "EPwTooWeak",
        "EPwTooManySimilarChars",
        "EPwSimilarToName",
        "EPwUnchanged",
    ]
    assert len({fault.text for fault in found}) == len(found)


LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)


@given(LETTERS, st.text(max_size=20), st.text(max_size=20), st.booleans())
def test_an_account_name_is_found_wherever_it_hides(
    name: str, head: str, tail: str, backward: bool
) -> None:
    hidden = name.upper()[::-1] if backward else name.upper()
    found = faults(head + hidden + tail, account=name)
    assert "EPwSimilarToName" in [fault.code for fault in found]
