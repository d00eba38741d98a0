import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_twisted import ensureDeferred

from mom.admin.errors import ConfirmationNeeded, Refused
from mom.admin.licence_file import issue, issuer_of
from mom.admin.licences import LicenceBook, covers
from mom.model.licence import Licence
from mom.model.omm import Severity
from mom.ports import Component
from tests.admin.fakes import MemoryShelf, Records, Watch

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
LICENCE = Licence(
    installation_id="271110277",
    customer="Harbour",
    country="GERMANY",
    system_license="2MBSR-ZD5T8-SELNP-SAAGW-ZZV21",
    version="7.0",
    sari="1F1028D085",
    max_sites=2,
    max_users=100,
)


def file(**changes: object) -> bytes:
    return issue(msgspec.structs.replace(LICENCE, **changes), KEY)


class Desk:
    """A licence book with what is around it."""

    def __init__(self, version: str = "7.0.3", shelf: MemoryShelf | None = None) -> None:
        self.shelf = shelf or MemoryShelf()
        self.records = Records()
        self.book = LicenceBook(
            self.shelf,
            self.records,
            Watch(),
            issuers=lambda: {issuer_of(KEY.public_key()): KEY.public_key()},
            version=version,
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.feature("F198")
@ensureDeferred
async def test_health_is_an_error_without_a_licence_and_fine_with_one(desk: Desk) -> None:
    missing = Component("License", Severity.ERROR, "No license available")
    assert desk.book.snapshot() == [missing]
    await desk.book.import_file(file(), "mom")
    assert desk.book.snapshot() == [Component("License", Severity.OK)]


@pytest.mark.feature("F131", "F134", "F135")
@ensureDeferred
async def test_an_imported_licence_is_in_force_and_stays_after_a_restart(desk: Desk) -> None:
    assert desk.book.sari == ""
    heard: list[str] = []
    desk.book.listen(lambda before, after: heard.append(after.sari))
    await desk.book.import_file(file(), "mom")
    again = Desk(shelf=desk.shelf).book
    await again.load()
    for book in (desk.book, again):
        assert book.current == LICENCE
        assert (book.sari, book.installation_id) == ("1F1028D085", "271110277")
        assert book.imported.by == "mom"
    assert heard == ["1F1028D085"]
    assert desk.records.texts == ["mom imported the licence of Harbour for version 7.0"]


@pytest.mark.feature("F132")
@ensureDeferred
async def test_a_licence_of_another_installation_is_refused_and_the_old_one_stays(
    desk: Desk,
) -> None:
    await desk.book.import_file(file(), "mom")
    with pytest.raises(Refused, match=r"271110278.*271110277") as refused:
        await desk.book.import_file(file(installation_id="271110278"), "mom", confirmed=True)
    assert refused.value.code == "ELicenseWrongInstallId"
    assert desk.book.current == LICENCE
    assert desk.shelf.file == file()


@pytest.mark.feature("F136")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"nothing", "not an XML file"),
        (issue(LICENCE, STRANGER), "issuer"),
        (file().replace(b"GERMANY", b"FRANCE"), "signature is wrong"),
        (file(version="6.9"), "covers version 6.9, but this is version 7.0"),
    ],
)
@ensureDeferred
async def test_a_wrong_file_changes_nothing_and_says_why(desk: Desk, data: bytes, why: str) -> None:
    await desk.book.import_file(file(), "mom")
    with pytest.raises(Refused, match=why) as refused:
        await desk.book.import_file(data, "Alice")
    assert refused.value.code == "ELicenseFile"
    assert desk.book.current == LICENCE
    assert desk.shelf.file == file()
    assert desk.records.events[-1][0] is Severity.WARNING


@ensureDeferred
async def test_another_sari_asks_for_a_confirmation(desk: Desk) -> None:
    await desk.book.import_file(file(), "mom")
    other = file(sari="1F1028D086")
    with pytest.raises(ConfirmationNeeded, match="subscribed again"):
        await desk.book.import_file(other, "mom")
    assert desk.book.sari == "1F1028D085"
    await desk.book.import_file(other, "mom", confirmed=True)
    assert desk.book.sari == "1F1028D086"


@pytest.mark.feature("F133")
@ensureDeferred
async def test_one_licence_covers_every_site_up_to_its_own_maximum(desk: Desk) -> None:
    desk.book.require_site(500)
    await desk.book.import_file(file(max_sites=None, max_users=None), "mom")
    desk.book.require_site(501)
    assert desk.book.current is not None
    assert (desk.book.current.max_sites, desk.book.current.max_users) == (None, None)


@pytest.mark.feature("F2")
@ensureDeferred
async def test_more_than_the_licence_allows_is_refused_with_the_figure(desk: Desk) -> None:
    await desk.book.import_file(file(), "mom")
    desk.book.require_site(2)
    with pytest.raises(Refused, match="2 sites") as refused:
        desk.book.require_site(3)
    assert refused.value.code == "ELicense"


@pytest.mark.feature("F2")
@ensureDeferred
async def test_a_licence_smaller_than_the_system_is_in_force_with_a_warning(desk: Desk) -> None:
    desk.shelf.held = (2, 119)
    await desk.book.import_file(file(), "mom")
    text = "There are 119 users, the licence allows 100"
    assert await desk.book.warning() == text
    assert desk.records.events[-1] == (Severity.WARNING, "License", text)
    await desk.book.import_file(file(max_users=119), "mom")
    assert await desk.book.warning() == ""
    assert desk.records.texts[-1].startswith("mom imported the licence")


@ensureDeferred
async def test_software_newer_than_the_licence_keeps_the_sari_and_says_so(desk: Desk) -> None:
    await desk.book.import_file(file(), "mom")
    newer = Desk("7.1.0", desk.shelf).book
    await newer.load()
    assert newer.sari == "1F1028D085"
    text = "The licence covers version 7.0, but this is version 7.1"
    assert newer.snapshot() == [Component("License", Severity.ERROR, text)]


@pytest.mark.parametrize(
    ("licensed", "software", "covered"),
    [
        ("7.0", "7.0.9", True),
        ("7.1", "7.0", True),
        ("8.0", "7.4", True),
        ("7.0", "7.1", False),
        ("7.9", "8.0", False),
        ("7.2", "7.10", False),
    ],
)
def test_a_licence_covers_its_version_and_the_ones_before(
    licensed: str, software: str, covered: bool
) -> None:
    assert covers(licensed, software) is covered
