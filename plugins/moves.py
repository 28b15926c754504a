"""Whether a delegate has left the area of the congress, as far as the recorded changes of post say."""

import re
from dataclasses import dataclass

from plugins.contract import Region
from plugins.facts import DelegateFacts, PostChange
from plugins.places import Place, locate, names_own_area, plain

_LEAVES = re.compile(
    r"(?<![未不拟非])(?<!暂缓)(?<!取消)(?<!没有)(?<!撤销)(?:调离|调出|调往|调走|迁出|迁往|转出|转往)(.*)"
)
_RETURNS = re.compile(r"(?<![未不拟非])(?:调回|迁回|转回|调入|迁入|转入)")
_STAYS = re.compile(r"(?:未|不|拟|非|暂缓|取消|没有|撤销)(?:调|迁|转)|挂职|借调|学习|驻村|帮扶|跟班")
_MOVES = re.compile(r"调|交流|任|迁|转")
_TOWARDS = re.compile(r"赴|前往|到|至|任")
_CONGRESS = re.compile(r"(?:中共|中国共产党)(.+?)(?:第.+?次)?(?:党员)?代表大会")


@dataclass(frozen=True)
class Move:
    change: PostChange
    place: Place


def last_move(facts: DelegateFacts, region: Region | None) -> Move | None:
    """Where the recorded changes leave the delegate; None without a move.

    Only changes from the election to the day of review count. What is unclear does not undo what is clear.
    """
    area = region or _area_of_congress(facts)
    state: Move | None = None
    for change in sorted(facts.post_changes, key=lambda each: each.changed_on):
        if change.changed_on > facts.on or (facts.elected_on and change.changed_on < facts.elected_on):
            continue
        place = _place_after(change, facts.level, area)
        is_less_clear = place is Place.UNCLEAR and state is not None and state.place is Place.OUTSIDE
        if place is not None and not is_less_clear:
            state = Move(change, place)
    return state


def _place_after(change: PostChange, level: str, area: Region) -> Place | None:
    words = plain(change.change)
    if _STAYS.search(words):
        return None
    leaving = _LEAVES.search(words)
    left, towards = _split(leaving[1]) if leaving else ("", "")
    destination = plain(change.destination) or towards
    place = locate(destination, level, area) if destination else None
    is_inner = locate(words, level, area) is Place.INSIDE and not leaving
    if place is Place.INSIDE:
        return Place.UNCLEAR if leaving and names_own_area(left, level, area) else Place.INSIDE
    if leaving:
        return _after_leaving(left, place, level, area)
    if is_inner or (_RETURNS.search(words) and place is None):
        return None if place is Place.OUTSIDE else Place.INSIDE
    return Place.UNCLEAR if place is Place.OUTSIDE and _MOVES.search(words) else None


def _after_leaving(left: str, place: Place | None, level: str, area: Region) -> Place | None:
    if place is Place.OUTSIDE or names_own_area(left, level, area):
        return Place.OUTSIDE
    is_only_a_post = re.search(r"岗位|职务|单位|部门", left) is not None
    return None if is_only_a_post and place is None else Place.UNCLEAR


def _split(rest: str) -> tuple[str, str]:
    """调离[绛县]赴[夏县]任职: what was left, and towards what."""
    left, *towards = _TOWARDS.split(rest, maxsplit=1)
    return left, towards[0] if towards else ""


def _area_of_congress(facts: DelegateFacts) -> Region:
    """Without a county pack only the congress's own name tells its area: 中共绛县第十四次代表大会."""
    match = _CONGRESS.search(plain(facts.congress))
    name = match[1].removesuffix("第") if match else ""
    names = {"PROVINCE": "", "CITY": "", "COUNTY": "", facts.level: name}
    return Region(names["PROVINCE"], names["CITY"], names["COUNTY"])
