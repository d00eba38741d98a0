import pytest
from pytest_twisted import ensureDeferred

from mom.admin.accounts import AccountBook
from mom.admin.errors import (
    Conflict,
    FieldErrors,
    NotFound,
    Refused,
    SignInReason,
    SignInRefused,
)
from mom.admin.passwords import MAX_LENGTH
from mom.model.account import DEFAULT_ACCOUNT, Account, AccountId
from mom.model.omm import Severity
from tests.admin.fakes import Office

HERE = "192.0.2.50"
GOOD = "Kx7!pwRt"
OTHER = "Zt9?mRbV"


@pytest.fixture
def office() -> Office:
    return Office()


async def hired(office: Office, write: bool = True) -> Account:
    """The office with its default account and one more."""
    await office.book.load()
    return await office.book.create(
        {"name": "Alice", "password": GOOD, "write": write}, office.admin
    )


@pytest.mark.feature("F122")
@ensureDeferred
async def test_mom_opens_a_fresh_installation_until_its_password_is_changed(
    office: Office,
) -> None:
    await office.book.load()
    account = await office.book.authenticate("mom", "mom", HERE)
    assert account.id == DEFAULT_ACCOUNT
    assert account.must_change_password
    assert account.write
    await office.book.change_own_password(DEFAULT_ACCOUNT, "mom", GOOD, HERE)
    with pytest.raises(SignInRefused):
        await office.book.authenticate("mom", "mom", HERE)
    assert not (await office.book.authenticate("mom", GOOD, HERE)).must_change_password


@ensureDeferred
async def test_starting_again_keeps_the_accounts_and_makes_no_default_twice(
    office: Office,
) -> None:
    await hired(office)
    await office.book.change_own_password(DEFAULT_ACCOUNT, "mom", OTHER, HERE)
    before = office.book.all()
    await office.book.load()
    assert office.book.all() == before
    assert [account.name for account in before] == ["mom", "Alice"]


@ensureDeferred
async def test_a_wrong_password_and_an_unknown_name_are_refused_alike(office: Office) -> None:
    await office.book.load()
    texts = []
    for name in ("mom", "nobody"):
        with pytest.raises(SignInRefused) as refused:
            await office.book.authenticate(name, "wrong", HERE)
        assert (refused.value.code, refused.value.reason) == ("EAuth", SignInReason.WRONG)
        texts.append(str(refused.value))
    assert texts[0] == texts[1]


@ensureDeferred
async def test_failed_sign_ins_are_events_without_what_was_typed(office: Office) -> None:
    await office.book.load()
    for name in ("mom", "my-secret-password"):
        with pytest.raises(SignInRefused):
            await office.book.authenticate(name, "wrong-secret", HERE)
    assert office.records.events == [
        (Severity.WARNING, "Accounts", f"Sign-in to account mom from {HERE} failed"),
        (Severity.WARNING, "Accounts", f"Sign-in to an unknown account from {HERE} failed"),
    ]


@ensureDeferred
async def test_after_some_failures_the_next_try_has_to_wait(office: Office) -> None:
    await office.book.load()
    for _ in range(4):
        with pytest.raises(SignInRefused):
            await office.book.authenticate("mom", "wrong", HERE)
    with pytest.raises(SignInRefused) as refused:
        await office.book.authenticate("mom", "mom", HERE)
    assert refused.value.reason is SignInReason.TOO_SOON
    assert refused.value.delay == 1.0
    office.watch.at += 1.0
    assert await office.book.authenticate("mom", "mom", HERE)


@ensureDeferred
async def test_an_endless_password_is_not_even_hashed(office: Office) -> None:
    await office.book.load()
    with pytest.raises(SignInRefused):
        await office.book.authenticate("mom", "x" * (MAX_LENGTH + 1), HERE)


@pytest.mark.feature("F177")
@ensureDeferred
async def test_a_disabled_account_cannot_sign_in_and_its_sessions_end(office: Office) -> None:
    alice = await hired(office)
    await office.book.edit(alice.id, {"enabled": False}, office.admin)
    assert office.ended == [(alice.id, "")]
    with pytest.raises(SignInRefused) as refused:
        await office.book.authenticate("Alice", GOOD, HERE)
    assert (refused.value.code, refused.value.reason) == ("EForbidden", SignInReason.DISABLED)


@ensureDeferred
async def test_whether_an_account_is_disabled_is_told_to_who_knows_its_password_only(
    office: Office,
) -> None:
    alice = await hired(office)
    await office.book.edit(alice.id, {"enabled": False}, office.admin)
    with pytest.raises(SignInRefused) as refused:
        await office.book.authenticate("Alice", "wrong", HERE)
    assert refused.value.reason is SignInReason.WRONG


@ensureDeferred
async def test_the_own_password_needs_the_old_one(office: Office) -> None:
    await office.book.load()
    with pytest.raises(FieldErrors) as refused:
        await office.book.change_own_password(DEFAULT_ACCOUNT, "wrong", GOOD, HERE)
    assert refused.value.fields == {"old": "The password is wrong"}
    assert refused.value.code == "EAuth"


@ensureDeferred
async def test_guessing_the_old_password_is_slowed_down(office: Office) -> None:
    await office.book.load()
    for _ in range(4):
        with pytest.raises(FieldErrors):
            await office.book.change_own_password(DEFAULT_ACCOUNT, "wrong", GOOD, HERE)
    with pytest.raises(SignInRefused):
        await office.book.change_own_password(DEFAULT_ACCOUNT, "mom", GOOD, HERE)


@pytest.mark.feature("F128")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "EPwEmpty"),
        ("Kx7!p", "EPwTooShort"),
        ("kxvtpwzb", "EPwTooWeak"),
        ("W1o1r1l1d1", "EPwTooManySimilarChars"),
        ("Kx7!Manager", "EPwSimilarToHost"),
        ("Kx7!MOMzz", "EPwSimilarToName"),
    ],
)
@ensureDeferred
async def test_a_password_that_breaks_a_rule_is_refused_with_its_code(
    office: Office, password: str, code: str
) -> None:
    await office.book.load()
    with pytest.raises(FieldErrors) as refused:
        await office.book.change_own_password(DEFAULT_ACCOUNT, "mom", password, HERE)
    assert refused.value.code == code
    assert list(refused.value.fields) == ["new"]
    assert office.admin.must_change_password


@ensureDeferred
async def test_changing_the_own_password_ends_the_other_sessions(office: Office) -> None:
    await office.book.load()
    await office.book.change_own_password(DEFAULT_ACCOUNT, "mom", GOOD, HERE, keep="this one")
    assert office.ended == [(DEFAULT_ACCOUNT, "this one")]


@ensureDeferred
async def test_an_account_needs_a_name_and_a_password(office: Office) -> None:
    await office.book.load()
    with pytest.raises(FieldErrors) as refused:
        await office.book.create({}, office.admin)
    assert set(refused.value.fields) == {"name", "password"}
    assert refused.value.code == "EMissing"


@pytest.mark.parametrize("name", ["", " Alice", "Al\nice", "x" * 64])
@ensureDeferred
async def test_an_account_name_is_printable_and_short(office: Office, name: str) -> None:
    await office.book.load()
    with pytest.raises(FieldErrors) as refused:
        await office.book.create({"name": name, "password": GOOD}, office.admin)
    assert list(refused.value.fields) == ["name"]


@ensureDeferred
async def test_names_are_unique_whatever_their_case(office: Office) -> None:
    await hired(office)
    with pytest.raises(FieldErrors) as refused:
        await office.book.create({"name": "ALICE", "password": GOOD}, office.admin)
    assert refused.value.code == "EExist"


@ensureDeferred
async def test_every_field_of_the_wrong_kind_is_named(office: Office) -> None:
    await office.book.load()
    changes = {"name": 5, "enabled": "yes", "id": 7, "password": GOOD}
    with pytest.raises(FieldErrors) as refused:
        await office.book.create(changes, office.admin)
    assert set(refused.value.fields) == {"name", "enabled", "id"}


@pytest.mark.feature("F176")
@ensureDeferred
async def test_another_accounts_password_needs_the_own_one(office: Office) -> None:
    alice = await hired(office)
    with pytest.raises(FieldErrors) as refused:
        await office.book.edit(alice.id, {"password": OTHER}, office.admin, address=HERE)
    assert list(refused.value.fields) == ["ownPassword"]
    changes = {"password": OTHER, "ownPassword": "mom"}
    await office.book.edit(alice.id, changes, office.admin, address=HERE)
    assert (await office.book.authenticate("Alice", OTHER, HERE)).id == alice.id
    assert office.ended == [(alice.id, "")]


@ensureDeferred
async def test_another_accounts_new_password_must_not_be_its_old_one(office: Office) -> None:
    alice = await hired(office)
    changes = {"password": GOOD, "ownPassword": "mom"}
    with pytest.raises(FieldErrors) as refused:
        await office.book.edit(alice.id, changes, office.admin, address=HERE)
    assert refused.value.code == "EPwUnchanged"


@ensureDeferred
async def test_name_and_rights_are_changed_and_counted_by_the_revision(office: Office) -> None:
    alice = await hired(office, write=False)
    changed = await office.book.edit(alice.id, {"name": "Alicia", "write": True}, office.admin)
    assert (changed.name, changed.write, changed.revision) == ("Alicia", True, 2)
    assert await office.shelf.accounts() == office.book.all()


@ensureDeferred
async def test_a_change_that_starts_from_an_old_revision_is_refused(office: Office) -> None:
    alice = await hired(office)
    await office.book.edit(alice.id, {"name": "Alicia"}, office.admin, revision=1)
    with pytest.raises(Conflict) as conflict:
        await office.book.edit(alice.id, {"name": "Ali"}, office.admin, revision=1)
    assert conflict.value.revision == 2


@pytest.mark.feature("F178")
@ensureDeferred
async def test_the_default_account_stays_and_keeps_its_write_permission(office: Office) -> None:
    alice = await hired(office)
    with pytest.raises(Refused, match="cannot be deleted"):
        await office.book.delete(DEFAULT_ACCOUNT, alice)
    with pytest.raises(Refused, match="keeps the write permission"):
        await office.book.edit(DEFAULT_ACCOUNT, {"write": False}, alice)
    assert office.admin.write


@ensureDeferred
async def test_the_last_enabled_write_account_can_be_neither_disabled_nor_deleted(
    office: Office,
) -> None:
    alice = await hired(office)
    await office.book.edit(DEFAULT_ACCOUNT, {"enabled": False}, alice)
    for changes in ({"enabled": False}, {"write": False}):
        with pytest.raises(Refused, match="At least one"):
            await office.book.edit(alice.id, changes, alice)
    with pytest.raises(Refused, match="At least one"):
        await office.book.delete(alice.id, alice)
    assert office.book.get(alice.id) == alice


@pytest.mark.feature("F230")
@ensureDeferred
async def test_a_deleted_account_is_gone_and_its_sessions_end(office: Office) -> None:
    alice = await hired(office)
    await office.book.delete(alice.id, office.admin)
    assert office.ended == [(alice.id, "")]
    assert [account.name for account in await office.shelf.accounts()] == ["mom"]
    with pytest.raises(NotFound):
        office.book.get(alice.id)
    with pytest.raises(NotFound):
        await office.book.edit(alice.id, {"name": "x"}, office.admin)


@ensureDeferred
async def test_what_administrators_do_with_accounts_is_recorded_without_passwords(
    office: Office,
) -> None:
    alice = await hired(office)
    await office.book.edit(alice.id, {"password": OTHER, "ownPassword": "mom"}, office.admin)
    await office.book.delete(alice.id, office.admin)
    assert office.records.texts == [
        "mom created account Alice",
        "mom changed account Alice",
        "mom deleted account Alice",
    ]


@ensureDeferred
async def test_no_text_of_an_account_shows_its_hash(office: Office) -> None:
    alice = await hired(office)
    assert "argon2" in alice.password_hash
    assert "argon2" not in f"{alice!r} {alice} {office.book.all()}"


@ensureDeferred
async def test_a_failing_listener_does_not_keep_others_from_hearing(
    office: Office, logged_errors: object
) -> None:
    alice = await hired(office)
    stop = office.book.on_end(lambda number, keep: None)
    stop()
    heard: list[AccountId] = []

    def broken(number: AccountId, keep: str) -> None:
        raise ValueError("broken")

    office.book.on_end(broken)
    office.book.on_end(lambda number, keep: heard.append(number))
    await office.book.delete(alice.id, office.admin)
    assert heard == [alice.id]
    assert len(logged_errors.flush(ValueError)) == 1  # type: ignore[attr-defined]


def test_a_book_knows_no_account_before_it_is_loaded(office: Office) -> None:
    book: AccountBook = office.book
    assert book.all() == []
