"""Office files of a small county, made for tests: any cell can be changed, any row added, any file left out.

Nobody in them exists: identity numbers begin with 99, which no place has."""

import csv
import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from stdnum.cn import ric

from models.choices import WorkbookKind

Cells = dict[str, Any]

COUNTY_CODE = "990826"
FIRST_ROW = 3  # 1 is the title, 2 the header
NAMES = (
    "任军芳",
    "沈新晨",
    "贾雨杰",
    "曾涛勇",
    "单晓红",
    "解 放",
    "邵嘉",
    "熊霞",
    "郭超振",
    "文浩平",
    "余伟兰",
    "赖平文",
)

FILES = {
    WorkbookKind.ORGANIZATIONS: ("党组织.xlsx", "试验县党组织信息表(2020年12月31日)"),
    WorkbookKind.MEMBERS: ("党员.xlsx", "试验县党员信息表(2020年12月31日)"),
    WorkbookKind.FLOATING_MEMBERS: ("流动党员.xlsx", "试验县在外流动党员台账(2020年第四季度)"),
    WorkbookKind.THEME_DAYS: ("主题党日.xlsx", "试验县主题党日台账(2020年)"),
    WorkbookKind.ATTENDANCES: ("主题党日签到.csv.gz", ""),
    WorkbookKind.TRAINING_RECORDS: ("培训记录.xlsx", "试验县党员教育培训台账(2020年)"),
    WorkbookKind.DELEGATES: ("党代表.xlsx", "试验县党代表名册"),
    WorkbookKind.POST_CHANGES: ("职务变动.xlsx", "2020年职务变动"),
    WorkbookKind.CLEARANCES: ("联审意见.xlsx", "2020年第四季度党代表资格联审意见"),
}


@dataclass(frozen=True)
class Person:
    name: str
    id_number: str
    gender: str
    born: date

    @property
    def named(self) -> Cells:
        return {"姓名": self.name, "身份证号": self.id_number}


def person(number: int, name: str = "试验员") -> Person:
    """Odd numbers are men. Everybody is born in the 1970s."""
    born = date(1970 + number % 10, 1 + number % 12, 1 + number % 28)
    seventeen = f"990826{born:%Y%m%d}{number:03}"
    return Person(name, seventeen + ric.calc_check_digit(f"{seventeen}0"), "男" if number % 2 else "女", born)


PEOPLE = [person(number, name) for number, name in enumerate(NAMES, 1)]


def member(who: Person, branch: str = "SY01001", **changes: Any) -> Cells:
    return {
        **who.named,
        "性别": who.gender,
        "民族": "汉族",
        "出生日期": who.born,
        "学历": "大专",
        "人员类别": "正式党员",
        "所在党支部代码": branch,
        "手机号码": "19999025206",
        "入党日期": date(2001, 7, 1),
        "转正日期": date(2002, 7, 1),
        "工作岗位": "农民",
        "家庭住址": "试验县",
        "是否失联": "否",
        "是否流动党员": "否",
        **changes,
    }


def organization(code: str, name: str, kind: str, parent: str, secretary: str = "", **changes: Any) -> Cells:
    return {
        "组织代码": code,
        "组织名称": name,
        "组织类别": kind,
        "上级组织代码": parent,
        "所属领域": "行政村",
        "成立日期": date(1982, 7, 27),
        "本届换届日期": date(2019, 1, 18),
        "书记身份证号": secretary,
        "是否贫困村": "否",
        "村集体经济年收入(万元)": 7.87,
        **changes,
    }


def floating_member(who: Person, home: str = "SY01001", **changes: Any) -> Cells:
    return {
        **who.named,
        "流出党支部代码": home,
        "流动时间": date(2019, 5, 1),
        "去向住址": "陕西省西安市",
        "联系方式": "19999036485",
        "就业情况": "务工",
        "组织生活": "线上参加",
        "思想动态": "稳定",
        "作用发挥": "",
        "所在流动党支部代码": "SYL01",
        "登记日期": date(2019, 5, 21),
        "最近更新日期": date(2020, 12, 17),
        **changes,
    }


def theme_day(code: str, held_on: Any = date(2020, 1, 10), **changes: Any) -> Cells:
    counters = {"讲党课": 1, "民主议事": 0, "公开办事": 3, "志愿服务": 0, "办实事好事": 2, "收集意见建议": 0}
    return {"组织代码": code, "日期": held_on, "主题": "我是组织形象代言人", **counters, **changes}


def attendance(who: Person, code: str = "SY01001", **changes: Any) -> Cells:
    time = "2020-01-10T11:02"
    return {"组织代码": code, "月份": "2020-01", "身份证号": who.id_number, "签到时间": time, **changes}


def training_record(who: Person, **changes: Any) -> Cells:
    course = {"课程": "主体班读书班", "形式": "集中培训", "学时": 40, "日期": date(2020, 8, 14)}
    return {**who.named, **course, **changes}


def delegate(who: Person, **changes: Any) -> Cells:
    congress = {"层级": "县", "届次": "中共试验县第十四次代表大会", "所在党支部代码": "SY01001"}
    return {**who.named, **congress, "当选日期": date(2016, 7, 20), "状态": "在任", **changes}


def post_change(who: Person, **changes: Any) -> Cells:
    return {**who.named, "变动日期": date(2020, 5, 10), "变动情况": "调离试验县", "去向": "运城市", **changes}


def clearance(who: Person, agency: str = "县纪委监委", **changes: Any) -> Cells:
    answer = {"部门": agency, "意见": "无异议", "说明": "", "日期": date(2020, 12, 23)}
    return {**who.named, **answer, **changes}


def small_county() -> dict[WorkbookKind, list[Cells]]:
    """Three levels of organizations, twelve members, and a few rows of everything else; nothing is wrong."""
    at_home, away, sent = PEOPLE[:6], PEOPLE[6:9], PEOPLE[9:]
    return {
        WorkbookKind.ORGANIZATIONS: [
            organization("SY", "中共试验县委员会", "党委", ""),
            organization("SY01", "中共试验县古绛镇委员会", "党委", "SY"),
            organization("SY01001", "古绛镇后秦湾村党支部", "党支部", "SY01", PEOPLE[0].id_number),
            organization("SY01002", "古绛镇前秦湾村党支部", "党支部", "SY01", PEOPLE[9].id_number),
            organization("SYL01", "试验县驻西安临时党支部", "临时党支部", "SY"),
        ],
        WorkbookKind.MEMBERS: [
            *(member(who) for who in at_home + away),
            *(member(who, "SY01002") for who in sent),
        ],
        WorkbookKind.FLOATING_MEMBERS: [floating_member(who) for who in away],
        WorkbookKind.THEME_DAYS: [
            *(theme_day(code) for code in ("SY", "SY01001", "SY01002")),
            theme_day("SY01001", date(2020, 2, 10)),
        ],
        WorkbookKind.ATTENDANCES: [attendance(who) for who in at_home],
        WorkbookKind.TRAINING_RECORDS: [training_record(who) for who in PEOPLE],
        WorkbookKind.DELEGATES: [delegate(who, 所在党支部代码="SY01002") for who in sent],
        WorkbookKind.POST_CHANGES: [post_change(PEOPLE[11])],
        WorkbookKind.CLEARANCES: [
            clearance(who, agency) for who in sent for agency in ("县纪委监委", "县公安局")
        ],
    }


def write_county(directory: Path, county: dict[WorkbookKind, list[Cells]]) -> Path:
    directory.mkdir(exist_ok=True)
    for kind, rows in county.items():
        file_name, title = FILES[kind]
        if kind == WorkbookKind.ATTENDANCES:
            write_csv(directory / file_name, list(rows[0]), rows)
        else:
            write_workbook(directory / file_name, list(rows[0]), rows, title=title)
    return directory


def write_workbook(
    path: Path, headers: Sequence[str], rows: Iterable[Cells], *, title: str = "", sheet: str = "Sheet1"
) -> Path:
    """Without a title the header is the first row."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        lines = [[title]] if title else []
        lines += [list(headers), *([row.get(header, "") for header in headers] for row in rows)]
        for number, line in enumerate(lines):
            worksheet.write_row(number, 0, line)
    return path


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Cells], encoding: str = "utf-8") -> Path:
    """Gzipped when the name ends so."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
