"""The one GraphQL schema: types merged from the files beside this one, a Federation 2.9 subgraph."""

from typing import Any

import strawberry
from graphql import GraphQLSchema, GraphQLUnionType
from strawberry import federation
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from resolvers.compiler.engine import Engine, Reader, attach
from resolvers.compiler.entities import TYPE_MARK
from resolvers.compiler.plan import PythonName, Sources
from resolvers.entities import entities
from resolvers.refused_writes import tell_refused_write
from resolvers.rights.check import check_classes
from schema.accounts.accounts import AccountQuery
from schema.accounts.one_time_codes import OneTimeCodeMutation
from schema.accounts.sign_in import SignInMutation
from schema.administration.accounts import AccountKeepingMutation, AccountKeepingQuery
from schema.administration.emergencies import EmergencyMutation, EmergencyQuery
from schema.administration.grants import GrantMutation, GrantQuery
from schema.audit_entries import AuditEntryQuery
from schema.counties import CountyQuery
from schema.delegates.clearances import ClearanceMutation, ClearanceQuery
from schema.delegates.decisions import DecisionMutation
from schema.delegates.delegates import Delegate, DelegateMutation, DelegateQuery
from schema.delegates.reviews import ReviewMutation, ReviewQuery, ReviewSubscription
from schema.delegates.vacancies import VacancyMutation, VacancyQuery
from schema.floating_members.activities import FloatingActivityMutation
from schema.floating_members.decisions import FloatingDecisionMutation
from schema.floating_members.floating_members import FloatingMemberMutation, FloatingMemberQuery
from schema.floating_members.handovers import HandoverMutation, HandoverQuery
from schema.floating_members.homecomings import HomecomingMutation
from schema.floating_members.registration import FloatingRegistrationMutation
from schema.import_jobs import ImportJobMutation, ImportJobQuery, ImportJobSubscription
from schema.meetings.appraisals import AppraisalMutation
from schema.meetings.dues import DuesQuery
from schema.meetings.meetings import MeetingMutation, MeetingQuery
from schema.meetings.votes import VoteQuery
from schema.member_rights.answers import MemberRequestAnswerMutation
from schema.member_rights.export import OwnExportMutation
from schema.member_rights.locking import MemberLockMutation
from schema.member_rights.requests import MemberRequestMutation, MemberRequestQuery
from schema.member_rights.reveal import RevealMutation
from schema.members import MemberQuery
from schema.operations import SocketOperations
from schema.organizations.attachments import AttachmentMutation
from schema.organizations.events import OrganizationEventMutation
from schema.organizations.officers import OfficerMutation
from schema.organizations.organizations import OrganizationQuery
from schema.organizations.reserves import ReserveMutation
from schema.rule_packs.activations import RulePackActivationMutation
from schema.rule_packs.rule_packs import RulePackMutation
from schema.scalars import SCALARS
from schema.theme_days.check_ins import CheckInMutation, CheckInSubscription
from schema.theme_days.exemptions import ExemptionMutation, ExemptionQuery
from schema.theme_days.follow_up import ThemeDayFollowUpMutation
from schema.theme_days.problems import ThemeDayProblemMutation, ThemeDayProblemQuery
from schema.theme_days.theme_days import ThemeDayMutation, ThemeDayQuery
from schema.training.certificates import CertificateQuery
from schema.training.courses import CourseMutation, CourseQuery
from schema.training.records import TrainingMutation
from schema.training.shortfalls import ShortfallMutation

BACKREF = "strawberry-definition"

Query = merge_types(
    "Query",
    (
        AccountKeepingQuery,
        AccountQuery,
        AuditEntryQuery,
        CertificateQuery,
        ClearanceQuery,
        CountyQuery,
        DelegateQuery,
        CourseQuery,
        DuesQuery,
        EmergencyQuery,
        ExemptionQuery,
        FloatingMemberQuery,
        GrantQuery,
        HandoverQuery,
        ImportJobQuery,
        MeetingQuery,
        MemberQuery,
        MemberRequestQuery,
        OrganizationQuery,
        ReviewQuery,
        ThemeDayProblemQuery,
        ThemeDayQuery,
        VacancyQuery,
        VoteQuery,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        AccountKeepingMutation,
        AttachmentMutation,
        CheckInMutation,
        AppraisalMutation,
        ClearanceMutation,
        DecisionMutation,
        DelegateMutation,
        EmergencyMutation,
        CourseMutation,
        ExemptionMutation,
        FloatingActivityMutation,
        FloatingDecisionMutation,
        FloatingMemberMutation,
        FloatingRegistrationMutation,
        GrantMutation,
        HandoverMutation,
        HomecomingMutation,
        ImportJobMutation,
        MeetingMutation,
        MemberLockMutation,
        MemberRequestAnswerMutation,
        MemberRequestMutation,
        OfficerMutation,
        OneTimeCodeMutation,
        OrganizationEventMutation,
        OwnExportMutation,
        RevealMutation,
        ReviewMutation,
        ReserveMutation,
        RulePackActivationMutation,
        RulePackMutation,
        ShortfallMutation,
        SignInMutation,
        ThemeDayFollowUpMutation,
        ThemeDayMutation,
        ThemeDayProblemMutation,
        TrainingMutation,
        VacancyMutation,
    ),
)
Subscription = merge_types("Subscription", (CheckInSubscription, ImportJobSubscription, ReviewSubscription))


DESCRIPTIONS = {
    Query: "Reads (查询): each operation is one SQL statement, over the rows that the reader may see.",
    Mutation: "Writes (变更): what cannot be carried out is answered with refusals, not with errors.",
    Subscription: "Live answers (订阅), over a WebSocket with the protocol graphql-transport-ws.",
}
for _root, _description in DESCRIPTIONS.items():
    _root.__strawberry_definition__.description = _description  # type: ignore[attr-defined]


def make_schema() -> strawberry.Schema:
    return federation.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Delegate],
        federation_version="2.9",
        extensions=[SocketOperations],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    core: GraphQLSchema = schema._schema
    return core


def make_engine(schema: strawberry.Schema, reader: Reader) -> Engine:
    """The engine over the schema's declared sources, and graphql-core set to read through it."""
    core = core_of(schema)
    sources, python_name = declared(core)
    check_classes(core, sources)
    engine = Engine(core, reader, sources, python_name)
    engine.on_written = tell_refused_write
    attach(core, engine, sources)
    union = core.type_map.get("_Entity")
    if isinstance(union, GraphQLUnionType):
        union.resolve_type = lambda value, _info, _union: value[TYPE_MARK]
    return engine


def declared(core: GraphQLSchema) -> tuple[Sources, PythonName]:
    sources: dict[tuple[str, str], Any] = {("Query", "_entities"): entities}
    names: dict[tuple[str, str], str] = {}
    for type_ in core.type_map.values():
        for name, field in getattr(type_, "fields", {}).items():
            definition = (field.extensions or {}).get(BACKREF)
            if definition is None:
                continue
            names[type_.name, name] = definition.python_name
            source = (getattr(definition, "metadata", None) or {}).get("source")
            if source is not None:
                sources[type_.name, name] = source
    return sources, lambda type_name, field_name: names[type_name, field_name]
