"""Everything that can go wrong in the store.

The tree::

    StoreError
    +-- OpenRefused          the database cannot be used, the text says why
    |   +-- FromTheFuture    it was written by a newer version of MOM
    |   +-- WrongKey         the key file does not fit this database
    |   +-- Occupied         another MOM is using it
    +-- StoreClosed          the store was used before it was opened or after it was closed
    +-- Clash                a unit of work would break a rule of the database; nothing was stored
    +-- OutOfRange           a value that the database cannot hold, or be asked for
    +-- NumbersExhausted     all numbers of a noun were given away
    +-- NotStored            the database did not take a unit of work; nothing is known to be stored
    +-- NotRead              the database did not answer a query
    +-- QueryError           a page was asked for with a field, operator or value that is not there
    VaultError
    +-- KeyFileError         the key file is missing, malformed or readable by others
    +-- Unopenable           an encrypted value is damaged, or was sealed with another key or place

No text of these errors holds a secret.
"""


class StoreError(Exception):
    """Anything that went wrong in the store."""


class OpenRefused(StoreError):
    """The database cannot be used; the text says why and what to do."""


class FromTheFuture(OpenRefused):
    """The database was written by a newer version of MOM; install that version again."""


class WrongKey(OpenRefused):
    """The key file is not the one that the secrets in this database were encrypted with."""


class Occupied(OpenRefused):
    """Another MOM is using this database; only one may."""


class StoreClosed(StoreError):
    """The store was used before it was opened or after it was closed."""


class Clash(StoreError):
    """A unit of work would break a rule of the database; nothing of it was stored."""


class OutOfRange(StoreError):
    """A value that the database cannot hold, or be asked for: too great a number, a NUL in a text.

    It is the value's fault, not the database's: nothing was stored, and all else can be.
    """


class NumbersExhausted(StoreError):
    """All numbers of a noun were given away; they are never used twice."""


class NotStored(StoreError):
    """The database did not take a unit of work (disk full, connection lost)."""


class NotRead(StoreError):
    """The database did not answer a query (connection lost, file damaged)."""


class QueryError(StoreError):
    """A page was asked for in a way that makes no sense.

    `field` is the name that was given, `mistake` what is wrong with it, `right` what would be
    accepted instead.
    """

    def __init__(self, field: str, mistake: str, right: str) -> None:
        super().__init__(f"{field}: {mistake}; {right}")
        self.field = field
        self.mistake = mistake
        self.right = right


class VaultError(Exception):
    """Encryption at rest failed."""


class KeyFileError(VaultError):
    """The key file is missing, malformed, or can be read by others; the text says which."""


class Unopenable(VaultError):
    """An encrypted value is damaged, or was sealed with another key or for another place."""
