"""The figures of the demo county, Jiangxian (绛县) in 2020.

Quoted ones stand in the newspaper page 五大行动筑牢战斗堡垒——绛县基层党建工作巡礼 (early 2021); where it
says "more than" (余), the demo has just that many. The others are the demo's own.
"""

from datetime import date

YEAR = 2020
LAST_DAY = date(2020, 12, 31)

# 规范设置基层党组织504个: 17 committees, 133个行政村, 3个社区, 9个在外临时党支部 and the 342 of UNITS
VILLAGES = 133
COMMUNITIES = 3
POOR_VILLAGES = 47
ONE_SHOULDER = 88  # 实现“一肩挑”行政村88个, 占比66.17%
FIRST_UNIT = 162  # the number that the first unit has in its name and code; the others stand before it
UNITS = {  # field: (general branches, branches)
    "机关": (20, 207),
    "事业单位": (3, 36),
    "非公企业": (3, 20),
    "社会组织": (4, 35),
    "国有企业": (0, 14),
}

# 全县共有党员12016名; 1614名流动党员全部纳入规范管理体系
MEMBERS = 12016
PROBATIONARY_MEMBERS = 211
FLOATING_MEMBERS = 1614
INCOMPLETE_FLOATING_RECORDS = 211

# 主题党日活动12期, by each of the 504 organizations
THEMES = (
    "我是组织形象代言人",
    "绷紧思想之弦 决战脱贫攻坚",
    "高举伟大旗帜 争当实干先锋",
    "践行领袖嘱托 率先蹚出新路",
    "党员冲在前 行动践初心",
)
THEME_DAYS = [date(YEAR, month, 10) for month in range(1, 13)]
COUNTERS = {
    "讲党课": 1800,  # 讲党课1800余场次
    "民主议事": 4860,  # 民主议事4860余项
    "公开办事": 6900,  # 公开办事6900余项
    "志愿服务": 5540,  # 志愿服务5540余次
    "办实事好事": 7900,  # 为群众办实事好事7900余件
    "收集意见建议": 2390,  # 收集意见建议2390余条
}

# 目前全县共有240名县党代表、19名市党代表、2名省党代表
DELEGATES = {"县": 240, "市": 19, "省": 2}
# 2020年先后有4名县党代表因职务调整出绛县; here nobody has decided about them yet, and they are among the 240
DELEGATES_WHO_LEFT = 4
