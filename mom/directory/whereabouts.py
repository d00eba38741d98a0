"""What the news of one OMM say about where a device is."""

from mom.directory.bench import Bench
from mom.directory.fingerprints import stamp_of
from mom.directory.news import Facts, News
from mom.directory.roaming import roam
from mom.directory.rows import Left
from mom.directory.wanted import wanted
from mom.model.attribute import Group
from mom.model.copy import Copy, CopyState, Noun
from mom.model.device import Device


def has_arrived(device: Device, copy: Copy | None, news: News, facts: Facts) -> bool:
    """Whether a device that moves to this OMM turns out to be there."""
    new = bool(news.sent) or copy is None or copy.state is not CopyState.HELD
    raw = stamp_of(Group.ROAMING, dict(news.attrs))
    return roam.has_arrived(device, news.told, facts.ari, facts.own_time(raw), new)


def was_taken(before: Device, after: Device, news: News) -> bool:
    """Whether a device turns out to be at another home than MOM had brought it to."""
    return not news.sent and before.s == after.s == "Yes" and 0 != before.home != after.home != 0


def left(bench: Bench, before: Device, after: Device, news: News, facts: Facts) -> list[Left]:
    """The OMM that a device has left without MOM: its former home, when it turned up here; or this
    OMM, when it still takes itself for the home of a permanent user's phone that is elsewhere.
    """
    if news.sent or after.s != "Yes" or not after.home:
        return []
    if after.home != before.home:
        return [(before.home, int(after.ppn))] if before.home else []
    stays = wanted(bench.entry(Noun.DEVICE, after.ppn), facts.omm, bench)
    thinks = news.told.value(Group.ROAMING, "omm_id") == facts.ari != ""
    moves = roam.phase(after) is not roam.Phase.RESTS
    if thinks and stays and after.home != facts.omm and not moves:
        return [(facts.omm, int(after.ppn))]
    return []
