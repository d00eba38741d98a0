from collections.abc import Callable

import pytest

from mom.admin.sessions import IDLE_SECONDS, MAX_OF_ACCOUNT, Session, SessionBook
from mom.model.account import AccountId
from tests.admin.fakes import Watch

ALICE, BOB = AccountId(1), AccountId(2)


def counter() -> Callable[[int], bytes]:
    """Bytes that differ each time."""
    given = iter(range(1, 10_000))
    return lambda count: next(given).to_bytes(count, "big")


@pytest.fixture
def book(watch: Watch) -> SessionBook:
    return SessionBook(watch, counter(), limit=3)


def test_a_session_is_found_by_its_identifier(book: SessionBook) -> None:
    identifier, session = book.open(ALICE, "192.0.2.1")
    assert book.find(identifier) == session
    assert session.account == ALICE


def test_an_identifier_has_256_bits_and_is_not_kept(book: SessionBook) -> None:
    identifier, session = book.open(ALICE, "192.0.2.1")
    assert len(bytes.fromhex(identifier)) == 32
    assert identifier not in repr(vars(book))
    assert session.csrf != identifier


@pytest.mark.parametrize("identifier", ["", "x", "\udcff", "0" * 5000])
def test_an_unknown_identifier_finds_nothing(book: SessionBook, identifier: str) -> None:
    assert book.find(identifier) is None


def test_signing_in_again_changes_the_identifier_and_ends_the_former_session(
    book: SessionBook,
) -> None:
    former, _ = book.open(ALICE, "192.0.2.1")
    identifier, _ = book.open(ALICE, "192.0.2.1", former)
    assert identifier != former
    assert book.find(former) is None
    assert book.find(identifier)


def test_a_session_ends_after_half_an_hour_without_use(book: SessionBook, watch: Watch) -> None:
    identifier, session = book.open(ALICE, "192.0.2.1")
    watch.at += IDLE_SECONDS
    assert book.find(identifier)
    watch.at += IDLE_SECONDS + 1
    assert not book.is_open(session.key)
    assert book.find(identifier) is None


def test_asking_whether_it_is_open_is_no_use(book: SessionBook, watch: Watch) -> None:
    identifier, session = book.open(ALICE, "192.0.2.1")
    watch.at += IDLE_SECONDS
    assert book.is_open(session.key)
    watch.at += 1
    assert book.find(identifier) is None


def test_the_number_of_sessions_is_bounded_and_the_longest_idle_goes(book: SessionBook) -> None:
    first, _ = book.open(ALICE, "192.0.2.1")
    second, _ = book.open(ALICE, "192.0.2.1")
    book.open(ALICE, "192.0.2.1")
    book.find(first)
    book.open(BOB, "192.0.2.1")
    assert len(book) == 3
    assert book.find(first)
    assert book.find(second) is None


def test_all_sessions_of_an_account_end_but_one(book: SessionBook) -> None:
    one, kept = book.open(ALICE, "192.0.2.1")
    two, _ = book.open(ALICE, "192.0.2.2")
    other, _ = book.open(BOB, "192.0.2.3")
    book.end_account(ALICE, except_key=kept.key)
    assert [bool(book.find(each)) for each in (one, two, other)] == [True, False, True]


def test_listeners_hear_of_each_end_once(book: SessionBook) -> None:
    heard: list[Session] = []
    stop = book.on_end(heard.append)
    identifier, session = book.open(ALICE, "192.0.2.1")
    book.close(identifier)
    book.close(identifier)
    stop()
    book.close(book.open(BOB, "192.0.2.1")[0])
    assert heard == [session]


def test_signing_in_again_and_again_pushes_out_only_ones_own_sessions(watch: Watch) -> None:
    book = SessionBook(watch, counter())
    bobs, _ = book.open(BOB, "192.0.2.2")
    first, _ = book.open(ALICE, "192.0.2.1")
    for _ in range(MAX_OF_ACCOUNT):
        last, _ = book.open(ALICE, "192.0.2.1")
    assert book.find(bobs) is not None
    assert book.find(first) is None
    assert book.find(last) is not None
    assert len(book) == MAX_OF_ACCOUNT + 1
