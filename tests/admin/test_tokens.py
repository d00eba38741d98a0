import hashlib

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.admin.delays import SignInDelays
from mom.admin.errors import FieldErrors, NotFound, Refused, SignInReason, SignInRefused
from mom.admin.tokens import MAX_OF_ACCOUNT, PREFIX, USE_SECONDS, TokenBook, TokenWish
from mom.model.account import Account, AccountId
from mom.model.token import Token, TokenId
from tests.admin.fakes import MemoryShelf, Records, Watch

MOM, READER = AccountId(0), AccountId(1)
SECRET = bytes(range(32))
HERE = "192.0.2.7"


class Desk:
    """A book of tokens, the accounts `mom` and `reader` (who may only read), and a clock."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.shelf = MemoryShelf()
        self.records = Records()
        self.accounts = {
            MOM: Account(id=MOM, name="mom", write=True),
            READER: Account(id=READER, name="reader"),
        }
        self.ended: list[TokenId] = []
        self.build()

    def build(self) -> None:
        delays = SignInDelays(self.watch)
        self.book = TokenBook(self.shelf, self.account, delays, self.records, self.watch)
        self.book.on_end(lambda token: self.ended.append(token.id))

    def account(self, number: AccountId) -> Account:
        if number not in self.accounts:
            raise NotFound(f"account {number}")
        return self.accounts[number]

    @property
    def mom(self) -> Account:
        return self.accounts[MOM]

    @property
    def reader(self) -> Account:
        return self.accounts[READER]

    def become(self, number: AccountId, **changes: bool) -> None:
        self.accounts[number] = msgspec.structs.replace(self.accounts[number], **changes)
        self.book.account_ended(number, "")

    async def make(self, by: Account | None = None, secret: bytes = SECRET, **wish: object) -> str:
        wanted = msgspec.convert({"name": "backup", **wish}, TokenWish)
        return (await self.book.create(wanted, by or self.mom, secret))[0]

    def refusal(self, text: str, address: str = HERE) -> SignInReason:
        with pytest.raises(SignInRefused) as refused:
            self.book.authenticate(text, address)
        return refused.value.reason


@pytest.fixture
def desk() -> Desk:
    return Desk()


@ensureDeferred
async def test_only_the_digest_of_a_token_is_kept(desk: Desk) -> None:
    text = await desk.make()
    assert text == PREFIX + SECRET.hex()
    (kept,) = desk.shelf.kept_tokens.values()
    assert kept.digest == hashlib.sha256(text.encode()).hexdigest()
    assert SECRET.hex() not in repr(kept)
    assert all(SECRET.hex() not in event for event in desk.records.texts)
    assert desk.records.texts == ["mom made token backup of account mom (read)"]


@ensureDeferred
async def test_a_token_stands_for_its_account_also_after_a_restart(desk: Desk) -> None:
    text = await desk.make(write=True)
    desk.build()
    await desk.book.load()
    account, token = desk.book.authenticate(text, HERE)
    assert (account, token.id) == (desk.mom, TokenId(1))


@pytest.mark.parametrize(
    ("account_writes", "token_writes", "may_write"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
@ensureDeferred
async def test_a_token_has_no_more_rights_than_its_account_and_itself(
    desk: Desk, account_writes: bool, token_writes: bool, may_write: bool
) -> None:
    text = await desk.make(write=token_writes)
    desk.accounts[MOM] = msgspec.structs.replace(desk.mom, write=account_writes)
    assert desk.book.authenticate(text, HERE)[0].write is may_write


@ensureDeferred
async def test_nobody_makes_a_token_that_may_do_more_than_its_account(desk: Desk) -> None:
    with pytest.raises(FieldErrors, match="write: Account reader may read only"):
        await desk.make(desk.reader, write=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "a\nb"),
        ("name", "x" * 64),
        ("expires", 1),
        ("expires", -1),
        ("expires", 2**60),
    ],
)
@ensureDeferred
async def test_a_wish_that_cannot_be_names_its_field(desk: Desk, field: str, value: object) -> None:
    with pytest.raises(FieldErrors) as refused:
        await desk.make(**{field: value})
    assert list(refused.value.fields) == [field]
    assert desk.shelf.kept_tokens == {}


@ensureDeferred
async def test_everybody_has_the_own_tokens_and_those_who_may_write_all(desk: Desk) -> None:
    await desk.make()
    await desk.make(desk.reader, bytes(32))
    await desk.make(desk.mom, bytes([1]) * 32, account=READER)
    assert [token.id for token in desk.book.visible(desk.mom)] == [1, 2, 3]
    assert [token.id for token in desk.book.visible(desk.reader)] == [2, 3]
    with pytest.raises(NotFound):
        await desk.book.revoke(TokenId(1), desk.reader)
    with pytest.raises(Refused) as refused:
        await desk.make(desk.reader, account=MOM)
    assert refused.value.code == "EPerm"
    await desk.book.revoke(TokenId(2), desk.mom)
    await desk.book.revoke(TokenId(3), desk.reader)
    assert list(desk.shelf.kept_tokens) == [1]


@ensureDeferred
async def test_a_revoked_token_ends_at_once(desk: Desk) -> None:
    text = await desk.make()
    await desk.book.revoke(TokenId(1), desk.mom)
    assert desk.refusal(text) is SignInReason.TOKEN
    assert desk.ended == [1]
    assert not desk.book.is_open("token/1")
    assert desk.records.texts[1] == "mom revoked token backup"


@pytest.mark.feature("F230")
@ensureDeferred
async def test_disabling_an_account_ends_its_tokens_at_once(desk: Desk) -> None:
    text = await desk.make(account=READER)
    desk.become(READER, enabled=False)
    assert desk.refusal(text) is SignInReason.DISABLED
    assert desk.ended == [1]
    assert not desk.book.is_open("token/1")
    desk.become(READER, enabled=True)
    assert desk.book.authenticate(text, HERE)[1].id == 1


@pytest.mark.feature("F230")
@ensureDeferred
async def test_the_tokens_of_a_deleted_account_are_gone(desk: Desk) -> None:
    text = await desk.make(account=READER)
    del desk.accounts[READER]
    desk.book.account_ended(READER, "")
    assert desk.refusal(text) is SignInReason.TOKEN
    assert desk.ended == [1]
    assert desk.book.visible(None) == []


@ensureDeferred
async def test_a_new_password_ends_no_token(desk: Desk) -> None:
    await desk.make()
    desk.book.account_ended(MOM, "")
    assert desk.ended == []


@ensureDeferred
async def test_a_token_is_taken_until_it_expires(desk: Desk) -> None:
    text = await desk.make(expires=int(desk.watch.at) + 60)
    desk.watch.at += 59
    assert desk.book.authenticate(text, HERE)[1].id == 1
    assert desk.book.is_open("token/1")
    desk.watch.at += 1
    assert desk.refusal(text) is SignInReason.EXPIRED
    assert not desk.book.is_open("token/1")


@ensureDeferred
async def test_the_last_use_is_known_to_a_quarter_of_an_hour_without_a_write_per_request(
    desk: Desk,
) -> None:
    text = await desk.make()
    first = int(desk.watch.at)
    for _ in range(100):
        desk.book.authenticate(text, HERE)
        desk.watch.at += 1
    assert [token.last_used for token in desk.shelf.uses] == [first]
    desk.watch.at = first + USE_SECONDS
    desk.book.authenticate(text, HERE)
    assert [token.last_used for token in desk.shelf.uses] == [first, first + USE_SECONDS]


@ensureDeferred
async def test_wrong_tokens_are_answered_ever_more_slowly_and_right_ones_are_not(
    desk: Desk,
) -> None:
    text = await desk.make()
    reasons = [desk.refusal("mom_wrong") for _ in range(6)]
    assert reasons == [SignInReason.TOKEN] * 4 + [SignInReason.TOO_SOON] * 2
    assert desk.refusal("mom_wrong", "192.0.2.8") is SignInReason.TOKEN
    assert desk.book.authenticate(text, HERE)[1].id == 1
    assert desk.records.texts[1:] == [f"A wrong token came from {HERE}"] * 4 + [
        "A wrong token came from 192.0.2.8"
    ]


@ensureDeferred
async def test_an_account_has_a_bounded_number_of_tokens(desk: Desk) -> None:
    for number in range(MAX_OF_ACCOUNT):
        await desk.make(secret=bytes([number]) * 32)
    with pytest.raises(Refused, match="at most 50"):
        await desk.make()


def test_the_text_of_a_token_is_in_no_field() -> None:
    assert "token" not in Token.__struct_fields__
