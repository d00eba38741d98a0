"""How fake OMMs differ from one another."""

import msgspec


class Quirks(msgspec.Struct, kw_only=True):
    """How this OMM differs from others."""

    echoes: bool = False
    echo_first: bool = False
    restamps: bool = False
    reencrypts: bool = False
    words: bool = False
    """Booleans are written as `true` and `false`, those that MOM does not know too."""
    page: int = 20
    set_pp: bool = True
    keeps_numbers: bool = True
    """Whether the system-wide numbers that MOM tells are stored."""
    repeats_numbers: bool = False
    """Answers to `SetPP` show the numbers of the request, stored or not."""
    hides_numbers: bool = False
    """Records are told without the attributes of these numbers."""
    versions: bool = True
    refuse: dict[str, tuple[str, str]] = {}
    """Attribute value -> errCode and bad: refused when written."""
    refuse_requests: dict[str, str] = {}
    """Request -> errCode: refused."""
    silent: set[str] = set()
    """Requests that are carried out and never answered."""
    deaf: set[str] = set()
    """Requests that are neither carried out nor answered."""
    limit: int = 0
    """How many phones the OMM says that it takes; 0 = it does not tell."""
    profile: bool = True
    links: bool = True
    """Whether a log-in with the right PIN is reported at once."""
