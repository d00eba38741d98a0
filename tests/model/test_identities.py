import pytest

from mom.model.identities import (
    IdentityError,
    ari,
    check_digit,
    ipei,
    ipei_key,
    park,
    park_for_people,
)


def test_an_ari_is_the_end_of_the_park():
    assert ari("1f1028d67a") == "1028D67A"


def test_a_park_is_told_to_people_as_the_omm_prints_it():
    assert park_for_people("1F1028D085") == "3110050641024*"


@pytest.mark.parametrize("text", ["", "1F1028D67", "1F1028D67AA", "1F1028D67X", "1F1028D67A\n"])
def test_what_is_no_park_is_refused(text: str):
    for reading in (park, ari, park_for_people):
        with pytest.raises(IdentityError, match="ten hexadecimal digits"):
            reading(text)


@pytest.mark.parametrize("text", ["03074 0220259 3", "0307402202593", " 030740220259 "])
def test_an_ipei_is_read_with_and_without_blanks_and_check_digit(text: str):
    assert ipei(text) == "03074 0220259 3"


@pytest.mark.parametrize("text", ["03074 0220259 4", "0307 0220259 3", "03074 0220259 33", "", "x"])
def test_what_is_no_ipei_is_refused(text: str):
    with pytest.raises(IdentityError):
        ipei(text)


def test_ten_is_written_as_a_star():
    assert check_digit("5") == "5"
    assert check_digit("24") == "*"


@pytest.mark.parametrize(
    ("text", "key"),
    [("03074 0220259 3", "030740220259"), ("0307402202593", "030740220259"), ("", ""), ("x1", "1")],
)
def test_an_ipei_is_known_by_its_digits(text: str, key: str):
    assert ipei_key(text) == key
