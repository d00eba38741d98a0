"""Two users with one number: kept, marked on both, told to the event log, never merged."""

import msgspec

from mom.directory import marks
from mom.directory.bench import Bench
from mom.directory.wanted import home_of
from mom.model.copy import Noun
from mom.model.identities import OmmId


async def refresh(bench: Bench) -> list[str]:
    """Mark all users whose number is now used twice, unmark those that are alone again.

    Returns the texts for the event log, one for each new conflict.
    """
    texts = []
    for num in bench.touched_keys(Noun.USER):
        now = bench.with_key(Noun.USER, num)
        alone = len(now) < 2 and bench.former_with_key(Noun.USER, num) < 2
        if alone and not any(_is_marked(bench, number) for number in now):
            continue
        await bench.load(now, ())
        for number in now:
            user = bench.user(number)
            if user is None:
                continue
            others = tuple((n, _where(bench, n)) for n in now if n != number)
            marked = marks.conflicts(user.marks, num, others)
            if marked == user.marks:
                continue
            bench.put(msgspec.structs.replace(user, marks=marked, revision=user.revision + 1))
            if len(marked) > len(user.marks):
                texts.append(f"user {number}: {marked[-1]}")
    return texts


def _is_marked(bench: Bench, number: int) -> bool:
    """Whether a user that is on the bench bears the mark of a conflict."""
    user = bench.user(number) if bench.loaded(Noun.USER, number) else None
    return user is not None and marks.in_conflict(user.marks)


def _where(bench: Bench, number: int) -> OmmId:
    """Where a user is: its home, else the OMM that holds it, else 0."""
    entry = bench.entry(Noun.USER, number)
    home = home_of(entry, bench) if entry is not None else OmmId(0)
    if home:
        return home
    return next((copy.omm for copy in bench.copies(Noun.USER, number)), OmmId(0))
