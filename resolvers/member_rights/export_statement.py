"""One statement for everything that is held about a member, made from the models: a new table is in it by itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tortoise import Tortoise
from tortoise.models import Model

from models.sealed_columns import SEALED_COLUMNS, SealedColumn
from resolvers.compiler.request import Request
from resolvers.compiler.statement import Scope, Statement
from resolvers.member_rights.export_scope import (
    CHOSEN,
    EXCEPTIONS,
    GIVEN_AS,
    NAMES,
    OF_HIS_ACCOUNT,
    TITLES,
    WITHHELD,
)

ROOT, ACCOUNT = "member", "account"
SEALED_MARK = "~sealed"
SEALED: Mapping[tuple[str, str], SealedColumn] = {(one.table, one.column): one for one in SEALED_COLUMNS}
# Beside a value that is decrypted, its hash and its mask say nothing.
BESIDE_SEALED = {
    f"{one.table}.{one.column.removesuffix('_sealed')}_{kind}"
    for one in SEALED_COLUMNS
    for kind in ("hash", "masked")
}


@dataclass(frozen=True)
class Exported:
    """A table of the export: by which of its columns it leads to rows of tables that stand before it."""

    model: type[Model]
    keys: tuple[tuple[str, str], ...]  # (column, table)

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def title(self) -> str:
        """The Chinese term of the model's docstring."""
        if self.name in TITLES:
            return TITLES[self.name]
        found = re.search(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)", self.model.__doc__ or "")
        return found[1].partition(";")[0] if found else self.name


def models() -> list[type[Model]]:
    apps = Tortoise.apps
    assert apps is not None
    return list(apps["models"].values())


def foreign_keys(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Column and table of each foreign key."""
    meta = model._meta
    for name in sorted(meta.fk_fields | meta.o2o_fields):
        relation = meta.fields_map[name]
        yield str(relation.source_field), relation.related_model._meta.db_table  # type: ignore[attr-defined]


def exported_tables() -> dict[str, Exported]:
    """The member's record first, then what leads to it, then what leads to that."""
    (root,) = (model for model in models() if model._meta.db_table == ROOT)
    found = {ROOT: Exported(root, ())}
    while True:
        new = {
            model._meta.db_table: Exported(model, keys)
            for model in models()
            if model._meta.db_table not in found and (keys := _keys_to(model, found))
        }
        if not new:
            return found
        found |= dict(sorted(new.items()))


def is_followed(table: str, column: str, target: str) -> bool:
    key = f"{table}.{column}"
    return key in OF_HIS_ACCOUNT if target == ACCOUNT else key not in EXCEPTIONS


def _keys_to(model: type[Model], found: Mapping[str, Exported]) -> tuple[tuple[str, str], ...]:
    table = model._meta.db_table
    return tuple(
        (column, target)
        for column, target in foreign_keys(model)
        if target in found and is_followed(table, column, target)
    )


@dataclass(frozen=True)
class ExportStatement:
    """The SQL, whose answer is a JSON object of table -> rows, and what is bound into it."""

    sql: str
    values: list[object]


def export_statement(request: Request) -> ExportStatement:
    """For the member whose account asks."""
    statement = Statement()
    me = statement.bind("me", "uuid", lambda asking: asking.viewer.value("member"))
    tables = exported_tables()
    columns = ", ".join(
        f"(SELECT COALESCE(json_agg(o), '[]') FROM (SELECT {_columns(statement, request, one, tables)} "
        f'FROM "{one.name}" row_of WHERE {_rows(one, tables, me, "row_of")} ORDER BY row_of.{_key(one)}) o) '
        f'AS "{one.name}"'
        for one in tables.values()
    )
    sql = f"SELECT row_to_json(answer)::text FROM (SELECT {columns}) answer"
    return ExportStatement(sql, statement.values(request))


def _rows(one: Exported, tables: Mapping[str, Exported], me: str, row: str) -> str:
    """Which rows are about him: a condition on `row`."""
    if one.name == ROOT:
        return f"{row}.id = {me}"
    if one.name in CHOSEN:
        accounts = f"SELECT h.id FROM account h WHERE h.member_id = {me}"
        return f"({CHOSEN[one.name].format(row=row, me=me, accounts=accounts)})"
    ways = []
    for column, target in one.keys:
        above = tables[target]
        inner = f"{row}_"  # each level its own name
        ways.append(
            f'{row}.{column} IN (SELECT {inner}.{_key(above)} FROM "{target}" {inner} '
            f"WHERE {_rows(above, tables, me, inner)})"
        )
    return f"({' OR '.join(ways)})"


def _columns(statement: Statement, request: Request, one: Exported, tables: Mapping[str, Exported]) -> str:
    relations = dict(foreign_keys(one.model))
    given = []
    for column in one.model._meta.fields_db_projection.values():
        key = f"{one.name}.{column}"
        if key in WITHHELD or key in BESIDE_SEALED:
            continue
        if (one.name, column) in SEALED:
            given.append(_sealed(SEALED[one.name, column]))
        elif column in relations:
            target = relations[column]
            given.append(
                f'{_name_of(statement, request, column, target, tables)} AS "{column.removesuffix("_id")}"'
            )
        else:
            form = GIVEN_AS.get(key, f"{{row}}.{column}")
            given.append(f'{Scope(statement, request, row="row_of").write(form)} AS "{column}"')
    return ", ".join(given)


def _sealed(column: SealedColumn) -> str:
    """What Python decrypts afterwards: label, owner and the value."""
    return (
        f"CASE WHEN row_of.{column.column} IS NOT NULL THEN json_build_object('{SEALED_MARK}', '{column.label}', "
        f"'owner', row_of.{column.owner}, 'value', encode(row_of.{column.column}, 'base64')) END "
        f'AS "{column.column.removesuffix("_sealed")}"'
    )


def _name_of(
    statement: Statement, request: Request, column: str, target: str, tables: Mapping[str, Exported]
) -> str:
    if target == ROOT:
        visible = Scope(statement, request).visible("member", "named")
        return f"(SELECT named.name FROM member named WHERE named.id = row_of.{column} AND ({visible}))"
    if target in NAMES:
        return f'(SELECT named.{NAMES[target]} FROM "{target}" named WHERE named.id = row_of.{column})'
    return f"row_of.{column}" if target in tables else "NULL"


def _key(one: Exported) -> str:
    return str(one.model._meta.db_pk_column)
