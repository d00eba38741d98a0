"""Which record an element is, by the index alone."""

import pytest

from mom.axi.element import make
from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.directory.known import identify
from mom.directory.wire import read
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId

SITE = OmmId(3)


@pytest.mark.parametrize(
    ("copy", "number"),
    [
        (None, 0),
        (Copy(noun=Noun.USER, number=75, omm=SITE), 75),
        (Copy(noun=Noun.USER, number=75, omm=OmmId(4)), 0),
        (Copy(noun=Noun.USER, number=75, omm=SITE, local=5, state=CopyState.HELD), 0),
    ],
)
def test_a_record_that_was_just_sent_is_known_by_its_number_though_it_was_renamed(
    copy: Copy | None, number: int
) -> None:
    index = Index()
    index.put_entry(Entry(noun=Noun.USER, number=75, revision=2, revisions=(2, 1), key="20008"))
    if copy is not None:
        index.put_copy(copy)
    told = read(Noun.USER, make("user", {"uid": 27, "uidSec": 75, "num": "10006"}))
    assert identify(told, SITE, index).number == number


@pytest.mark.parametrize(
    ("copies", "number"),
    [
        ((), 0),
        ((Copy(noun=Noun.USER, number=75, omm=SITE),), 75),
        ((Copy(noun=Noun.USER, number=75, omm=SITE, refused="no answer"),), 75),
        ((Copy(noun=Noun.USER, number=75, omm=SITE, refused="EExist num"),), 0),
        ((Copy(noun=Noun.USER, number=75, omm=OmmId(4)),), 0),
        ((Copy(noun=Noun.USER, number=75, omm=SITE, local=5, state=CopyState.HELD),), 0),
    ],
)
def test_a_bound_user_that_was_just_sent_is_known_by_its_num_where_numbers_are_not_kept(
    copies: tuple[Copy, ...], number: int
) -> None:
    index = Index()
    user = Entry(noun=Noun.USER, number=75, revision=2, revisions=(2, 1), key="10006", partner=9)
    index.put_entry(user)
    for copy in copies:
        index.put_copy(copy)
    told = read(Noun.USER, make("user", {"uid": 27, "uidSec": 0, "num": "10006"}))
    assert identify(told, SITE, index).number == number
