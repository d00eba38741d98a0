"""Who is bound to whom: a fact of two records, told by an OMM from either side.

The newest stamp on either side wins, and making a relation ends every other one of both, with the
same stamp. Works on drafts; knows neither the store nor how anything is sent.
"""

import msgspec

from mom.directory import lines
from mom.directory.bench import Bench, key_of
from mom.directory.entry import UNBOUND, other
from mom.directory.fingerprints import stamp_of
from mom.directory.merge import Verdict, is_news, judge
from mom.directory.news import Facts, News
from mom.directory.wanted import wanted
from mom.directory.wire import Record, Told
from mom.model.agreement import NEVER, NO_PRINT, PENDING, Agreement, unpack
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.user import User

PLACE = 1
"""Where the relation stands in `mom.model.agreement.GROUPS` of both nouns."""
NOBODY = OmmId(0)
"""No OMM: MOM itself made or ended a relation, and every OMM is told."""


class Related(msgspec.Struct, frozen=True):
    """What became of the relation that one element told.

    `unknown` is the local number of a bound record that MOM does not know yet, 0 = none.
    """

    agreement: Agreement
    line: lines.Sentence = lines.NOTHING
    unknown: int = 0


def partner_of(record: Record) -> int:
    """The system-wide number of the bound record; 0 = none."""
    return int(record.ppn if isinstance(record, User) else record.uid)


def expected(bench: Bench, record: Record, omm: OmmId) -> tuple[int, str]:
    """The relation that an OMM shows while it agrees with MOM: only with a partner it holds."""
    noun, _ = key_of(record)
    partner = partner_of(record)
    copy = bench.copy(other(noun), partner, omm) if partner else None
    if copy is None or copy.state is not CopyState.HELD or not copy.local:
        return 0, UNBOUND
    return partner, record.rel_type


def leaves(bench: Bench, copy: Copy) -> bool:
    """Whether a copy is being removed, and its record not wanted there again meanwhile."""
    entry = bench.entry(copy.noun, copy.number)
    return copy.state is CopyState.REMOVING and not wanted(entry, copy.omm, bench)


class _Claim(msgspec.Struct, frozen=True):
    """What an OMM says of a record's relation: the system-wide number of the other end (0 = none),
    the type, its raw stamp (0 = not told) and the fingerprint of what it said.
    """

    partner: int
    rel_type: str
    stamp: int
    print: bytes


def relate(
    bench: Bench, record: Record, copy: Copy | None, agreed: Agreement, news: News, facts: Facts
) -> Related:
    """Decide the relation that an element tells; `record` and its partners must be loaded."""
    told = _told(record, news)
    stamp = _stamp(news)
    print_ = news.raw.prints[PLACE] if news.raw else NO_PRINT
    if told is None:
        revision = record.rev_relation if news.raw and agreed.stamps[PLACE] == NEVER else None
        return Related(_with(agreed, stamp if news.raw else None, None, revision))
    local, rel_type = told
    noun, _ = key_of(record)
    partner = 0
    if local:
        found = bench.local(other(noun), facts.omm, local)
        if found is None or bench.entry(found.noun, found.number) is None:
            return Related(_with(agreed, stamp, print_, PENDING), unknown=local)
        partner = found.number
    claim = _Claim(partner, rel_type, stamp, print_)
    if _same(bench, record, copy, claim, facts.omm):
        return _agree(bench, record, agreed, claim, news, facts)
    if copy is not None and (copy.state is CopyState.REMOVING or _is_offered(copy, news)):
        return Related(_with(agreed, stamp, print_, NEVER))
    return _differ(bench, record, agreed, claim, news, facts)


def _is_offered(copy: Copy, news: News) -> bool:
    """Whether this answers a request of ours to make a record that said nothing of the relation."""
    left_out = bool(news.sent) and not news.answers(PLACE)
    return copy.state is CopyState.OFFERED and left_out


def completed(bench: Bench, told: Told, agreed: Agreement, partner: int, omm: OmmId) -> Told | None:
    """A partial event with the partner that it left out; None if the OMM must be asked.

    An event tells only what changed: where a pair's type is switched, the type alone. Its partner
    is the one in MOM (`partner`), if the OMM holds that and agreed with MOM on the relation.
    """
    if told.partner is not None or told.rel_type in (None, UNBOUND):
        return told
    copy = bench.copy(other(told.noun), partner, omm) if partner else None
    pending = agreed.revisions[PLACE] == PENDING
    if copy is None or copy.state is not CopyState.HELD or not copy.local or pending:
        return None
    return msgspec.structs.replace(told, partner=copy.local)


def is_guess(told: Told, partner: int) -> bool:
    """Whether an event names a partner without the type and MOM has none: `relate` assumes one.

    So tells an OMM of whoever moves to the phone of another one, after it told that both their
    former relations ended; only the whole record has the type.
    """
    return bool(told.partner) and told.rel_type is None and not partner


def tie(
    bench: Bench,
    device: int,
    user: int,
    rel_type: str,
    stamp: int,
    omm: OmmId,
) -> None:
    """Bind a device and a user (either may be 0: unbind) and end what else they were bound to.

    `omm` is the OMM that made the relation itself and needs not be told, 0 = none did.
    """
    phone = bench.device(device) if device else None
    person = bench.user(user) if user else None
    if phone is not None and phone.uid not in (0, user):
        _set(bench, Noun.USER, int(phone.uid), 0, UNBOUND, stamp, omm)
    if person is not None and person.ppn not in (0, device):
        _set(bench, Noun.DEVICE, int(person.ppn), 0, UNBOUND, stamp, omm)
    if phone is not None:
        _set(bench, Noun.DEVICE, device, user, rel_type, stamp, omm)
    if person is not None:
        _set(bench, Noun.USER, user, device, rel_type, stamp, omm)


def rejoin(bench: Bench, old: Record, news: News, omm: OmmId, now: int) -> None:
    """Bind a record out of the trash as its OMM still has it, if its deletion had ended that.

    `old` is the record as it was deleted; both ends must be loaded. A partner that was bound to
    somebody else since stays with them.
    """
    told = _told(old, news)
    noun, number = key_of(old)
    partner = partner_of(old)
    copy = bench.local(other(noun), omm, told[0]) if told is not None and told[0] else None
    if (
        told is None
        or copy is None
        or copy.number != partner
        or not bench.entry(copy.noun, partner)
    ):
        return
    theirs = bench.record(copy.noun, partner)
    if theirs is not None and not partner_of(theirs):
        device, user = (partner, number) if noun is Noun.USER else (number, partner)
        tie(bench, device, user, told[1], max(now, theirs.time_stamp_relation + 1), omm)


def _told(record: Record, news: News) -> tuple[int, str] | None:
    """The bound local number and the type that an element tells; None if it tells neither."""
    partner, rel_type = news.told.partner, news.told.rel_type
    if rel_type == UNBOUND or partner == 0:
        return 0, UNBOUND
    if partner is None:
        return None
    if rel_type is None:
        return partner, record.rel_type if record.rel_type != UNBOUND else "Dynamic"
    return partner, rel_type


def _same(bench: Bench, record: Record, copy: Copy | None, claim: _Claim, omm: OmmId) -> bool:
    if copy is not None and leaves(bench, copy):
        return True
    mine = (partner_of(record), record.rel_type)
    return (claim.partner, claim.rel_type) in (mine, expected(bench, record, omm))


def _agree(
    bench: Bench, record: Record, agreed: Agreement, claim: _Claim, news: News, facts: Facts
) -> Related:
    noun, _ = key_of(record)
    told_at = facts.own_time(claim.stamp)
    if not news.sent and told_at > record.time_stamp_relation and record.rel_type != UNBOUND:
        bench.put(msgspec.structs.replace(record, time_stamp_relation=told_at))
    if claim.partner:
        _settle(bench, other(noun), claim.partner, facts.omm, only_pending=True)
    return Related(_with(agreed, claim.stamp, claim.print, record.rev_relation))


def _differ(
    bench: Bench, record: Record, agreed: Agreement, claim: _Claim, news: News, facts: Facts
) -> Related:
    """Decide who wins. What MOM changed at the other end counts as news of MOM, too."""
    noun, _ = key_of(record)
    answer = news.answers(PLACE)
    mine = news.sent[PLACE] if answer else agreed.revisions[PLACE]
    first = mine in (PENDING, NEVER) and not answer
    changed = agreed.prints[PLACE] == NO_PRINT or agreed.prints[PLACE] != claim.print
    news_omm = answer or first or news.live or is_news(claim.stamp, agreed.stamps[PLACE], changed)
    news_mom = first or record.rev_relation != mine
    mom_at = record.time_stamp_relation
    theirs = bench.record(other(noun), claim.partner) if claim.partner else None
    if theirs is not None and _news_at(bench, theirs, facts.omm):
        news_mom, mom_at = True, max(mom_at, theirs.time_stamp_relation)
    omm_at = facts.own_time(claim.stamp) or (facts.now if news.live else 0)
    if judge(news_omm, news_mom, omm_at, mom_at).verdict is Verdict.TAKE:
        return _take(bench, record, agreed, claim, facts, (omm_at, mom_at), answer)
    revision = mine if mine not in (record.rev_relation, PENDING) else NEVER
    line = lines.relation_kept(facts.omm, omm_at, mom_at)
    return Related(_with(agreed, claim.stamp, claim.print, revision), line)


def _take(
    bench: Bench,
    record: Record,
    agreed: Agreement,
    claim: _Claim,
    facts: Facts,
    times: tuple[int, int],
    answer: bool,
) -> Related:
    """Make the relation in MOM as the OMM says. `times`: its stamp and MOM's, by MOM's clock."""
    noun, number = key_of(record)
    theirs = bench.record(other(noun), claim.partner) if claim.partner else None
    at = times[0] or facts.now
    if claim.partner:
        device, user = (claim.partner, number) if noun is Noun.USER else (number, claim.partner)
        tie(bench, device, user, claim.rel_type, at, facts.omm)
    else:
        _unbind(bench, record, at, facts.omm)
    now = bench.record(noun, number)
    revision = now.rev_relation if now is not None else NEVER
    line = lines.NOTHING
    if not bench.is_new(noun, number):
        line = lines.bound(_name(theirs), claim.rel_type, facts.omm, *times, answer)
    return Related(_with(agreed, claim.stamp, claim.print, revision), line)


def _unbind(bench: Bench, record: Record, stamp: int, omm: OmmId) -> None:
    """End a record's relation at both ends."""
    noun, number = key_of(record)
    partner = partner_of(record)
    if partner:
        _set(bench, other(noun), partner, 0, UNBOUND, stamp, omm)
    _set(bench, noun, number, 0, UNBOUND, stamp, omm)


def unbind(bench: Bench, noun: Noun, number: int, stamp: int, omm: OmmId = NOBODY) -> None:
    """End the relation of a loaded record, if there is one, at both ends.

    Every OMM is told but `omm`, which ended it itself.
    """
    record = bench.record(noun, number)
    if record is not None and partner_of(record):
        _unbind(bench, record, stamp, omm)


def _set(
    bench: Bench, noun: Noun, number: int, partner: int, rel_type: str, stamp: int, omm: OmmId
) -> None:
    record = bench.record(noun, number)
    if record is None or (partner_of(record), record.rel_type) == (partner, rel_type):
        if record is not None and omm:
            _settle(bench, noun, number, omm)
        return
    bound = {"uid": UserNumber(partner)} if noun is Noun.DEVICE else {"ppn": DeviceNumber(partner)}
    bench.put(
        msgspec.structs.replace(
            record,
            **bound,
            rel_type=rel_type,
            time_stamp_relation=stamp,
            rev_relation=record.rev_relation + 1,
            revision=record.revision + 1,
        )
    )
    if omm:
        _settle(bench, noun, number, omm)


def _settle(bench: Bench, noun: Noun, number: int, omm: OmmId, only_pending: bool = False) -> None:
    """Note that an OMM knows a record's relation as it is now, having told it itself."""
    copy = bench.copy(noun, number, omm)
    entry = bench.entry(noun, number)
    if copy is None or entry is None or not copy.agreed:
        return
    agreed = unpack(noun, copy.agreed)
    if only_pending and agreed.revisions[PLACE] != PENDING:
        return
    packed = _with(agreed, None, None, entry.revisions[PLACE]).pack()
    bench.put_copy(msgspec.structs.replace(copy, agreed=packed))


def _news_at(bench: Bench, record: Record, omm: OmmId) -> bool:
    """Whether MOM changed the relation of a record since the agreement with that OMM."""
    noun, number = key_of(record)
    copy = bench.copy(noun, number, omm)
    agreed = unpack(noun, copy.agreed).revisions[PLACE] if copy is not None else NEVER
    if agreed == PENDING:
        return record.time_stamp_relation > 0
    return record.rev_relation != agreed


def _stamp(news: News) -> int:
    return news.raw.stamps[PLACE] if news.raw else stamp_of(Group.RELATION, dict(news.attrs))


def _with(
    agreed: Agreement, stamp: int | None, print_: bytes | None, revision: int | None
) -> Agreement:
    """An agreement with another relation; None leaves as it is (a stamp of 0 too)."""
    stamps, prints = list(agreed.stamps), list(agreed.prints)
    revisions = list(agreed.revisions)
    stamps[PLACE] = stamp or max(stamps[PLACE], 0)
    prints[PLACE] = prints[PLACE] if print_ is None else print_
    revisions[PLACE] = revisions[PLACE] if revision is None else revision
    return msgspec.structs.replace(
        agreed, stamps=tuple(stamps), prints=tuple(prints), revisions=tuple(revisions)
    )


def _name(record: Record | None) -> str:
    if record is None:
        return ""
    if isinstance(record, User):
        return lines.user_named(record.num or str(record.uid))
    return lines.device_named(record.ipei or str(record.ppn))
