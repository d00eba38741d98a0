import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from mom.axi.catalogue import Catalogue, load, nearest
from mom.axi.codec import decode
from mom.axi.element import Element, make
from mom.axi.specs import Evidence, Kind, Specs, parse

HERE = Path(__file__).parent
DIGESTS = json.loads((HERE / "catalogue_digests.json").read_text())
CAPTURED = sorted((HERE / "captures").glob("*.xml"))
SOURCES = {
    Evidence.SCHEMA_6_1: "schema-6.1",
    Evidence.OBSERVED_7_1: "observed-7.1",
    Evidence.OBSERVED_9: "observed-9.x",
    Evidence.CLIENT_CODE: "client-code",
    Evidence.PROVISIONING_FILE: "provisioning-file",
    Evidence.INFERRED: "inferred",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def words(*values: object) -> str:
    """One fact as a line: booleans as digits, evidence by name, tuples joined by commas."""
    shown = []
    for value in values:
        if isinstance(value, bool):
            shown.append(str(int(value)))
        elif isinstance(value, tuple):
            shown.append(",".join(SOURCES.get(each, str(each)) for each in value))
        elif isinstance(value, Evidence):
            shown.append(SOURCES[value])
        else:
            shown.append(str(value))
    return " ".join(shown)


def messages(c: Catalogue) -> Iterable[str]:
    for m in c.messages.values():
        yield words(
            m.name,
            m.kind.value,
            m.type,
            m.response or "",
            m.known,
            m.version_7_1 or "",
            m.source,
            m.schema_name or "",
        )


def attributes(c: Catalogue) -> Iterable[str]:
    for t in c.types.values():
        for name, a in t.attributes.items():
            facts = (a.required, a.secret, a.min, a.max, a.default, a.schema_name)
            yield words(t.name, name, a.type, *facts, a.source, a.evidence[1:])


def children(c: Catalogue) -> Iterable[str]:
    for t in c.types.values():
        for name, a in t.children.items():
            facts = (a.many, a.text, a.max, a.schema_name)
            yield words(t.name, name, a.type, *facts, a.evidence[:1], a.evidence[1:])


SECTIONS = {
    "messages": messages,
    "attributes": attributes,
    "children": children,
    "types": lambda c: [words(t.name, t.open) for t in c.types.values()],
    "enums": lambda c: [name + " " + "|".join(values) for name, values in c.enums.items()],
    "events": lambda c: [
        words(e.name, e.source, e.permission, e.delivers, e.likely) for e in c.event_types.values()
    ],
    "errors": lambda c: list(c.errors),
    "limits": lambda c: [words(*limit) for limit in c.limits.items()],
    "versions": lambda c: [words(*version) for version in c.versions_7_1().items()],
}


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_the_catalogue_is_complete_and_unaltered(catalogue: Catalogue, section: str):
    lines = sorted(SECTIONS[section](catalogue))
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()

    assert [len(lines), digest] == DIGESTS[section]


def test_every_type_that_is_named_exists(catalogue: Catalogue):
    plain = {"string", "integer", "unsigned", "long", "short", "boolean", "integer-list"}
    known = plain | catalogue.enums.keys() | catalogue.types.keys()

    named = {m.type for m in catalogue.messages.values()}
    for spec in catalogue.types.values():
        named |= {a.type for a in spec.attributes.values()}
        named |= {c.type for c in spec.children.values()}

    assert named <= known


def test_every_request_has_its_answer_in_the_catalogue(catalogue: Catalogue):
    requests = [m for m in catalogue.messages.values() if m.kind is Kind.REQUEST]

    assert all(catalogue.message(request.response or "") for request in requests)


def test_every_error_code_has_a_meaning(catalogue: Catalogue):
    assert set(catalogue.errors) == set(catalogue.enums["ResponseCodeType"])
    assert all(len(meaning) > 10 for meaning in catalogue.errors.values())


def test_secrets_of_a_user_are_marked(catalogue: Catalogue):
    secrets = {n for n, a in catalogue.types["PPUserType"].attributes.items() if a.secret}

    assert {"pin", "sipPw", "credentialPw", "serviceAuthPassword"} <= secrets


def test_a_message_is_looked_up_by_name(catalogue: Catalogue):
    message = catalogue.message("GetPPUser")

    assert message is not None
    assert message.response == "GetPPUserResp"
    assert catalogue.message("Nonsense") is None


def test_the_catalogue_is_read_once():
    assert load() is load()


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_nothing_is_found_in_captured_messages(catalogue: Catalogue, path: Path):
    assert catalogue.findings(decode(path.read_bytes())) == []


@pytest.mark.parametrize(
    ("element", "finding"),
    [
        (make("SetPPUsr"), "unknown message 'SetPPUsr', did you mean 'SetPPUser'?"),
        (make("Zzzz"), "unknown message 'Zzzz'"),
        (make("Ping", {"timestamp": 1}), "did you mean 'timeStamp'?"),
        (make("Ping", {"qqqqqqq": 1}), "Ping: unknown attribute 'qqqqqqq'"),
        (make("Ping", {"timeStamp": "now"}), "Ping/@timeStamp: not a whole number"),
        (make("Ping", None, make("x")), "Ping: unknown child 'x'"),
        (make("Ping", {"errCode": "EPerm"}), "Ping: unknown attribute 'errCode'"),
        (make("SetPPUser", {"plainText": "x"}), "SetPPUser/@plainText: not a boolean"),
        (
            make("SetPPUser", None, make("user", {"vip": "x"})),
            "SetPPUser/user/@vip: not a boolean",
        ),
        (
            make("SetPPUser", None, make("user", {"relType": "Loose"})),
            "'Loose' is none of the known values: Unbound, Dynamic, Fixed",
        ),
        (
            make("SetDECTSubscriptionMode", {"mode": "Off", "timeout": 61}),
            "SetDECTSubscriptionMode/@timeout: not between 1 and 60",
        ),
        (make("SetPPUser", None, make("user"), make("user")), "2 children 'user', at most 1"),
        (
            make("EventPermissionChange", None, make("permission", text="Flying")),
            "'Flying' is none of the known values",
        ),
    ],
)
def test_what_looks_wrong_is_found(catalogue: Catalogue, element: Element, finding: str):
    (found,) = catalogue.findings(element)

    assert finding in found


def test_attributes_that_any_request_may_have_are_accepted(catalogue: Catalogue):
    element = make("SetPPUser", {"seq": 1, "plainText": 1, "replaceData": "true"}, make("user"))

    assert catalogue.findings(element) == []


def test_what_is_only_known_by_name_is_not_looked_into(catalogue: Catalogue):
    assert catalogue.findings(make("SetMOMControlState", {"anything": "x"}, make("y"))) == []


def test_enumerations_are_compared_without_case(catalogue: Catalogue):
    element = make("SetPPUser", None, make("user", {"relType": "dynamic"}))

    assert catalogue.findings(element) == []


def test_the_nearest_name_prefers_the_same_word_in_other_case():
    assert nearest("PPN", ["ppn", "PP"]) == "ppn"
    assert nearest("abc", []) is None


def test_a_faulty_line_is_named():
    assert parse("# nothing\n\n") == Specs()
    with pytest.raises(ValueError, match="line 2"):
        parse("limit\trecords\t20\nlimit\trecords\tx")
