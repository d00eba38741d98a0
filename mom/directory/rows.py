"""What waits in a sitting's one queue: everything that an OMM told, in the order of its bytes."""

import msgspec

from mom.axi.element import Element
from mom.axi.mom_profile import DectLocate, DectSubscribe, PpLogin
from mom.model.copy import Noun
from mom.model.identities import OmmId

Known = tuple[Noun, int]
"""A record by its noun and number: the system-wide one unless it is said to be local."""

Left = tuple[OmmId, int]
"""An OMM, and a device whose home it is no longer."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One `user` or `pp` element.

    `whole`: it holds the whole record; `live`: it came as an event. For an answer to a request of
    ours `sent` are the revisions that the request carried and `number` the record that it was
    about; `numbered`: it told the system-wide number. `missing`: the OMM was asked for `local` and
    has no such record. `names`: the attributes in order, where they are known to be those of all
    records that came together.
    """

    noun: Noun
    element: Element
    local: int
    whole: bool
    live: bool = False
    deleted: bool = False
    missing: bool = False
    sent: tuple[int, ...] = ()
    number: int = 0
    numbered: bool = False
    names: tuple[str, ...] | None = None


class Removed(msgspec.Struct, frozen=True):
    """The OMM has removed a copy at MOM's request."""

    noun: Noun
    number: int


class Visit(msgspec.Struct, frozen=True):
    """A phone or a person came to the OMM and waits for MOM's answer."""

    event: DectLocate | DectSubscribe | PpLogin


Item = Row | Removed | Visit
