"""What events tell of a record while it is brought to an OMM, before and after the answer."""

from mom.axi.element import Element, make
from mom.directory.index import Index
from mom.directory.rows import Row
from mom.directory.sending.giving import Giving
from mom.model.copy import Noun
from mom.model.identities import OmmId

KEY = (Noun.USER, 95)
SITE = OmmId(3)


def answer(local: int) -> Row:
    element = make("user", {"uid": local, "uidSec": KEY[1], "num": "100"})
    return Row(noun=Noun.USER, element=element, local=local, whole=True, number=KEY[1])


def event(local: int, *, deleted: bool = False, **attrs: str) -> Row:
    element = Element("user", {"uid": str(local), **attrs})
    return Row(
        noun=Noun.USER, element=element, local=local, whole=False, live=True, deleted=deleted
    )


def test_an_event_that_tells_what_the_answer_tells_needs_nothing() -> None:
    giving = Giving()
    giving.begin([KEY])
    giving.answered([answer(28)])
    assert giving.covers(event(28, uidSec="95", num="100"), Index(), SITE)
    assert giving.end([KEY]) == []


def test_what_is_deleted_before_its_answer_is_settled_is_asked_for() -> None:
    giving = Giving()
    giving.begin([KEY])
    giving.answered([answer(28)])
    assert not giving.covers(event(28, deleted=True), Index(), SITE)
    assert giving.end([KEY]) == [KEY]


def test_the_end_of_another_record_under_the_number_is_no_doubt() -> None:
    giving = Giving()
    giving.begin([KEY])
    assert not giving.covers(event(28, deleted=True), Index(), SITE)
    giving.answered([answer(28)])
    assert not giving.covers(event(27, deleted=True), Index(), SITE)
    assert giving.end([KEY]) == []
