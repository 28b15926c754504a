"""A value that nobody decided about stops the start, with its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from graphql import GraphQLField, GraphQLNonNull, GraphQLString

from resolvers.compiler.sources import Column, Expression, Many
from resolvers.rights import check, classes, rows
from resolvers.rights.check import Unclassed, check_classes
from resolvers.rights.classes import Class
from resolvers.rights.relations import Relation
from schema.api import core_of, declared, make_schema


@pytest.fixture(scope="module")
def built() -> tuple[Any, dict[tuple[str, str], Any]]:
    core = core_of(make_schema())
    return core, dict(declared(core)[0])


def fault(core: Any, sources: Any) -> str:
    with pytest.raises(Unclassed) as stopped:
        check_classes(core, sources)
    return str(stopped.value)


@contextmanager
def classed_as(type: str, field: str, kind: Class) -> Iterator[None]:
    with patch.dict(classes._CLASS_OF, {(type, field): kind}):
        yield


def test_the_schema_stands(built: Any) -> None:
    check_classes(*built)


def test_a_new_value_without_a_class_stops_the_start(built: Any) -> None:
    core, sources = built
    with patch.dict(core.type_map["Member"].fields, {"bloodType": GraphQLField(GraphQLString)}):
        assert fault(core, sources) == "Member.bloodType has no class (resolvers/rights/classes.py)"


def test_a_class_of_no_value_stops_the_start(built: Any) -> None:
    core, sources = built
    fields = {name: field for name, field in core.type_map["Member"].fields.items() if name != "education"}
    with patch.object(core.type_map["Member"], "fields", fields):
        assert fault(core, sources) == "Member.education has a class and is no field"


def test_what_cannot_be_null_must_be_read_by_all_who_see_the_row(built: Any) -> None:
    with classed_as("Member", "joinedOn", Class.PERSONAL):
        assert fault(*built) == "Member.joinedOn is personal and cannot be null for who may not read it"


def test_a_mask_makes_it_good(built: Any) -> None:
    core, sources = built
    assert isinstance(core.type_map["Member"].fields["idNumber"].type, GraphQLNonNull)
    without = {**sources, ("Member", "idNumber"): Column("id_number_masked")}
    assert fault(core, without).startswith("Member.idNumber is sensitive and cannot be null")


def test_parts_are_no_more_than_the_value_that_leads_to_them(built: Any) -> None:
    core, sources = built
    unguarded = {**sources, ("Member", "trainingYear"): Expression("SELECT 1")}
    with classed_as("Member", "trainingYear", Class.INTERNAL):
        assert "Member.trainingYear is internal and leads to TrainingYear.met, which is more" in fault(
            core, unguarded
        )


def test_every_relation_has_its_sql(built: Any) -> None:
    more = {**rows.ROWS["course"], None: (Relation.OWN, Relation.GUEST)}
    with patch.object(check, "ROWS", {**rows.ROWS, "course": more}):
        assert "the rows of course have no SQL for GUEST" in fault(*built)


def test_a_list_tells_no_more_than_its_rows(built: Any) -> None:
    core, sources = built
    filtered = Many("member", "TRUE", {"id": "uuid"}, filters={"phone": "TRUE"})
    assert "members(phone) tells of a value" in fault(core, {**sources, ("Query", "members"): filtered})
    sorted_ = Many("member", "TRUE", {"birth_date": "date", "id": "uuid"})
    assert "members is sorted by birth_date, which not" in fault(
        core, {**sources, ("Query", "members"): sorted_}
    )


def test_a_type_of_rows_is_listed_with_its_table(built: Any) -> None:
    unlisted = {name: table for name, table in classes.TABLES.items() if name != "Appraisal"}
    with patch.object(check, "TABLES", {**unlisted, "Course": "meeting"}):
        assert "Query.courses shows rows of course as Course, which TABLES does not say" in fault(*built)
    with patch.object(check, "TABLES", {**classes.TABLES, "Course": "no_such_table"}):
        assert "no_such_table has no rows (resolvers/rights/rows.py)" in fault(*built)
