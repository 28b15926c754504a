"""Chinese names in Latin letters: a key to sort by, and keys to search by.

PostgreSQL without ICU cannot sort by pinyin, and its trigrams are no help for the two characters people type.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

PERSONAL_NAME_LENGTH = 4  # a text of Chinese characters up to this length is taken for a person's name

# Surnames that sound differently, or could, than the same characters in other words.
_SURNAMES = {
    surname: tuple(reading.split("-"))
    for surname, reading in re.findall(
        r"(\w+?):([a-z-]+)",
        """
        单:shan 仇:qiu 曾:zeng 解:xie 任:ren 查:zha 区:ou 盖:ge 朴:piao 缪:miao 乐:yue 翟:zhai 种:chong
        黑:he 洗:xian 华:hua 召:shao 折:she 覃:qin 秘:bi 不:fou 员:yun 贠:yun 隗:wei 郇:xun 郗:xi 句:gou
        应:ying 宁:ning 纪:ji 卜:bu 车:che 阚:kan 牟:mu 么:yao 祭:zhai 都:du 宓:mi 撒:sa 佴:nai 薄:bo
        柏:bai 葛:ge 过:guo 尉:wei 沈:shen 盛:sheng 那:na 莘:shen 相:xiang 叶:ye 降:jiang 藏:zang 重:chong
        洪:hong 适:kuo 繁:po 谌:chen 逄:pang 燕:yan 曲:qu 石:shi 谷:gu 乜:nie 粘:nian 万:wan 长:zhang
        强:qiang 行:xing 塔:ta 哈:ha 干:gan 尉迟:yu-chi 万俟:mo-qi 单于:chan-yu 澹台:tan-tai 长孙:zhang-sun
        令狐:ling-hu 鲜于:xian-yu 皇甫:huang-fu 亓官:qi-guan
        """,
    )
}
_HAN = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]+")
_HAN_OR_NOT = re.compile(rf"{_HAN.pattern}|{_HAN.pattern.replace('[', '[^')}")
# Names are padded with spaces to equal width in tables, and minority names carry dots that nobody types.
_IGNORED = re.compile(r"[\s·•・.]+")
_RUNS = re.compile(r"[a-z]+|[^a-z]+")


def initials(text: str, *, personal_name: bool | None = None) -> str:
    """The first letters: 尉迟恭 -> ycg, 第3党支部 -> ddzb. Latin letters stay; digits and signs are left out.

    `personal_name` says whether the text begins with a surname; None: it does when it is short."""
    readings = _readings(text, personal_name)
    letters = "".join(reading[0] if _HAN.match(piece) else piece for piece, reading in readings)
    return "".join(re.findall("[a-z]", letters))


def sort_key(text: str, *, personal_name: bool | None = None) -> str:
    """The full pinyin in small letters, a space between syllables (so that xi an comes before xian)."""
    return " ".join(reading for _, reading in _readings(text, personal_name))


def search_keys(text: str, initials: str) -> list[str]:
    """What to keep beside a name for an array index: its bigrams, and those of its initials behind a `~`.

    A text, or initials, of one character are a key themselves."""
    return list(dict.fromkeys([*_bigrams(_plain(text)), *(f"~{pair}" for pair in _bigrams(initials))]))


def query_keys(search: str) -> list[str]:
    """The keys that a name must all have to contain a search of two characters or more.

    Latin letters are taken for initials. The keys narrow, they do not prove: 张王张 and 王张王 have the same.
    A character alone, or alone of its kind in a mixed search, has no key; an empty list narrows nothing."""
    keys: dict[str, None] = {}
    for run in _RUNS.findall(_plain(search)):
        if len(run) > 1:
            mark = "~" if run.isascii() and run.isalpha() else ""
            keys |= dict.fromkeys(mark + pair for pair in _bigrams(run))
    return list(keys)


@lru_cache(maxsize=1024)  # one name is asked for its initials and for its key, one after the other
def _readings(text: str, personal_name: bool | None) -> list[tuple[str, str]]:
    """Each Chinese character with its syllable; a run of anything else with itself."""
    text = _plain(text)
    if personal_name is None:
        personal_name = len(text) <= PERSONAL_NAME_LENGTH and _HAN.fullmatch(text) is not None
    surname = _surname(text) if personal_name else []
    return surname + _words(text[len(surname) :])


def _surname(text: str) -> list[tuple[str, str]]:
    for length in (2, 1):
        if readings := _SURNAMES.get(text[:length]):
            return list(zip(text[:length], readings, strict=True))
    return []


@lru_cache(maxsize=16384)
def _words(text: str) -> list[tuple[str, str]]:
    """Read as words, since a word decides how its characters sound: 长春 is chang chun."""
    pairs: list[tuple[str, str]] = []
    for run in _HAN_OR_NOT.findall(text):
        pairs += zip(run, lazy_pinyin(run), strict=True) if _HAN.match(run) else [(run, run)]
    return pairs


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).lower()


def _bigrams(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)] or ([text] if text else [])
