"""What MOM knows of one attribute of a user or a device, and how to read it off a record class.

Each attribute is written down once, as an annotated field of the record; everything else (wire
names, table columns, JSON, CSV, grid columns, validation, merge groups) is derived from here.
"""

import enum
import functools
import types
import typing

import msgspec


class Group(enum.Enum):
    """The merge group of an attribute: what changes, wins and loses together."""

    __hash__ = object.__hash__  # the key of many look-ups; an Enum's own hash is slow

    IDENTITY = "identity"
    RELATION = "relation"
    ROAMING = "roaming"
    SUBSCRIPTION = "subscription"
    SECRET = "secret"
    OBSERVED = "observed"
    ADMIN = "admin"
    STAMP = "stamp"
    OWN = "own"
    """Known to MOM alone; never on the wire to an OMM."""


class Attr(msgspec.Struct, frozen=True, kw_only=True):
    """The annotation of one field.

    `label` is the heading people see (English), `tab` the tab of the page it is shown on,
    `since` the first SIP-DECT release that has it, `written_by` who may change it
    ("client", "omm", "mom"), `max_len` the start value of the guard in characters (secrets: bytes),
    `choices` the known words of an open enumeration, `low`/`high` the range of a number.
    """

    group: Group
    label: str = ""
    tab: str = ""
    since: str = "6.1"
    written_by: str = "client"
    max_len: int | None = None
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    dialled: bool = False
    """The text is a number that is dialled or a SIP user name."""
    hidden: bool = False
    """Never shown to anybody, never logged; encrypted at rest."""


class Kind(enum.Enum):
    """How the values of an attribute are written: as JSON, SQL and AXI types derive from it."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    SECRET = "secret"
    OTHER = "other"


class Attribute(msgspec.Struct, frozen=True):
    """One attribute of a record class: Python name, name on the wire, kind and annotation."""

    name: str
    wire: str
    kind: Kind
    attr: Attr

    @property
    def group(self) -> Group:
        """The merge group it belongs to."""
        return self.attr.group


_WIRE_EXCEPTIONS = {
    "bt_locatable": "BTlocatable",
    "bt_sensitivity": "BTsensitivity",
    "keep_local_pb": "keepLocalPB",
    "use_sip_user_name": "useSIPUserName",
    "use_sip_user_authentication": "useSIPUserAuthentication",
    "conference_server_uri": "conferenceServerURI",
    "lang_pp": "langPP",
    "subscribe_to_pari_only": "subscribeToPARIOnly",
}
_STATE_NAMES = ("cus", "has", "hss", "hrs", "hcs", "srs", "scs", "cds", "hbs", "bts", "sws")


def wire_name(name: str) -> str:
    """The protocol's spelling of a Python field name: `rel_type` is `relType`."""
    if name in _STATE_NAMES:
        return name.upper()
    if name in _WIRE_EXCEPTIONS:
        return _WIRE_EXCEPTIONS[name]
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _kind(hint: object) -> Kind:
    options = set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}
    options.discard(types.NoneType)
    options = {getattr(option, "__supertype__", option) for option in options}
    if options == {bool}:
        return Kind.BOOLEAN
    if options == {int}:
        return Kind.NUMBER
    if options == {str}:
        return Kind.TEXT
    if len(options) == 1 and getattr(options.pop(), "__name__", "") == "Secret":
        return Kind.SECRET
    return Kind.OTHER


@functools.cache
def attributes(record: type[msgspec.Struct]) -> tuple[Attribute, ...]:
    """All annotated attributes of a record class, in the order they are written down."""
    found = []
    for name, hint in typing.get_type_hints(record, include_extras=True).items():
        metadata = getattr(hint, "__metadata__", ())
        for note in metadata:
            if isinstance(note, Attr):
                found.append(Attribute(name, wire_name(name), _kind(hint.__origin__), note))
    return tuple(found)


@functools.cache
def by_wire(record: type[msgspec.Struct]) -> dict[str, Attribute]:
    """The attributes of a record class by their name on the wire."""
    return {attribute.wire: attribute for attribute in attributes(record)}


@functools.cache
def of_group(record: type[msgspec.Struct], group: Group) -> tuple[Attribute, ...]:
    """The attributes of one merge group of a record class, in the order they are written down."""
    return tuple(a for a in attributes(record) if a.group is group)
