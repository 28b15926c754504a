"""The ground of the access matrix: two counties with every kind of row in every relation that can exist, and plain
Python that says of each row where it is and how it stands to a viewer. Nothing here asks resolvers.rights.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import pytest

from resolvers.application import Application
from runtime.database import connection
from tests.accounts import application
from tests.conftest import COUNTY, Client, Credentials, copied, serving
from tests.keys import KEYRING
from tests.test_access import OTHER, ids, members, rows, two_counties_template

# Viewer of tests/access_table.txt -> user name.
ACCOUNTS: dict[str, str | None] = {
    **{
        name: name
        for name in ("admin", "office", "auditor", "town", "secretary", "member", "floating", "discipline",
                     "security", "app", "security-admin", "emergency", "plain", "contact", "town-app")
    },
    "office-other": f"office@{OTHER}",
    "nobody": None,
}  # fmt: skip
VIEWERS = tuple(ACCOUNTS)

Row = dict[str, Any]

# Members by their number in PEOPLE: 0 leads SY01001, 9 leads SY01002. 11 moves to SYL01 and leads it; 10 and 11 are
# guests, of SY01001 and of SY01002. {contact} looks after two who are away, one of whom is locked.
INSERTS = """
UPDATE member SET organization_id = '{SYL01}' WHERE id = '{p[11]}';
UPDATE member SET locked_on = '2020-06-01' WHERE id IN ('{p[3]}', '{locked}');
UPDATE floating_member SET contact_person_id = '{contact}' WHERE member_id IN ('{locked}', '{cared_for}');
INSERT INTO attachment (id, county_id, member_id, organization_id, kind, rights, began_on, ended_on, end_reason) VALUES
  (gen_random_uuid(), '{county}', '{p[10]}', '{SY01001}', 'PROJECT', '{{STUDY}}', '2020-01-01', NULL, NULL),
  (gen_random_uuid(), '{county}', '{p[11]}', '{SY01002}', 'PROJECT', '{{STUDY}}', '2020-01-01', NULL, NULL),
  (gen_random_uuid(), '{county}', '{p[9]}', '{SY01001}', 'NETWORK', '{{STUDY}}', '2019-01-01', '2019-12-31', '完成'),
  (gen_random_uuid(), '{county}', '{p[1]}', '{SYL01}', 'NETWORK', '{{STUDY}}', '2019-01-01', '2019-12-31', '完成'),
  (gen_random_uuid(), '{county}', '{plain}', '{SY01002}', 'NETWORK', '{{STUDY}}', '2019-01-01', '2019-12-31', '完成');
INSERT INTO floating_member (id, county_id, member_id, home_branch_id, left_on, destination, registered_on,
                             last_updated_on, version) VALUES
  (gen_random_uuid(), '{county}', '{p[10]}', '{SY01002}', '2020-01-01', '绛县', '2020-01-02', '2020-01-02', 1),
  (gen_random_uuid(), '{county}', '{p[11]}', '{SYL01}', '2020-01-01', '闻喜县', '2020-01-02', '2020-01-02', 1);
INSERT INTO office_term (id, county_id, organization_id, member_id, office, start, began_on, ended_on, end_reason)
VALUES
  (gen_random_uuid(), '{county}', '{SY01001}', '{p[1]}', 'COMMITTEE_MEMBER', 'ELECTED', '2019-01-18', NULL, NULL),
  (gen_random_uuid(), '{county}', '{SY01001}', '{p[2]}', 'COMMITTEE_MEMBER', 'ELECTED', '2016-01-18', '2019-01-18',
   '换届'),
  (gen_random_uuid(), '{county}', '{SY01}', '{p[9]}', 'DEPUTY_SECRETARY', 'APPOINTED', '2019-01-18', NULL, NULL),
  (gen_random_uuid(), '{county}', '{SYL01}', '{p[11]}', 'SECRETARY', 'APPOINTED', '2020-01-18', NULL, NULL),
  (gen_random_uuid(), '{county}', '{SY01002}', '{plain}', 'GROUP_LEADER', 'ELECTED', '2015-01-18', '2016-01-18',
   '换届');
INSERT INTO organization_event (id, county_id, organization_id, act, decided_on, effective_on, approved_by, document,
                                reason, recorded_at)
SELECT gen_random_uuid(), county_id, id, 'RENEWED', '2019-01-01', '2019-01-18', '县委', '文号', '届满', now()
FROM organization WHERE county_id = '{county}';
INSERT INTO meeting (id, county_id, organization_id, kind, held_on, subject, entitled, present, left_out, votes)
SELECT gen_random_uuid(), county_id, id, 'BRANCH_MEETING', '2020-03-05', '议事', 16, 9, 0, '[]'
FROM organization WHERE county_id = '{county}';
INSERT INTO reserve (id, county_id, organization_id, member_id, name, is_for_secretary, listed_on)
SELECT gen_random_uuid(), county_id, organization_id, id, name, true, '2020-05-01'
FROM member WHERE id IN ('{p[4]}', '{p[10]}', '{p[11]}');
INSERT INTO theme_day (id, county_id, organization_id, held_on, theme, agenda, lectures, deliberations, open_affairs,
                       volunteer_services, practical_deeds, suggestions)
SELECT gen_random_uuid(), county_id, id, '2020-04-10', '植树', '[]', 1, 0, 0, 0, 0, 0
FROM organization WHERE county_id = '{county}';
INSERT INTO theme_day_problem (id, county_id, theme_day_id, aspect, description, responsible, found_on)
SELECT gen_random_uuid(), county_id, id, '学习', '次数不足', '书记', held_on
FROM theme_day WHERE county_id = '{county}';
INSERT INTO theme_day_evaluation (id, county_id, theme_day_id, side, account_id, score, comment, given_at)
SELECT gen_random_uuid(), county_id, id, 'branch', (SELECT id FROM account WHERE username = 'secretary'), 9, '好', now()
FROM theme_day WHERE county_id = '{county}';
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method)
SELECT gen_random_uuid(), t.id, m, '2020-04-10 10:00+08', 'ONLINE' FROM theme_day t, unnest(CASE t.organization_id
  WHEN '{SY01001}' THEN ARRAY['{p[0]}', '{p[1]}', '{p[9]}', '{p[10]}', '{member}', '{floating}', '{contact}', '{plain}']
  WHEN '{SY01002}' THEN ARRAY['{p[1]}', '{p[10]}', '{p[11]}'] WHEN '{SYL01}' THEN ARRAY['{p[11]}', '{floating}']
  END::uuid[]) m WHERE t.held_on = '2020-04-10' AND t.county_id = '{county}';
INSERT INTO appraisal (id, county_id, member_id, organization_id, year, grade, decided_by, decided_on)
SELECT gen_random_uuid(), county_id, id, organization_id, 2019, 'QUALIFIED', '支委会', '2020-01-05'
FROM member WHERE county_id = '{county}';
INSERT INTO exemption (id, county_id, member_id, ground, began_on, reason, approved_by)
SELECT gen_random_uuid(), county_id, id, 'ILL', '2020-11-01', '住院', '支部委员会'
FROM member WHERE county_id = '{county}';
INSERT INTO shortfall_reason (id, county_id, member_id, year, reason, stated_at)
SELECT gen_random_uuid(), county_id, id, 2020, '住院', now() FROM member WHERE county_id = '{county}';
INSERT INTO record_access (id, member_id, account_id, at, purpose, fields_read)
SELECT gen_random_uuid(), m.id, a.id, '2020-03-01 10:00+08', '查阅 ' || m.id, '["id_number"]'
FROM member m, account a WHERE a.username = 'discipline' AND m.county_id = '{county}';
INSERT INTO handover (id, county_id, member_id, kind, home_id, host_id, note, proposed_at, due_on, refused_at, refusal)
SELECT gen_random_uuid(), m.county_id, m.id, 'ATTACHMENT', m.organization_id, o.id, '说明', '2020-03-01 10:00+08',
       '2020-03-11', '2020-03-02 10:00+08', '理由'
FROM member m JOIN organization o ON o.id = CASE WHEN m.id = '{p[11]}' THEN '{SY01002}'::uuid ELSE '{SYL01}' END
WHERE m.id IN ('{p[0]}', '{p[9]}', '{p[10]}', '{p[11]}', '{member}', '{floating}', '{contact}', '{plain}');
INSERT INTO handover (id, county_id, member_id, kind, home_id, host_id, note, proposed_at, due_on)
SELECT gen_random_uuid(), m.county_id, m.id, 'ATTACHMENT', m.organization_id, '{SY}', '说明', '2020-04-01 10:00+08',
       '2020-04-11' FROM member m WHERE m.id IN ('{p[0]}', '{p[10]}', '{plain}');
INSERT INTO homecoming (id, county_id, floating_member_id, came_on, left_again_on)
SELECT gen_random_uuid(), county_id, id, '2020-02-01', '2020-02-08' FROM floating_member WHERE county_id = '{county}';
INSERT INTO floating_activity (id, county_id, floating_member_id, list, key, done_on, note)
SELECT gen_random_uuid(), county_id, id, 'SYSTEM', 'report', '2020-02-01', '电话联系'
FROM floating_member WHERE county_id = '{county}';
INSERT INTO floating_decision (id, county_id, floating_member_id, measure, reason, decided_by, decided_on, facts,
                               findings)
SELECT gen_random_uuid(), county_id, id, 'KEEP_LOOKING', '查找', '党支部', '2020-05-01', '{{}}', '[]'
FROM floating_member WHERE county_id = '{county}';
INSERT INTO course_session (id, county_id, course_id, started_on, ended_on, place, days, half_days, organizer_id)
SELECT gen_random_uuid(), county_id, id, '2020-06-01', '2020-06-03', '县委党校', 2, 1, '{SY01}'
FROM course WHERE county_id = '{county}';
UPDATE training_record r SET (session_id, started_on, hours_spent) = (s.id, '2020-08-10', 45)
FROM course_session s WHERE s.course_id = r.course_id AND s.county_id = '{county}';
INSERT INTO delegate (id, county_id, member_id, level, congress, elected_on, status)
SELECT gen_random_uuid(), county_id, id, 'CITY', '市党代会', '2016-08-01', 'SERVING'
FROM member WHERE county_id = '{county}' AND id NOT IN ('{p[9]}', '{p[10]}');
INSERT INTO delegate_status_change (id, county_id, delegate_id, status, since, decided_by, reason)
SELECT gen_random_uuid(), county_id, id, 'SERVING', '2020-01-04', '县委', '变动 ' || id
FROM delegate WHERE county_id = '{county}';
INSERT INTO vacancy (id, county_id, delegate_id, opened_on)
SELECT gen_random_uuid(), county_id, id, '2020-01-04' FROM delegate WHERE county_id = '{county}' AND level = 'COUNTY';
INSERT INTO clearance (id, county_id, delegate_id, quarter, agency, requested_at, due_on)
SELECT gen_random_uuid(), county_id, id, '2020Q3', 'DISCIPLINE_INSPECTION', '2020-07-01 10:00+08', '2020-08-01'
FROM delegate WHERE county_id = '{county}' AND member_id IN ('{p[0]}', '{p[1]}');
UPDATE clearance SET reason = '情况说明' WHERE county_id = '{county}' AND opinion IS NOT NULL;
INSERT INTO qualification_review (id, county_id, quarter, opened_at)
SELECT gen_random_uuid(), id, '2020Q2', '2020-07-04 09:00+08' FROM county WHERE id = '{county}';
INSERT INTO qualification_check (id, review_id, delegate_id, outcome, findings, facts, evaluated_at)
SELECT gen_random_uuid(), r.id, d.id, 'TERMINATION_PROPOSED', '[]', '{{}}', '2020-07-04 09:00+08'
FROM qualification_review r JOIN delegate d USING (county_id) WHERE county_id = '{county}';
INSERT INTO qualification_decision (id, qualification_check_id, outcome, reason, decided_by, decided_on, status_before,
                                    dissent, withdrawn_on, withdrawn_by, withdrawal_reason)
SELECT gen_random_uuid(), k.id, 'QUALIFIED', n || ' ' || k.id, '县委', '2020-07-05', 'SERVING',
       '[{{"by": "甲", "opinion": "不同意"}}]', CASE n WHEN 1 THEN '2020-07-06'::date END,
       CASE n WHEN 1 THEN '县委' END, CASE n WHEN 1 THEN '误' END
FROM qualification_check k JOIN delegate d ON d.id = k.delegate_id, generate_series(1, 2) n
WHERE d.county_id = '{county}';
INSERT INTO import_problem (id, job_id, row, "column", value, code, message_zh, message_en)
SELECT gen_random_uuid(), id, n, '身份证号', n || ' ' || id, 'BAD', '不对', 'wrong'
FROM import_job, generate_series(1, 2) n WHERE county_id = '{county}';
INSERT INTO rule_pack_activation (id, county_id, pack, version, active_from, decided_by, reason, recorded_at)
SELECT gen_random_uuid(), id, 'none-' || code, NULL, '2019-01-01', '县委', '停用 ' || code, now()
FROM county WHERE id = '{county}';
INSERT INTO emergency_request (id, county_id, account_id, reason, minutes, asked_at)
SELECT gen_random_uuid(), county_id, id, '应急', 30, '2020-05-01 10:00+08' FROM account WHERE county_id = '{county}';
INSERT INTO session (id, account_id, began_at, ends_at, address, program)
SELECT gen_random_uuid(), id, '2020-05-01 10:00+08', '2099-01-01 10:00+08', '10.0.0.1', '浏览器'
FROM account WHERE county_id = '{county}';
"""
NEW_ACCOUNTS = {  # user name -> (roles, of whom, where)
    "plain": ((), "plain", None),
    "contact": (("MEMBER",), "contact", None),
    "emergency": (("EMERGENCY",), None, None),
    "town-app": (("TOWN", "PARTNER_APP"), None, "SY01"),
}


async def fill(county: str) -> None:
    """Rows of everything in one county, on the people and places that its workbooks brought."""
    people = await members(county)
    places = await ids("organization", "t.code", county)
    account = {
        row["username"]: str(row["member_id"])
        for row in await rows("SELECT * FROM account")
        if row["member_id"]
    }
    suffix = "" if county == COUNTY else f"@{county}"
    member, floating = account[f"member{suffix}"], account[f"floating{suffix}"]
    contact, plain = [one for one in people[1:6] if one not in (member, people[3], people[1])][:2]
    locked, cared_for = [one for one in people[6:9] if one != floating]
    county_id = str((await rows("SELECT id FROM county WHERE code = $1", county))[0]["id"])
    of_whom = {"plain": plain, "contact": contact}
    for name, (roles, who, where) in NEW_ACCOUNTS.items():
        await rows(
            "INSERT INTO account (id, username, display_name, password_hash, member_id, county_id, is_demo, "
            "created_at) SELECT gen_random_uuid(), $1, $1, password_hash, $2, $3, true, now() "
            "FROM account WHERE username = 'office'",
            name + suffix, of_whom.get(who or ""), county_id,
        )  # fmt: skip
        for role in roles:
            await rows(
                "INSERT INTO role_grant (id, account_id, role, county_id, organization_id, valid_from, valid_until, "
                "purpose) SELECT gen_random_uuid(), id, $2, county_id, $3, now() - interval '1 minute', "
                "now() + interval '50 minutes', '测试' FROM account WHERE username = $1",
                name + suffix, role, places[where] if where and role == "TOWN" else None,
            )  # fmt: skip
    await connection().execute_script(
        INSERTS.format(
            p=people, county=county_id, member=member, floating=floating, contact=contact, plain=plain,
            locked=locked, cared_for=cared_for, **places,
        )
    )  # fmt: skip
    for one in people:
        await rows(
            "INSERT INTO member_request (id, county_id, member_id, kind, subject_type, subject_id, field, proposed, "
            "reason, made_at, due_on) VALUES ($1, $2, $3, 'CORRECTION', 'Member', $3, 'PHONE', $4, '换号', now(), "
            "'2020-06-20')",
            str(uuid4()), county_id, one,
            KEYRING.encrypt("19999990000", "member_request.proposed", UUID(one)),
        )  # fmt: skip


# --- Where rows are, and how they stand to a viewer: the base tables read as they are, and plain Python. -------------

TABLES = (
    "county", "organization", "office_term", "organization_event", "meeting", "reserve", "theme_day",
    "theme_day_evaluation", "theme_day_problem", "attendance", "member", "appraisal", "exemption",
    "shortfall_reason", "training_record", "member_request", "attachment", "handover", "record_access",
    "floating_member", "homecoming", "floating_activity", "floating_decision", "course", "course_session",
    "delegate", "delegate_status_change", "vacancy", "clearance", "qualification_review", "qualification_check",
    "qualification_decision", "import_job", "import_problem", "rule_pack_activation", "audit_entry", "account",
    "session", "role_grant", "emergency_request",
)  # fmt: skip
AGENCIES = ("DISCIPLINE_INSPECTION", "PUBLIC_SECURITY")


@dataclass(frozen=True)
class Who:
    """A viewer as the tables have him."""

    name: str
    account: str | None
    member: str | None
    grants: tuple[tuple[str, str | None, str | None], ...]
    """Role, county, organization."""


@dataclass
class World:
    """Table -> id -> row, ids as text."""

    tables: dict[str, dict[str, Row]] = field(default_factory=dict)

    @classmethod
    async def read(cls) -> "World":
        world = cls()
        for table in TABLES:
            await world.read_again(table)
        return world

    async def read_again(self, table: str) -> None:
        key = "sequence" if table == "audit_entry" else "id"
        found = await rows(f"SELECT * FROM {table} ORDER BY {key}")
        self.tables[table] = {str(row[key]): {name: _text(one) for name, one in row.items()} for row in found}

    def of(self, table: str) -> list[Row]:
        return list(self.tables[table].values())

    def get(self, table: str, id: str) -> Row:
        return self.tables[table][id]

    def who(self, name: str) -> Who:
        username = ACCOUNTS[name]
        if username is None:
            return Who(name, None, None, ())
        account = next(row for row in self.of("account") if row["username"] == username)
        grants = sorted(
            (row["role"], row["county_id"], row["organization_id"])
            for row in self.of("role_grant")
            if row["account_id"] == account["id"]
        )
        return Who(name, account["id"], account["member_id"], tuple(grants))

    # -- the row's own place and person

    def member_of(self, table: str, row: Row) -> str | None:
        """Whom the row is about."""
        if table == "member":
            return str(row["id"])
        if "floating_member_id" in row:
            row = self.get("floating_member", row["floating_member_id"])
        if table == "qualification_decision":
            row = self.get("qualification_check", row["qualification_check_id"])
        if "delegate_id" in row:
            row = self.get("delegate", row["delegate_id"])
        found: str | None = row.get("member_id")
        return found

    def county_of(self, table: str, row: Row) -> str | None:
        if table == "county":
            return str(row["id"])
        if table == "qualification_decision":
            row = self.get("qualification_check", row["qualification_check_id"])
        if "review_id" in row:
            row = self.get("qualification_review", row["review_id"])
        if table == "import_problem":
            row = self.get("import_job", row["job_id"])
        if table in ("attendance", "record_access"):
            row = self.get("member", row["member_id"])
        if table == "session":
            row = self.get("account", row["account_id"])
        found: str | None = row["county_id"]
        return found

    def organizations_of(self, table: str, row: Row) -> list[str]:
        """The organizations by which the row belongs somewhere; none for what a county keeps as a whole."""
        if table == "organization":
            return [row["id"]]
        if table in ("theme_day_problem", "theme_day_evaluation"):
            return [self.get("theme_day", row["theme_day_id"])["organization_id"]]
        if "floating_member_id" in row:
            row = self.get("floating_member", row["floating_member_id"])
        if "home_branch_id" in row:
            return [row["home_branch_id"]]
        if table in ("office_term", "organization_event", "meeting", "reserve", "theme_day", "member"):
            return [row["organization_id"]]
        if table in ("attendance", "appraisal", "exemption", "shortfall_reason", "training_record",
                     "member_request", "delegate"):  # fmt: skip
            return [self.get("member", row["member_id"])["organization_id"]]
        if table == "attachment":
            return [row["organization_id"], self.get("member", row["member_id"])["organization_id"]]
        return []

    def places(self, table: str, row: Row) -> set[str]:
        """Columns of the table of access: branch, town, county, other."""
        county = self.county_of(table, row)
        if county is None:
            return set()
        if self.get("county", county)["code"] == OTHER:
            return {"other"}
        paths = [self.path(one) for one in self.organizations_of(table, row)]
        return {
            "branch" if "/SY01001/" in path else "town" if "/SY01/" in path else "county" for path in paths
        } or {"county"}

    def path(self, organization: str) -> str:
        return str(self.get("organization", organization)["path"])

    # -- between the row and a viewer

    def relations(self, who: Who, table: str, row: Row) -> set[str]:
        """The other columns that hold: own, cares, leads, mine, guest, came, side, asked; and whether it is locked."""
        found = set()
        about = self.member_of(table, row)
        account = row["id"] if table == "account" else row.get("account_id")
        if table in ("account", "session", "role_grant", "emergency_request", "theme_day_evaluation"):
            is_own = who.account is not None and account == who.account
        else:
            is_own = who.member is not None and about == who.member and table != "reserve"
        if is_own:
            found.add("own")
        if self._is_looked_after(who, table, row):
            found.add("cares")
        if self.organizations_of(table, row) and self.organizations_of(table, row)[0] in self.takes_part(who):
            found.add("mine")
        if table == "member" and any(
            term["member_id"] == row["id"] and term["organization_id"] in self.takes_part(who)
            for term in self.of("office_term")
            if term["ended_on"] is None
        ):
            found.add("leads")
        if any(self._is_below(one["organization_id"], who) for one in self._attachments_of(about)):
            found.add("guest")
        if table == "attendance" and self._is_below(
            self.get("theme_day", row["theme_day_id"])["organization_id"], who
        ):
            found.add("came")
        if table == "handover" and (
            self._is_below(row["home_id"], who) or self._is_below(row["host_id"], who)
        ):
            found.add("side")
        if table in ("delegate", "clearance") and self._is_asked(who, table, row):
            found.add("asked")
        if table == "member" and row["locked_on"] is not None:
            found.add("locked")
        return found

    def takes_part(self, who: Who) -> set[str]:
        """The organizations where the viewer is a member or a guest."""
        if who.member is None:
            return set()
        home = self.get("member", who.member)["organization_id"]
        return {home} | {one["organization_id"] for one in self._attachments_of(who.member)}

    def _attachments_of(self, member: str | None) -> list[Row]:
        return [
            one for one in self.of("attachment") if one["member_id"] == member and one["ended_on"] is None
        ]

    def _is_below(self, organization: str, who: Who) -> bool:
        """Whether it is one that a grant of the viewer names, or below it."""
        return any(
            place and self.path(organization).startswith(self.path(place)) for _, _, place in who.grants
        )

    def _is_looked_after(self, who: Who, table: str, row: Row) -> bool:
        if who.member is None:
            return False
        if table == "member":
            return any(
                one["member_id"] == row["id"] and one["contact_person_id"] == who.member
                for one in self.of("floating_member")
                if one["returned_on"] is None
            )
        if "floating_member_id" in row:
            row = self.get("floating_member", row["floating_member_id"])
        return bool(row.get("contact_person_id") == who.member)

    def _is_asked(self, who: Who, table: str, row: Row) -> bool:
        questions = [row] if table == "clearance" else self.of("clearance")
        return any(
            (role, county) == (one["agency"], one["county_id"])
            and (table == "clearance" or one["delegate_id"] == row["id"])
            for one in questions
            for role, county, _ in who.grants
            if role in AGENCIES
        )


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


@dataclass
class Ground:
    """The application over the two filled counties, everybody signed in."""

    client: Client
    world: World
    app: Application
    _indexes: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)
    _relations: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)

    @cached_property
    def viewers(self) -> dict[str, Who]:
        return {name: self.world.who(name) for name in VIEWERS}

    def index(self, table: str, column: str) -> dict[str, Row]:
        """The rows by a column that tells them apart."""
        if (table, column) not in self._indexes:
            self._indexes[table, column] = {str(row[column]): row for row in self.world.of(table)}
        return self._indexes[table, column]

    def relations(self, who: Who, table: str, row: Row) -> set[str]:
        """World.relations, worked out once."""
        key = (who.name, table, str(row.get("id", row.get("sequence"))))
        if key not in self._relations:
            self._relations[key] = self.world.relations(who, table, row)
        return self._relations[key]

    async def read_again(self, table: str) -> None:
        await self.world.read_again(table)
        self._indexes = {key: found for key, found in self._indexes.items() if key[0] != table}

    async def post(self, viewer: str, body: dict[str, Any]) -> bytes:
        return (await self.client.post(body, ACCOUNTS[viewer])).content


@asynccontextmanager
async def ground_of(
    server: Credentials, small_template: str, tmp: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    template = await two_counties_template(server, small_template, tmp)
    async with copied(server, template) as credentials, serving(credentials, tmp.mktemp("var")) as client:
        for county in (COUNTY, OTHER):
            await fill(county)
        for username in ACCOUNTS.values():
            if username is not None:
                await client.token(username)
        yield Ground(client, await World.read(), application(client))
