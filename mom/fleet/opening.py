"""Logging in at an OMM, and what it tells about itself.

Sources: ``Open`` with ``UserDeviceSyncClient`` is what gives the right to write devices (public
client code); a refused ``OpenResp`` still carries versions (captured). This module must not know
links, states or records.
"""

from collections.abc import Callable, Sequence

import msgspec

from mom.axi.element import Element, make
from mom.axi.errors import BadValue, RequestRefused
from mom.axi.session import Limits, OpenResponse, open_request, public_key, versions
from mom.fleet.errors import (
    Hindrance,
    NoFullAccess,
    NoIdentity,
    OtherVersion,
    StandBy,
    TooOld,
    Unfit,
    WrongCredentials,
)
from mom.fleet.exchange import Answers, Request, ask_different
from mom.fleet.options import FIRST_VERSION
from mom.model.identities import IdentityError
from mom.model.identities import park as canonical_park
from mom.model.omm import Omm
from mom.ports import SessionFacts

FULL_ACCESS = "AllCnfWrite"
"""The permission an account needs so that MOM can work with the OMM."""


async def log_in(request: Request, omm: Omm, spoken: tuple[int, ...]) -> OpenResponse:
    """Open the session; ``spoken`` are the protocol versions that MOM works with.

    Raises a ``Hindrance`` that says why the OMM cannot be worked with.
    """
    try:
        answer = await request(open_request(omm.username, omm.password))
    except RequestRefused as refusal:
        raise _refused(refusal, spoken) from refusal
    response = OpenResponse.from_element(answer)
    check_version(response, spoken)
    check_access(response.permissions)
    return response


def _refused(refusal: RequestRefused, spoken: tuple[int, ...]) -> Hindrance:
    if refusal.code == "EForbidden":
        return StandBy()
    response = OpenResponse.from_element(refusal.response)
    if response.protocol_version is not None:
        try:
            check_version(response, spoken)
        except Unfit as unfit:
            return unfit
    if refusal.code == "EAuth":
        return WrongCredentials()
    why = f"{refusal.code} {refusal.info}".rstrip()
    return Unfit(f"log-in refused ({why})")


def check_version(response: OpenResponse, spoken: tuple[int, ...]) -> None:
    """Raise ``TooOld`` or ``OtherVersion`` unless the OMM's protocol version is listed."""
    told = response.protocol_version
    if told in spoken:
        return
    if response.release is not None and response.release < FIRST_VERSION:
        raise TooOld(response.omm_version)
    raise OtherVersion(told, spoken)


def check_access(permissions: frozenset[str]) -> None:
    """Raise ``NoFullAccess`` if the account may not change everything."""
    if FULL_ACCESS not in permissions:
        raise NoFullAccess


def ping(now: float) -> Element:
    """Build a ``Ping`` that asks for the OMM's clock; ``now`` is seconds since 1970."""
    return make("Ping", {"timeStamp": int(now)})


def clock_offset(answer: Element, now: float) -> float | None:
    """Read from ``PingResp`` how far the OMM's clock is ahead, in seconds; ``None`` if not told."""
    try:
        told = answer.number("timeStamp")
    except BadValue:
        return None
    return float(told - int(now)) if told > 0 else None


async def learn_facts(
    request: Request,
    response: OpenResponse,
    now: Callable[[], float],
    also: Sequence[Element] = (),
) -> tuple[SessionFacts, Answers]:
    """Ask an opened session for identity, key, sizes, versions and clock, all at once.

    ``also`` is asked with them, and all answers are returned beside the facts. Only the identity
    is needed: without a valid PARK this raises ``NoIdentity``.
    """
    questions = [make("GetPARK"), make("Limits"), make("GetVersions"), ping(now())]
    if response.public_key is None:
        questions.append(make("GetPublicKey"))
    answers = await ask_different(request, [*questions, *also])
    told = {name: answer for name, answer in answers.items() if isinstance(answer, Element)}
    key_answer = told.get("GetPublicKey")
    facts = SessionFacts(
        park=_park(told.get("GetPARK")),
        key=response.public_key or public_key(key_answer),
        protocol_version=response.protocol_version or 0,
        omm_version=response.omm_version,
    )
    if "Ping" in told:
        facts = msgspec.structs.replace(
            facts, clock_offset=clock_offset(told["Ping"], now()) or 0.0
        )
    if "Limits" in told:
        limits = Limits.from_element(told["Limits"]).values
        facts = msgspec.structs.replace(facts, limits=limits)
    if "GetVersions" in told:
        facts = msgspec.structs.replace(facts, versions=versions(told["GetVersions"]))
    return facts, answers


def _park(answer: Element | None) -> str:
    told = answer.get("park") if answer is not None else ""
    try:
        return canonical_park(told)
    except IdentityError as error:
        raise NoIdentity(told) from error
