"""The index takes many records at a sweep as it takes each."""

import random

from mom.directory.bench import Drafts, apply
from mom.directory.entry import Entry
from mom.directory.index import NOUNS, Index
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId


def _entry(noun: Noun, number: int, dice: random.Random) -> Entry:
    key = dice.choice(["", f"key {number}"])
    partner = dice.choice([0, number])
    if noun is Noun.USER:
        permanent = dice.random() < 0.3
        return Entry(
            noun=noun,
            number=number,
            revision=1,
            revisions=(1, 1),
            key=key,
            partner=partner,
            permanent=permanent,
        )
    return Entry(
        noun=noun,
        number=number,
        revision=1,
        revisions=(1, 1, 1, 1),
        key=key,
        partner=partner,
        home=OmmId(dice.choice([0, 1, 2])),
        active=True,
        moving=dice.random() < 0.3,
    )


def _arrivals(first: int, dice: random.Random) -> Drafts:
    numbers = [(noun, number) for number in range(first, first + 30) for noun in NOUNS]
    copies = [
        Copy(
            noun=noun,
            number=number,
            omm=OmmId(dice.choice([1, 2])),
            local=number + 100,
            state=CopyState.HELD,
        )
        for noun, number in numbers
    ]
    return Drafts(
        {known: _entry(*known, dice) for known in numbers},
        {(copy.noun, copy.number, copy.omm): copy for copy in copies},
        {},
        frozenset(numbers),
    )


def _state(index: Index) -> dict[str, object]:
    shelves = {place: vars(shelf) for place, shelf in index._shelves.items()}
    return {**vars(index), "_shelves": shelves}


def test_what_arrives_at_a_sweep_is_there_as_if_it_was_put_one_by_one() -> None:
    dice = random.Random(7)
    swept, single = Index(), Index()
    for first in (1, 50):
        drafts = _arrivals(first, dice)
        assert drafts.are_arrivals
        apply(swept, drafts)
        for entry in drafts.records.values():
            assert entry is not None
            single.put_entry(entry)
        for copy in drafts.copies.values():
            assert copy is not None
            single.put_copy(copy)
    assert _state(swept) == _state(single)
    assert swept.pairs > 0
    assert [swept.numbers(noun) for noun in NOUNS] == [single.numbers(noun) for noun in NOUNS]


def test_a_unit_that_did_more_than_take_arrivals_is_applied_one_by_one() -> None:
    drafts = _arrivals(1, random.Random(7))
    known = (Noun.USER, 1)
    ended = Drafts({**drafts.records, known: None}, drafts.copies, {}, drafts.arrived - {known})
    assert not ended.are_arrivals
    index = Index()
    apply(index, ended)
    assert index.entry(*known) is None
    assert index.count(Noun.USER) == 29
