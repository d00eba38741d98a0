"""To which OMMs a change of a record matters."""

import msgspec
import pytest

from mom.directory.bench import Drafts, apply
from mom.directory.concerned import concerned, due, only_place
from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.model.copy import Copy, Noun
from mom.model.identities import OmmId

HOME, FORMER, OTHER = OmmId(1), OmmId(2), OmmId(3)
USER, DEVICE = (Noun.USER, 5), (Noun.DEVICE, 7)


def pair(*, permanent: bool = False) -> Index:
    """A user on a phone at home at one OMM; another one still holds the phone."""
    index = Index()
    index.put_entry(
        Entry(
            noun=Noun.USER,
            number=5,
            revision=1,
            revisions=(1, 1),
            partner=7,
            permanent=permanent,
        )
    )
    index.put_entry(
        Entry(
            noun=Noun.DEVICE,
            number=7,
            revision=1,
            revisions=(1, 1, 1, 1),
            partner=5,
            home=HOME,
            active=True,
        )
    )
    index.put_copy(Copy(noun=Noun.DEVICE, number=7, omm=FORMER, local=9))
    return index


def test_it_matters_to_the_home_and_to_all_who_hold_an_end_of_the_pair() -> None:
    assert concerned(pair(), DEVICE, ()) == {HOME, FORMER}
    assert concerned(pair(), USER, ()) == {HOME, FORMER}


def test_a_permanent_user_and_its_phone_matter_to_every_omm_with_a_session() -> None:
    for known in (USER, DEVICE):
        assert concerned(pair(permanent=True), known, (HOME, OTHER)) >= {HOME, OTHER}
    assert OTHER not in concerned(pair(), USER, (HOME, OTHER))


def test_a_record_that_is_no_more_matters_to_those_who_hold_it() -> None:
    index = pair()
    index.discard(*DEVICE)
    assert concerned(index, DEVICE, (HOME, OTHER)) == {FORMER}


def test_copies_come_before_records_and_nothing_twice() -> None:
    drafts = Drafts({USER: None, DEVICE: None}, {(Noun.DEVICE, 7, FORMER): None}, {})
    assert due(pair(), drafts, ()) == {
        FORMER: {DEVICE: None, USER: None},
        HOME: {USER: None, DEVICE: None},
    }
    assert list(due(pair(), drafts, ())[FORMER]) == [DEVICE, USER]


@pytest.mark.parametrize("permanent", [False, True])
@pytest.mark.parametrize("home", [OmmId(0), HOME, FORMER])
@pytest.mark.parametrize("copied", [(HOME,), (HOME, OTHER), ()])
def test_a_pair_that_arrived_matters_to_its_omm_alone_if_that_is_its_home_and_all_that_has_it(
    permanent: bool, home: OmmId, copied: tuple[OmmId, ...]
) -> None:
    user = Entry(
        noun=Noun.USER, number=5, revision=2, revisions=(1, 2), partner=7, permanent=permanent
    )
    device = Entry(
        noun=Noun.DEVICE,
        number=7,
        revision=2,
        revisions=(1, 2, 1, 1),
        partner=5,
        home=home,
        active=home > 0,
    )
    copies = [Copy(noun=Noun.USER, number=5, omm=HOME, local=3)]
    copies += [Copy(noun=Noun.DEVICE, number=7, omm=omm, local=4) for omm in copied]
    changed = Drafts(
        {USER: user, DEVICE: device}, {(c.noun, c.number, c.omm): c for c in copies}, {}
    )
    arrived = msgspec.structs.replace(changed, arrived=frozenset(changed.records))
    index = Index()
    apply(index, arrived)
    assert only_place(changed) == 0
    place = only_place(arrived)
    assert (place == HOME) is (copied == (HOME,) and home in (0, HOME) and not permanent)
    if place:
        told, former = (due(index, drafts, (HOME, OTHER)) for drafts in (arrived, changed))
        assert told == former == {place: {USER: None, DEVICE: None}}
        assert list(told[place]) == list(former[place])
