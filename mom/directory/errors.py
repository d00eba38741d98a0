"""What can go wrong when somebody changes users and devices in MOM.

The tree::

    DirectoryError
    +-- FieldErrors      values that cannot be stored, with the reason per field
    +-- NoSuchRecord     no user or device has that number
    |   +-- NoSuchPair   the device is bound to no user
    |   +-- NoSuchLine   the record has no such line, or it cost nothing
    |   +-- NotInTrash   no such record was deleted lately
    +-- NoLicence        the licence allows no more
    +-- ChangedMeanwhile somebody else changed the same fields since
    +-- OmmAway          an OMM is not connected, or not read yet
    +-- DirectoryStopped MOM is stopping; nothing is changed any more
"""

from collections.abc import Mapping

from mom.directory.lines import omm_name
from mom.model.copy import Noun
from mom.model.identities import OmmId


class DirectoryError(Exception):
    """A change of users or devices that was not made."""


class FieldErrors(DirectoryError):
    """Values that cannot be stored: `fields` maps names as on the wire to reasons in words."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in fields.items()))
        self.fields = dict(fields)


class NoSuchRecord(DirectoryError):
    """No user or device has that number."""

    def __init__(self, noun: Noun, number: int) -> None:
        super().__init__(f"there is no {noun.value} {number}")
        self.noun = noun
        self.number = number


class NoSuchPair(NoSuchRecord):
    """The device is bound to no user."""

    def __init__(self, number: int) -> None:
        super().__init__(Noun.DEVICE, number)
        self.args = (f"device {number} is bound to no user",)


class NoSuchLine(NoSuchRecord):
    """The record has no such explainable line, or one that cost no values."""

    def __init__(self, noun: Noun, number: int, line: int) -> None:
        super().__init__(noun, number)
        self.args = (f"line {line} of {noun.value} {number} has no values to put back",)


class NotInTrash(NoSuchRecord):
    """No such record was deleted lately."""

    def __init__(self, noun: Noun, number: int) -> None:
        super().__init__(noun, number)
        self.args = (f"there is no {noun.value} {number} in the trash",)


class NoLicence(DirectoryError):
    """The licence allows no more than `most` users."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the licence allows {most} users")
        self.most = most


class OmmAway(DirectoryError):
    """An OMM is not connected, or not read yet: what it holds is not known now."""

    def __init__(self, omm: OmmId) -> None:
        super().__init__(f"{omm_name(omm)} is not connected; try again when it is")


class DirectoryStopped(DirectoryError):
    """MOM is stopping; nothing is changed any more."""

    def __init__(self) -> None:
        super().__init__("MOM is stopping")


_KEPT_ELSEWHERE = "the history of the record says by whom"


class ChangedMeanwhile(DirectoryError):
    """Somebody else changed the same fields since the revision that a change started from.

    `changed` maps those fields to who changed them ("" = not known any more); `revision` is the
    current one.
    """

    def __init__(self, changed: Mapping[str, str], revision: int) -> None:
        what = ", ".join(f"{name} by {by}" if by else name for name, by in changed.items())
        text = f"changed meanwhile: {what}"
        super().__init__(text if all(changed.values()) else f"{text}; {_KEPT_ELSEWHERE}")
        self.changed = dict(changed)
        self.revision = revision
