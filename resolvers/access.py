"""Who may see which rows and values and do which acts: the only place that decides it.

`decide` is the decision, a pure function over three tables that a person can read: who sees which rows
(rights/rows.py), which class each value has and who reads a class (rights/classes.py), who may do which act
(rights/acts.py). A viewer gives the same decisions in SQL, made from the same tables, since rows are chosen in the
database: `visible`, `reach`, `shown`. What a viewer may not see looks like what does not exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from models.choices import Role
from resolvers.compiler.request import Request
from resolvers.rights.acts import ACTS, Act
from resolvers.rights.classes import AGGREGATES, FINDS, TABLES, UNLOCKED, Class, class_of, is_read_by
from resolvers.rights.purposes import REVEALS, Purpose
from resolvers.rights.relations import OF_A_PLACE, Relation
from resolvers.rights.rows import ANYBODY, ROWS, SQL

__all__ = ["NOBODY", "AccountViewer", "Act", "Answer", "Decision", "Grant", "Place", "decide", "who_asks"]


@dataclass(frozen=True)
class Grant:
    """A role that a viewer holds; `path` is the organization's, for roles that reach a subtree."""

    role: Role
    county_id: UUID | None = None
    county_code: str | None = None
    path: str | None = None
    valid_until: datetime | None = None


class Place(NamedTuple):
    """Where a row is: its county, and the path of its organization ("140826/JX/JX01/"), if it has one."""

    county_id: UUID
    path: str | None = None


NOWHERE = Place(UUID(int=0))


class Answer(StrEnum):
    WHOLE = "WHOLE"
    MASKED = "MASKED"  # the row is there, the value is its mask, or null
    DENIED = "DENIED"  # as if there were no such row


class Decision(NamedTuple):
    answer: Answer
    grant: Grant | None = None
    """Under which role; None when it follows from being oneself."""


DENIED, MASKED = Decision(Answer.DENIED), Decision(Answer.MASKED)


class Way(NamedTuple):
    """One way in which a viewer comes to rows of a table: by a grant and its position, or as whoever he is."""

    relation: Relation
    grant: Grant | None = None
    position: int | None = None

    @property
    def role(self) -> Role | None:
        return self.grant.role if self.grant else None


def decide(
    viewer: "AccountViewer",
    act: Act,
    type: str,
    field: str | None = None,
    path: Place = NOWHERE,
    relation: frozenset[Relation] = frozenset(),
    purpose: Purpose | None = None,
) -> Decision:
    """Whether `viewer` may do `act` to a row of the GraphQL type `type`, or to its value `field`.

    `path` is where the row is; `relation` what else holds between it and the viewer. READ answers WHOLE, MASKED or
    DENIED; every other act WHOLE or DENIED. REVEAL needs a purpose that opens the value to the role.
    """
    ways = [way for way in viewer.ways(TABLES[type], act) if _holds(way, path, relation)]
    if act is Act.REVEAL:
        opened_to = REVEALS.get(f"{type}.{field}", {}).get(purpose, frozenset())
        ways = [way for way in ways if way.role in opened_to]
    readers = ways
    if field is not None and act in (Act.READ, Act.FIND):
        readers = _readers(ways, type, field)
        if Relation.LOCKED in relation and _is_lockable(type, field):
            readers = [way for way in readers if way.relation is Relation.OWN]
    if readers:
        return Decision(Answer.WHOLE, readers[0].grant)
    return MASKED if ways and act is Act.READ else DENIED


def _holds(way: Way, place: Place, relation: frozenset[Relation]) -> bool:
    if way.relation not in OF_A_PLACE:
        return way.relation in relation
    assert way.grant is not None  # only a grant has a place
    if way.relation is Relation.IN_COUNTY:
        return place.county_id == way.grant.county_id
    # A range, never a comparison with a pattern, by which an empty path would reach everything.
    begin = way.grant.path or ""
    return begin != "" and begin <= (place.path or "") < _end(begin)


def _readers(ways: list[Way], type: str, field: str) -> list[Way]:
    return [
        way for way in ways if is_read_by(class_of(type, field), f"{type}.{field}", way.role, way.relation)
    ]


def _is_lockable(type: str, field: str) -> bool:
    return type in UNLOCKED and class_of(type, field) is Class.PERSONAL


def _end(path: str) -> str:
    """The first text behind all that begins with the path: "a/b/" -> "a/b0"."""
    return path[:-1] + "0"


@dataclass(frozen=True)
class AccountViewer:
    """The signed-in account, as its token says it; nobody when `account_id` is None."""

    account_id: UUID | None = None
    display_name: str = ""
    member_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    session_id: UUID | None = None

    @cached_property
    def shape(self) -> tuple[Any, ...]:
        return (
            self.account_id is not None,
            self.member_id is not None,
            *(grant.role for grant in self.grants),
        )

    def value(self, name: str) -> Any:
        kind, _, position = name.partition(":")
        if kind == "account":
            return self.account_id
        if kind == "member":
            return self.member_id
        if kind == "session":
            return self.session_id
        grant = self.grants[int(position)]
        if kind == "county":
            return grant.county_id
        path = grant.path or ""
        return path if kind == "path" else _end(path)

    def ways(self, table: str, act: Act = Act.READ) -> Iterator[Way]:
        """How the viewer comes to rows of the table on which he may do the act."""
        allowed, rows = ACTS.get(act), ROWS.get(table, {})
        for position, grant in enumerate(self.grants):
            if allowed is None or grant.role in allowed:
                yield from (Way(relation, grant, position) for relation in rows.get(grant.role, ()))
        # His own rows only where members may do the act: nobody records training for himself.
        if self.account_id is not None and (allowed is None or Role.MEMBER in allowed):
            yield from (Way(relation) for relation in rows.get(ANYBODY, ()))

    def visible(self, table: str) -> str:
        """The rows of `table` that the viewer may see: a condition on {row}."""
        return _any_of(table, self.ways(table))

    def reach(self, table: str, act: Act) -> str:
        """The rows of `table` on which the viewer may do `act`: a condition on {row}."""
        return _any_of(table, self.ways(table, act))

    def shown(self, type: str, field: str) -> str:
        """The rows of the type, of those that he sees, whose `field` the viewer reads whole: a condition on {row}."""
        if type not in TABLES:  # part of a value that was decided about where it began
            return "TRUE"
        table, ways = TABLES[type], list(self.ways(TABLES[type]))
        readers = _readers(ways, type, field)
        condition = self._where(table, ways, readers)
        if readers and _is_lockable(type, field):
            himself = _any_of(table, [way for way in readers if way.relation is Relation.OWN])
            return f"({condition}) AND ({UNLOCKED[type]} OR {himself})"
        return condition

    def finds(self, table: str, argument: str) -> str:
        """The rows that an argument of a list may find: a condition on {row}."""
        return self.shown(*FINDS[table, argument])

    def shows(self, kind: str, table: str) -> str:
        """The same for a class or an aggregate by its name."""
        ways = list(self.ways(table))
        return self._where(table, ways, [way for way in ways if is_read_by(kind, "", way.role, way.relation)])

    def _where(self, table: str, ways: list[Way], readers: list[Way]) -> str:
        return "TRUE" if len(readers) == len(ways) else _any_of(table, readers)

    def reads(self, kind: str) -> bool:
        """Whether any of his roles reads an aggregate ("counts", "figures") of the rows that it sees."""
        return any(grant.role in AGGREGATES[kind] for grant in self.grants)

    def may(self, act: Act, county_code: str | None = None) -> Grant | None:
        """The grant under which the viewer may do `act` (in that county), or None."""
        for grant in self.grants:
            if grant.role in ACTS[act] and county_code in (None, grant.county_code):
                return grant
        return None

    @property
    def county_code(self) -> str | None:
        return next((grant.county_code for grant in self.grants if grant.county_code), None)


def _any_of(table: str, ways: Iterator[Way] | list[Way]) -> str:
    conditions = dict.fromkeys(
        f"({SQL[table][way.relation].replace('#', str(way.position)).replace('@', way.role or '')})"
        for way in ways
    )
    return " OR ".join(conditions) or "FALSE"


NOBODY = AccountViewer()


def who_asks(request: Request) -> AccountViewer:
    """The request's viewer, as this module made it."""
    assert isinstance(request.viewer, AccountViewer)
    return request.viewer
