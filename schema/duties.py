import strawberry

from schema.declare import field
from schema.scalars import Date


@strawberry.type(description="Something that a member has to do (待办).")
class Duty:
    kind: str = field("FLOATING_UPDATE 更新流动信息, THEME_DAY 参加主题党日, TRAINING 完成学时.")
    title: str = field("What to do (事项).")
    due_on: Date = field("The last day (截止日期).")
    overdue: bool = field("Whether that day is past (是否逾期).")
