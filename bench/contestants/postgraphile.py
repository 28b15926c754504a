"""PostGraphile 5 (bench/node/postgraphile.mjs): the same values by queries in the schema that it makes of the tables,
with SQL functions for what is computed (bench/node/postgraphile.sql)."""

from collections.abc import Callable
from typing import Any

from bench.contestants.contestant import Bench, Requests, bodies
from bench.operations import COUNTY, MONTH, MOST_FLOATING, MOST_MEMBERS, YEAR, Subjects
from bench.processes import free_port

QUERIES = {
    "MobileHome": """query MobileHome($member: UUID!, $year: Int!) {
  memberByRowId(rowId: $member) {
    rowId name standing
    organizationByOrganizationId { rowId name kind secretaryList { rowId name } }
    nextThemeDayList { rowId heldOn theme status attended(by: $member) }
    attendancesByMemberId(first: 5, orderBy: [CHECKED_IN_AT_DESC, ROW_ID_DESC]) {
      nodes { rowId checkedInAt method themeDayByThemeDayId { rowId theme heldOn } }
    }
    trainingYearList(year: $year) { year requiredHours completedHours met }
    floatingList { rowId clear updateDueOn overdue }
    dutiesList { kind title dueOn overdue }
  }
}""",
    "BranchRoster": """query BranchRoster($id: UUID!, $first: Int!) {
  organizationByRowId(rowId: $id) {
    rowId name memberCount floatingCount
    membersByOrganizationId(first: $first, orderBy: [NAME_SORT_ASC, ROW_ID_ASC]) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        rowId name gender birthDate education standing joinedOn confirmedOn phoneMasked
        floatingList { rowId destination }
      }
    }
  }
}""",
    "FloatingMembers": """query FloatingMembers($county: String!, $first: Int!) {
  openFloatingMembers(county: $county, first: $first) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes {
      rowId
      memberByMemberId { rowId name phoneMasked }
      organizationByHomeBranchId { rowId name }
      hostBranchList { rowId name }
      leftOn destination contactMasked employment lastUpdatedOn overdue clear
    }
  }
}""",
    "CountyDashboard": """query CountyDashboard($county: String!, $month: Date!) {
  countyByCode(code: $county) {
    code name organizationCount memberCount floatingCount delegateCount attendanceRate(month: $month)
    branches(first: 600) {
      totalCount
      nodes { rowId code name kind field memberCount floatingCount attendanceRate(month: $month) }
    }
  }
}""",
    "CheckIn": """mutation CheckIn($themeDayId: UUID!, $memberId: UUID!) {
  checkIn(input: { themeDayId: $themeDayId, memberId: $memberId }) {
    result {
      rowId checkedInAt method
      memberByMemberId { rowId name }
      themeDayByThemeDayId { rowId attendanceCount attendanceRate }
    }
  }
}""",
}


class PostGraphile:
    name, title = "postgraphile", "PostGraphile 5"
    process = 0

    def start(self, bench: Bench) -> None:
        self.port, self.subjects = free_port(), bench.subjects
        arguments = [bench.socket, str(self.port)]
        self.process = bench.node.start(bench.processes, self.name, "postgraphile.mjs", arguments, self.port)

    def requests(self, operation: str) -> Requests:
        return Requests(self.port, bodies(QUERIES[operation], operation, variables(operation, self.subjects)))

    def plain(self, operation: str, data: Any) -> Any:
        return PLAIN[operation](data)


def variables(operation: str, subjects: Subjects) -> list[dict[str, Any]]:
    if operation == "CheckIn":
        return [{"themeDayId": day, "memberId": member} for day, member in subjects.pairs]
    reads: dict[str, dict[str, Any]] = {
        "MobileHome": {"member": subjects.member, "year": YEAR},
        "BranchRoster": {"id": subjects.branch, "first": MOST_MEMBERS},
        "FloatingMembers": {"county": COUNTY, "first": MOST_FLOATING},
        "CountyDashboard": {"county": COUNTY, "month": f"{MONTH}-01"},
    }
    return [reads[operation]]


def _row(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Plain columns under their names, `rowId` as `id`, masked ones as what they mask."""
    names = {"rowId": "id", "phoneMasked": "phone", "contactMasked": "contact"}
    plain = {names.get(key, key): value for key, value in row.items() if not isinstance(value, dict | list)}
    return plain | more


def _one(rows: list[dict[str, Any]], shape: Callable[[dict[str, Any]], Any] = _row) -> Any:
    return shape(rows[0]) if rows else None


def _edges(nodes: list[Any]) -> list[dict[str, Any]]:
    return [{"node": node} for node in nodes]


def _mobile_home(data: Any) -> Any:
    member = data["memberByRowId"]
    organization = member["organizationByOrganizationId"]
    attendances = [
        _row(each, themeDay=_row(each["themeDayByThemeDayId"]))
        for each in member["attendancesByMemberId"]["nodes"]
    ]
    for each in attendances:
        each["method"] = None if each["method"] == "IMPORTED" else each["method"]
    return {
        "viewer": {
            "member": _row(
                {key: member[key] for key in ("rowId", "name", "standing")},
                organization=_row(organization, secretary=_one(organization["secretaryList"])),
                nextThemeDay=_one(member["nextThemeDayList"]),
                attendances={"edges": _edges(attendances)},
                trainingYear=_one(member["trainingYearList"]),
                floating=_one(member["floatingList"], _clarified),
                duties=member["dutiesList"],
            )
        }
    }


def _clarified(record: dict[str, Any]) -> dict[str, Any]:
    row = _row(record)
    return row | {"clarity": {"clear": row.pop("clear"), "total": 7}}


def _branch_roster(data: Any) -> Any:
    organization = data["organizationByRowId"]
    members = organization["membersByOrganizationId"]
    nodes = [_row(each, floating=_one(each["floatingList"])) for each in members["nodes"]]
    return {"organization": _row(organization, members=_page(members, nodes))}


def _page(connection: Any, nodes: list[Any]) -> dict[str, Any]:
    return {
        "totalCount": connection["totalCount"],
        "pageInfo": connection["pageInfo"],
        "edges": _edges(nodes),
    }


def _floating_members(data: Any) -> Any:
    connection = data["openFloatingMembers"]
    nodes = [
        _clarified(each)
        | {
            "member": _row(each["memberByMemberId"]),
            "homeBranch": _row(each["organizationByHomeBranchId"]),
            "hostBranch": _one(each["hostBranchList"]),
        }
        for each in connection["nodes"]
    ]
    for node in nodes:
        node.pop("clear", None)
    return {"floatingMembers": _page(connection, nodes)}


def _county_dashboard(data: Any) -> Any:
    county = data["countyByCode"]
    branches = county["branches"]
    edges = _edges([_row(each) for each in branches["nodes"]])
    return {"county": _row(county, branches={"totalCount": branches["totalCount"], "edges": edges})}


def _check_in(data: Any) -> Any:
    made = data["checkIn"]["result"]
    attendance = _row(made, member=_row(made["memberByMemberId"]))
    return {
        "checkIn": {"attendance": attendance, "themeDay": _row(made["themeDayByThemeDayId"]), "refusals": []}
    }


PLAIN: dict[str, Callable[[Any], Any]] = {
    "MobileHome": _mobile_home,
    "BranchRoster": _branch_roster,
    "FloatingMembers": _floating_members,
    "CountyDashboard": _county_dashboard,
    "CheckIn": _check_in,
}
