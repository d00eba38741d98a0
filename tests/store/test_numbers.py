import pytest
from pytest_twisted import ensureDeferred as deferred

from mom.model.copy import Noun
from mom.store.errors import NumbersExhausted
from mom.store.numbers import HIGHEST, Numbers
from mom.store.store import Store
from tests.store.records import user


def test_numbers_begin_at_1_and_are_counted_per_noun() -> None:
    numbers = Numbers({})
    assert numbers.next(Noun.USER, 3) == range(1, 4)
    assert numbers.next(Noun.USER, 1) == range(4, 5)
    assert numbers.next(Noun.DEVICE, 1) == range(1, 2)


def test_an_adopted_number_is_not_given_away() -> None:
    numbers = Numbers({Noun.USER: 5})
    numbers.raise_to(Noun.USER, 9)
    numbers.raise_to(Noun.USER, 3)
    assert numbers.next(Noun.USER, 1) == range(10, 11)


def test_numbers_end_where_an_omm_takes_no_more() -> None:
    numbers = Numbers({Noun.USER: HIGHEST - 1})
    assert numbers.next(Noun.USER, 1) == range(HIGHEST, HIGHEST + 1)
    with pytest.raises(NumbersExhausted):
        numbers.next(Noun.USER, 1)


@pytest.mark.parametrize("number", [-1, HIGHEST + 1])
def test_an_impossible_number_cannot_be_adopted(number: int) -> None:
    with pytest.raises(NumbersExhausted):
        Numbers({}).raise_to(Noun.USER, number)


@deferred
async def test_the_number_of_a_deleted_record_is_never_used_again(store: Store) -> None:
    async with store.write() as work:
        (number,) = work.next_numbers(Noun.USER, 1)
        work.put_user(None, user(number))
    async with store.write() as work:
        work.delete_user(user(number))
    async with store.write() as work:
        assert work.next_numbers(Noun.USER, 1) == range(number + 1, number + 2)
