"""What is shown of a personal number. Masks are stored beside the encrypted value, so that lists never decrypt."""

import re

_RUN = re.compile(r"\d(?:[ -]?\d)*(?:[ -]?[xX])?")  # \d takes full-width digits too
_MOBILE = re.compile(r"(?:86)?1\d{10}")
_ID_LENGTH, _OLD_ID_LENGTH = 18, 15


def masked_id_number(number: str) -> str:
    """`140*************34`. Whoever knows county and birthday could complete the usual mask, which shows the
    region and the last four characters."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def masked_phone(text: str) -> str:
    """`199****5206`, of a phone or of whatever else somebody gave as his contact; never most of a short text."""
    if len(text) < 8:
        return "*" * len(text)
    if len(text) < 11:
        return f"{text[:2]}****{text[-2:]}"
    return f"{text[:3]}****{text[-4:]}"


def masked_in(text: str) -> str:
    """A text in which whatever looks like an identity number or a mobile phone is masked."""
    return _RUN.sub(_masked_run, text)


def masked_cell(text: str) -> str:
    """Of a column of such numbers: also one that lacks a digit, or has one too many, is somebody's."""
    hidden = masked_in(text)
    digits = sum(character.isdigit() for character in hidden)
    if hidden != text or digits < 7:
        return hidden
    return masked_id_number(text) if digits >= _OLD_ID_LENGTH else masked_phone(text)


def _masked_run(found: re.Match[str]) -> str:
    run = found[0]
    plain = re.sub(r"[ -]", "", run)
    is_solid = plain == run
    if len(plain) == _ID_LENGTH or (is_solid and len(plain) >= _OLD_ID_LENGTH):
        return masked_id_number(run)
    return masked_phone(plain) if _MOBILE.fullmatch(plain) else run
