"""The pure parts of the bench: no server, no clock. That it runs at all, `scripts/bench --short` shows."""

import json
from dataclasses import replace

import pytest

from bench import same
from bench.contestants import postgraphile
from bench.contestants.contestant import contract_bodies
from bench.contestants.pgbench import script, within
from bench.figures import Measured, Run, medians, percentile, ratios
from bench.operations import OPERATIONS, Subjects, contract, variables
from bench.plot import ratios_plot
from bench.processes import BenchFailed
from bench.report import number, page, table

SUBJECTS = Subjects(member="m1", branch="b1", pairs=[("d1", "m1"), ("d2", "m2")], paths=["1/A/", "1/B/"])
FACTS = {
    "measured": "2026-11-21 17:00",
    "machine": "2 cores",
    "database": "PostgreSQL 18.6",
    "county": "12,016 members",
    "python": "Python 3.11",
    "node": "Node v24",
    "way": "3 rounds",
    "load": "0.10",
}


def a_run(contestant: str, rate: float, number: int = 0, operation: str = "MobileHome") -> Run:
    return Run(number, operation, contestant, rate, p50=1.5, p99=9.25, server_ms=0.25, database_ms=0.125,
               client_ms=0.03, requests=100)  # fmt: skip


def measured(load: str = "0.10") -> Measured:
    runs = [a_run("ours", 3000), a_run("postgraphile", 1000), a_run("pgbench", 6000)]
    titles = {"ours": "Ours", "postgraphile": "PostGraphile 5"}
    return Measured(FACTS | {"load": load}, runs, runs, runs[:2], titles)


# --- figures


def test_percentile_is_the_smallest_time_that_the_share_does_not_exceed() -> None:
    times = [float(each) for each in range(1, 101)]
    assert [percentile(times, share) for share in (0.5, 0.99, 1)] == [50, 99, 100]
    assert percentile([7.0], 0.99) == 7


def test_no_answer_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing was answered"):
        percentile([], 0.5)


def test_medians_are_taken_over_the_rounds() -> None:
    runs = [a_run("ours", rate, at) for at, rate in enumerate((10, 400, 30))]
    assert medians(runs, lambda run: run.rate) == {"MobileHome": {"ours": 30}}


def test_ratios_are_made_within_rounds() -> None:
    # The second round was slow for everybody: over medians the ratio would be another one.
    runs = [
        *(a_run("ours", rate, at) for at, rate in enumerate((200, 100, 400))),
        *(a_run("mercurius", rate, at) for at, rate in enumerate((100, 50, 100))),
    ]
    assert ratios(runs) == {"MobileHome": {"mercurius": 2}}


def test_without_ours_there_is_no_ratio() -> None:
    assert ratios([a_run("mercurius", 100)]) == {}


# --- the answers are the same


def test_values_count_and_not_their_spelling() -> None:
    ours = {"checkedInAt": "2020-12-10T12:47:00+08:00", "hours": 56, "endCursor": "abc", "rate": 0.5}
    theirs = {"checkedInAt": "2020-12-10T04:47:00.000Z", "hours": 56.0, "endCursor": "xyz", "rate": 0.5}
    assert same.difference(same.canonical(ours), same.canonical(theirs)) is None


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ({"a": [{"b": 2}]}, "data.a[0].b: 1, theirs 2"),
        ({"a": [{"b": "1"}]}, "data.a[0].b: 1, theirs '1'"),
        ({"a": [{"b": None}]}, "data.a[0].b: 1, theirs None"),
        ({"a": [{"b": True}]}, "data.a[0].b: 1, theirs True"),
        ({"a": []}, "data.a: 1 entries, theirs 0"),
        ({"a": [{}]}, "data.a[0].b is only in ours"),
        ({"a": [{"b": 1, "c": 1}]}, "data.a[0].c is only in theirs"),
    ],
)
def test_the_first_difference_is_told(theirs: object, told: str) -> None:
    assert same.difference({"a": [{"b": 1}]}, theirs) == told


def test_of_a_check_in_what_is_new_each_time_is_left_out() -> None:
    attendance = {"id": "a1", "checkedInAt": 1.0, "method": "BY_SECRETARY", "member": {"id": "m1"}}
    left = same.without_made({"checkIn": {"attendance": attendance, "refusals": []}})
    assert left["checkIn"]["attendance"] == {"method": "BY_SECRETARY", "member": {"id": "m1"}}
    assert attendance["id"] == "a1"


def test_postgraphiles_answer_takes_the_form_of_ours() -> None:
    node = {
        "rowId": "f1",
        "memberByMemberId": {"rowId": "m1", "name": "张三", "phoneMasked": "199****0000"},
        "organizationByHomeBranchId": {"rowId": "o1", "name": "甲"},
        "hostBranchList": [],
        "contactMasked": "199****1111",
        "clear": 6,
    }
    connection = {"totalCount": 1, "pageInfo": {"hasNextPage": False, "endCursor": "c"}, "nodes": [node]}
    plain = postgraphile.PostGraphile().plain("FloatingMembers", {"openFloatingMembers": connection})
    assert plain["floatingMembers"]["edges"][0]["node"] == {
        "id": "f1",
        "member": {"id": "m1", "name": "张三", "phone": "199****0000"},
        "homeBranch": {"id": "o1", "name": "甲"},
        "hostBranch": None,
        "contact": "199****1111",
        "clarity": {"clear": 6, "total": 7},
    }


# --- what is asked


def test_the_operations_are_the_contracts() -> None:
    assert set(OPERATIONS) <= set(contract())
    bodies = [json.loads(body) for body in contract_bodies("CheckIn", SUBJECTS)]
    assert [body["variables"]["input"]["memberId"] for body in bodies] == ["m1", "m2"]
    assert bodies[0]["query"] == contract()["CheckIn"]


def test_postgraphile_is_asked_as_often() -> None:
    for operation in OPERATIONS:
        assert len(postgraphile.variables(operation, SUBJECTS)) == len(variables(operation, SUBJECTS))


# --- pgbench


def test_a_script_sends_the_values_as_parameters() -> None:
    made = script([{"sql": "SELECT $1::uuid, $2::int,\n $1::uuid, $3;", "values": ["u1", "5", None]}])
    assert made.text == "SELECT :v0::uuid, :v1::int, :v0::uuid, NULL;\n"
    assert made.values == {"v0": "u1", "v1": "5"}


def test_a_script_of_check_ins_takes_another_pair_each_time() -> None:
    statements = [
        {"sql": "SET LOCAL a = 1;SET LOCAL b = 2", "values": []},
        {"sql": "INSERT INTO attendance (id, d, m) VALUES ($1, $2, $3)", "values": ["new", "d1", "m1"]},
        {"sql": "SELECT pg_advisory_unlock_all();\nRESET ALL;", "values": []},
    ]
    lines = script(statements, ("d1", "m1", "1/A/", "1/A0"), pairs=32, clients=16).text.splitlines()
    assert lines[:4] == [
        "\\set i :i + 1",
        "\\set n 1 + (:client_id * 2 + :i) % 32",
        "SET LOCAL a = 1;",
        "SET LOCAL b = 2;",
    ]
    assert lines[4].count("bench_pair WHERE n = :n") == 2
    assert "md5(" in lines[4]
    assert len(lines) == 5


def test_what_pgbench_would_misread_is_refused() -> None:
    with pytest.raises(BenchFailed, match="variable"):
        script([{"sql": "SELECT 'a:b'", "values": []}])


def test_of_pgbenchs_log_the_window_counts() -> None:
    lines = ["0 1 900 0 10 0", "0 2 1500 0 11 500000", "1 1 2500 0 12 0", "1 2 700 0 12 1"]
    assert within(lines, 11, 12) == [1.5, 2.5]


# --- what is told


def test_the_json_has_its_form() -> None:
    assert measured().as_json() == {
        "ratios": {"MobileHome": {"postgraphile": 3.0, "pgbench": 0.5}},
        "p99_at_half_load": {"MobileHome": {"ours": 9.25, "postgraphile": 9.25}},
        "cpu_ms": {
            "MobileHome": {
                name: {"server": 0.25, "database": 0.125} for name in ("ours", "postgraphile", "pgbench")
            }
        },
    }


def test_what_is_kept_can_be_read_again() -> None:
    assert Measured.read(json.loads(json.dumps(measured().kept()))) == measured()


def test_numbers_have_three_digits() -> None:
    told = [number(value) for value in (13588.4, 2440, 234.56, 81.34, 1.405, 0.1849, 0.0249, 0)]
    assert told == ["13,588", "2,440", "235", "81.3", "1.41", "0.185", "0.02", "0"]


def test_a_table_has_a_contestant_a_line() -> None:
    text = table({"ours": "Ours", "x": "X", "y": "Y"}, {"A": {"ours": 2, "x": 1}, "B": {"ours": 3}}, number)
    assert text.strip().splitlines() == ["| | A | B |", "|---|---|---|", "| Ours | 2 | 3 |", "| X | 1 |  |"]


def test_the_page_says_when_others_were_at_work() -> None:
    assert "**Measured beside other work**" in page(measured("3.20"))
    assert "beside other work" not in page(measured("0.40"))


def test_the_page_holds_the_figures() -> None:
    text = page(measured())
    for line in (
        "| PostGraphile 5 | 3 |",
        "| Ours | 3,000 |",
        "| Ours | 0.25 + 0.125 |",
        "| Ours | 1.5 / 9.25 |",
    ):
        assert line in text
    assert "{" not in text


def test_the_plot_is_svg_with_a_bar_for_each_ratio() -> None:
    svg = ratios_plot({"A & B": {"ordinary": 12.5, "pgbench": 0.4}}, "Title")
    assert svg.startswith("<svg ")
    assert svg.count("<title>") == 2
    assert "A &amp; B" in svg


def test_a_run_without_the_generator_has_no_cpu_of_it() -> None:
    silent = [replace(run, client_ms=0.0) for run in measured().full]
    assert "used no ms" in page(replace(measured(), full=silent))
