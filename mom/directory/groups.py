"""The decision about one group of a record: what differs, who has news, who wins. Pure.

It looks at no other group, and changes no record.
"""

import msgspec

from mom.directory import late, lines, withheld
from mom.directory.entry import revisions_of
from mom.directory.fingerprints import stamp_of
from mom.directory.lines import NOTHING, Sentence
from mom.directory.merge import Judgement, Verdict, is_news, judge
from mom.directory.news import Facts, News
from mom.directory.wire import Record, Told, Value, alike
from mom.model.agreement import GROUPS, NEVER, NO_PRINT, Agreement
from mom.model.attribute import Group
from mom.model.identities import ipei_key


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One group of a record, decided.

    `judged` is what becomes of it, `winner` who would win if the values differed. `changes` and
    `extra` (unknown attributes) are taken from the OMM; `times` are the OMM's stamp and MOM's by
    MOM's clock; `lost` the values that did not win, for `line`. `stamp` and `print` are the raw
    ones to agree upon.
    """

    judged: Judgement
    winner: Verdict
    changes: dict[str, Value]
    extra: dict[str, str]
    times: tuple[int, int]
    line: Sentence = NOTHING
    lost: dict[str, Value] = {}
    stamp: int
    print: bytes
    revision: int | None
    """The revision agreed upon; None = the record's own after the decision."""
    unsent: int | None
    """The revision to keep if MOM's news are to be sent; None = MOM has none."""


def decide(
    record: Record,
    agreed: Agreement,
    news: News,
    facts: Facts,
    place: int,
    flawed: frozenset[str],
) -> Decided:
    """Decide the group at a place of `GROUPS`; what MOM has in `flawed` fields is not spread."""
    told = news.told
    group = GROUPS[told.noun][place]
    sides = _sides(record, agreed, news, facts, place)
    if sides.omm:
        untouched = withheld.untouched(flawed, told.groups.get(group, {}), agreed, news, place)
    else:
        untouched = flawed
    it = _compare(record, told, group, untouched)
    winner = _winner(sides, group, news, it)
    taken = bool(it.real) and winner.verdict is Verdict.TAKE
    judged = winner if taken or not flawed.issuperset(it.real) else Judgement(Verdict.SAME)
    times = (sides.omm_at, sides.mom_at)
    line, lost = NOTHING, dict[str, Value]()
    if it.real and (judged is winner or winner.both):
        known = [n for n in it.real if n in it.values]
        lost = {n: getattr(record, n) if taken else it.values[n] for n in known}
        line = lines.decided(told.noun, it.real, facts.omm, winner, times, lost)
    untold = news.raw is None and not it.told
    return Decided(
        judged=judged,
        winner=winner.verdict,
        changes={n: v for n, v in it.values.items() if n in it.unfilled or taken},
        extra={n: t for n, t in it.extra.items() if n in it.unfilled or taken},
        times=times,
        line=line,
        lost=lost,
        stamp=_stamp(news, place) or max(agreed.stamps[place], 0),
        print=news.raw.prints[place] if news.raw else _partial(agreed, place, it.told),
        revision=_revision(judged, sides.agreed, revisions_of(record)[place], untold),
        unsent=sides.agreed if sides.mom else None,
    )


class _Compared(msgspec.Struct, frozen=True):
    """How one group differs: `values` and unknown attributes (`extra`) that are not as in MOM, by
    name; of these `unfilled` are those that MOM was never told, `real` those that must be decided;
    `told` says whether the OMM told anything of the group.
    """

    values: dict[str, Value]
    extra: dict[str, str]
    unfilled: frozenset[str]
    real: tuple[str, ...]
    told: bool


def _compare(record: Record, told: Told, group: Group, untouched: frozenset[str]) -> _Compared:
    """Compare a group but its `untouched` fields: MOM does not spread them, so they may differ."""
    values = told.groups.get(group, {})
    extra = told.extra if group is Group.ADMIN else {}
    differing = {
        n: v
        for n, v in values.items()
        if not _equal(n, getattr(record, n), v) and n not in untouched
    }
    unknown = {n: t for n, t in extra.items() if not alike(record.extra.get(n), t)}
    never = [n for n in differing if getattr(record, n) is None]
    never += [n for n in differing if n == "ipei" and not getattr(record, n)]
    never += [n for n in unknown if n not in record.extra]
    real = (n for n in (*differing, *unknown) if n not in never)
    return _Compared(differing, unknown, frozenset(never), tuple(real), _is_told(told, group))


def _is_told(told: Told, group: Group) -> bool:
    return bool(told.groups.get(group) or (group is Group.ADMIN and told.extra))


class _Sides(msgspec.Struct, frozen=True, kw_only=True):
    """Who has news of one group since the last agreement, and since when.

    Times are by MOM's clock, 0 = not known. `answer`: the OMM answers a request that carried the
    group; then `agreed` is the revision that the request carried, else that of the agreement.
    """

    omm: bool
    mom: bool
    omm_at: int
    mom_at: int
    answer: bool
    agreed: int


def _sides(record: Record, agreed: Agreement, news: News, facts: Facts, place: int) -> _Sides:
    group = GROUPS[news.told.noun][place]
    stamp = _stamp(news, place)
    answer = news.answers(place)
    sent = news.sent[place] if answer else agreed.revisions[place]
    first = agreed.stamps[place] == NEVER and not answer
    seen = agreed.prints[place]
    changed = news.raw is None or seen == NO_PRINT or seen != news.raw.prints[place]
    return _Sides(
        omm=answer or first or news.live or is_news(stamp, agreed.stamps[place], changed),
        mom=first or revisions_of(record)[place] != sent,
        omm_at=facts.own_time(stamp)
        or (facts.now if news.live and _is_told(news.told, group) else 0),
        mom_at=getattr(record, f"time_stamp_{group.value}"),
        answer=answer,
        agreed=sent,
    )


def _stamp(news: News, place: int) -> int:
    """The OMM's raw stamp of the group at that place; 0 if it told none."""
    if news.raw is not None:
        return news.raw.stamps[place]
    return stamp_of(GROUPS[news.told.noun][place], dict(news.attrs))


def _winner(sides: _Sides, group: Group, news: News, it: _Compared) -> Judgement:
    """Who wins if the values differ."""
    if (sides.answer and sides.mom) or late.is_move(group, news.told):
        return Judgement(Verdict.SEND)
    winner = judge(sides.omm, sides.mom, sides.omm_at, sides.mom_at, sides.answer)
    if winner.both and news.past and late.is_own(it.real, it.values, news.past):
        return Judgement(Verdict.SEND, both=True, own=True)
    return winner


def _revision(judged: Judgement, agreed: int, mine: int, untold: bool) -> int | None:
    """The revision to keep: that of the last agreement while MOM's values are to be sent."""
    if judged.verdict is Verdict.SEND:
        return agreed if agreed != mine else NEVER
    return agreed if untold else None


def _partial(agreed: Agreement, place: int, told_here: bool) -> bytes:
    """The print after a partial event: that of the last reading unless it touched the group."""
    return NO_PRINT if told_here else agreed.prints[place]


def _equal(name: str, mine: object, theirs: object) -> bool:
    if name == "ipei":
        return ipei_key(str(mine or "")) == ipei_key(str(theirs or ""))
    return mine == theirs
