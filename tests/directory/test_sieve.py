"""What of a batch has to be settled, and what is just as MOM and the OMM agreed."""

import msgspec
import pytest

from mom.axi.element import Element
from mom.directory.entry import Entry
from mom.directory.fingerprints import Shapes, digests
from mom.directory.index import NOUNS, Index
from mom.directory.rows import Removed, Row
from mom.directory.sieve import Sieve
from mom.directory.wire import number_name
from mom.model.agreement import prefix
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId

OMM = OmmId(1)
ATTRS = {
    Noun.USER: {"uid": "7", "uidSec": "5", "num": "11", "sipPw": "a", "pin": "b"},
    Noun.DEVICE: {"ppn": "7", "ppnSec": "5", "ipei": "00077 0000001 9", "s": "Yes"},
}
REVISIONS = {Noun.USER: (1, 2), Noun.DEVICE: (1, 2, 1, 1)}


def sieve(noun: Noun, opens: bool = False, **copy: object) -> Sieve:
    """The sieve of an OMM with one record; its copy as it is agreed upon but for `copy`."""
    index, attrs = Index(), {**ATTRS[noun], "timeStampAdmin": "1000"}
    index.put_entry(Entry(noun=noun, number=5, revision=2, revisions=REVISIONS[noun]))
    raw = Shapes().raw(noun, attrs)
    agreed = prefix(raw.stamps, raw.prints, raw.observed, REVISIONS[noun])
    agreed += digests(attrs) if noun is Noun.USER else b""
    held = Copy(noun=noun, number=5, omm=OMM, local=7, state=CopyState.HELD, told=5, agreed=agreed)
    index.put_copy(msgspec.structs.replace(held, **copy))
    return Sieve(index, Shapes(), OMM, opens)


def row(noun: Noun, **told: str | None) -> Row:
    """The record as a reading tells it, with other attributes; None takes one away."""
    attrs = {**ATTRS[noun], "timeStampAdmin": "1000", **told}
    element = Element("user", {name: text for name, text in attrs.items() if text is not None})
    return Row(noun=noun, element=element, local=7, whole=True)


@pytest.mark.parametrize("noun", NOUNS)
def test_what_is_as_it_was_agreed_is_left_out(noun: Noun) -> None:
    stranger = msgspec.structs.replace(row(noun), local=8)
    assert sieve(noun).sift([row(noun), stranger, row(noun)]) == [stranger]


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    "told",
    [
        {"timeStampAdmin": "1001"},
        {"num": "12", "s": "No"},
        {"uidSec": "6", "ppnSec": "6"},
        {"novelty": "1"},
    ],
)
def test_what_says_anything_else_is_settled(noun: Noun, told: dict[str, str]) -> None:
    rows = [row(noun, **told), row(noun)]
    assert sieve(noun).sift(rows) == rows[:1]


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("number", [None, "0"])
@pytest.mark.parametrize("told", [0, -5])
def test_an_omm_that_keeps_no_numbers_says_nothing_new_by_that(
    noun: Noun, number: str | None, told: int
) -> None:
    assert not sieve(noun, told=told).sift([row(noun, **{number_name(noun): number})])


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("number", [None, "0"])
def test_a_number_that_is_no_longer_there_is_settled(noun: Noun, number: str | None) -> None:
    gone = row(noun, **{number_name(noun): number})
    assert sieve(noun).sift([gone]) == [gone]


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    "copy",
    [
        {"state": CopyState.OFFERED},
        {"state": CopyState.REMOVING},
        {"told": 0},
        {"agreed": b""},
        {"number": 6},
    ],
)
def test_what_is_not_agreed_upon_is_settled(noun: Noun, copy: dict[str, object]) -> None:
    assert sieve(noun, **copy).sift([row(noun)]) == [row(noun)]


def test_a_secret_that_alone_was_encrypted_anew_is_settled_and_others_if_they_can_be_opened() -> (
    None
):
    one, both = row(Noun.USER, pin="c"), row(Noun.USER, pin="c", sipPw="d")
    assert sieve(Noun.USER).sift([one, both]) == [one]
    assert sieve(Noun.USER, opens=True).sift([one, both]) == [one, both]


@pytest.mark.parametrize("noun", NOUNS)
def test_an_answer_and_an_event_with_the_whole_record_are_settled(noun: Noun) -> None:
    answer = msgspec.structs.replace(row(noun), sent=REVISIONS[noun], number=5)
    event = msgspec.structs.replace(row(noun), live=True)
    assert sieve(noun).sift([answer, event]) == [answer, event]


def test_the_echo_of_a_number_is_left_out_and_the_end_of_a_copy_that_is_there_is_not() -> None:
    element = Element("user", {"uid": "7", "uidSec": "5"})
    echo = Row(noun=Noun.USER, element=element, local=7, whole=False, live=True)
    gone, unknown = Removed(Noun.USER, 5), Removed(Noun.USER, 6)
    assert sieve(Noun.USER).sift([echo, unknown, gone]) == [gone]


def test_what_an_omm_tells_of_a_copy_that_leaves_it_is_left_out() -> None:
    element = Element("user", {"uid": "7", "num": "12"})
    told = Row(noun=Noun.USER, element=element, local=7, whole=False, live=True)
    leaving = sieve(Noun.USER, state=CopyState.REMOVING)
    assert leaving.sift([told]) == []
    gone = msgspec.structs.replace(told, deleted=True)
    assert leaving.sift([gone, told]) == [gone, told]
