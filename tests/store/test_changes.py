from collections.abc import Sequence

from mom.model.copy import Noun
from mom.store.changes import Change, ChangeFeed, Many
from tests.conftest import LoggedErrors

ONE = Change(Noun.USER, 1, None, "after", "test")
TOLD = [ONE]


def test_first_listeners_hear_before_the_others() -> None:
    feed, heard = ChangeFeed(), []
    feed.subscribe(lambda changes: heard.append("page"))
    feed.subscribe(lambda changes: heard.append("index"), first=True)
    feed.publish(TOLD)
    assert heard == ["index", "page"]


def test_a_failing_listener_is_logged_and_stops_nobody(logged_errors: LoggedErrors) -> None:
    feed, heard = ChangeFeed(), []

    def fail(changes: Sequence[Change | Many]) -> None:
        raise ValueError("broken listener")

    feed.subscribe(fail)
    feed.subscribe(heard.extend)
    feed.publish(TOLD)
    assert heard == TOLD
    (logged,) = logged_errors.flush(ValueError)
    assert logged["noun"] == "user"
    assert logged["id"] == 1


def test_a_stopped_listener_hears_nothing_and_may_be_stopped_twice() -> None:
    feed, heard = ChangeFeed(), []
    subscription = feed.subscribe(heard.extend)
    subscription.stop()
    subscription.stop()
    feed.publish(TOLD)
    assert heard == []


def test_a_listener_that_another_one_stops_meanwhile_is_not_told() -> None:
    feed, heard = ChangeFeed(), []
    feed.subscribe(lambda changes: later.stop())
    later = feed.subscribe(heard.extend)
    feed.publish(TOLD)
    assert heard == []


def test_a_listener_added_while_others_are_told_hears_the_next_commit() -> None:
    feed, heard = ChangeFeed(), []
    adding = feed.subscribe(lambda changes: feed.subscribe(heard.extend) and None)
    feed.publish(TOLD)
    assert heard == []
    adding.stop()
    feed.publish(TOLD)
    assert heard == TOLD


def test_a_bulk_import_is_told_singly_to_the_first_and_as_one_to_the_others() -> None:
    feed, index, pages = ChangeFeed(), [], []
    feed.subscribe(index.extend, first=True)
    feed.subscribe(pages.extend)
    feed.publish(TOLD, [Many(Noun.USER, (1,))])
    assert index == TOLD
    assert pages == [Many(Noun.USER, (1,))]


def test_nothing_changed_is_not_told() -> None:
    feed, heard = ChangeFeed(), []
    feed.subscribe(heard.append)
    feed.publish([])
    assert heard == []


def test_a_listener_to_some_nouns_hears_commits_with_one_of_them_as_a_whole() -> None:
    feed, heard = ChangeFeed(), []
    feed.subscribe(heard.append, nouns=(Noun.OMM, Noun.ROAM))
    omm = Change(Noun.OMM, 1, None, "after", "test")
    feed.publish(TOLD)
    feed.publish([ONE, omm])
    feed.publish([Many(Noun.ROAM, (3,), "test")])
    feed.publish([])
    assert heard == [[ONE, omm], [Many(Noun.ROAM, (3,), "test")]]
