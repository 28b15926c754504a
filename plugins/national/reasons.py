"""Reads what an agency wrote (说明): which grounds it names, and not those it denies.

Works on words around a ground, so that 未受处分, 不涉嫌违法, 撤销立案 or 建议给予留党察看 name nothing, while
因不履行职责受留党察看处分 does. What stays unread is for people: the caller says so.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum


class Ground(Enum):
    DISCIPLINED = "留党察看以上处分"
    DISCIPLINED_BEFORE = "留党察看已经期满"
    STANDING_LOST = "停止党籍或者丧失国籍"
    RESIGNED = "辞去代表职务被接受"
    INVESTIGATED = "立案侦查或者立案审查"
    WARNED = "留党察看以下处分"


@dataclass(frozen=True)
class Mention:
    ground: Ground
    words: str


_GROUNDS = {
    Ground.DISCIPLINED: re.compile(r"留党察看|开除党籍"),
    Ground.STANDING_LOST: re.compile(r"停止党籍|丧失(?:中华人民共和国|中国)?国籍"),
    Ground.INVESTIGATED: re.compile(
        r"立案(?:侦查|审查调查|审查|调查|查处)?|(?<!立案)审查调查|纪律审查|监察调查|留置|刑事拘留|刑拘|逮捕|取保候审"
        r"|监视居住|移送(?:审查)?起诉|提起公诉"
    ),
    Ground.WARNED: re.compile(r"严重警告|警告|撤销党内(?:一切)?职务|撤职"),
}
_RESIGNED = re.compile(
    r"(?:辞去[^。;未不没]{0,12}代表[^。;未不没]{0,16}|辞职(?:申请)?[,已]{0,2})(?:被|获|经|予以)?[^。;未不没]{0,4}(?:接受|同意|批准)"
)
_FILLER = (
    r"(?:曾|有|再|经|被|对|其|本人|因|受|到|过|发现|查到|查出|存在|涉及|涉嫌|给予|予以|任何|违法|违纪|违规|犯罪"
    r"|党内|党纪|政务|处分|以上|警告|严重|撤销党内职务|留党察看|开除党籍|停止党籍|立案|侦查|审查|[、和或及等])*+$"
)
_DENIED = re.compile(r"(?:未|没有|没|无|不|并非|免予|免于)" + _FILLER)
_NOT_YET = re.compile(
    r"(?:撤销|取消|解除|终止|不予|是否|拟|建议|可能|有待)(?:党内|党纪|对|其|了|的|被|受|给予|予以)*+$"
)
_UNDONE = re.compile(
    r".{0,10}?(?:撤销(?!党内|行政|职务|公职)|撤案|解除|取消|不成立|不属实|失实|不实|查否|改为|变更为|建议|待定|待批)"
)
_CLOSED = re.compile(
    r"撤案|销案|撤销(?:该)?(?:案件|立案)|不予立案|不起诉|终止(?:侦查|审查|调查)|解除(?:留置|取保|监视)"
    r"|(?:侦查|审查|调查)(?:已|已经)?结束|(?<![未没待])(?<![未没]有)(?<!未能)(?<!等待)(?:了结|结案|办结|审结)"
)
_EXPIRED = re.compile(
    r"[^。;!]{0,30}?(?<![未没不])(?:(?:期|期限|时间)(?:已|已经)?满(?!前)|已满|已经满|届满|恢复党(?:员权利|籍))"
)
_NOT_EXPIRED = re.compile(r"[未没将尚待]|不予|延长|暂缓|预计|开除")
_ONCE = re.compile(r"(?:曾|曾经|以前|原)(?:于?[\d年月日]{0,11})?(?:因[^,]{0,20})?[受被]?(?:到|过)?(?:党内)?$")
_ONGOING = re.compile(r"中|正在|尚未")


def mentions(reason: str | None) -> tuple[Mention, ...]:
    """The grounds that the text affirms, each once, in the order of `Ground`."""
    text = re.sub(r"\s+", ",", unicodedata.normalize("NFKC", reason or "").strip())
    found = {ground: word for ground in _GROUNDS if (word := _affirmed(ground, text))}
    if past := _past(text):
        found[Ground.DISCIPLINED_BEFORE] = past
    if resigned := _RESIGNED.search(text):
        found[Ground.RESIGNED] = resigned[0]
    return tuple(Mention(ground, found[ground]) for ground in Ground if ground in found)


def _affirmed(ground: Ground, text: str) -> str | None:
    for match in _GROUNDS[ground].finditer(text):
        before = re.split(r"[,。;!:]", text[: match.start()])[-1]
        after = re.split(r"[,。;!:]", text[match.end() :])[0]
        if _DENIED.search(before) or _NOT_YET.search(before) or _UNDONE.match(after):
            continue
        if ground is Ground.INVESTIGATED and _is_over(text[match.end() :], after):
            continue
        if ground is Ground.DISCIPLINED and _past_words(match, before):
            continue
        return match[0]
    return None


def _past(text: str) -> str | None:
    """留党察看期满 or 曾受留党察看处分: a sanction that no longer stands, with the words that say so."""
    for match in _GROUNDS[Ground.DISCIPLINED].finditer(text):
        before = re.split(r"[,。;!:]", text[: match.start()])[-1]
        after = re.split(r"[,。;!:]", text[match.end() :])[0]
        if not (_DENIED.search(before) or _NOT_YET.search(before) or _UNDONE.match(after)) and (
            words := _past_words(match, before)
        ):
            shown = words.replace(",", "，").replace("(", "（")
            return shown + "）" * (shown.count("（") - shown.count(")"))
    return None


def _past_words(match: re.Match[str], before: str) -> str | None:
    expired = _EXPIRED.match(match.string, match.end())
    if expired and not _NOT_EXPIRED.search(expired[0]):
        return match[0] + expired[0]
    once = _ONCE.search(before)
    return once[0] + match[0] if once and match[0] == "留党察看" else None


def _is_over(rest: str, after: str) -> bool:
    """A case that was closed, or ended with a sanction (…立案审查,给予警告处分), is no longer under way."""
    if _CLOSED.search(rest):
        return True
    is_sanctioned = _past(rest) or any(_affirmed(each, rest) for each in (Ground.DISCIPLINED, Ground.WARNED))
    return bool(is_sanctioned) and not _ONGOING.search(after)
