from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.doors import totals
from mom.model.copy import Noun
from mom.web.api.status import Totals


def test_a_pair_is_a_device_with_its_user() -> None:
    index = Index()
    index.put_entry(Entry(noun=Noun.USER, number=1, revision=1, revisions=(1, 1), partner=7))
    index.put_entry(Entry(noun=Noun.USER, number=2, revision=1, revisions=(1, 1)))
    for number, partner in ((7, 1), (8, 0), (9, 0)):
        index.put_entry(
            Entry(
                noun=Noun.DEVICE,
                number=number,
                revision=1,
                revisions=(1, 1, 1, 1),
                partner=partner,
            )
        )
    assert totals(index) == Totals(users=2, devices=3, pairs=1)
