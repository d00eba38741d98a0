"""What people do with messages on a site: write, confirm, raise an alarm, do not answer.

Each deed works on one OMM's state and leaves what is to be told in its outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mom.axi.element import Element, Value, make
from mom.sim.mailbag import ANSWERS
from mom.sim.records import Record
from mom.sim.refusal import no_entry
from mom.sim.requests.messages import answer_as, confirm, new_message, write
from mom.sim.state import State

Args = Mapping[str, Any]
Result = dict[str, Any]


def message(state: State, args: Args) -> Result:
    """A user here (`num`, else the next one with a phone) writes `content` to the number `to`.

    `confirm` are choices for a confirmation, `msg` further attributes or others in their place.
    """
    sender = _sender(state, args)
    made = new_message(state, sender, f"tel:{args.get('to', '')}", str(args.get("content", "")))
    given = {str(name): str(text) for name, text in dict(args.get("msg", {})).items()}
    choices = [make("confirmReq", text=str(choice)) for choice in args.get("confirm", ())]
    sent = Element("msg", {**made.attrs, **given}, tuple(choices))
    return {"result": write(state, sent), "id": sent.get("id"), "sendTime": sent.get("sendTime")}


def confirm_again(state: State, args: Args) -> Result:
    """Somebody confirms a message that a phone here has (`id`) with `confirmation`."""
    for each in state.mail.listed:
        if each.get("id") == str(args["id"]):
            confirm(state, each, str(args.get("confirmation", "ReadYes")))
            return {}
    raise no_entry("no phone here has that message")


def answers(state: State, args: Args) -> Result:
    """Phones answer messages with `answer` from now on."""
    answer = str(args["answer"])
    if answer not in ANSWERS:
        raise no_entry(f"answers: {', '.join(ANSWERS)}")
    return {"delivered": answer_as(state, answer)}


def inbox(state: State, args: Args) -> Result:
    """The last messages that phones here got."""
    return {"messages": [dict(each.attrs) for each in state.mail.listed]}


def alarm(state: State, args: Args) -> Result:
    """A user here (`num`, else the next with a phone) raises the alarm `trigger`: `content`."""
    sender = _sender(state, args)
    attrs: dict[str, Value] = {
        "sendTime": state.now(),
        "id": state.mail.next_id(),
        "trigger": str(args.get("trigger", "SOS")),
        "uid": sender.id,
        "ppn": sender.number("ppn"),
        "fromAddr": f"tel:{sender.get('num')}",
        "content": str(args.get("content", "")),
    }
    return {"told": state.tell("AlarmTrigger", "EventAlarmTrigger", attrs)}


def _sender(state: State, args: Args) -> Record:
    if "num" in args:
        found = state.users.by_unique(str(args["num"]))
    else:
        writers = [user for user in state.users if user.number("ppn")]
        found = writers[state.mail.sent % len(writers)] if writers else None
    if found is None:
        raise no_entry("no such user, or none with a phone")
    return found


DEEDS: Mapping[str, Callable[[State, Args], Result]] = {
    "message": message,
    "confirm": confirm_again,
    "answers": answers,
    "inbox": inbox,
    "alarm": alarm,
}
"""Deeds by the name of their command."""
