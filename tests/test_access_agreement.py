"""The decision and the database agree: of every row of every table, for every viewer, act and field.

What SQL says (`visible`, `reach`, `shown`) is asked of PostgreSQL; what `decide` says, with the row's place and its
relations worked out in plain Python (access_rows.py).
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from models import Account
from resolvers.access import NOBODY, NOWHERE, AccountViewer, Act, Answer, Place, decide
from resolvers.accounts.accounts import viewer_of
from resolvers.compiler.request import Request
from resolvers.compiler.statement import Scope, Statement
from resolvers.reach import NO_RULES
from resolvers.rights.classes import CLASSES, TABLES
from resolvers.rights.relations import Relation
from tests.access_rows import ACCOUNTS, VIEWERS, Ground, Row, ground_of
from tests.conftest import Credentials
from tests.test_access import rows

LEAST_COMPARISONS = 30_000
RELATIONS = {
    "own": Relation.OWN,
    "cares": Relation.LOOKED_AFTER,
    "leads": Relation.LEADS_MY_BRANCH,
    "mine": Relation.OF_MY_BRANCH,
    "guest": Relation.GUEST,
    "came": Relation.HELD_HERE,
    "side": Relation.OTHER_SIDE,
    "asked": Relation.ASKED,
    "locked": Relation.LOCKED,
}
ACTS = tuple(act for act in Act if act not in (Act.READ, Act.FIND, Act.REVEAL))
"""Those that are decided of a row; revealing needs a purpose beside it and has cases of its own."""


@dataclass
class Sides:
    """The ground, who asks there, and how much was compared."""

    ground: Ground
    viewers: dict[str, AccountViewer]
    compared: int = 0
    tables: int = 0


@pytest.fixture(scope="module")
async def sides(
    server: Credentials, small_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sides]:
    async with ground_of(server, small_template, tmp_path_factory) as ground:
        viewers = {
            name: await viewer_of(await Account.get(username=username)) if username else NOBODY
            for name, username in ACCOUNTS.items()
        }
        yield Sides(ground, viewers)


@pytest.mark.parametrize("name", VIEWERS)
async def test_sql_and_decide_agree(sides: Sides, name: str) -> None:
    viewer, differences = sides.viewers[name], list[str]()
    for type, table in TABLES.items():
        asked = [("visible", viewer.visible(table)), *_conditions(viewer, type, table)]
        in_sql = await _answers(viewer, table, [condition for _, condition in asked])
        for id, row in sides.ground.world.tables[table].items():
            relations = frozenset(
                RELATIONS[one] for one in sides.ground.relations(sides.ground.viewers[name], table, row)
            )
            places = list(_places(sides.ground, table, row))
            for number, (what, _) in enumerate(asked):
                decided = _decided(viewer, type, what, places, relations)
                found = in_sql[id][number]
                sides.compared += 1
                if found != decided and len(differences) < 12:
                    differences.append(
                        f"{name} {what} {type} {id} {sorted(relations)} at {[place.path for place in places]}: "
                        f"SQL says {found}, decide says {decided}"
                    )
    sides.tables += len(TABLES)
    assert not differences, "\n".join(differences)


def test_there_were_many_comparisons(sides: Sides) -> None:
    if sides.tables < len(TABLES) * len(VIEWERS):
        pytest.skip("only a part of the viewers was asked for")
    print(f"\n{sides.compared} comparisons of SQL and decide")
    assert sides.compared >= LEAST_COMPARISONS


def _conditions(viewer: AccountViewer, type: str, table: str) -> Iterator[tuple[str, str]]:
    for act in ACTS:
        yield f"may {act.value} to", viewer.reach(table, act)
    for fields in CLASSES[type].values():
        for field in fields.split():
            # `shown` holds of the rows that he sees.
            yield f"reads {field} of", f"({viewer.visible(table)}) AND ({viewer.shown(type, field)})"


async def _answers(viewer: AccountViewer, table: str, conditions: list[str]) -> dict[str, list[bool]]:
    """Row's id -> what each condition says of it; equal conditions are asked once."""
    statement = Statement()
    scope = Scope(statement, Request(viewer=viewer, rules=NO_RULES), row="t")
    different = list(dict.fromkeys(conditions))
    columns = ", ".join(f"COALESCE({scope.write(one)}, FALSE)" for one in different)
    key = "sequence" if table == "audit_entry" else "id"
    found = await rows(
        f"SELECT t.{key}::text AS id, ARRAY[{columns}] AS said FROM {table} t",
        *statement.values(scope.request),
    )
    place = {one: number for number, one in enumerate(different)}
    return {row["id"]: [row["said"][place[one]] for one in conditions] for row in found}


def _places(ground: Ground, table: str, row: Row) -> Iterator[Place]:
    """Where the row is: at each of the organizations that it belongs to (an attachment has two)."""
    county = ground.world.county_of(table, row)
    county_id = UUID(county) if county else NOWHERE.county_id
    organizations = ground.world.organizations_of(table, row)
    yield from (Place(county_id, ground.world.path(one)) for one in organizations)
    if not organizations:
        yield Place(county_id)


def _decided(
    viewer: AccountViewer, type: str, what: str, places: list[Place], relations: frozenset[Relation]
) -> bool:
    act, field = Act.READ, None
    if what.startswith("may "):
        act = Act(what.split()[1])
    elif what.startswith("reads "):
        field = what.split()[1]
    return any(decide(viewer, act, type, field, place, relations).answer is Answer.WHOLE for place in places)
