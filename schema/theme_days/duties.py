import strawberry

from schema.declare import field
from schema.scalars import Date


@strawberry.type(description="Something that a member or an organization has to do (待办).")
class Duty:
    kind: str = field(
        "Of a member: FLOATING_UPDATE 更新流动信息, HOMECOMING 返乡活动, THEME_DAY 参加主题党日, TRAINING 完成学时. Of "
        "an organization: THEME_DAY_MISSING 安排主题党日, THEME_DAY_RECORD 登记开展情况, PROBLEM 整改问题. Of "
        "an office or a town: MEMBER_REQUEST 答复党员申请."
    )
    title: str = field("What to do (事项).")
    due_on: Date = field("The last day (截止日期).")
    overdue: bool = field("Whether it is not done and that day is past (是否逾期).")
    remind_on: Date = field(
        "From which day on the app reminds of it (提醒日期); the days before are the rule pack's numbers."
    )
    citation: str | None = field("The rule that it rests on (依据), if one does.")
