from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.floating_members import activities as floating_activities
from resolvers.floating_members import floating_members
from schema.context import Info
from schema.declare import field
from schema.enums import FloatingList
from schema.refusals import Refusal
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.floating_members.floating_members import FloatingMember


@strawberry.type(description="One of the county's systems for members away (八项制度), and what came of it.")
class FloatingSystem:
    key: str = field("For programs, and to record an activity of it.")
    label: str = field("The system (制度): 外出报备, 专人联系, 定期汇报 …")
    last_on: Date | None = field("When it was last carried out (最近开展日期).")
    count: int = field("How often it was carried out while this record has been open (次数).")


@strawberry.type(description="Something done with a member away (流动党员活动).")
class FloatingActivity:
    id: strawberry.ID = field("Key.")
    in_list: FloatingList = field(
        "The list that it belongs to: HOMECOMING 六个一, SYSTEM 八项制度.", floating_activities.in_list
    )
    key: str = field("The item's key in the rule pack.")
    label: str = field(
        "The item (项目); its key where the pack no longer lists it.", floating_activities.label
    )
    done_on: Date = field("When (日期).")
    note: str | None = field("What was done (说明).")


@strawberry.input(description="What was done with a member away.")
class RecordFloatingActivityInput:
    floating_member_id: strawberry.ID = field("The record.")
    key: str = field("Which of the county's systems: a key of `FloatingMember.systems`.")
    done_on: Date = field("When (日期), not before he left and not in the future.")
    note: str | None = field("What was done (说明), at most 400 characters.", default=None)


@strawberry.type(description="The answer to RecordFloatingActivity.")
class RecordFloatingActivityPayload:
    activity: FloatingActivity | None = field("What was recorded.", floating_activities.recorded)
    floating_member: (
        Annotated["FloatingMember", strawberry.lazy("schema.floating_members.floating_members")] | None
    ) = field("The record.", floating_members.updated)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class FloatingActivityMutation:
    @strawberry.mutation(
        description="Record that one of the county's systems was carried out with a member away "
        "(登记八项制度开展情况): his secretary, those above, his contact person or he himself. Refused: "
        "FLOATING_MEMBER_NOT_FOUND, NO_SUCH_LIST where the county's rule pack has none, UNKNOWN_ITEM, "
        "IN_THE_FUTURE, BEFORE_LEAVING, TEXT_TOO_LONG."
    )
    async def record_floating_activity(
        self, info: Info, input: RecordFloatingActivityInput
    ) -> RecordFloatingActivityPayload:
        return await floating_activities.record_floating_activity(
            info.context, str(input.floating_member_id), input.key, input.done_on, input.note
        )
