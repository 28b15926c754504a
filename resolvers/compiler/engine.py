"""Executing operations: plans for plain reads, graphql-core for the rest, both over the same statements."""

import dataclasses
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.compiler.document import Document, read_document
from resolvers.compiler.errors import refuse
from resolvers.compiler.finish import object_shape
from resolvers.compiler.measure import root_fields
from resolvers.compiler.plan import Compiler, Plan, PythonName, Sources
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.selection import Selected, Selection
from resolvers.compiler.sources import Reference
from runtime.language import reader_language

MOST_OBJECTS = (
    20_000  # that an answer may hold: the largest page of a review with all that is asked of a check
)
DOCUMENTS_KEPT = 500
PLANS_KEPT = 2000
LONGEST_KEPT = (
    100_000  # characters of SQL; longer plans are made anew, so that kept ones cannot fill the memory
)


class Reader(Protocol):
    async def fetch_json(self, sql: str, values: list[Any]) -> str: ...

    def opened(self, text: str, owner: Any) -> str:
        """The text with the owner's encrypted values, which stand between marks, in clear."""


class Engine:
    def __init__(
        self, schema: GraphQLSchema, reader: Reader, sources: Sources, python_name: PythonName
    ) -> None:
        self.schema = schema
        self._reader = reader
        self._sources = sources
        self._python_name = python_name
        self._kept: dict[str, Document] = {}
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._plans: OrderedDict[Any, Plan] = OrderedDict()
        self.on_read: Callable[[Request, int], None] = lambda request, objects: None
        """Called before each statement with the number of objects that it may answer."""
        self.on_written: Callable[[Request, str, Payload], Awaitable[None]] = _nothing_more
        """Called with what a write came to, before it is answered; when this fails, so does the request."""

    def knows(self, text: str) -> bool:
        """Whether the document was read already, so that it costs no work to read it again."""
        return text in self._kept or text in self._documents

    def keep(self, text: str) -> Document:
        """The document, which from now on stays, however many others come."""
        self._kept[text] = document = self.document(text)
        return document

    def document(self, text: str) -> Document:
        known = self._kept.get(text)
        if known is not None:
            return known
        known = self._documents.get(text)
        if known is not None:
            self._documents.move_to_end(text)
            return known
        document = read_document(self.schema, text)
        _remember(self._documents, text, document, DOCUMENTS_KEPT)
        return document

    def variables(self, operation: OperationDefinitionNode, given: dict[str, Any]) -> VariableValues:
        """The coerced variables. Raises the first error of a value that its type does not take."""
        values = get_variable_values(self.schema, operation.variable_definitions or (), given, max_errors=1)
        if isinstance(values, list):
            raise values[0]
        return values

    def is_plain_read(self, document: Document, operation: OperationDefinitionNode) -> bool:
        """Whether one statement can answer: a query all of whose root fields have a source."""
        if operation.operation is not OperationType.QUERY:
            return False
        names = root_fields(operation, document.fragments)
        return all(name == "__typename" or ("Query", name) in self._sources for name in names)

    async def read(self, document: Document, operation: OperationDefinitionNode, request: Request) -> bytes:
        """The `data` of a plain read, as JSON."""
        key = (
            document.text,
            operation.name.value if operation.name else None,
            request.viewer.shape,
            tuple((name, _shape(value)) for name, value in request.variables.items()),
            reader_language.get(),
        )
        plan = self._plans.get(key)
        if plan is None:
            selection = Selection(self.schema, document.fragments, request.variables)
            root = self.schema.query_type
            assert root is not None
            plan = self._compile(root, selection.fields(root, [operation.selection_set]), selection, request)
            if len(plan.sql) <= LONGEST_KEPT:
                _remember(self._plans, key, plan, PLANS_KEPT)
        else:
            self._plans.move_to_end(key)
        text = await self._fetch(plan, request)
        if not plan.finishers:
            return text.encode()
        return orjson.dumps(await _finish(plan, text, request))

    async def read_field(self, info: Any, request: Request) -> Any:
        """One root field for graphql-core: its value as rows keyed by response keys."""
        request = dataclasses.replace(request, variables=_coerced(info.variable_values))
        selection = Selection(self.schema, _fragments(info), request.variables)
        key = info.path.key
        plan = self._compile(info.parent_type, {key: list(info.field_nodes)}, selection, request, marked=True)
        answer = await _finish(plan, await self._fetch(plan, request), request)
        return answer[key]

    async def read_payload(self, info: Any, request: Request, payload: dict[str, Any]) -> dict[str, Any]:
        """What a write or an event answers: rows by reference in one statement, plain values as they are."""
        viewer = payload.get("viewer_now", request.viewer)
        variables = _coerced(info.variable_values)
        request = dataclasses.replace(request, viewer=viewer, variables=variables, payload=payload)
        selection = Selection(self.schema, _fragments(info), variables)
        type_ = info.return_type
        while not isinstance(type_, GraphQLObjectType):
            type_ = type_.of_type
        selected = selection.fields(type_, selection.below(list(info.field_nodes)))
        rows = {key: found for key, found in selected.items() if self._is_row(type_, found)}
        plain = {key: found for key, found in selected.items() if key not in rows}
        shape = object_shape(selection, type_, plain, self._python_name)
        answer: dict[str, Any] = shape.project(payload, variables)
        if rows:
            plan = self._compile(type_, rows, selection, request)
            answer |= await _finish(plan, await self._fetch(plan, request), request)
        return answer

    def _is_row(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> bool:
        return isinstance(self._sources.get((type_.name, nodes[0].name.value)), Reference)

    def _compile(
        self,
        root: GraphQLObjectType,
        selected: Selected,
        selection: Selection,
        request: Request,
        *,
        marked: bool = False,
    ) -> Plan:
        compiler = Compiler(selection, request, self._sources, self._python_name, marked=marked)
        return compiler.plan(root, selected)

    async def _fetch(self, plan: Plan, request: Request) -> str:
        self.on_read(request, affordable(plan.cost.objects(request.variables)))
        text = await self._reader.fetch_json(plan.sql, plan.statement.values(request))
        return self._reader.opened(text, request.viewer.value("member")) if plan.is_sealed else text


def affordable(objects: int) -> int:
    """The number of objects, when it is not more than may be asked for at once."""
    if objects > MOST_OBJECTS:
        raise refuse(
            "TOO_COSTLY",
            f"查询可能返回 {objects} 个对象, 超过上限 {MOST_OBJECTS}, 请减小每页条数。",
            f"The query may answer {objects} objects, more than {MOST_OBJECTS}; ask for smaller pages.",
        )
    return objects


async def _finish(plan: Plan, text: str, request: Request) -> Any:
    answer = orjson.loads(text)
    for finisher in plan.finishers:
        await finisher.finish(answer, request)
    return answer


def attach(schema: GraphQLSchema, engine: Engine, sources: Sources) -> None:
    """Give graphql-core the compiled rows: roots read by the engine, everything below by its response key."""

    async def read_root(_root: Any, info: Any, **_arguments: Any) -> Any:
        return await engine.read_field(info, info.context)

    def read_answer(act: Callable[..., Any]) -> Callable[..., Any]:
        async def answer(root: Any, info: Any, **arguments: Any) -> Any:
            payload = await act(root, info, **arguments)
            await engine.on_written(info.context, info.field_name, payload)
            return await engine.read_payload(info, info.context, payload)

        return answer

    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        type_.is_type_of = None
        for name, field in type_.fields.items():
            if type_ in (schema.query_type, schema.subscription_type):
                # An event only says that there is something new; what it is, is read afresh.
                if (type_.name, name) in sources:
                    field.resolve = read_root
            elif type_ is schema.mutation_type:
                field.resolve = read_answer(field.resolve)
            elif type_.name != "_Service":
                field.resolve = _by_response_key


async def _nothing_more(_request: Request, _field_name: str, _payload: Payload) -> None:
    pass


def _by_response_key(row: Any, info: Any, **_arguments: Any) -> Any:
    return row[info.path.key]


def _coerced(values: Any) -> dict[str, Any]:
    return dict(getattr(values, "coerced", values))


def _fragments(info: Any) -> dict[str, FragmentDefinitionNode]:
    return {name: getattr(found, "definition", found) for name, found in info.fragments.items()}


def _shape(value: Any) -> Any:
    """What of a variable's value a plan depends on: whether it is given, and what a switch says."""
    return value if value is None or isinstance(value, bool) else "given"


def _remember(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)
