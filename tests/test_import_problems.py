"""One case for each problem that a row can have; every case is a row added to a county that is right."""

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from commands.imports import print_reports
from models.choices import WorkbookKind
from models.import_job import ImportProblem
from resolvers.imports import rows as import_rows
from resolvers.imports.cell_problems import CellProblem
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.run import import_directory
from runtime.database import Database
from tests import workbooks as made
from tests.workbooks import COUNTY_CODE, FIRST_ROW, PEOPLE, Cells, person

Kind = WorkbookKind
SINGLE = person(990)  # refused by the members' file in every case
STRANGER = person(970, "陌生人")
SHIFTED = person(991, "号码错")  # refused too, for a number that nobody else writes
NUMBERS = iter(range(100, 900))


class Case(NamedTuple):
    code: str
    kind: WorkbookKind
    column: str
    row: Cells


def newcomer(code: str, column: str, **changes: Any) -> Case:
    return Case(code, Kind.MEMBERS, column, {**made.member(person(next(NUMBERS))), **changes})


def branch(code: str, column: str, **changes: Any) -> Case:
    plain = made.organization(f"SYX{next(NUMBERS)}", "试验村党支部", "党支部", "SY01")
    return Case(code, Kind.ORGANIZATIONS, column, {**plain, **changes})


def away(code: str, column: str, who: made.Person = PEOPLE[0], **changes: Any) -> Case:
    return Case(code, Kind.FLOATING_MEMBERS, column, {**made.floating_member(who), **changes})


def held(code: str, column: str, **changes: Any) -> Case:
    plain = made.theme_day("SY01", date.fromordinal(737_000 + next(NUMBERS)))
    return Case(code, Kind.THEME_DAYS, column, {**plain, **changes})


def checked_in(code: str, column: str, who: made.Person = PEOPLE[6], **changes: Any) -> Case:
    return Case(code, Kind.ATTENDANCES, column, {**made.attendance(who), **changes})


def trained(code: str, column: str, who: made.Person = PEOPLE[0], **changes: Any) -> Case:
    return Case(code, Kind.TRAINING_RECORDS, column, {**made.training_record(who, 课程="党课"), **changes})


def elected(code: str, column: str, who: made.Person = PEOPLE[0], **changes: Any) -> Case:
    return Case(code, Kind.DELEGATES, column, {**made.delegate(who), **changes})


def moved(code: str, column: str, who: made.Person = PEOPLE[0], **changes: Any) -> Case:
    return Case(code, Kind.POST_CHANGES, column, {**made.post_change(who), **changes})


def cleared(code: str, column: str, who: made.Person = PEOPLE[9], **changes: Any) -> Case:
    return Case(code, Kind.CLEARANCES, column, {**made.clearance(who), **changes})


CASES = [
    branch("REQUIRED", "组织名称", 组织名称=" "),
    branch("REQUIRED", "所属领域", 所属领域=""),
    branch("TEXT_TOO_LONG", "组织名称", 组织名称="长" * 121),
    branch("CODE_INVALID", "组织代码", 组织代码="SY/01"),
    newcomer("NAME_INVALID", "姓名", 姓名="张三2"),
    branch("CHOICE_UNKNOWN", "组织类别", 组织类别="党小队"),
    branch("DATE_IN_FUTURE", "本届换届日期", 本届换届日期=date(2093, 1, 1)),
    branch("NUMBER_INVALID", "村集体经济年收入(万元)", **{"村集体经济年收入(万元)": "约八万"}),
    branch("NUMBER_INVALID", "村集体经济年收入(万元)", **{"村集体经济年收入(万元)": -1}),
    branch("NUMBER_INVALID", "村集体经济年收入(万元)", **{"村集体经济年收入(万元)": "1_000"}),
    branch("YES_NO_INVALID", "是否贫困村", 是否贫困村="不是"),
    branch("ORGANIZATION_DUPLICATE", "组织代码", 组织代码="SY01001"),
    branch("PARENT_REQUIRED", "上级组织代码", 上级组织代码=""),
    branch("PARENT_UNKNOWN", "上级组织代码", 上级组织代码="SY99"),
    branch("DATE_INVALID", "成立日期", 组织代码="SYR", 成立日期="不详"),
    branch("PARENT_REFUSED", "上级组织代码", 组织代码="SYR1", 上级组织代码="SYR"),
    branch("PARENT_REFUSED", "上级组织代码", 上级组织代码="SYR1"),
    branch("PARENT_CYCLE", "上级组织代码", 组织代码="SYC1", 上级组织代码="SYC2"),
    branch("PARENT_CYCLE", "上级组织代码", 组织代码="SYC2", 上级组织代码="SYC1"),
    branch("PARENT_CYCLE", "上级组织代码", 组织代码="SYC3", 上级组织代码="SYC3"),
    branch("PARENT_REFUSED", "上级组织代码", 上级组织代码="SYC1"),
    branch("SECRETARY_UNKNOWN", "书记身份证号", 书记身份证号=person(950).id_number),
    branch("MEMBER_REFUSED", "书记身份证号", 书记身份证号=SINGLE.id_number),
    newcomer("REQUIRED", "姓名", 姓名="　"),
    newcomer("REQUIRED", "身份证号", 身份证号=""),
    newcomer("TEXT_TOO_LONG", "学历", 学历="长" * 31),
    newcomer("DATE_INVALID", "入党日期", 入党日期="不详"),
    newcomer("DATE_INVALID", "出生日期", 出生日期="1970-02-30"),
    newcomer("DATE_IN_FUTURE", "入党日期", 入党日期=date(2093, 5, 1)),
    newcomer("CHOICE_UNKNOWN", "人员类别", 人员类别="入党积极分子"),
    newcomer("CHOICE_UNKNOWN", "性别", 性别="未知"),
    newcomer("YES_NO_INVALID", "是否失联", 是否失联="无"),
    newcomer("PHONE_INVALID", "手机号码", 手机号码="19999O12345"),
    newcomer("PHONE_INVALID", "手机号码", 手机号码="1999901234"),
    newcomer("ID_NUMBER_AS_NUMBER", "身份证号", 身份证号=990826197705017813),
    newcomer("ID_NUMBER_FORM", "身份证号", 身份证号="990826770501781"),
    newcomer("ID_NUMBER_CHECK_DIGIT", "身份证号", 身份证号="990826195402194460"),
    newcomer("ID_NUMBER_DATE_IMPOSSIBLE", "身份证号", 身份证号="990826197013017813"),
    newcomer("BIRTH_DATE_DIFFERS", "出生日期", 出生日期=date(1969, 1, 1)),
    newcomer("MEMBER_DUPLICATE", "身份证号", 身份证号=PEOPLE[0].id_number),
    newcomer("ORGANIZATION_UNKNOWN", "所在党支部代码", 所在党支部代码="SY99X"),
    newcomer("ORGANIZATION_REFUSED", "所在党支部代码", 所在党支部代码="SYR"),
    newcomer("NOT_A_BRANCH", "所在党支部代码", 所在党支部代码="SY01"),
    newcomer("UNDER_18_AT_JOINING", "入党日期", 入党日期=date(1986, 1, 1)),
    newcomer("CONFIRMED_BEFORE_JOINED", "转正日期", 转正日期=date(2001, 6, 30)),
    newcomer("PROBATIONARY_CONFIRMED", "转正日期", 人员类别="预备党员"),
    newcomer("FULL_NOT_CONFIRMED", "转正日期", 转正日期=""),
    Case("GENDER_DIFFERS", Kind.MEMBERS, "性别", made.member(person(960), 性别="男")),
    Case("REQUIRED", Kind.MEMBERS, "姓名", made.member(SINGLE, 姓名="")),
    Case("ID_NUMBER_FORM", Kind.MEMBERS, "身份证号", made.member(SHIFTED, 身份证号="1" + SHIFTED.id_number)),
    away("MEMBER_UNKNOWN", "身份证号", STRANGER),
    away("MEMBER_REFUSED", "身份证号", SINGLE),
    away("MEMBER_REFUSED", "身份证号", SHIFTED),
    away("ID_NUMBER_CHECK_DIGIT", "身份证号", 身份证号="990826195402194461"),
    away("NAME_MISMATCH", "姓名", 姓名="任军方"),
    away("HOME_BRANCH_DIFFERS", "流出党支部代码", PEOPLE[1], 流出党支部代码="SY01002"),
    away("ORGANIZATION_UNKNOWN", "流出党支部代码", PEOPLE[2], 流出党支部代码="SY9"),
    away(
        "ORGANIZATION_UNKNOWN",
        "所在流动党支部代码",
        PEOPLE[3],
        所在流动党支部代码="SY9",
    ),
    away("NOT_A_HOST_BRANCH", "所在流动党支部代码", PEOPLE[4], 所在流动党支部代码="SY"),
    away(
        "HOST_IS_HOME",
        "所在流动党支部代码",
        PEOPLE[11],
        流出党支部代码="SY01002",
        所在流动党支部代码="SY01002",
    ),
    away("UPDATED_BEFORE_REGISTERED", "最近更新日期", PEOPLE[5], 最近更新日期=date(2019, 5, 20)),
    away("DATE_IN_FUTURE", "登记日期", PEOPLE[10], 流出党支部代码="SY01002", 登记日期=date(2093, 1, 1)),
    away("FLOATING_MEMBER_DUPLICATE", "身份证号", PEOPLE[6]),
    held("ORGANIZATION_UNKNOWN", "组织代码", 组织代码="SY9"),
    held("REQUIRED", "主题", 主题=""),
    held("WHOLE_NUMBER_INVALID", "讲党课", 讲党课=1.5),
    held("WHOLE_NUMBER_INVALID", "收集意见建议", 收集意见建议=-1),
    held("DATE_INVALID", "日期", 日期="腊月初八"),
    held("THEME_DAY_DUPLICATE", "日期", 组织代码="SY", 日期="2020年1月10日"),
    held("REQUIRED", "主题", 组织代码="SY01001", 日期=date(2020, 2, 20), 主题=""),
    held("REQUIRED", "主题", 组织代码="SY01001", 日期=date(2020, 4, 10), 主题=""),
    held("DATE_IN_FUTURE", "日期", 组织代码="SY01002", 日期=date(2093, 5, 10)),
    checked_in("MONTH_INVALID", "月份", 月份="2020-13"),
    checked_in("TIME_INVALID", "签到时间", 签到时间="上午"),
    checked_in("MEMBER_UNKNOWN", "身份证号", STRANGER),
    checked_in("ORGANIZATION_UNKNOWN", "组织代码", 组织代码="SY9"),
    checked_in("THEME_DAY_UNKNOWN", "月份", 月份="2020-03"),
    checked_in("THEME_DAY_REFUSED", "月份", 月份="2020-04", 签到时间="2020-04-10 11:02"),
    checked_in("THEME_DAY_REFUSED", "签到时间", 月份="2020-02", 签到时间="2020-02-20 11:02"),
    checked_in("THEME_DAY_REFUSED", "月份", PEOPLE[9], 组织代码="SY01002", 月份="2020-05"),
    checked_in("NOT_ON_THE_THEME_DAY", "签到时间", 签到时间="2020-01-11 00:00"),
    checked_in("NOT_ON_THE_THEME_DAY", "签到时间", 月份="2020-02", 签到时间="2020-02-21 11:02"),
    checked_in("ATTENDANCE_DUPLICATE", "身份证号", PEOPLE[0], 签到时间="2020-01-10 12:00:30"),
    checked_in("NOT_EXPECTED", "身份证号", PEOPLE[9]),
    trained("HOURS_OUT_OF_BOUNDS", "学时", 学时=0),
    trained("HOURS_OUT_OF_BOUNDS", "学时", 学时=0.001, 课程="另一门课"),
    trained("BEFORE_BIRTH", "日期", 日期=date(1905, 1, 1)),
    trained("HOURS_OUT_OF_BOUNDS", "学时", 学时="一天", 课程="远程教育"),
    trained("TRAINING_DUPLICATE", "身份证号", 课程="主体班读书班"),
    trained("DATE_IN_FUTURE", "日期", 日期=date(2093, 1, 1)),
    elected("CHOICE_UNKNOWN", "层级", 层级="镇"),
    elected("DELEGATE_BRANCH_DIFFERS", "所在党支部代码", PEOPLE[2], 所在党支部代码="SY01002"),
    elected("BEFORE_BIRTH", "当选日期", PEOPLE[1], 当选日期=date(1930, 1, 1)),
    elected("DELEGATE_DUPLICATE", "身份证号", PEOPLE[9], 所在党支部代码="SY01002"),
    elected("ORGANIZATION_UNKNOWN", "所在党支部代码", 所在党支部代码="SY9"),
    elected("ID_NUMBER_FORM", "身份证号", PEOPLE[4], 身份证号="1" + PEOPLE[4].id_number),
    elected("NAME_MISMATCH", "姓名", PEOPLE[7], 姓名=PEOPLE[8].name),
    moved("POST_CHANGE_DUPLICATE", "身份证号", PEOPLE[11]),
    moved("BEFORE_BIRTH", "变动日期", 变动日期=date(1905, 1, 1)),
    moved("MEMBER_UNKNOWN", "身份证号", STRANGER),
    cleared("NOT_A_DELEGATE", "身份证号", PEOPLE[3]),
    *(cleared("DELEGATE_REFUSED", "身份证号", PEOPLE[place]) for place in (0, 4, 7, 8)),
    cleared("CHOICE_UNKNOWN", "部门", 部门="县财政局"),
    cleared("OBJECTION_WITHOUT_REASON", "说明", PEOPLE[5], 部门="纪检监察组", 意见="有异议"),
    cleared("CLEARANCE_DUPLICATE", "部门", PEOPLE[10], 部门="绛县公安局"),
]
SHOWN_ELSEWHERE = {"MORE_PROBLEMS", "FLOATING_RECORD_NEWER", "ORGANIZATION_DISSOLVED"}


async def test_each_case_is_the_one_problem_of_its_row(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    county[Kind.DELEGATES].append(made.delegate(PEOPLE[5]))
    expected: dict[WorkbookKind, list[tuple[int, str, str]]] = {kind: [] for kind in county}
    for case in CASES:
        county[case.kind].append(case.row)
        first_row = 2 if case.kind == Kind.ATTENDANCES else FIRST_ROW
        row = first_row + len(county[case.kind]) - 1
        expected[case.kind].append((row, case.column, case.code))

    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))

    for report in reports:
        assert report.kind is not None
        found = sorted((problem.row, problem.column, problem.code) for problem in report.problems)
        assert (report.kind, found) == (report.kind, sorted(expected[report.kind]))
        kept_anyway = sum(problem.column == "书记身份证号" for problem in report.problems)
        assert report.rows_refused == len(report.problems) - kept_anyway


def test_every_code_has_a_case() -> None:
    codes = {code.name for codes in (CellProblem, RowProblem) for code in codes}
    assert {case.code for case in CASES} | SHOWN_ELSEWHERE == codes


async def test_all_independent_problems_of_a_row_are_told(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    broken = made.member(
        person(980), 姓名="", 手机号码="无", 出生日期="不详", 入党日期=date(1980, 1, 1), 转正日期=""
    )
    county[Kind.MEMBERS].append(broken)
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    codes = {(problem.column, problem.code) for problem in reports[1].problems}
    assert codes == {
        ("姓名", "REQUIRED"),
        ("手机号码", "PHONE_INVALID"),
        ("出生日期", "DATE_INVALID"),
        ("转正日期", "FULL_NOT_CONFIRMED"),
    }


async def test_a_sentence_names_the_value_and_what_to_do(database: Database, tmp_path: Path) -> None:
    county = made.small_county()
    county[Kind.MEMBERS][0]["手机号码"] = "19999"
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    problem = reports[1].problems[0]
    assert (problem.row, problem.value) == (FIRST_ROW, "19999")
    assert "“19999”" in problem.sentence.zh
    assert "请改正" in problem.sentence.zh
    assert "“19999”" in problem.sentence.en


async def test_problems_stand_as_in_the_sheet(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though superiors are looked for after the cells were read, and secretaries after the members."""
    county = made.small_county()
    county[Kind.ORGANIZATIONS] += [
        made.organization("SYX1", "试验村党支部", "党支部", "SY01", STRANGER.id_number),
        made.organization("SYX2", "试验村党支部", "党支部", "SYX9", 成立日期="不详", 所属领域=""),
        made.organization("SYX3", "试验村党支部", "党支部", "SYX4"),
        made.organization("SYX4", "试验村党支部", "党小队", "SY01"),
    ]
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    expected = [
        (8, "书记身份证号", "SECRETARY_UNKNOWN"),
        (9, "上级组织代码", "PARENT_UNKNOWN"),
        (9, "所属领域", "REQUIRED"),
        (9, "成立日期", "DATE_INVALID"),
        (10, "上级组织代码", "PARENT_REFUSED"),
        (11, "组织类别", "CHOICE_UNKNOWN"),
    ]
    assert [(problem.row, problem.column, problem.code) for problem in reports[0].problems] == expected
    kept = await ImportProblem.filter(job_id=reports[0].job_id).order_by("row", "id")
    assert [(problem.row, problem.column, problem.code) for problem in kept] == expected

    print_reports(reports, [])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  row")]
    assert [line.split(" = ")[0] for line in lines] == [
        f"  row {row}, {column}" for row, column, _ in expected
    ]


async def test_that_there_are_more_problems_is_said_last(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_rows, "MOST_PROBLEMS", 2)
    county = made.small_county()
    county[Kind.ORGANIZATIONS] += [
        made.organization("SYX1", "试验村党支部", "党支部", "SYX9"),
        made.organization("SYX2", "试验村党支部", "党小队", "SY01", 成立日期="不详"),
    ]
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    found = [(problem.row, problem.code) for problem in reports[0].problems]
    assert found == [(9, "CHOICE_UNKNOWN"), (9, "DATE_INVALID"), (8, "MORE_PROBLEMS")]


async def test_the_list_of_problems_has_an_end(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_rows, "MOST_PROBLEMS", 3)
    county = made.small_county()
    for row in county[Kind.MEMBERS]:
        row["手机号码"] = "无"
    reports = await import_directory(database, COUNTY_CODE, made.write_county(tmp_path / "files", county))
    members = reports[1]
    assert [problem.code for problem in members.problems] == ["PHONE_INVALID"] * 3 + ["MORE_PROBLEMS"]
    assert members.rows_refused == 12
