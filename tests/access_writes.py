"""Every write that takes the id of a row, made from the schema: a mutation in literals, with that id in one place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_leaf_type,
)

# Argument -> the type whose row it names; for some writes it is another one.
NAMED = {
    "accountId": "Account", "attendanceId": "Attendance", "checkId": "QualificationCheck", "clearanceId": "Clearance",
    "contactPersonId": "Member", "courseId": "Course", "delegateId": "Delegate", "floatingMemberId": "FloatingMember",
    "grantId": "GrantedRole", "handoverId": "Handover", "homecomingId": "Homecoming",
    "hostOrganizationId": "Organization", "intoId": "Organization", "meetingId": "Meeting", "memberId": "Member",
    "memberIds": "Member",
    "organizationId": "Organization", "organizerId": "Organization", "parentId": "Organization",
    "requestId": "MemberRequest", "sessionId": "CourseSession", "subjectId": "QualificationCheck",
    "successorMemberId": "Member", "themeDayId": "ThemeDay",
}  # fmt: skip
NAMED_BY = {
    "answerEmergency": "EmergencyRequest", "cancelThemeDay": "ThemeDay", "correctTrainingRecord": "TrainingRecord",
    "endAttachment": "Attachment", "endEmergency": "EmergencyRequest", "endExemption": "Exemption",
    "endOfficerTerm": "OfficeTerm", "removeReserve": "Reserve", "resolveProblem": "ThemeDayProblem",
    "signOut": "Session", "withdrawTrainingRecord": "TrainingRecord",
}  # fmt: skip
LITERALS = {
    "Boolean": "false", "Date": '"2020-06-01"', "DateTime": '"2020-06-01T10:00:00+08:00"', "Float": "1.0", "Int": "1",
    "JSON": "{}", "Quarter": '"2020Q2"', "String": '"x"', "Code": '"123456"',
}  # fmt: skip
MISSING = "0190a0a0-0000-7000-8000-00000000000f"


@dataclass(frozen=True)
class Write:
    """A mutation, and the argument that names a row of the type."""

    name: str
    argument: tuple[str, ...]
    type: str

    @property
    def title(self) -> str:
        return f"{self.name}({'.'.join(self.argument)})"


def writes(schema: GraphQLSchema) -> Iterator[Write]:
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        for argument in _ids(field.args):
            if argument[-1] == "county":
                continue
            plain_id = "Vacancy" if (name, argument[-1]) == ("endVacancy", "id") else None
            type = plain_id or NAMED_BY.get(name) or NAMED.get(argument[-1])
            assert type is not None, f"{name} takes an id, {argument}, of a row that is not known here"
            yield Write(name, argument, type)


def _ids(arguments: Any) -> Iterator[tuple[str, ...]]:
    for name, argument in arguments.items():
        type = get_named_type(argument.type)
        if type.name == "ID":
            yield (name,)
        elif isinstance(type, GraphQLInputObjectType):
            yield from ((name, *rest) for rest in _ids(type.fields))


def call(schema: GraphQLSchema, write: Write, id: str) -> str:
    """The mutation's field with the id; other rows that it has to name are missing."""
    assert schema.mutation_type is not None
    field = schema.mutation_type.fields[write.name]
    arguments = _arguments(field.args, write.argument, id)
    payload: Any = get_named_type(field.type)
    selected = " ".join(
        name if is_leaf_type(get_named_type(one.type)) else f"{name} {{ __typename }}"
        for name, one in payload.fields.items()
        if name != "refusals"
    )
    return f"{write.name}({arguments}) {{ {selected} refusals {{ code message citation }} }}"


def _arguments(declared: Any, path: tuple[str, ...], id: str) -> str:
    return ", ".join(
        f"{name}: {_literal(one.type, path[1:] if path[:1] == (name,) else None, id)}"
        for name, one in declared.items()
        if path[:1] == (name,) or (isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined)
    )


def _literal(type: Any, path: tuple[str, ...] | None, id: str) -> str:
    """A value that the type takes; the id where the path ends."""
    if isinstance(type, GraphQLNonNull):
        return _literal(type.of_type, path, id)
    if isinstance(type, GraphQLList):
        return f"[{_literal(type.of_type, path, id)}]"
    if isinstance(type, GraphQLInputObjectType):
        return f"{{ {_arguments(type.fields, path or (), id)} }}"
    if isinstance(type, GraphQLEnumType):
        return str(next(iter(type.values)))
    if type.name == "ID":
        return f'"{id if path == () else MISSING}"'
    return LITERALS[type.name]
