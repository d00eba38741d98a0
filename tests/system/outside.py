"""Starts stand-ins for OMMs (`standin.py`), gives them orders, and makes records for them."""

import datetime
import json
import random
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.system.processes import until

SCRIPT = Path(__file__).with_name("standin.py")
CAPTURES = Path(__file__).parent.parent / "axi" / "captures"

Values = dict[str, str]


def captured() -> tuple[Values, Values]:
    """The user and the device that an OMM 7.1 once told."""
    answer = ET.fromstring((CAPTURES / "SetPPResp-unbound.xml").read_text("utf-8"))
    user, device = answer.find("user"), answer.find("pp")
    assert user is not None
    assert device is not None
    return dict(user.attrib), dict(device.attrib)


def ipei(number: int) -> str:
    """A valid IPEI."""
    digits = f"03074{number:07d}"
    check = sum(place * int(digit) for place, digit in enumerate(digits, 1)) % 11
    return f"{digits[:5]} {digits[5:]} {'*' if check == 10 else check}"


def pairs(first: int, count: int, park: str, stamp: int = 1520386972) -> tuple[list, list]:
    """Users with the numbers from `first`, each on a subscribed phone; local numbers from 1."""
    users, devices = [], []
    for place in range(1, count + 1):
        user, device = captured()
        number = str(first + place - 1)
        stamps = {name: str(stamp) for name in device if name.startswith("timeStamp")}
        user |= {name: text for name, text in stamps.items() if name in user}
        user |= {"uid": str(place), "ppn": str(place), "relType": "Dynamic", "ppnOld": "0"}
        user |= {"num": number, "addId": number, "sipAuthId": number, "name": f"Person {number}"}
        user |= {"sipRegisterCheck": "0"}
        device |= stamps
        device |= {"ppn": str(place), "uid": str(place), "relType": "Dynamic"}
        device |= {"ipei": ipei(first + place - 1), "ommId": park[2:], "ommIdAck": park[2:]}
        users.append(user)
        devices.append(device)
    return users, devices


def write_certificate(path: Path) -> None:
    """A new self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(random.getrandbits(100) | 1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )


class Place:
    """Where the sites of one test are: a PARK and numbers of their own."""

    def __init__(self, number: int) -> None:
        self.park = f"1F2000{number:04X}"
        self.first = 800_000 + 1000 * number
        self.filter = f"num:starts:{str(self.first)[:3]}"

    def num(self, place: int) -> str:
        """The number of the user with that local number."""
        return str(self.first + place - 1)


class StandIn:
    """One stand-in in a process of its own."""

    def __init__(self, folder: Path, port: int, address: str = "127.0.0.1", **site: Any) -> None:
        """`site` is what the file of the site holds; see `standin.py`."""
        folder.mkdir()
        self._folder = folder
        self.address, self.port = address, port
        user, device = captured()
        knows = {"user": list(user), "pp": list(device)}
        self.told = {"users": [], "devices": [], "knows": knows, **site}
        self._process: subprocess.Popen[str] | None = None
        self.new_certificate()

    def new_certificate(self) -> None:
        """Have another certificate from the next start on."""
        write_certificate(self._folder / "certificate.pem")

    def start(self, clock_offset: int = 0) -> None:
        """Start; at the second time with the records of the last."""
        file = self._folder / "site.json"
        file.write_text(json.dumps(self.told), "utf-8")
        words = {"port": self.port, "certificate": self._folder / "certificate.pem", "site": file}
        words |= {"address": self.address, "clock-offset": clock_offset}
        with (self._folder / "errors.log").open("ab") as errors:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    SCRIPT,
                    *(w for k, v in words.items() for w in (f"--{k}", str(v))),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._answer() == {"port": self.port}

    def stop(self) -> None:
        """Be away, and keep the records for the next start."""
        state = self.state()
        self.told |= {"users": state["user"], "devices": state["pp"], "sari": state["sari"]}
        self.end()

    def end(self) -> None:
        """End the process; does nothing if it has ended."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def errors(self) -> str:
        """What it wrote when it broke."""
        return (self._folder / "errors.log").read_text("utf-8")

    def order(self, what: str, **values: Any) -> Any:
        """Give an order and return the answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **values}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.errors()
        return json.loads(line)

    @property
    def running(self) -> bool:
        return self._process is not None

    def state(self) -> Any:
        """Records (by kind), settings, links, what it heard, and its complaints."""
        return self.order("state")

    def heard(self, name: str = "") -> list[tuple[str, Values, list]]:
        """The messages that it was sent, or those of one name, without their `seq`."""
        return [
            (tag, {k: v for k, v in attrs.items() if k != "seq"}, children)
            for tag, attrs, children, _ in self.state()["heard"]
            if name in ("", tag)
        ]

    def times(self, name: str) -> list[float]:
        """When it was sent messages of that name, by the machine's clock."""
        return [when for tag, _, _, when in self.state()["heard"] if tag == name]

    def records(self, kind: str, key: str) -> dict[str, Values]:
        """Its users or devices by one attribute."""
        return {record[key]: record for record in self.state()[kind]}

    def user(self, num: str) -> Values:
        """The user with that number."""
        return self.records("user", "num")[num]

    async def until(self, condition: Callable[[Any], bool], seconds: float = 15.0) -> Any:
        """Wait until its state is so, and return the state."""
        found: Any = None

        async def holds() -> bool:
            nonlocal found
            found = self.state()
            return condition(found)

        try:
            await until(holds, seconds)
        except TimeoutError:
            raise AssertionError(f"it is not so: {found}") from None
        return found


def now() -> int:
    """Seconds since 1970."""
    return int(time.time())


def imports(source: str) -> Iterable[str]:
    """The modules that a stand-in's source imports."""
    for line in source.splitlines():
        if line.startswith(("import ", "from ")):
            yield line.split()[1].split(".")[0]
