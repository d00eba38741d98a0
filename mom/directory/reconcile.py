"""The decision about one record and one OMM. Pure.

Takes MOM's record, the last agreement and what the OMM told; gives the record and the agreement
afterwards and the explainable lines. Each group is decided by `mom.directory.groups`; what concerns
several is put right here: where a phone is at home, and secrets, by `mom.directory.credentials`.
Relations are decided by `mom.directory.relation`, for they are facts of two records.
"""

from collections.abc import Mapping

import msgspec

from mom.directory import credentials, marks, withheld
from mom.directory.entry import revisions_of
from mom.directory.fingerprints import digests, laid_over
from mom.directory.groups import Decided, decide
from mom.directory.lines import Sentence
from mom.directory.merge import Judgement, Verdict, later
from mom.directory.news import Facts, News
from mom.directory.wire import Record, Value
from mom.model.agreement import GROUPS, NEVER, NO_PRINT, Agreement
from mom.model.attribute import Group
from mom.model.copy import Noun
from mom.model.device import ROAMING_COMPLETE, UNSEEN_MODEL, Device
from mom.model.identities import OmmId
from mom.model.user import User

_ADMIN = 0


class Outcome(msgspec.Struct, frozen=True):
    """A record and the agreement with one OMM after a decision, and why."""

    record: Record
    agreement: Agreement
    lines: tuple[Sentence, ...] = ()
    lost: tuple[dict[str, Value], ...] = ()
    """The values that did not win, by Python name, for each line."""


def reconcile(
    record: Record, agreed: Agreement, news: News, facts: Facts, observe: bool
) -> Outcome:
    """Decide all groups but the relation. `observe`: take observed values from this OMM."""
    noun = news.told.noun
    decided: dict[Group, Decided] = {}
    flaws = frozenset(facts.guard.flaws(noun, record))
    for place, group in enumerate(GROUPS[noun]):
        if group is not Group.RELATION:
            decided[group] = decide(record, agreed, news, facts, place, flaws)
    if noun is Noun.DEVICE and not news.sent:
        _agree_on_home(decided, agreed, record)
    if isinstance(record, User):
        _keep_unsent_secrets(decided, record, agreed, news, facts)
    changes = _changes(record, decided, news, facts)
    if isinstance(record, User):
        changes |= _secrets(record, agreed, news, facts, decided[Group.ADMIN])
    else:
        changes |= _home(record, decided, news, facts, changes)
        _tell_home(decided, news, changes)
    if observe:
        changes |= _observed(record, news, changes)
    after = _changed(record, changes, facts)
    if after is not record:
        flaws = frozenset(facts.guard.flaws(noun, after))
    agreement = _agreement(after, agreed, news, decided)
    if flaws or agreed.instead:
        instead = withheld.instead(after, flaws, agreed, news)
        agreement = msgspec.structs.replace(agreement, instead=instead)
    told = [g for g in decided.values() if g.line and (g.changes or agreement != agreed)]
    return Outcome(after, agreement, tuple(g.line for g in told), tuple(g.lost for g in told))


def created(record: Record, news: News) -> Agreement:
    """The agreement on a record that was just made from what an OMM told (but its relation)."""
    raw = news.raw
    if raw is None:
        raise ValueError("a record is made from a whole element only")
    return Agreement(
        raw.stamps,
        raw.prints,
        revisions_of(record),
        raw.observed,
        digests(dict(news.attrs)) if news.told.noun is Noun.USER else b"",
    )


def _agree_on_home(decided: dict[Group, Decided], agreed: Agreement, record: Record) -> None:
    """One phone on two OMMs: at the first sight there both groups go with the newer stamp."""
    if not all(stamp == NEVER for stamp in agreed.stamps):
        return
    roaming, subscription = decided[Group.ROAMING], decided[Group.SUBSCRIPTION]
    omm_at = max(roaming.times[0], subscription.times[0])
    mom_at = max(roaming.times[1], subscription.times[1])
    if omm_at <= mom_at and isinstance(record, Device) and record.s is not None:
        for group in (Group.ROAMING, Group.SUBSCRIPTION):
            if decided[group].judged.verdict is Verdict.TAKE:
                stands = Judgement(Verdict.SEND, both=True)
                decided[group] = msgspec.structs.replace(
                    decided[group], judged=stands, changes={}, extra={}, revision=NEVER
                )


def _keep_unsent_secrets(
    decided: dict[Group, Decided], user: User, agreed: Agreement, news: News, facts: Facts
) -> None:
    """Equal values do not settle the group admin, with its secrets, while MOM's news may be
    a secret that the OMM does not have, nor after a restored backup with other secrets."""
    admin = decided[Group.ADMIN]
    if admin.judged.verdict is not Verdict.SAME or admin.winner is Verdict.TAKE:
        return
    restored = news.raw is not None and admin.stamp < agreed.stamps[_ADMIN]
    restored = restored and agreed.digests != digests(dict(news.attrs))
    kept = admin.unsent if admin.unsent is not None else NEVER
    if (admin.unsent is not None or restored) and credentials.unproven(
        user, news.told.secrets, facts.key, facts.opener
    ):
        decided[Group.ADMIN] = msgspec.structs.replace(admin, revision=kept)


def _changes(
    record: Record, decided: Mapping[Group, Decided], news: News, facts: Facts
) -> dict[str, object]:
    """What the groups change in the record: values, stamps and revisions."""
    changes: dict[str, object] = {}
    for group, it in decided.items():
        name = group.value
        changes |= it.changes
        if it.extra:
            changes["extra"] = {**record.extra, **it.extra}
        if it.changes or it.extra:
            changes[f"rev_{name}"] = getattr(record, f"rev_{name}") + 1
        if it.judged.verdict is Verdict.TAKE:
            changes[f"time_stamp_{name}"] = it.times[0] or facts.now
        elif it.judged.verdict is Verdict.SAME and not news.sent and it.times[0] > it.times[1]:
            changes[f"time_stamp_{name}"] = it.times[0]
    return changes


def _secrets(
    user: User, agreed: Agreement, news: News, facts: Facts, admin: Decided
) -> dict[str, object]:
    """What is taken of the secrets. Stamps and values as agreed upon are no news of them, even if
    that is read as a whole for the first time since an event told of some values.
    """
    if not news.told.secrets or news.answers(_ADMIN):
        return {}
    quiet = admin.unsent is None and admin.stamp == agreed.stamps[_ADMIN]
    quiet = quiet and admin.judged.verdict is Verdict.SAME
    unseen = quiet and not news.live and agreed.prints[_ADMIN] == NO_PRINT
    taken = credentials.take(
        user,
        news.told.secrets,
        agreed.digests,
        admin.winner is Verdict.TAKE and not unseen,
        facts.key,
        facts.opener,
        quiet,
    )
    if not taken.values:
        return {}
    changes: dict[str, object] = {**taken.values, "rev_admin": user.rev_admin + 1}
    if taken.doubtful:
        changes["marks"] = marks.may_differ(user.marks, facts.omm, taken.doubtful)
    return changes


def _home(
    device: Device,
    decided: Mapping[Group, Decided],
    news: News,
    facts: Facts,
    changes: Mapping[str, object],
) -> dict[str, object]:
    """Where the device is after the decision: a subscribed one has a home, another none.

    A phone that has subscribed anew is where it did, whatever `ommId` says there.
    """
    if changes.get("s", device.s) != "Yes":
        return {"home": OmmId(0)} if device.home else {}
    told = any(
        decided[group].changes or decided[group].judged.verdict is Verdict.TAKE
        for group in (Group.ROAMING, Group.SUBSCRIPTION)
    )
    if device.home and not told:
        return {}
    ari = news.told.value(Group.ROAMING, "omm_id")
    taken = decided[Group.SUBSCRIPTION].judged.verdict is Verdict.TAKE
    here = (
        decided[Group.ROAMING].judged.verdict is not Verdict.TAKE
        and ("uak" in changes or "s" in changes)
        and (not ari or (taken and (news.live or device.s is not None)))
    )
    ari = None if here else ari
    home = facts.at(ari)
    found: dict[str, object] = {"home": home} if home != device.home else {}
    known = changes.get("omm_id", device.omm_id)
    if home == facts.omm and facts.ari and ari is None and known not in (None, facts.ari):
        found |= {"omm_id": facts.ari, "omm_id_ack": facts.ari, "roaming": ROAMING_COMPLETE}
        found["time_stamp_roaming"] = later(facts.now, device.time_stamp_roaming)
        found["rev_roaming"] = device.rev_roaming + 1
    return found


def _observed(record: Record, news: News, changes: Mapping[str, object]) -> dict[str, object]:
    """What this OMM sees of a phone or its user.

    One that has not seen the phone knows no model: the known one of the same phone stands.
    """
    told = news.told.groups.get(Group.OBSERVED, {})
    seen: dict[str, object] = {n: v for n, v in told.items() if getattr(record, n) != v}
    is_known = isinstance(record, Device) and record.hw_type and "ipei" not in changes
    if is_known and seen.get("hw_type") == UNSEEN_MODEL:
        del seen["hw_type"]
    return seen


def _tell_home(decided: dict[Group, Decided], news: News, changes: Mapping[str, object]) -> None:
    """An OMM that tells another home than MOM has now decided is to be told of that."""
    told = news.told.value(Group.ROAMING, "omm_id")
    if told is not None and changes.get("omm_id", told) != told:
        decided[Group.ROAMING] = msgspec.structs.replace(decided[Group.ROAMING], revision=NEVER)


def _changed(record: Record, changes: dict[str, object], facts: Facts) -> Record:
    """The record with its changes, its marks of guarded fields, and a new revision."""
    if not changes:
        return record
    noun = Noun.USER if isinstance(record, User) else Noun.DEVICE
    after = msgspec.structs.replace(record, **changes, revision=record.revision + 1)
    marked = marks.guarded(after.marks, facts.guard.flaws(noun, after))
    return after if marked == after.marks else msgspec.structs.replace(after, marks=marked)


def _agreement(
    after: Record, agreed: Agreement, news: News, decided: Mapping[Group, Decided]
) -> Agreement:
    """The agreement after the decision; its relation is as it was, raw values renewed."""
    noun = news.told.noun
    own = revisions_of(after)
    stamps, prints, revisions = [], [], []
    for place, group in enumerate(GROUPS[noun]):
        it = decided.get(group)
        if it is None:
            stamps.append(agreed.stamps[place])
            prints.append(agreed.prints[place])
            revisions.append(agreed.revisions[place])
            continue
        stamps.append(it.stamp)
        prints.append(it.print)
        revisions.append(own[place] if it.revision is None else it.revision)
    observed = news.raw.observed if news.raw else agreed.observed
    if news.raw is None and Group.OBSERVED in news.told.groups:
        observed = NO_PRINT
    fresh = msgspec.structs.replace(
        agreed,
        stamps=tuple(stamps),
        prints=tuple(prints),
        revisions=tuple(revisions),
        observed=observed,
    )
    if noun is Noun.DEVICE or not news.told.secrets or (fresh == agreed and agreed.digests):
        return fresh
    kept = digests(dict(news.attrs))
    if news.raw is None and agreed.digests:
        kept = laid_over(agreed.digests, kept)
    return msgspec.structs.replace(fresh, digests=kept)
