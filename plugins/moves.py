"""Whether a delegate has left the area of the congress, as far as the recorded changes of post say."""

import re
from dataclasses import dataclass

from plugins.contract import Region
from plugins.facts import DelegateFacts, PostChange
from plugins.places import Address, Place, is_local, locate, names_own_area, plain, read

_LEAVES = re.compile(
    r"(?<![未不拟非])(?<!暂缓)(?<!取消)(?<!没有)(?<!撤销)(?:调离|调出|调往|调走|迁出|迁往|转出|转往)(.*)"
)
_RETURNS = re.compile(r"(?<![未不拟非])(?:调回|迁回|转回|调入|迁入|转入)")
_STAYS = re.compile(
    r"(?:未|不|拟|非|暂缓|取消|没有|撤销)(?:调|迁|转|任|交流|提拔|提任|上调|选调|赴)|学习|驻村|帮扶"
)
_TEMPORARY = re.compile(r"挂职|借调|跟班")
_ENDED = re.compile(r"期满|结束|返回|完成")
# Words of going to a post. 调研员, 主任 and 离任 are none; 职务调整 is one only with a place named.
_GOES = re.compile(
    r"调(?![整研解查休])|交流|转任|提拔|提升|升任|选派|遴选|录用|派往|外派|迁|转入|转到|[赴履]"
    r"|(?<![主离卸免责信历原曾兼])任(?!期)"
)
_CHANGES = re.compile(r"调整|晋升|晋级|变动|兼任|转")
_MOVES = re.compile(r"调(?![整研解查休岗级资薪])|交流|转任|选派|遴选|派往|外派")
_TOWARDS = re.compile(r"赴|前往|到|至|任")
_GOAL = re.compile(
    r"(?:赴|前往|派往|到|至|担任|就任|任(?![职命])|[拔升]为|上调|选调|提拔|交流|调动|调回|迁回|转回|调入|迁入|转入)(.+)"
)
_NO_PLACE = re.compile(r"任?职务?|任命|任用|使用|原?(?:单位|籍|处)|干部|提拔|工作|岗位|轮岗|职级|重用")
_LAID_DOWN = re.compile(r"(?:不再|免去|辞去|卸任|原任|曾任)[^,;。、]*")
_INNER = re.compile(r"^[本我]?[县市省]内")
_LEAD = re.compile(r"^(?:赴|前往|到|至|去|在|现任|担任|任|为)+")
_GRADE = re.compile(r".{1,8}(?:级|级别|待遇|职级)")
_CONGRESS = re.compile(r"(?:中共|中国共产党)(.+?)(?:第.+?次)?(?:党员)?代表大会")
_RANKS = {Place.INSIDE: 0, Place.UNCLEAR: 1, Place.ABOVE: 2, Place.OUTSIDE: 3}


@dataclass(frozen=True)
class Move:
    change: PostChange
    place: Place
    is_temporary: bool = False  # 挂职 elsewhere; the place is UNCLEAR then, for nobody has left


def last_move(facts: DelegateFacts, region: Region | None) -> Move | None:
    """Where the recorded changes leave the delegate; None without a move.

    Only changes from the election to the day of review count. What is unclear does not undo what is clear.
    """
    area = region or _area_of_congress(facts)
    state: Move | None = None
    for change in sorted(facts.post_changes, key=lambda each: each.changed_on):
        if change.changed_on > facts.on or (facts.elected_on and change.changed_on < facts.elected_on):
            continue
        move = _after(change, facts.level, area)
        if move and move.is_temporary and _ENDED.search(change.change):
            state = None if state and state.is_temporary else state
        elif move and (state is None or move.place is Place.INSIDE or _rank(move) >= _rank(state)):
            state = move
    return state


def _rank(move: Move) -> int:
    return 0 if move.is_temporary else _RANKS[move.place]


def _after(change: PostChange, level: str, area: Region) -> Move | None:
    words = plain(change.change)
    if _STAYS.search(words):
        return None
    leaving = _LEAVES.search(words)
    left, towards = _split(leaving[1]) if leaving else ("", _goal(words))
    if leaving and leaving[0][1] == "往":  # 调往夏县
        left, towards = "", towards or left
    destination = _LEAD.sub("", plain(change.destination)) or towards
    place = locate(destination, level, area) if destination else None
    if _TEMPORARY.search(words):
        is_away = place not in (None, Place.INSIDE) and not is_local(destination, level, area)
        is_told = is_away or _ENDED.search(words)
        return Move(change, Place.UNCLEAR, is_temporary=True) if is_told else None
    if place is Place.INSIDE:
        place = Place.UNCLEAR if leaving and names_own_area(left, level, area) else place
    elif leaving:
        place = _after_leaving(left, place, level, area)
    else:
        place = _after_going(words, destination, place, level, area)
    return Move(change, place) if place else None


def _after_leaving(left: str, place: Place | None, level: str, area: Region) -> Place | None:
    if place is Place.OUTSIDE or names_own_area(left, level, area):
        return Place.OUTSIDE
    is_only_a_post = re.search(r"岗位|职务|单位|部门", left) is not None
    return None if is_only_a_post and place is None else place or Place.UNCLEAR


def _after_going(words: str, destination: str, place: Place | None, level: str, area: Region) -> Place | None:
    """Words of going to a post; the place that they name is not inside."""
    is_away = place in (Place.OUTSIDE, Place.ABOVE)
    if _INNER.search(words):  # 县内交流 to another county contradicts itself
        return Place.UNCLEAR if is_away else Place.INSIDE
    if is_away:
        return place if _GOES.search(words) or _CHANGES.search(words) else None
    if _RETURNS.search(words) and not destination:
        return Place.INSIDE
    if locate(words, level, area) is Place.INSIDE and not destination:
        return Place.INSIDE
    if is_local(destination, level, area) or _GRADE.fullmatch(destination):
        return None
    is_place_named = destination and read(destination, area) != Address()
    is_said = _GOES.search(words) if destination else _MOVES.search(words)
    return Place.UNCLEAR if is_said or (is_place_named and _CHANGES.search(words)) else None


def _split(rest: str) -> tuple[str, str]:
    """调离[绛县]赴[夏县]任职: what was left, and towards what."""
    left, *towards = _TOWARDS.split(rest, maxsplit=1)
    return left, towards[0] if towards else ""


def _goal(words: str) -> str:
    """交流到[夏县任职]; empty where only the kind of change is given: 交流任职."""
    match = _GOAL.search(_LAID_DOWN.sub("", words))
    goal = _LEAD.sub("", match[1]) if match else ""
    return "" if _NO_PLACE.fullmatch(goal) else goal


def _area_of_congress(facts: DelegateFacts) -> Region:
    """Without a county pack only the congress's own name tells its area: 中共绛县第十四次代表大会."""
    match = _CONGRESS.search(plain(facts.congress))
    name = match[1].removesuffix("第") if match else ""
    names = {"PROVINCE": "", "CITY": "", "COUNTY": "", facts.level: name}
    return Region(names["PROVINCE"], names["CITY"], names["COUNTY"])
