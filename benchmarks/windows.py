"""Browsers without a screen: websockets that each keep windows of all tables open, until ended.

    python -m benchmarks.windows PORT TOKEN COUNT

What a page in a browser costs the server is its websocket and its windows; what it costs the
browser is not measured here. Prints how many updates came.
"""

import json
import signal
import sys

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from twisted.internet import reactor, ssl

WINDOWS = {
    "users": {"limit": 50, "sort": "name"},
    "devices": {"limit": 50, "sort": "ipei"},
    "pairs": {"limit": 50},
    "omms": {"limit": 50},
    "events": {"limit": 50},
}


class Page(WebSocketClientProtocol):
    """Subscribes to all windows and counts what comes."""

    def onOpen(self):
        for topic, query in WINDOWS.items():
            self.sendMessage(json.dumps({"subscribe": topic, "query": query}).encode())

    def onMessage(self, payload, isBinary):
        self.factory.seen += 1


class Pages(WebSocketClientFactory):
    """One page; it dials again when it is cut off."""

    protocol = Page
    seen = 0

    def clientConnectionFailed(self, connector, reason):
        reactor.callLater(0.5, connector.connect)

    clientConnectionLost = clientConnectionFailed


def main():
    port, token, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    headers = {"Authorization": f"Bearer {token}"}
    pages = []
    for _ in range(count):
        pages.append(Pages(f"wss://127.0.0.1:{port}/api/v1/live", headers=headers))
        connectWS(pages[-1], contextFactory=ssl.CertificateOptions(verify=False))
    signal.signal(signal.SIGTERM, lambda *_: reactor.callFromThread(reactor.stop))
    reactor.run(installSignalHandlers=False)
    print(json.dumps({"pages": count, "updates": sum(page.seen for page in pages)}), flush=True)


if __name__ == "__main__":
    main()
