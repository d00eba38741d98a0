"""Where a message for a number or a phone has to go."""

import pytest

from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.directory.roaming.moves import Moves
from mom.directory.roaming.phone_places import PhonePlaces
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId
from mom.ports import Place

HERE, THERE = OmmId(1), OmmId(2)


def user(number: int, num: str, device: int) -> Entry:
    return Entry(
        noun=Noun.USER, number=number, revision=1, revisions=(1, 1), key=num, partner=device
    )


def device(number: int, user: int, home: OmmId, active: bool = True) -> Entry:
    return Entry(
        noun=Noun.DEVICE,
        number=number,
        revision=1,
        revisions=(1, 1, 1, 1),
        partner=user,
        home=home,
        active=active,
    )


@pytest.fixture
def index() -> Index:
    index = Index()
    for entry in (user(3, "4711", 7), device(7, 3, HERE), user(4, "4712", 8)):
        index.put_entry(entry)
    index.put_copy(Copy(noun=Noun.DEVICE, number=7, omm=HERE, local=17))
    index.put_copy(Copy(noun=Noun.USER, number=3, omm=HERE, local=13))
    return index


@pytest.fixture
def places(index: Index) -> PhonePlaces:
    return PhonePlaces(index, Moves(index))


@pytest.mark.feature("F86")
def test_a_number_is_where_the_phone_of_its_user_is(places: PhonePlaces) -> None:
    assert places.of_number("4711") == Place(7, HERE, 17)
    assert places.of_device(7) == Place(7, HERE, 17)


@pytest.mark.parametrize("num", ["", "9", "4712"])
def test_a_number_without_a_phone_is_nowhere(places: PhonePlaces, num: str) -> None:
    assert places.of_number(num) is None


def test_a_phone_that_is_not_subscribed_or_has_no_home_is_nowhere(
    index: Index, places: PhonePlaces
) -> None:
    index.put_entry(device(8, 4, HERE, active=False))
    assert places.of_number("4712") is None
    index.put_entry(device(8, 4, OmmId(0)))
    assert places.of_number("4712") is None


def test_a_number_that_two_users_claim_is_where_one_has_a_phone(
    index: Index, places: PhonePlaces
) -> None:
    index.put_entry(user(2, "4711", 0))
    index.put_entry(user(5, "4711", 0))
    assert places.of_number("4711") == Place(7, HERE, 17)


def test_a_phone_on_its_way_is_where_it_goes_and_can_be_waited_for(index: Index) -> None:
    moves = Moves(index)
    places = PhonePlaces(index, moves)
    moves.begin(7)
    assert places.of_number("4711") == Place(7, HERE, 17, moving=True)
    settled = places.settled(7)
    index.put_entry(device(7, 3, THERE))
    assert not settled.called
    moves.end(7)
    assert settled.called
    assert places.of_number("4711") == Place(7, THERE, 0)


def test_local_numbers_of_an_omm_are_translated(places: PhonePlaces) -> None:
    assert places.user_number(HERE, 13) == 3
    assert places.device_number(HERE, 17) == 7
    assert places.device_number(THERE, 17) == 0
    assert places.number_at(7) == "4711"
    assert places.number_at(8) == ""
