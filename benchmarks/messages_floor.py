"""The floor under system-wide messages: the same frames through TLS and lxml, without any logic.

Logs in to every simulated OMM, parses each frame with lxml, passes each message on to the OMM that
its receiver's number names, and each result back. No records, no directory, no limits, no time
limits. Prints "ready" when all OMMs are listened to, and runs until it is ended.

    python -m benchmarks.messages_floor --first-port 20001 --omms 20
"""

import argparse
import sys

from lxml import etree
from twisted.internet import reactor, ssl
from twisted.internet.protocol import ClientFactory, Protocol

SUBSCRIBE = (
    b'<Subscribe><e cmd="On" eventType="MessageSend" ppn="-1"/>'
    b'<e cmd="On" eventType="MessageProgress"/></Subscribe>\0'
)
NUMBERS_OF_ONE = 10_000
"""The numbers to dial of OMM i begin at i times this."""


class Link(Protocol):
    """One OMM."""

    def connectionMade(self):
        self.parser = etree.XMLParser(resolve_entities=False, no_network=True)
        self.rest = b""
        self.seq = 0
        self.transport.setTcpNoDelay(True)
        self.links = self.factory.links
        self.senders = self.factory.senders
        self.transport.write(b'<Open username="omm" password="omm" UserDeviceSyncClient="1"/>\0')

    def dataReceived(self, data):
        *frames, self.rest = (self.rest + data).split(b"\0")
        for frame in frames:
            self.take(etree.fromstring(frame, self.parser))

    def take(self, element):
        name = element.tag
        if name == "EventMessageSend":
            message = element[0]
            number = int(message.get("toAddr").partition(":")[2])
            self.senders.setdefault(key(message), []).append(self)
            self.links[number // NUMBERS_OF_ONE - 1].ask("SendMessage", message)
        elif name == "EventMessageProgress":
            self.senders.pop(key(element)).pop().ask("RouteEventFromMOM", element)
        elif name == "OpenResp":
            self.transport.write(SUBSCRIBE)
        elif name == "SubscribeResp":
            self.factory.ready()

    def ask(self, name, child):
        self.seq += 1
        request = etree.Element(name, seq=str(self.seq))
        request.append(child)
        self.transport.write(etree.tostring(request) + b"\0")


def key(element):
    return element.get("sendTime"), element.get("id"), element.get("toAddr")


class Links(ClientFactory):
    """All OMMs, in order."""

    def __init__(self, count):
        self.links = []
        self.senders = {}
        self.missing = count

    def buildProtocol(self, addr):
        link = Link()
        link.factory = self
        return link

    def ready(self):
        self.missing -= 1
        if not self.missing:
            print("ready", flush=True)

    def clientConnectionFailed(self, connector, reason):
        print(f"cannot connect: {reason.getErrorMessage()}", file=sys.stderr)
        reactor.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--first-port", type=int, required=True)
    parser.add_argument("--omms", type=int, required=True)
    options = parser.parse_args()
    factory = Links(options.omms)
    context = ssl.CertificateOptions(verify=False)
    for place in range(options.omms):
        link = Link()
        link.factory = factory
        factory.links.append(link)
        single = ClientFactory.forProtocol(lambda link=link: link)
        single.noisy = False
        single.clientConnectionFailed = factory.clientConnectionFailed
        single.links, single.senders, single.ready = factory.links, factory.senders, factory.ready
        reactor.connectSSL("127.0.0.1", options.first_port + place, single, context)
    reactor.run()


if __name__ == "__main__":
    main()
