"""Whether a phone that asks to subscribe may, and with which records. Pure."""

import enum

import msgspec

from mom.axi.mom_profile import SubscribeReject
from mom.model.setting import SubscriptionMode


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What decides: settings, licence, and what MOM knows of the phone.

    `pari_elsewhere`: it may subscribe to the own identity of another OMM only; `named`: it brought
    the additional ID of a user who waits for a phone; `room`: the OMM takes one more phone.
    """

    mode: SubscriptionMode
    auto_create: bool = False
    licensed: bool = True
    known: bool = False
    pari_elsewhere: bool = False
    named: bool = False
    room: bool = True


class Answer(enum.Enum):
    """Which records the OMM gets."""

    OWN = "the phone's own"
    PAIR = "a new pair of the phone and the user that it named"
    NEW = "a new device"


def decide(asked: Asked) -> Answer | SubscribeReject:
    """The answer, by the first rule that fits."""
    if asked.mode is SubscriptionMode.OFF:
        return SubscribeReject.OFF
    if not asked.licensed:
        return SubscribeReject.LICENSE
    answer = _answer(asked)
    if isinstance(answer, Answer) and not asked.room:
        return SubscribeReject.LIMIT
    return answer


def _answer(asked: Asked) -> Answer | SubscribeReject:
    if asked.known:
        return SubscribeReject.PARI_ONLY if asked.pari_elsewhere else Answer.OWN
    if asked.mode is SubscriptionMode.WILDCARD and asked.named:
        return Answer.PAIR
    return Answer.NEW if asked.auto_create else SubscribeReject.UNKNOWN


def reason(code: str) -> SubscribeReject:
    """Why a phone may not subscribe, by the error that its OMM answered to the records."""
    return SubscribeReject.LIMIT if code == "ENoMem" else SubscribeReject.UNKNOWN
