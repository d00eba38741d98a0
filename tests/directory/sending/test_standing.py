"""How a record stands at an OMM at a glance, against the plan that looks at everything."""

import random

import pytest

from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.sends import Change, Site, next_step, pair_of
from mom.directory.sending.standing import Standing, numberless, standing
from mom.model.agreement import NO_PRINT, PENDING, Agreement
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId

HERE, ELSEWHERE = OmmId(1), OmmId(2)
COUNT = {Noun.USER: 2, Noun.DEVICE: 4}


def entry(noun, dice):
    values = {"partner": dice.choice([0, 5, 5])}
    if noun is Noun.USER:
        values["permanent"] = dice.random() < 0.2
    else:
        values |= {"home": dice.choice([HERE, HERE, ELSEWHERE]), "active": dice.random() < 0.8}
    return Entry(noun=noun, number=5, revision=1, revisions=(1,) * COUNT[noun], **values)


def copy(noun, dice):
    count = COUNT[noun]
    agreed = Agreement(
        stamps=(0,) * count,
        prints=(NO_PRINT,) * count,
        revisions=tuple(dice.choice([1, 1, 1, 1, 1, PENDING, 2]) for _ in range(count)),
    )
    return Copy(
        noun=noun,
        number=5,
        omm=HERE,
        local=dice.choice([7, 7, 7, 0]),
        state=dice.choice([CopyState.HELD, CopyState.HELD, CopyState.HELD, *CopyState]),
        told=dice.choice([0, 5, 5]),
        agreed=dice.choice([agreed.pack()] * 4 + [b""]),
    )


def random_site(dice):
    index = Index()
    for noun in COUNT:
        if dice.random() < 0.9:
            index.put_entry(entry(noun, dice))
        if dice.random() < 0.9:
            index.put_copy(copy(noun, dice))
    versions = dice.choice([{}, {}, {"GetPPUser": "1"}])
    return Site(index, HERE, Abilities("SIP-DECT 7.1", versions))


def test_what_is_plain_at_a_glance_is_what_the_plan_finds():
    dice = random.Random(4711)
    seen = set()
    for _ in range(5000):
        site = random_site(dice)
        for noun in COUNT:
            pair = pair_of(site.index, noun, 5)
            marks = {standing(site, *known) for known in pair.items()}
            seen |= marks
            if Standing.UNCLEAR in marks:
                continue
            step = next_step(site, pair)
            if Standing.UNNUMBERED in marks:
                assert isinstance(step, Change)
                assert step.is_number
            else:
                assert step is None
    assert seen == set(Standing)


def test_a_record_that_the_omm_should_not_hold_is_not_plain():
    dice = random.Random(1)
    for _ in range(1000):
        site = random_site(dice)
        device = site.index.entry(Noun.DEVICE, 5)
        if device is not None and not device.active:
            assert standing(site, Noun.DEVICE, 5) is Standing.UNCLEAR


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("bound", [True, False])
def test_what_just_came_from_its_home_lacks_only_its_number(active, bound):
    index = Index()
    partner = 5 if bound else 0
    for noun, count in COUNT.items():
        values = {"home": HERE if active else 0, "active": active} if count == 4 else {}
        revisions = (1,) * count
        index.put_entry(
            Entry(noun=noun, number=5, revision=1, revisions=revisions, partner=partner, **values)
        )
        agreed = Agreement((0,) * count, (NO_PRINT,) * count, revisions).pack()
        index.put_copy(
            Copy(noun=noun, number=5, omm=HERE, local=7, state=CopyState.HELD, agreed=agreed)
        )
    site = Site(index, HERE, Abilities("SIP-DECT 7.1", {}))
    found = numberless([index.entry(noun, 5) for noun in COUNT])
    for noun in COUNT:
        is_lacking = standing(site, noun, 5) is Standing.UNNUMBERED
        assert ((noun, 5) in found) is is_lacking
    leaders = {(Noun.USER if bound else Noun.DEVICE, 5)} if active else set()
    assert {known for known, leads in found.items() if leads} == leaders
