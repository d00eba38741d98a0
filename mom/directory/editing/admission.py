"""Whether records may be as people want them: what depends on other records, OMMs and the licence.

Reads drafts; it changes nothing.
"""

from collections.abc import Mapping
from typing import Protocol

from mom.directory.bench import Bench
from mom.directory.editing import permanents
from mom.directory.errors import FieldErrors, NoLicence
from mom.directory.index import Index
from mom.directory.policy import Policy
from mom.directory.wire import Record
from mom.model.copy import Noun
from mom.model.identities import OmmId, ipei_key
from mom.model.user import User

NO_NUMBER = "is required: a user without a number reaches no OMM"


class AdmissionDesk(Protocol):
    """What admission needs of the directory."""

    index: Index
    policy: Policy

    def limits(self) -> dict[OmmId, int]:
        """How many phones each enabled OMM takes, where it ever told."""


class Admission:
    """The checks that a record alone cannot answer."""

    def __init__(self, desk: AdmissionDesk) -> None:
        self._desk = desk

    def check(
        self, bench: Bench, noun: Noun, before: Record | None, values: Mapping[str, object]
    ) -> None:
        """Whether these values (by Python name) may go into a record; `before` None = a new one.

        A user that has no number, as OMMs may tell of such, can be changed. Raises `FieldErrors`,
        and `NoLicence` for a new user.
        """
        errors = _taken(bench, noun, before, values)
        if noun is Noun.USER:
            errors |= self._of_user(bench, before, values)
        if errors:
            raise FieldErrors(errors)
        if noun is Noun.USER and before is None:
            self.one_more_user(bench)

    def one_more_user(self, bench: Bench) -> None:
        """Whether the licence allows a further user. Raises `NoLicence`."""
        policy = self._desk.policy
        if policy.max_users is not None and not policy.room(bench.count(Noun.USER)):
            raise NoLicence(policy.max_users)

    def _of_user(
        self, bench: Bench, before: Record | None, values: Mapping[str, object]
    ) -> dict[str, str]:
        former = before if isinstance(before, User) else None
        if "num" in values and not values["num"] and (former is None or former.num):
            return {"num": NO_NUMBER}
        was_permanent = former is not None and bool(former.permanent)
        was_external = former is not None and bool(former.external)
        permanent = bool(values.get("permanent", was_permanent))
        external = bool(values.get("external", was_external))
        if external and not was_external:
            return {"external": "only OMMs make external users"}
        if was_external and not external and former is not None and former.rel_type == "Fixed":
            return {"external": "the source of a user in a fixed relation stays as it is"}
        if permanent and external:
            return {"permanent": "a permanent user cannot be external"}
        if permanent and not was_permanent:
            why = self._no_room(bench, former)
            return {"permanent": why} if why else {}
        return {}

    def _no_room(self, bench: Bench, user: User | None) -> str:
        """Why there cannot be one more permanent user; empty if there can."""
        fresh = bench.entries.fresh_permanent | {int(user.uid) if user is not None else 0}
        most, limits = self._desk.policy.most_permanent, self._desk.limits()
        return permanents.refusal(
            self._desk.index, fresh, bench.entries.permanent + 1, most, limits
        )


def _taken(
    bench: Bench, noun: Noun, before: Record | None, values: Mapping[str, object]
) -> dict[str, str]:
    """Number or IPEI, if somebody else has it."""
    name = "num" if noun is Noun.USER else "ipei"
    text = str(values.get(name) or "")
    key = text if noun is Noun.USER else ipei_key(text)
    own = 0
    if before is not None:
        own = int(before.uid if isinstance(before, User) else before.ppn)
    others = [number for number in bench.with_key(noun, key) if number != own]
    return {name: f"is used by {noun.value} {others[0]} already"} if others else {}
