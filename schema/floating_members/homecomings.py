import strawberry

from resolvers.floating_members import homecomings
from schema.context import Info
from schema.declare import field
from schema.refusals import Refusal
from schema.scalars import Date


@strawberry.type(description="One item of a home-coming (六个一).")
class HomecomingItem:
    key: str = field("For programs, and to record the item.")
    label: str = field("The item (项目): 认领一个岗位, 补上一次党课 …")
    done_on: Date | None = field("When it was done (完成日期); null while it is open.")
    note: str | None = field("What was done (说明).")


@strawberry.type(description="That a member who is away came home for a while (返乡).")
class Homecoming:
    id: strawberry.ID = field("Key.")
    came_on: Date = field("Came home (返乡日期).")
    left_again_on: Date | None = field("Left again (再次外出日期); null while he is home.")
    items: list[HomecomingItem] = field(
        "What the county works through with whoever comes home (六个一); empty where its rule pack has no list.",
        homecomings.items,
    )
    done_count: int = field("Items that are done (已完成项数).", homecomings.done_count)
    total: int = field("Items of the list (总项数): six in Jiangxian.", homecomings.total)


@strawberry.input(description="When a member who is away came home.")
class RecordHomecomingInput:
    floating_member_id: strawberry.ID = field("The record.")
    came_on: Date = field("Came home (返乡日期).")
    left_again_on: Date | None = field(
        "Left again (再次外出日期); may be given later, with the same `cameOn`.", default=None
    )


@strawberry.input(description="That an item of a home-coming was done.")
class RecordHomecomingItemInput:
    homecoming_id: strawberry.ID = field("The home-coming.")
    key: str = field("Which item: a key of `Homecoming.items`.")
    done_on: Date = field("When (完成日期), a day on which he was home.")
    note: str | None = field("What was done (说明), at most 400 characters.", default=None)


@strawberry.type(description="The answer to RecordHomecoming and RecordHomecomingItem.")
class HomecomingPayload:
    homecoming: Homecoming | None = field("The home-coming as it is now.", homecomings.recorded)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class HomecomingMutation:
    @strawberry.mutation(
        description="Record that a member who is away came home, and later when he left again (登记返乡). Keeping his "
        "record while he is home does the item 更新一次信息 by itself. Refused: FLOATING_MEMBER_NOT_FOUND, "
        "IN_THE_FUTURE, LEFT_BEFORE_COMING, CAME_BEFORE_LEAVING, HOMECOMINGS_OVERLAP, ITEM_DONE_LATER."
    )
    async def record_homecoming(self, info: Info, input: RecordHomecomingInput) -> HomecomingPayload:
        return await homecomings.record_homecoming(
            info.context, str(input.floating_member_id), input.came_on, input.left_again_on
        )

    @strawberry.mutation(
        description="Record that an item of 六个一 was done; a second time corrects its day and note (登记返乡活动). "
        "Refused: HOMECOMING_NOT_FOUND, NO_SUCH_LIST, UNKNOWN_ITEM, NOT_AT_HOME, IN_THE_FUTURE, TEXT_TOO_LONG."
    )
    async def record_homecoming_item(self, info: Info, input: RecordHomecomingItemInput) -> HomecomingPayload:
        return await homecomings.record_homecoming_item(
            info.context, str(input.homecoming_id), input.key, input.done_on, input.note
        )
