from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import UNSET, federation

from resolvers.delegates import delegates
from schema.context import Info
from schema.declare import field, root
from schema.enums import CongressLevel, DelegateStatus
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member


@strawberry.type(description="A step in a delegate's status history (代表状态变动).")
class DelegateStatusChange:
    status: DelegateStatus = field("The status from then on (状态).")
    since: Date = field("Since when (起始日期).")
    decided_by: str = field("The body that decided it (作出决定的机构).")
    reason: str = field("Why (理由).")


@federation.type(keys=["id"], description="A delegate to a party congress (党代表).")
class Delegate:
    id: strawberry.ID = field("Key.")
    status: DelegateStatus = field("Status (状态); only a recorded decision changes it.")
    level: CongressLevel = field("Level of the congress (层级).")
    congress: str = field("Which congress (届次).")
    elected_on: Date = field("Elected (当选日期).")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Who it is.", delegates.member
    )
    status_history: list[DelegateStatusChange] = field(
        "The changes of status that were recorded, the oldest first (状态变动), for the office and the delegate "
        "himself. What stood before the first one came with the office's files.",
        delegates.status_history,
    )


@strawberry.type(description="How many delegates there are of a level and a status.")
class DelegateCount:
    level: CongressLevel = field("Level of the congress (层级).")
    status: DelegateStatus = field("Status (状态).")
    count: int = field("How many (人数).")


@strawberry.type(description="The answer to RecordDelegateFact.")
class RecordDelegateFactPayload:
    delegate: Delegate | None = field("The delegate.", delegates.recorded)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class DelegateQuery:
    @root(
        "The delegates of a county, at most 100 a page (党代表名册). `level` and `status` keep those that are one of "
        "them; `search` takes two characters of the name or initials of its pinyin.",
        delegates.delegates,
    )
    def delegates(
        self,
        county: strawberry.ID,
        first: int,
        after: str | None = None,
        level: list[CongressLevel] | None = None,
        status: list[DelegateStatus] | None = None,
        search: str | None = None,
    ) -> Connection[Delegate]: ...


@strawberry.type
class DelegateMutation:
    @strawberry.mutation(
        description="Record a date that a delegate's qualification rests on (登记代表有关事实, 第二十五条): what is "
        "left out stays, null takes a date back. Facts count in reviews of quarters that end on that day or later; "
        "undecided checks are judged again. Changes nobody's status. Refused with DELEGATE_NOT_FOUND, NOTHING_GIVEN, "
        "IN_THE_FUTURE, BEFORE_ELECTION."
    )
    async def record_delegate_fact(
        self,
        info: Info,
        delegate_id: strawberry.ID,
        membership_halted_on: Date | None = UNSET,
        nationality_lost_on: Date | None = UNSET,
        resignation_accepted_on: Date | None = UNSET,
    ) -> RecordDelegateFactPayload:
        """停止党籍、丧失国籍、辞职被接受."""
        given = {
            "membership_halted_on": membership_halted_on,
            "nationality_lost_on": nationality_lost_on,
            "resignation_accepted_on": resignation_accepted_on,
        }
        told = {name: day for name, day in given.items() if day is not UNSET}
        return await delegates.record_facts(info.context, str(delegate_id), told)
