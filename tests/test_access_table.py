"""The table of access kept by hand against `decide`, without a database; and that it notices every small change of the
program's tables: a role or relation dropped or added in ROWS, ACTS or READERS, a field's class raised or lowered."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

import pytest

from models.choices import Role
from resolvers.access import NOBODY, NOWHERE, AccountViewer, Answer, Grant, Place, decide
from resolvers.rights import classes
from resolvers.rights.acts import ACTS, Act
from resolvers.rights.classes import CLASSES, READERS, TABLES, Class
from resolvers.rights.relations import Relation
from resolvers.rights.rows import ANYBODY, ROWS, SQL
from tests.access_expected import KINDS, Section, acts, sections

HERE, THERE = UUID(int=1), UUID(int=2)
TOWN, BRANCH, ELSEWHERE = "140829/SY/SY01/", "140829/SY/SY01/SY01001/", "140829/SY/SYL01/"
MEMBER = Grant(Role.MEMBER, HERE)
GRANTS: dict[str, tuple[Grant, ...]] = {
    "admin": (Grant(Role.ADMIN),),
    "office": (Grant(Role.OFFICE, HERE),),
    "auditor": (Grant(Role.AUDITOR, HERE),),
    "town": (Grant(Role.TOWN, HERE, None, TOWN),),
    "secretary": (Grant(Role.SECRETARY, HERE, None, BRANCH),),
    "member": (MEMBER,),
    "floating": (MEMBER,),
    "contact": (MEMBER,),
    "plain": (),
    "discipline": (Grant(Role.DISCIPLINE_INSPECTION, HERE),),
    "security": (Grant(Role.PUBLIC_SECURITY, HERE),),
    "app": (Grant(Role.PARTNER_APP, HERE),),
    "security-admin": (Grant(Role.SECURITY_ADMIN, HERE),),
    "emergency": (Grant(Role.EMERGENCY, HERE),),
    "town-app": (Grant(Role.PARTNER_APP, HERE), Grant(Role.TOWN, HERE, None, TOWN)),
    "office-other": (Grant(Role.OFFICE, THERE),),
}
VIEWERS = {
    "nobody": NOBODY,
    **{name: AccountViewer(UUID(int=9), name, UUID(int=8), grants) for name, grants in GRANTS.items()},
}
PLACES = {
    "branch": Place(HERE, BRANCH),
    "town": Place(HERE, TOWN),
    "county": Place(HERE, ELSEWHERE),
    "other": Place(THERE, "140826/SY/SY01/SY01001/"),
}
RELATIONS = {
    "own": Relation.OWN,
    "cares": Relation.LOOKED_AFTER,
    "leads": Relation.LEADS_MY_BRANCH,
    "mine": Relation.OF_MY_BRANCH,
    "guest": Relation.GUEST,
    "came": Relation.HELD_HERE,
    "side": Relation.OTHER_SIDE,
    "asked": Relation.ASKED,
}
# Its rows are shown within other rows only, without a class of their own.
ONLY_NESTED = {"DelegateStatusChange": "delegate_status_change"}
ALL_TABLES = {**TABLES, **ONLY_NESTED}


@pytest.fixture(autouse=True)
def _with_nested_rows() -> Iterator[None]:
    with patch.dict(cast(Any, TABLES), ONLY_NESTED):
        yield


def columns(section: Section) -> Iterator[tuple[str, Place, frozenset[Relation]]]:
    """Every column that there is, whether the section has it or not: one relation alone, or one place."""
    for column, relation in RELATIONS.items():
        yield column, NOWHERE, frozenset({relation})
    for column, place in PLACES.items():
        if "branch" in section.columns:
            yield column, place, frozenset()
        elif column in ("county", "other"):  # what a county keeps as a whole has no path
            yield column, Place(place.county_id), frozenset()


def differences(section: Section, fields: list[str]) -> Iterator[str]:
    for name, viewer in VIEWERS.items():
        for column, place, relation in columns(section):
            level = section.level(name, [column])
            for field in fields:
                for locked in (False, True) if section.is_lockable else (False,):
                    held = relation | {Relation.LOCKED} if locked else relation
                    decided = decide(viewer, Act.READ, section.name, field, place, held).answer
                    expected = Answer.DENIED
                    if level != "-":
                        is_read = section.reads(field, level, locked_for_him=locked and column != "own")
                        expected = Answer.WHOLE if is_read else Answer.MASKED
                    if decided != expected:
                        yield f"{name} {column} {section.name}.{field}: table {expected}, decide {decided}"


def one_of_each_kind(section: Section) -> list[str]:
    return list({kind: field for field, kind in section.kinds.items()}.values())


@pytest.mark.parametrize("type", sections())
def test_decide_is_what_the_table_says(type: str) -> None:
    section = sections()[type]
    assert not list(differences(section, list(section.kinds)))


@pytest.mark.parametrize("type", sections())
def test_the_kinds_are_the_classes(type: str) -> None:
    kinds = dict(zip((Class.OPEN, Class.INTERNAL, Class.PERSONAL, Class.SENSITIVE), KINDS, strict=True))
    in_code = {field: kinds[kind] for kind, fields in CLASSES[type].items() for field in fields.split()}
    assert in_code == sections()[type].kinds


def test_acts_are_what_the_table_says() -> None:
    assert acts() == {act.value: frozenset(_who_may(act)) for act in ACTS}


def _who_may(act: Act) -> list[str]:
    return [name for name, viewer in VIEWERS.items() if viewer.may(act)]


# --- changes of the program's tables ---------------------------------------------------------------------------------


@contextmanager
def changed(table: Mapping[Any, Any], key: Any, value: Any) -> Iterator[None]:
    with patch.dict(cast(Any, table), {key: value}):
        yield


@cache
def known_differences(type: str) -> frozenset[str]:
    """Of the unchanged tables: none, while the program does what the table says."""
    section = sections()[type]
    return frozenset(differences(section, list(section.kinds)))


def know_all() -> None:
    for type in sections():
        known_differences(type)


def new_differences(section: Section, fields: list[str]) -> bool:
    known = known_differences(section.name)
    return any(one not in known for one in differences(section, fields))


def rows_mutants() -> Iterator[tuple[str, str, dict[Role | None, tuple[Relation, ...]]]]:
    """Description, type, and the changed line of ROWS: one relation of one role dropped or added."""
    for type, table in ALL_TABLES.items():
        line = dict(ROWS[table])
        for role in (ANYBODY, *Role):
            held = line.get(role, ())
            for relation in held:
                rest = tuple(one for one in held if one != relation)
                yield f"{type}: {role} without {relation}", type, {**line, role: rest}
            for relation in SQL[table]:
                if relation not in held and not _adds_nothing(line, role, relation):
                    yield f"{type}: {role} with {relation}", type, {**line, role: (*held, relation)}


def _adds_nothing(
    line: Mapping[Role | None, tuple[Relation, ...]], role: Role | None, relation: Relation
) -> bool:
    """What changes no decision: a place that the role's grant never has, or what he has anyway."""
    if role is ANYBODY:
        return relation in (Relation.IN_COUNTY, Relation.IN_SUBTREE)  # no grant, no place
    if relation is Relation.IN_SUBTREE:
        return role not in (Role.TOWN, Role.SECRETARY) or Relation.IN_COUNTY in line.get(role, ())
    if relation is Relation.IN_COUNTY and role is Role.ADMIN:
        return True  # of no county
    return relation in line.get(ANYBODY, ())


def test_every_change_of_the_rows_is_noticed() -> None:
    survivors, count = [], 0
    know_all()
    for what, type, line in rows_mutants():
        section = sections()[type]
        with changed(ROWS, ALL_TABLES[type], line):
            survived = not new_differences(section, one_of_each_kind(section))
        count += 1
        survivors += [what] if survived else []
    print(f"\n{count} changes of ROWS")
    assert not survivors
    assert count > 500


def test_every_change_of_a_class_is_noticed() -> None:
    """By another decision, or, where all who see such rows read both classes, by the kind itself."""
    by_decisions = count = 0
    know_all()
    for type, section in sections().items():
        for field, kind in section.kinds.items():
            for number, other in enumerate(list(Class)[:-1]):
                if number == KINDS.index(kind):
                    continue
                count += 1
                with changed(classes._CLASS_OF, (type, field), other):
                    by_decisions += new_differences(section, [field])
                    assert KINDS[list(Class).index(classes.class_of(type, field))] != section.kinds[field]
    print(f"\n{count} changes of CLASSES, {by_decisions} of them noticed by a decision")
    assert by_decisions > count / 2


def readers_mutants() -> Iterator[tuple[str, str, frozenset[Role | Relation], Role | Relation]]:
    for kind in (Class.OPEN, Class.INTERNAL, Class.PERSONAL, Class.SENSITIVE):
        for reader in (*Role, Relation.OWN, Relation.LOOKED_AFTER):
            yield f"{kind}: {reader}", kind, READERS[kind] ^ {reader}, reader


def test_every_change_of_who_reads_a_class_is_noticed() -> None:
    """Where the role, or the relation, comes to a row that has a value of the class at all."""
    survivors, count = [], 0
    know_all()
    for what, kind, readers, reader in readers_mutants():
        with changed(READERS, kind, readers):
            noticed = any(
                new_differences(section, one_of_each_kind(section)) for section in sections().values()
            )
        count += noticed
        survivors += [] if noticed or not _comes_to(kind, reader) else [what]
    print(f"\n{count} changes of READERS were noticed")
    assert not survivors


def _comes_to(kind: str, reader: Role | Relation) -> bool:
    for section in sections().values():
        line = ROWS[ALL_TABLES[section.name]]
        is_there = reader in line.get(ANYBODY, ()) if isinstance(reader, Relation) else bool(line.get(reader))
        works_daily = any(
            reader in roles
            for value, roles in classes.DAILY_WORK.items()
            if value.startswith(f"{section.name}.")
        )
        named = KINDS[list(Class).index(Class(kind))]
        if is_there and named in section.kinds.values() and not works_daily:
            return True
    return False


def test_every_change_of_who_may_act_is_noticed() -> None:
    count = 0
    for act, roles in list(ACTS.items()):
        for role in Role:
            with changed(ACTS, act, roles ^ {role}):
                assert frozenset(_who_may(act)) != acts()[act.value], (act, role)
            count += 1
    print(f"\n{count} changes of ACTS")
