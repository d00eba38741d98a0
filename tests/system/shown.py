"""What the API must show of a record that an OMM told, and what it must not."""

from typing import Any

from tests.system.house import House

SECRETS = {"pin", "sipPw", "credentialPw", "serviceAuthPassword"}
NEVER_SHOWN = {*SECRETS, "uak"}
"""Attributes that no answer of the API has."""


def assert_shown(told: dict[str, str], shown: dict[str, Any]) -> None:
    """Every attribute that an OMM told is shown, with its type; keys are MOM's own."""
    own = {"uid", "ppn", "uidSec", "ppnSec", "relType", "ommIdAck", *NEVER_SHOWN}
    for name, text in told.items():
        if name in own or name.startswith("timeStamp") or name == "xFutureThing":
            continue
        value = shown[name]
        assert isinstance(value, str | bool | int)
        assert (str(int(value)) if isinstance(value, bool) else str(value)) == text, name
    assert not shown.keys() & NEVER_SHOWN


def observed() -> set[str]:
    """What only the OMM knows of a user: it is not sent."""
    states = {"HAS", "HSS", "HRS", "HCS", "SRS", "SCS", "CDS", "HBS", "BTS", "SWS", "CUS"}
    return states | {"calculatedSipPort", "configurationDataLoaded"}


async def assert_no_secret(house: House, records: list[dict[str, str]]) -> None:
    """No secret of these records is in an answer of the API, or in a log."""
    found = [await house.get(c, limit="200") for c in ("users", "devices", "pairs", "events")]
    texts = [str(found), house.mom.service.text()]
    texts += [file.read_text("utf-8") for file in (house.mom.folder / "log").glob("*.log")]
    for record in records:
        for name in NEVER_SHOWN:
            if record.get(name):
                assert not [text for text in texts if record[name] in text], name
