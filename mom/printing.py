"""How commands show their results to people: plain text, one screen wide. Pure."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

_WIDEST = 40
_STATES_FIRST = ("connected", "synchronising", "configuring", "opening", "connecting", "waiting")


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, whole: bool = False) -> str:
    """Rows under heads, each column as wide as its longest text but at most 40 characters.

    `whole`: however wide it is, for readers that are no screen.
    """
    texts = [[str(cell) for cell in row] for row in [heads, *rows]]
    longest = [max(len(row[i]) for row in texts) for i in range(len(heads))]
    widths = longest if whole else [min(_WIDEST, length) for length in longest]
    lines = (
        "  ".join(_fitted(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in texts
    )
    return "\n".join(line.rstrip() for line in lines)


def _fitted(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else cell[: width - 1] + "…"


def licence_text(licence: Mapping[str, Any]) -> str:
    """That a licence is in force, and what it is too small for."""
    text = f"The licence is in force; SARI {licence['sari']}"
    return f"{text}\nWarning: {licence['warning']}" if licence["warning"] else text


def omm_table(omms: Sequence[Mapping[str, Any]], *, whole: bool = False) -> str:
    """The OMM records with the state of their connections; see `table`."""
    if not omms:
        return "There are no OMMs"
    heads = ("OMM", "Name", "Address", "State", "Users", "Devices", "Health", "Reason")
    rows = [
        (
            f"{omm['id']:04d}",
            omm["name"],
            omm["omm1"],
            _state(omm),
            omm["nUsers"],
            omm["nDevs"],
            omm["health"],
            omm["reason"] or "; ".join(omm["healthReasons"]),
        )
        for omm in omms
    ]
    return table(heads, rows, whole=whole)


def token_table(tokens: Sequence[Mapping[str, Any]]) -> str:
    """The tokens of scripts, with dates in UTC."""
    if not tokens:
        return "There are no tokens"
    heads = ("Token", "Name", "Account", "Rights", "Made", "Expires", "Used")
    rows = [
        (
            token["id"],
            token["name"],
            token["account"],
            "read, write" if token["write"] else "read",
            _date(token["created"]),
            _date(token["expires"]),
            _date(token["lastUsed"]),
        )
        for token in tokens
    ]
    return table(heads, rows)


def _date(seconds: int) -> str:
    if not seconds:
        return "never"
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()


def _state(omm: Mapping[str, Any]) -> str:
    if omm["state"] == "synchronising" and omm["total"]:
        return f"synchronising {omm['done']}/{omm['total']}"
    return str(omm["state"])


def status_text(status: Mapping[str, Any], *, whole: bool = False) -> str:
    """What `mom status` shows: the whole in a few lines, health, and a line for each OMM."""
    running = "running" if status["running"] else "not running"
    counts = f"Users: {status['users']}   Devices: {status['devices']}"
    lines = [
        f"MOM {status['version']} “{status['systemName']}” is {running}",
        f"SARI: {status['sari'] or 'none, no licence was imported'}",
        f"{counts}   OMMs: {_counts(status['states'])}",
    ]
    lines += _activity(status["activity"]) if status["activity"] else []
    troubles = [each for each in status["health"] if each["severity"] != "OK"]
    lines += [f"{each['severity']}: {each['name']}: {each['reason']}" for each in troubles]
    return "\n".join([*lines, "", omm_table(status["omms"], whole=whole)])


def _activity(activity: Mapping[str, Any]) -> list[str]:
    messages, roams = activity["messages"], activity["roams"]
    moves = f"{roams['running']} now, {roams['done']} done and {roams['failed']} failed today"
    delivered = messages["results"].get("Delivered", 0)
    failed = sum(messages["results"].values()) - delivered
    sent = f"{messages['openMessages']} under way, {delivered} delivered, {failed} not delivered"
    return [f"Roams: {moves}   Messages since the start: {sent}"]


def _counts(states: Mapping[str, int]) -> str:
    order = [*_STATES_FIRST, *(state for state in states if state not in _STATES_FIRST)]
    return ", ".join(f"{states[state]} {state}" for state in order if state in states) or "none"
