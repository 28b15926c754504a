"""Reads Chinese addresses as far as their words allow, and says whether a place lies in a congress's area.

Names are read from the left, level by level, never searched for: 新绛县 is not 绛县. What the words do not
say stays unknown; a pack asks people then.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from plugins.contract import Region

MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
_OTHER_PROVINCES = """
河北省 山西省 辽宁省 吉林省 黑龙江省 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省
广东省 海南省 四川省 贵州省 云南省 陕西省 甘肃省 青海省 台湾省 内蒙古自治区 广西壮族自治区 西藏自治区
宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区
"""
PROVINCES = (*MUNICIPALITIES, *_OTHER_PROVINCES.split())
_SHORT = {re.sub(r"(市|省|(壮族|回族|维吾尔)?自治区|特别行政区)$", "", name): name for name in PROVINCES}
# Characters that no name of a city or county holds, so 横水镇城市管理所 or 市委组织部 name neither.
# 镇 and 乡 stand only at a name's ends: 镇江市, 景德镇市, 乡宁县.
_NAME = "[镇乡]?[^县区旗市盟省镇乡村街委局部办院厅校]{{{},{}}}(?:[镇乡](?=[市县]))?"
_CITY = re.compile(rf"{_NAME.format(1, 4)}(?<=..)市(?![场容])|{_NAME.format(2, 12)}(?:自治州|地区|盟)")
_COUNTY = re.compile(
    rf"{_NAME.format(1, 12)}(?:自治县|县)|{_NAME.format(1, 5)}(?<=..)市(?![场容])|{_NAME.format(2, 8)}旗"
    rf"|{_NAME.format(1, 8)}(?<!开发)(?<!示范)(?<![园新社小景校])区"
)
_OWN = {
    "COUNTY": re.compile("[本我]?县内|[本我全]县"),
    "CITY": re.compile("[本我]?市内|[本我全]市"),
    "PROVINCE": re.compile("[本我]?省内|[本我全]省"),
}
_BEYOND = {
    "COUNTY": re.compile("[县市省境国]外"),
    "CITY": re.compile("[市省境国]外"),
    "PROVINCE": re.compile("[省境国]外"),
}
LEVELS = ("COUNTY", "CITY", "PROVINCE")
_SUFFIXES = {"COUNTY": "县区", "CITY": "市", "PROVINCE": "省"}
_STATE = re.compile("中央|国务院|国家(?:部|机关)|全国(?:人大|政协)|中组部|中宣部|中纪委")
_TITLE = re.compile("(?:常务)?副[县区市省]长|代[县区市省]长")  # no place, though 代县 is one
_TOWN = re.compile("[^县区市州省旗盟]{1,8}?(?:镇|乡|街道|(?<!农)村|社区)(?![市县])")


class Place(Enum):
    INSIDE = "inside"
    OUTSIDE = "outside"
    ABOVE = "above"  # a body of the city, the province or the state over the area: 运城市委组织部
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Address:
    """Names with their suffix; None where the words do not say. A city not sure may be of county level."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    is_city_sure: bool = False


def plain(text: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))


def read(text: str, region: Region) -> Address:
    """The address that the text begins with, completed upwards by what the region knows."""
    if _TITLE.match(text):
        return Address()
    province, rest = _take_province(text.removeprefix("中国"))
    if province in MUNICIPALITIES:
        return Address(province, province, _leading(_COUNTY, rest), is_city_sure=True)
    city, rest = _take_city(rest, region)
    county = _leading(_COUNTY, rest)
    is_sure = county is not None or city == region.city or city in region.cities_of_province
    if county is None and city and not is_sure and (city == region.county or city in region.counties_of_city):
        city, county, is_sure = region.city, city, True  # a county-level city: 河津市
    if county and city is None and (county == region.county or county in region.counties_of_city):
        city, is_sure = region.city or None, True
    if province is None and city and is_sure and (city == region.city or city in region.cities_of_province):
        province = region.province or None
    return Address(province, city, county, is_sure and city is not None)


def locate(text: str | None, level: str, region: Region) -> Place:
    """Whether the place named lies in the region's county, city or province (`level`)."""
    words = plain(text)
    if any(_OWN[lower].match(words) for lower in LEVELS[: LEVELS.index(level) + 1]):
        return Place.INSIDE
    if _BEYOND[level].match(words):
        return Place.OUTSIDE
    if _is_above(words, level, region):
        return Place.ABOVE
    found = read(words, region)
    if level == "PROVINCE":
        return _same(found.province, region.province)
    if found.province and region.province and found.province != region.province:
        return Place.OUTSIDE
    if level == "CITY":
        return _same(found.city if found.is_city_sure else None, region.city)
    if found.county:
        is_other_city = found.is_city_sure and region.city and found.city != region.city
        return Place.OUTSIDE if is_other_city else _same(found.county, region.county)
    # A city without a county: a city's own office if it is the county's city, else another place altogether.
    return Place.OUTSIDE if found.city and region.city and found.city != region.city else Place.UNCLEAR


def is_local(text: str, level: str, region: Region) -> bool:
    """Whether the text names a town, or a body by its level alone, as offices write of their own: 县教育局."""
    own = "".join(_SUFFIXES[each] for each in LEVELS[: LEVELS.index(level) + 1])
    if re.match(f"[{own}](?!外)", text):
        return True
    is_elsewhere = any(len(name) > 2 and text.startswith(name[:-1]) for name in region.counties_of_city)
    return _TOWN.match(text) is not None and not is_elsewhere and read(text, region) == Address()


def _is_above(words: str, level: str, region: Region) -> bool:
    """市委组织部, 运城市委组织部, 山西省委: no place below is named, only a body of a level above."""
    above = LEVELS[LEVELS.index(level) + 1 :]
    suffixes = "".join(_SUFFIXES[each] for each in above)
    is_county_a_city = level == "COUNTY" and region.county.endswith("市")
    bare = suffixes.replace("市", "") if is_county_a_city else suffixes
    if _STATE.match(words) or (bare and re.match(f"[{bare}](?![内外场容])", words)):
        return True
    found = read(words, region)
    names = {"CITY": region.city, "PROVINCE": region.province}
    known = [_loose(names[each]) for each in reversed(above) if names[each]]
    if found.county or not known or (found.city and (level != "COUNTY" or found.city != region.city)):
        return False
    rest = re.sub("^" + "".join(f"(?:{name})?" for name in known), "", words, count=1)
    return rest not in ("", words) and not _TOWN.match(rest)


def names_own_area(text: str, level: str, region: Region) -> bool:
    """Whether the text is nothing but the name of the area of this level, or of one that contains it."""
    if not text:
        return False
    wider = LEVELS[LEVELS.index(level) :]
    if any(_OWN[each].fullmatch(text) for each in wider):
        return True
    names = {"COUNTY": region.county, "CITY": region.city, "PROVINCE": region.province}
    return any(names[each] and re.fullmatch(_path(names, each), text) for each in wider)


def _path(names: dict[str, str], level: str) -> str:
    """山西省运城市绛县 with the upper levels optional and their suffixes too: 山西运城绛县."""
    above = LEVELS[LEVELS.index(level) + 1 :]
    parts = [f"(?:{_loose(names[each])})?" for each in reversed(above) if names[each]]
    return "".join(parts) + (re.escape(names[level]) if level == "COUNTY" else _loose(names[level]))


def _loose(name: str) -> str:
    return f"{re.escape(name[:-1])}{re.escape(name[-1])}?"


def _leading(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.match(text)
    return match[0] if match else None


def _same(found: str | None, own: str) -> Place:
    if not found or not own:
        return Place.UNCLEAR
    return Place.INSIDE if found == own else Place.OUTSIDE


def _take_province(text: str) -> tuple[str | None, str]:
    for name in PROVINCES:
        if text.startswith(name):
            return name, text[len(name) :]
    for short, name in _SHORT.items():
        rest = text.removeprefix(short)
        # 吉林市 is a city, 海南州 a prefecture, 河南县 a county: not the province of that name.
        if rest != text and not rest.startswith(("市", "州", "县", "区", "旗", "盟")):
            return name, rest
    return None, text


def _take_city(text: str, region: Region) -> tuple[str | None, str]:
    if found := _leading(_CITY, text):
        return found, text[len(found) :]
    for name in (region.city, *region.cities_of_province):
        rest = text.removeprefix(name[:-1]) if name else text
        if rest != text and not rest.startswith(("市", "州", "县", "区", "旗", "镇", "乡", "村")):
            return name, rest
    return None, text
