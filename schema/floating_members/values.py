from typing import Any

import strawberry
from strawberry import UNSET

from schema.declare import field
from schema.scalars import Date


@strawberry.input(description="An item that the county keeps beside the fields (台账项目).")
class ChecklistItemInput:
    key: str = field("Which item: a key of `FloatingMember.items`.")
    value: str = field("What stands there (内容), at most 200 characters; an empty text takes it out.")


@strawberry.input(description="What the record of a member away holds.")
class RecordValues:
    """Shared by the inputs that write a record; never an input by itself."""

    destination: str | None = field("Whereabouts (去向住址).", default=UNSET)
    contact: str | None = field("Contact (联系方式), at most 40 characters.", default=UNSET)
    employment: str | None = field("Employment (就业情况).", default=UNSET)
    organizational_life: str | None = field("Organizational life (组织生活).", default=UNSET)
    mindset: str | None = field("State of mind (思想动态).", default=UNSET)
    contribution: str | None = field("Contribution (作用发挥).", default=UNSET)
    items: list[ChecklistItemInput] | None = field(
        "What the county keeps beside these (如实名登记、所在小组).", default=UNSET
    )
    is_place_fixed: bool | None = field("Whether he stays in one place (地点相对固定).", default=UNSET)
    went_abroad_on: Date | None = field("Went abroad (出国（境）日期).", default=UNSET)
    contact_person_id: strawberry.ID | None = field(
        "The member who looks after him (联系人); an empty text takes one out. For those who lead.",
        default=UNSET,
    )

    def values(self) -> dict[str, Any]:
        """What was given, by column; an empty text clears one. Null counts as left out: many clients send it so."""
        given: dict[str, Any] = {
            name: (value.strip() or None) if isinstance(value, str) else value
            for name, value in vars(self).items()
            if value is not UNSET and value is not None
        }
        if "items" in given:
            given["items"] = {item.key: item.value.strip() or None for item in given["items"]}
        return given
