import strawberry

from resolvers.meetings import dues
from schema.declare import field, root
from schema.enums import Payer
from schema.refusals import Finding, Refusal
from schema.scalars import Date


@strawberry.type(description="What is due for a month (应交党费). Nothing is kept.")
class DuesDue:
    amount: str | None = field(
        'Yuan to the fen as text, "15.00" (应交党费, 元): a floating-point number would lose the fen. Null where it '
        "was refused."
    )
    reason: str | None = field("How it comes about, in Chinese (计算说明).")
    citation: str | None = field("The text in force that day (依据).")
    findings: list[Finding] = field("What the rule packs find about what was paid (规则检查).")
    refusals: list[Refusal] = field(
        "Why there is no amount: BASE_MISSING, AMOUNT_OUT_OF_BOUNDS, NO_TEXT_IN_FORCE."
    )


@strawberry.type
class DuesQuery:
    @root(
        "The dues of one month by the county's rules on the day `on`, today where left out (党费测算; "
        "《关于中国共产党党费收缴、使用和管理的规定》). `base` 计算基数, in yuan: regular pay after tax, a pension, or "
        "the self-employed's mean net income a month of last quarter; not needed for FARMER and SUBSIDIZED. "
        "`allowances` 离退休补贴, in yuan, part of a pensioner's base or not as the rules say. `paid` 实交, in yuan: "
        "given, it is judged. The whole base falls into one bracket: 3000 give 15.00, 3000.01 give 30.00. For every "
        "signed-in account, null for others; a county that the reader does not see is answered by the national rules.",
        dues.due,
    )
    def dues_due(
        self,
        county: strawberry.ID,
        payer: Payer,
        base: float | None = None,
        allowances: float | None = None,
        paid: float | None = None,
        on: Date | None = None,
    ) -> DuesDue | None: ...
