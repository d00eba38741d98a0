"""What becomes of the events of OMMs that are about messages, alarms, channels and applications.

An event that makes no sense is counted and dropped. Contents of messages are personal and are never
logged. This module must not know how anything is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.axi.element import Element, make
from mom.axi.errors import BadValue
from mom.axi.mom_profile import ChannelMessage, RoutedRequest, route_response
from mom.messaging.alarms import Alarms
from mom.messaging.carrier import Carrier
from mom.messaging.channels import Channels
from mom.messaging.errors import Refused
from mom.messaging.figures import Counters
from mom.messaging.hub import Hub
from mom.messaging.listeners import Listeners
from mom.messaging.message import MAX_SIZE, message_of_phone, size
from mom.messaging.omm_line import OmmLine
from mom.messaging.party import Step, Tell
from mom.messaging.requests import Caller, Reply
from mom.ports import Whereabouts

Ask = Callable[[Caller, Element], "Deferred[Reply]"]
_SHORT = frozenset(
    {
        "EventMessageProgress",
        "EventMessageConfirmation",
        "EventMessageQueueEmpty",
        "EventAlarmTrigger",
        "EventApplicationDataChannelCnf",
    }
)
"""Events of which something is remembered, or which many are told; the others have limits of their
own."""


class OmmEvents:
    """Takes the events of all OMMs; `ask` answers the requests of their applications."""

    log = Logger()

    def __init__(
        self,
        carrier: Carrier,
        hub: Hub,
        channels: Channels,
        listeners: Listeners,
        whereabouts: Whereabouts,
        counters: Counters,
        ask: Ask,
    ) -> None:
        self._carrier = carrier
        self._hub = hub
        self._channels = channels
        self._listeners = listeners
        self._whereabouts = whereabouts
        self._counters = counters
        self._ask = ask
        self._alarms = Alarms(whereabouts)
        self._handlers: Mapping[str, Callable[[OmmLine, Element], None]] = {
            "EventMessageSend": self._message,
            "EventMessageProgress": self._progress,
            "EventMessageConfirmation": self._confirmation,
            "EventMessageQueueEmpty": self._queue_empty,
            "EventAlarmTrigger": self._alarm,
            "EventRequestToMOM": self._request,
            "EventApplicationDataChannel": self._data,
            "EventApplicationDataChannelCnf": self._channel,
        }

    def take(self, line: OmmLine, event: Element) -> None:
        """Take the next event of an OMM; others than those about messages are not ours."""
        handler = self._handlers.get(event.name)
        if handler is None:
            return
        try:
            if event.name in _SHORT and size(event) > MAX_SIZE:
                raise BadValue(event.name, f"at most {MAX_SIZE} characters")
            handler(line, event)
        except (BadValue, Refused) as error:
            self._counters.malformed += 1
            self.log.debug(
                "{party}: {name} dropped: {why}", party=line.party, name=event.name, why=error
            )

    def _message(self, line: OmmLine, event: Element) -> None:
        message = message_of_phone(line.party, event, lambda ppn: self._number(line, ppn))
        self._counters.from_omms += 1
        self._carrier.do(self._carrier.post.accept(message, self._carrier.now()))

    def _number(self, line: OmmLine, ppn: int) -> str:
        """The number to dial of the phone with that local number."""
        return self._whereabouts.number_at(self._whereabouts.device_number(line.omm, ppn))

    def _progress(self, line: OmmLine, event: Element) -> None:
        told = self._carrier.post.progress(line.omm, event, self._carrier.now())
        self._pass_on("MessageProgress", line, told)

    def _confirmation(self, line: OmmLine, event: Element) -> None:
        told = self._carrier.post.confirmation(line.omm, event)
        self._pass_on("MessageConfirmation", line, told)

    def _pass_on(self, event_type: str, line: OmmLine, steps: Sequence[Step]) -> None:
        """Tell the sender, and who else wants to know."""
        self._carrier.do(steps)
        first = steps[0] if steps else None
        if isinstance(first, Tell):
            wanting = self._listeners.wanting(event_type)
            self._carrier.spread(first.event, wanting, [line.party, first.to])

    def _queue_empty(self, line: OmmLine, event: Element) -> None:
        self._carrier.do(self._carrier.post.queue_empty(line.omm, event))

    def _alarm(self, line: OmmLine, event: Element) -> None:
        alarm = self._alarms.take(line.omm, event)
        if alarm is None:
            self._counters.repeated += 1
            return
        self._counters.alarms += 1
        wanting = self._listeners.wanting("AlarmTrigger", event.get("trigger"))
        self._carrier.spread(alarm, wanting, [line.party])

    def _data(self, line: OmmLine, event: Element) -> None:
        """Data of an application at the OMM; that somebody has no room is counted there."""
        try:
            self._hub.told(line.party, line.address, ChannelMessage.from_element(event))
        except Refused as refused:
            if refused.code == "EInval":
                raise

    def _channel(self, line: OmmLine, event: Element) -> None:
        local = event.number("id")
        if event.flag("deleted"):
            self._carrier.do(self._channels.ended_there(line.party, local))
        else:
            self._carrier.do(self._channels.made_there(line.party, event.get("name"), local))

    def _request(self, line: OmmLine, event: Element) -> None:
        """A request of an application at the OMM: answered through the OMM."""
        try:
            routed = RoutedRequest.from_element(event)
        except BadValue:
            if not event.get("id"):
                raise
            refused = make("ErrorResp", {"errCode": "EInval", "info": "one request is expected"})
            line.say(route_response(event.get("id"), refused))
            return

        def answered(reply: Reply) -> None:
            line.say(route_response(routed.id, reply.response))
            self._carrier.do(reply.steps)

        replied = self._ask(Caller(line.party), routed.request).addCallback(answered)
        replied.addErrback(self._broken, line)

    def _broken(self, failure: Failure, line: OmmLine) -> None:
        self.log.failure("a request through {party} was not answered", failure, party=line.party)
