"""What whoever asks may send: which documents, whether he may read the schema, and how much a minute."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Any

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType

from resolvers.access import Act, who_asks
from resolvers.compiler.document import Document
from resolvers.compiler.errors import refuse
from resolvers.compiler.measure import root_fields
from resolvers.compiler.request import Request
from resolvers.rights.acts import APP_USERS
from runtime.budget import Budget
from runtime.language import Sentence
from runtime.sender import sender

MOST_WRITES = 10
REQUEST_POINTS = 1
UNREAD_POINTS = 20  # for a document that has to be parsed and validated first
WRITE_POINTS = 20
SIGN_IN_POINTS = 1000  # for a guess of a password or a code
OBJECTS_A_POINT = 100
GUESSES = {"signIn", "signInWithCode", "changePassword", "removeOneTimeCode"}  # a password or a code is tried


class NotBegun(Exception):
    """The request is answered with these errors, and nothing of it was carried out."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__()
        self.errors = errors

    def answer(self) -> bytes:
        return unanswered(*self.errors)


class BudgetExceeded(NotBegun):
    """Too much was asked within a minute."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            GraphQLError(
                Sentence(
                    f"请求过于频繁, 请在 {seconds} 秒后再试。",
                    f"Too much was asked within a minute; try again in {seconds} seconds.",
                ).for_reader(),
                extensions={"code": "BUDGET_EXCEEDED", "retryAfterSeconds": seconds},
            )
        )
        self.seconds = seconds


@dataclass(frozen=True)
class Limits:
    """What the settings leave open; without them everything is."""

    budget: Budget = field(default_factory=lambda: Budget(0))
    is_introspection_open: bool = True
    binds_documents: bool = False
    read_seconds: float = 5
    write_seconds: float = 30

    @classmethod
    def of(cls, settings: Any, budget: Budget) -> "Limits":
        return cls(
            budget=budget,
            is_introspection_open=settings.introspection == "everybody",
            binds_documents=settings.binds_documents,
            read_seconds=settings.operation_timeout_seconds,
        )

    def may_inspect(self, request: Request) -> bool:
        """Whether he may read the schema and be told its names: members and strangers use what the app sends."""
        return self.is_introspection_open or who_asks(request).may(Act.READ_SCHEMA) is not None

    def is_bound(self, request: Request) -> bool:
        """Whether he may send registered operations only."""
        return self.binds_documents and all(grant.role in APP_USERS for grant in who_asks(request).grants)

    def spend(self, request: Request, points: float) -> None:
        """Raises BudgetExceeded."""
        if not self.budget.is_limited:
            return
        seconds = self.budget.wait(_payer(request), points)
        if seconds:
            raise BudgetExceeded(ceil(seconds))

    def charge(self, request: Request, objects: int) -> None:
        if self.budget.is_limited:
            self.budget.charge(_payer(request), objects / OBJECTS_A_POINT)


def check_document(document: Document, *, may_inspect: bool) -> None:
    """Refuses what is no operation on this schema. Raises NotBegun."""
    if document.parse_error is not None:
        raise NotBegun(with_code(document.parse_error, "GRAPHQL_PARSE_FAILED"))
    if document.excess is not None:
        raise NotBegun(refuse(*document.excess))
    if document.is_introspective and not may_inspect:
        raise NotBegun(
            refuse(
                "INTROSPECTION_NOT_ALLOWED",
                "读取接口结构须以管理人员账号登录。",
                "Reading the schema needs the account of an official; sign in with one.",
            )
        )
    if document.errors and may_inspect:
        raise NotBegun(*(with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in document.errors))
    if document.errors:  # each of them, and where it stands, says something about the schema
        raise NotBegun(
            refuse(
                "GRAPHQL_VALIDATION_FAILED",
                "文档与接口不符; 以管理人员账号登录可看到原因。",
                "The document does not fit the schema; signed in as an official one is told why.",
            )
        )


def check_writes(operation: OperationDefinitionNode, document: Document) -> int:
    """The points that the operation's writes cost. They are carried out one after the other, and a limit that counts
    requests would let one request try hundreds of passwords: so more than a few are refused."""
    if operation.operation is not OperationType.MUTATION:
        return 0
    names: Sequence[str] = root_fields(operation, document.fragments)
    if len(names) > MOST_WRITES:
        raise refuse(
            "TOO_MANY_WRITES",
            f"一个请求最多 {MOST_WRITES} 项写操作, 现有 {len(names)} 项。",
            f"A request carries out at most {MOST_WRITES} writes; this one asks for {len(names)}.",
        )
    return sum(SIGN_IN_POINTS if name in GUESSES else WRITE_POINTS for name in names)


def not_registered() -> GraphQLError:
    return refuse(
        "OPERATION_NOT_REGISTERED",
        "此账号只能发送已登记的操作; 请原样使用应用自带的操作文档, 或请管理员登记 (DANGJIAN_OPERATIONS)。",
        "This account may send registered operations only: send the app's documents as they stand, or have the "
        "administrator register yours (DANGJIAN_OPERATIONS).",
    )


def without_names(error: GraphQLError, request: Request, *, may_inspect: bool) -> GraphQLError:
    """The error of a variable's value, without what it suggests instead of a wrong name; a stranger is not even told
    what the value's parts are called."""
    if may_inspect:
        return error
    if request.viewer.value("account") is not None:
        return GraphQLError(error.message.partition(" Did you mean ")[0], nodes=error.nodes)
    return refuse(
        "BAD_USER_INPUT", "变量的值与其类型不符。", "The value of a variable does not fit its type."
    )


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """`code` is for errors of graphql-core, which have none."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def unanswered(*errors: GraphQLError) -> bytes:
    return orjson.dumps({"data": None, "errors": [error.formatted for error in errors]})


def _payer(request: Request) -> str:
    """The account; of nobody the address, of IPv6 the network, since one sender has many of those."""
    account = request.viewer.value("account")
    if account is not None:
        return str(account)
    address = sender.get().address or ""
    if ":" not in address:
        return address
    try:
        whole = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(whole, IPv6Address) and whole.ipv4_mapped is None:
        return whole.exploded[:19]
    return str(getattr(whole, "ipv4_mapped", None) or whole)
