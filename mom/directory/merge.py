"""Who wins when a group of attributes differs between MOM and an OMM. Pure."""

import enum

import msgspec


class Verdict(enum.Enum):
    """What becomes of a group."""

    SAME = "same"
    TAKE = "take"
    """The OMM's values are taken into MOM."""
    SEND = "send"
    """MOM's values stand and are sent to the OMM."""


class Judgement(msgspec.Struct, frozen=True):
    """A verdict, and why: news on which sides, whether the stamps were equal, and whether the OMM's
    news were MOM's `own`, carried out late, or its `answer`: it stored otherwise what MOM sent.
    """

    verdict: Verdict
    both: bool = False
    tie: bool = False
    own: bool = False
    answer: bool = False


def is_news(stamp: int, agreed_stamp: int, content_changed: bool) -> bool:
    """Whether a group read from an OMM is news: its raw stamp is greater than the one agreed upon,
    or equal though the content is not (a change in the same second). A lower one is a restored
    backup, which is no news.
    """
    return stamp > agreed_stamp or (stamp == agreed_stamp and content_changed)


def judge(
    news_omm: bool, news_mom: bool, omm_at: int, mom_at: int, answer: bool = False
) -> Judgement:
    """Decide a group that differs. `omm_at` and `mom_at` are seconds since 1970 by MOM's clock;
    `answer`: the OMM answers what MOM sent.

    News on one side wins, whatever the clocks say; on both sides the newer stamp wins and MOM's at
    a tie; without news MOM's stands.
    """
    if news_omm and news_mom:
        winner = Verdict.TAKE if omm_at > mom_at else Verdict.SEND
        return Judgement(winner, both=True, tie=omm_at == mom_at)
    return Judgement(Verdict.TAKE if news_omm else Verdict.SEND, answer=answer)


def later(stamp: int, former: int) -> int:
    """A stamp for a change made by MOM: `stamp`, but later than the `former` one."""
    return max(stamp, former + 1)
