"""The schema as it is printed, and what the contract says of its names."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    is_required_input_field,
)

from schema.api import core_of, make_schema

PRINTED = Path(__file__).resolve().parent.parent / "schema" / "schema.graphql"
SCHEMA = make_schema()
CORE = core_of(SCHEMA)
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}
OURS = {
    name: type_
    for name, type_ in CORE.type_map.items()
    # The underscores are those of introspection and of federation.
    if name not in BUILT_IN and "__" not in name and not name.startswith("_") and name != "FieldSet"
}
ENUMS = {
    "OrganizationKind": "COMMITTEE GENERAL_BRANCH BRANCH TEMPORARY_BRANCH GROUP",
    "Standing": "FULL PROBATIONARY",
    "QualificationOutcome": "QUALIFIED SUSPENSION_PROPOSED TERMINATION_PROPOSED AWAITING_CLEARANCE",
    "DelegateStatus": "SERVING SUSPENDED TERMINATED",
    "Agency": "DISCIPLINE_INSPECTION PUBLIC_SECURITY",
    "ClearanceOpinion": "NO_OBJECTION OBJECTION",
    "CheckInMethod": "CODE ONLINE BY_SECRETARY",
    "WorkbookKind": "ORGANIZATIONS MEMBERS FLOATING_MEMBERS THEME_DAYS ATTENDANCES TRAINING_RECORDS "
    "DELEGATES POST_CHANGES CLEARANCES",
    "Severity": "MUST GENERALLY NOTE",
}
INPUTS = {
    "CheckInInput": "themeDayId: ID!, method: CheckInMethod!, code: String, memberId: ID, "
    "checkedInAt: DateTime",
    "UpdateFloatingMemberInput": "floatingMemberId: ID!, destination: String, contact: String, "
    "employment: String, organizationalLife: String, mindset: String, contribution: String, leftOn: Date",
    "ScheduleThemeDayInput": "organizationId: ID!, heldOn: Date!, theme: String!, agenda: [AgendaItemInput!]",
    "AgendaItemInput": "kind: String!, title: String",
    "RecordTrainingInput": "courseId: ID, newCourse: NewCourseInput, completedOn: Date!, memberIds: [ID!]!",
    "NewCourseInput": "title: String!, hours: Float!, form: String!",
    "DecideQualificationInput": "checkId: ID!, outcome: QualificationOutcome!, reason: String!, "
    "decidedBy: String!",
    "SubmitClearanceInput": "clearanceId: ID!, opinion: ClearanceOpinion!, reason: String, signature: String",
    "TryRulePackInput": "county: ID!, pack: String!, parameters: JSON, quarter: Quarter!",
}
KEYS = {
    "Organization": {"id", "code"},
    "Member": {"id"},
    "Delegate": {"id"},
    "FloatingMember": {"id"},
    "ThemeDay": {"id"},
}


def test_the_printed_schema_is_the_schema() -> None:
    assert PRINTED.read_text(encoding="utf-8").strip() == SCHEMA.as_str().strip()


@pytest.mark.parametrize("type_", OURS.values(), ids=OURS)
def test_everything_is_described(type_: GraphQLNamedType) -> None:
    assert type_.description
    fields = getattr(type_, "fields", {})
    assert [name for name in fields if not fields[name].description and not name.startswith("_")] == []


@pytest.mark.parametrize("name", ["YearMonth", "Quarter", "Date", "DateTime", "JSON"])
def test_the_scalars_of_the_contract(name: str) -> None:
    assert isinstance(CORE.type_map[name], GraphQLScalarType)


@pytest.mark.parametrize("name", ENUMS)
def test_the_enums_of_the_contract(name: str) -> None:
    enum = CORE.type_map[name]
    assert isinstance(enum, GraphQLEnumType)
    assert list(enum.values) == ENUMS[name].split()


@pytest.mark.parametrize("name", INPUTS)
def test_the_inputs_of_the_contract(name: str) -> None:
    declared = CORE.type_map[name]
    assert isinstance(declared, GraphQLInputObjectType)
    asked = dict(one.split(": ") for one in INPUTS[name].split(", "))
    # Whoever sends what the contract names goes on being understood: a field may have become optional.
    for field, kind in asked.items():
        assert str(declared.fields[field].type) in (kind, kind.removesuffix("!")), field
    more = [one for field, one in declared.fields.items() if field not in asked]
    assert not [one for one in more if is_required_input_field(one)]


def test_the_entities_of_the_contract() -> None:
    sdl = SCHEMA.as_str()
    assert "https://specs.apollo.dev/federation/v2.9" in sdl
    for name, keys in KEYS.items():
        line = next(line for line in sdl.splitlines() if line.startswith(f"type {name} "))
        assert {part.split('"')[1] for part in line.split("@key(fields: ")[1:]} == keys
    assert sdl.count("@key(") == 6


def test_every_page_has_a_size() -> None:
    connections = [name for name in OURS if name.endswith("Connection")]
    for type_ in OURS.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                if str(field.type).rstrip("!") in connections:
                    assert str(field.args["first"].type) == "Int!"
