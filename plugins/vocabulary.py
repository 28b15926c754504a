"""The words that facts may hold where rules depend on them."""

KINDS = ("COMMITTEE", "GENERAL_BRANCH", "BRANCH", "TEMPORARY_BRANCH", "GROUP")
LEVELS = ("COUNTY", "CITY", "PROVINCE")
STATUSES = ("SERVING", "SUSPENDED", "TERMINATED")
STANDINGS = ("FULL", "PROBATIONARY")
AGENCIES = ("DISCIPLINE_INSPECTION", "PUBLIC_SECURITY")
OPINIONS = ("NO_OBJECTION", "OBJECTION")
MEETINGS = (
    "ASSEMBLY",  # 党员大会
    "COMMITTEE_MEETING",  # 支部委员会会议
    "GROUP_MEETING",  # 党小组会
    "LEADING_GROUP",  # 党组或者领导班子会议
    "THEME_DAY",  # 主题党日
    "LIFE_MEETING",  # 组织生活会
    "APPRAISAL",  # 民主评议党员
)
VOTES = (
    "ORDINARY",  # 一般事项
    "ADMISSION",  # 接收预备党员
    "CONVERSION",  # 预备党员转正
    "EXTENSION",  # 延长预备期
    "CANCELLATION",  # 取消预备党员资格
    "ELECTION",  # 基层组织选举
    "LEADING_GROUP",  # 党组表决
    "CADRE",  # 领导班子讨论决定干部任免
)
PAYERS = (
    "SALARIED",  # 按月领取工资的
    "SELF_EMPLOYED",  # 个体经营者等: 上季度月平均纯收入
    "RETIRED",  # 离退休
    "FARMER",  # 农民
    "SUBSIDIZED",  # 学生、下岗失业、依靠抚恤或者救济生活、领取当地最低生活保障金的
)


def known(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """A misspelt value would make rules silent, so it is an error at once."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}, which is none of {', '.join(allowed)}")
