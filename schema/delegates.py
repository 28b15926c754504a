from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import federation

from resolvers import qualification
from schema.declare import field
from schema.enums import CongressLevel, DelegateStatus
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.members import Member


@federation.type(keys=["id"], description="A delegate to a party congress (党代表).")
class Delegate:
    id: strawberry.ID = field("Key.")
    status: DelegateStatus = field("Status (状态); only a recorded decision changes it.")
    level: CongressLevel = field("Level of the congress (层级).")
    congress: str = field("Which congress (届次).")
    elected_on: Date = field("Elected (当选日期).")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = field(
        "Who it is.", qualification.delegate_member
    )
