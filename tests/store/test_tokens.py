from pytest_twisted import ensureDeferred

from mom.admin.store_shelf import StoreShelf
from mom.model.account import Account, AccountId
from mom.model.token import Token
from mom.store.store import Store

OWNER = AccountId(1)


async def with_token(store: Store, last_used: int = 0) -> Token:
    shelf = StoreShelf(store)
    account = Account(id=OWNER, name="script", password_hash="$argon2id$...")
    await shelf.put_account(None, account)
    return await shelf.create_token(
        lambda number: Token(
            id=number,
            account=OWNER,
            name="Backup",
            digest="ab" * 32,
            write=True,
            created=1,
            expires=2,
            last_used=last_used,
        )
    )


@ensureDeferred
async def test_a_token_is_there_again_as_it_was(store: Store) -> None:
    token = await with_token(store, last_used=3)
    assert token.id == 1
    assert await StoreShelf(store).tokens() == [token]


@ensureDeferred
async def test_a_use_is_kept_and_a_revoked_token_is_gone(store: Store) -> None:
    token = await with_token(store)
    shelf = StoreShelf(store)
    await shelf.note_use(Token(**{**as_fields(token), "last_used": 9}))
    (used,) = await shelf.tokens()
    assert used.last_used == 9
    await shelf.delete_token(used)
    assert await shelf.tokens() == []


@ensureDeferred
async def test_the_tokens_of_a_deleted_account_go_with_it(store: Store) -> None:
    await with_token(store)
    shelf = StoreShelf(store)
    (account,) = await shelf.accounts()
    await shelf.delete_account(account)
    assert await shelf.tokens() == []


@ensureDeferred
async def test_a_changed_account_keeps_its_tokens(store: Store) -> None:
    token = await with_token(store)
    shelf = StoreShelf(store)
    (account,) = await shelf.accounts()
    await shelf.put_account(account, Account(id=OWNER, name="renamed", password_hash="x"))
    assert await shelf.tokens() == [token]


def as_fields(token: Token) -> dict[str, object]:
    return {name: getattr(token, name) for name in Token.__struct_fields__}
