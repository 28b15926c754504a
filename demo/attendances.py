"""主题党日签到: who came to the theme days of their branch, and when."""

from collections.abc import Iterator
from random import Random

from demo.figures import THEME_DAYS
from demo.members import Member

NAME = "主题党日签到"
HEADERS = ("组织代码", "月份", "身份证号", "签到时间")
SHARE_AT_HOME = 0.91
SHARE_AWAY = 0.55
"""Of the theme days that floating members took part in."""
MOMENTS = [f"T{hour:02}:{minute:02}" for hour in range(8, 18) for minute in range(60)]


def attendance_rows(
    members: list[Member], floating: set[str], random: Random
) -> Iterator[tuple[str, str, str, str]]:
    """Nobody comes before they joined. About 123,000 rows."""
    shares = [SHARE_AWAY if member.number in floating else SHARE_AT_HOME for member in members]
    for held_on in THEME_DAYS:
        month, day = f"{held_on:%Y-%m}", held_on.isoformat()
        for member, share in zip(members, shares, strict=True):
            if random.random() < share and member.joined_on <= held_on:
                moment = MOMENTS[int(random.random() * len(MOMENTS))]
                yield member.branch, month, member.number, day + moment
