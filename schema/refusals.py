import strawberry

from schema.declare import field
from schema.enums import Severity


@strawberry.type(description="Why a write was not carried out (拒绝原因): an answer, not a fault.")
class Refusal:
    code: str = field("For programs: what was refused.")
    message: str = field("For people: a sentence in the reader's language, with what to do.")
    citation: str | None = field("The rule that it rests on (依据), if one does.")


@strawberry.type(description="What a rule pack found (发现的问题): a proposal for people, never a decision.")
class Finding:
    code: str = field("The rule's code.")
    severity: Severity = field("How strict the text is.")
    message: str = field("A sentence with the number and the limit (说明).")
    citation: str = field("Regulation and paragraph (依据).")
    rule_pack: str = field("The pack that found it (规则包).")
    rule_version: str = field("The version of the pack.")
