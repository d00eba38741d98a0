"""To which OMMs a change of a record matters."""

from mom.directory.bench import Drafts
from mom.directory.concerned import concerned, due
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
