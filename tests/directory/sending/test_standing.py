"""How a record stands at an OMM at a glance, against the plan that looks at everything."""

import random

from mom.directory.entry import Entry
from mom.directory.index import Index
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.sends import Change, Site, next_step, pair_of
from mom.directory.sending.standing import Standing, at_home, standing
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


def test_what_a_sweep_tells_of_records_at_home_is_what_each_of_them_tells():
    dice = random.Random(11)
    seen = set()
    for _ in range(5000):
        site = random_site(dice)
        if not site.abilities.set_pp:
            continue
        for known, how in at_home(site.index, HERE).items():
            assert how is standing(site, *known)
            seen.add((known[0], how))
    assert seen == {(n, how) for n in COUNT for how in (Standing.IN_ORDER, Standing.UNNUMBERED)}
