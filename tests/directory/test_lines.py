"""The lines of a record's history are whole by themselves, wherever they are read."""

from mom.directory import lines
from mom.directory.merge import Judgement, Verdict
from mom.model.copy import Noun
from mom.model.identities import OmmId

FOUR = OmmId(4)
EVENING = 1_796_070_760


def test_a_decision_names_date_and_zone_of_both_times() -> None:
    told = lines.decided(
        Noun.USER, ["name"], FOUR, Judgement(Verdict.TAKE), (EVENING, EVENING - 86_400), {}
    )
    assert told == (
        "name from OMM 0004, newer there (2026-11-30 20:32:40 UTC against 2026-11-29 20:32:40 UTC)"
    )


def test_what_was_never_changed_has_no_time() -> None:
    assert lines.relation_kept(FOUR, 0, EVENING) == (
        "relation from MOM, OMM 0004 differs (2026-11-30 20:32:40 UTC against never)"
    )
