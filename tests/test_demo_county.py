"""The demo county's files hold the figures of 2020, the same on every day, and nobody who exists."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from demo.county import write_county
from runtime import idcard

Rows = list[dict[str, Any]]
WORKBOOKS = ("党组织", "党员", "流动党员", "主题党日", "培训记录", "党代表", "职务变动", "联审意见")
CHECK_INS = "主题党日签到"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "jiangxian"
    write_county(directory)
    return directory


@pytest.fixture(scope="module")
def files(directory: Path) -> dict[str, Rows]:
    files = {name: rows_of(directory / f"{name}.xlsx") for name in WORKBOOKS}
    with gzip.open(directory / f"{CHECK_INS}.csv.gz", "rt", encoding="utf-8-sig", newline="") as lines:
        files[CHECK_INS] = list(csv.DictReader(lines))
    return files


@pytest.fixture(scope="module")
def members(files: dict[str, Rows]) -> dict[str, dict[str, Any]]:
    return {member["身份证号"]: member for member in files["党员"]}


def rows_of(path: Path) -> Rows:
    workbook = CalamineWorkbook.from_path(path)
    assert workbook.sheet_names == [path.stem]
    _title, headers, *rows = workbook.get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, headers), row, strict=True)) for row in rows]


def test_there_are_nine_files(directory: Path) -> None:
    expected = {f"{name}.xlsx" for name in WORKBOOKS} | {f"{CHECK_INS}.csv.gz"}
    assert {path.name for path in directory.iterdir()} == expected


def test_organizations_are_those_of_the_county(files: dict[str, Rows]) -> None:
    organizations = files["党组织"]
    codes = {organization["组织代码"] for organization in organizations}
    assert len(organizations) == len(codes) == 504
    kinds = Counter(organization["组织类别"] for organization in organizations)
    assert kinds == {"党委": 17, "党总支": 30, "党支部": 448, "临时党支部": 9}
    fields = Counter(row["所属领域"] for row in organizations if row["组织类别"] == "党支部")
    assert fields["行政村"] == 133
    assert fields["社区"] == 3
    assert Counter(organization["是否贫困村"] for organization in organizations)["是"] == 47
    assert [row["组织代码"] for row in organizations if row["上级组织代码"] not in codes] == ["JX"]
    assert all(row["成立日期"] <= row["本届换届日期"] for row in organizations)


def test_each_branch_has_a_secretary_of_its_own(
    files: dict[str, Rows], members: dict[str, dict[str, Any]]
) -> None:
    for organization in files["党组织"]:
        secretary = members.get(organization["书记身份证号"])
        if organization["组织类别"] == "党支部":
            assert secretary
            assert secretary["所在党支部代码"] == organization["组织代码"]
            assert secretary["人员类别"] == "正式党员"
        else:
            assert not secretary


def test_in_88_of_133_villages_one_person_is_secretary_and_head(
    files: dict[str, Rows], members: dict[str, dict[str, Any]]
) -> None:
    villages = [row for row in files["党组织"] if row["所属领域"] == "行政村" and row["组织类别"] == "党支部"]
    both = [row for row in villages if row["村委会主任身份证号"] == row["书记身份证号"]]
    assert (len(both), len(villages)) == (88, 133)
    assert all(members[row["村委会主任身份证号"]]["所在党支部代码"] == row["组织代码"] for row in villages)
    others = [row for row in files["党组织"] if row not in villages]
    assert not any(row["村委会主任身份证号"] for row in others)


def test_members_are_as_many_as_reported(files: dict[str, Rows]) -> None:
    assert len(files["党员"]) == 12_016
    standings = Counter(member["人员类别"] for member in files["党员"])
    assert standings == {"正式党员": 11_805, "预备党员": 211}


def test_nobody_exists(files: dict[str, Rows], members: dict[str, dict[str, Any]]) -> None:
    assert len(members) == 12_016
    for number, member in members.items():
        assert number.startswith("99")
        assert idcard.is_valid(number)
        assert idcard.birth_date_of(number) == member["出生日期"]
        assert idcard.sex_of(number) == ("MALE" if member["性别"] == "男" else "FEMALE")
        assert member["手机号码"].startswith("199990")
        assert len(member["手机号码"]) == 11


def test_dates_of_members_follow_each_other(files: dict[str, Rows]) -> None:
    for member in files["党员"]:
        born, joined, confirmed = member["出生日期"], member["入党日期"], member["转正日期"]
        assert joined >= born.replace(year=born.year + 18)
        assert joined <= date(2020, 12, 31)
        if member["人员类别"] == "正式党员":
            assert confirmed == joined.replace(year=joined.year + 1) <= date(2020, 12, 31)
        else:
            assert confirmed == ""


def test_floating_members_belong_to_their_branch(
    files: dict[str, Rows], members: dict[str, dict[str, Any]]
) -> None:
    records = files["流动党员"]
    assert len(records) == len({record["身份证号"] for record in records}) == 1614
    assert {record["身份证号"] for record in records} == {
        number for number, member in members.items() if member["是否流动党员"] == "是"
    }
    away = {row["组织代码"] for row in files["党组织"] if row["组织类别"] == "临时党支部"}
    for record in records:
        member = members[record["身份证号"]]
        assert record["姓名"] == member["姓名"]
        assert record["流出党支部代码"] == member["所在党支部代码"]
        assert record["所在流动党支部代码"] in away
        assert member["入党日期"] < record["流动时间"] < record["登记日期"] < record["最近更新日期"]


def test_some_records_of_floating_members_have_a_gap(files: dict[str, Rows]) -> None:
    items = ("流动时间", "去向住址", "联系方式", "就业情况", "组织生活", "思想动态", "作用发挥")
    gaps = Counter(item for record in files["流动党员"] for item in items if not record[item])
    assert gaps.total() == 211
    assert set(gaps) == set(items[1:])


def test_theme_days_add_up_to_the_reported_figures(files: dict[str, Rows]) -> None:
    days = files["主题党日"]
    assert len({(day["组织代码"], day["日期"]) for day in days}) == len(days) == 6048
    assert {name: sum(day[name] for day in days) for name in list(days[0])[3:]} == {
        "讲党课": 1800,
        "民主议事": 4860,
        "公开办事": 6900,
        "志愿服务": 5540,
        "办实事好事": 7900,
        "收集意见建议": 2390,
    }


def test_members_check_in_once_where_they_belong(
    files: dict[str, Rows], members: dict[str, dict[str, Any]]
) -> None:
    check_ins = files[CHECK_INS]
    assert len(check_ins) == pytest.approx(123_000, rel=0.01)
    assert len({(row["身份证号"], row["月份"]) for row in check_ins}) == len(check_ins)
    for row in check_ins:
        member = members[row["身份证号"]]
        assert row["组织代码"] == member["所在党支部代码"]
        assert row["签到时间"].startswith(f"{row['月份']}-10T")
        assert row["签到时间"] > str(member["入党日期"])


def test_every_member_was_trained(files: dict[str, Rows], members: dict[str, dict[str, Any]]) -> None:
    records = files["培训记录"]
    assert len(records) == pytest.approx(21_900, rel=0.01)
    assert len({(record["身份证号"], record["课程"]) for record in records}) == len(records)
    assert {record["身份证号"] for record in records} == set(members)


def test_delegates_serve_and_are_cleared_by_both_agencies(
    files: dict[str, Rows], members: dict[str, dict[str, Any]]
) -> None:
    delegates = {delegate["身份证号"]: delegate for delegate in files["党代表"]}
    assert len(delegates) == len(files["党代表"])
    assert Counter(row["层级"] for row in delegates.values()) == {"县": 240, "市": 19, "省": 2}
    assert {row["状态"] for row in delegates.values()} == {"在任"}
    for number, delegate in delegates.items():
        assert delegate["所在党支部代码"] == members[number]["所在党支部代码"]
        assert members[number]["转正日期"] <= delegate["当选日期"]

    clearances = files["联审意见"]
    asked = Counter((row["身份证号"], row["部门"]) for row in clearances)
    assert set(asked) == {(number, agency) for number in delegates for agency in ("县纪委监委", "县公安局")}
    assert len(clearances) == 522
    assert Counter(row["意见"] for row in clearances) == {"无异议": 519, "有异议": 3}
    assert len({row["说明"] for row in clearances if row["意见"] == "有异议"} - {""}) == 3


def test_four_county_delegates_left(files: dict[str, Rows]) -> None:
    levels = {delegate["身份证号"]: delegate["层级"] for delegate in files["党代表"]}
    objected = {row["身份证号"] for row in files["联审意见"] if row["意见"] == "有异议"}
    left = {row["身份证号"] for row in files["职务变动"]}
    assert len(left) == len(files["职务变动"]) == 4
    assert {levels[number] for number in left | objected} == {"县"}
    assert not left & objected
    assert {row["变动情况"] for row in files["职务变动"]} == {"调离绛县"}


def test_the_same_seed_writes_the_same_files(directory: Path, tmp_path: Path) -> None:
    write_county(tmp_path)
    for path in directory.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
