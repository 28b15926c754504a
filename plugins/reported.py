"""Reads a pack's reported.toml (公开报道数字) and refuses whatever is not exactly right."""

from collections.abc import Mapping
from typing import Any

from plugins.contract import ReportedFigure
from plugins.table import Table


def read_reported(pack_id: str, data: Mapping[str, Any]) -> tuple[ReportedFigure, ...]:
    table = Table(pack_id, "reported.toml", data)
    figures = tuple(_figure(each) for each in table.listed("figures"))
    table.done()
    known = [(each.year, each.key) for each in figures]
    for year, key in known:
        if known.count((year, key)) > 1:
            table.fail(f"figure {key!r} of {year} stands twice")
    return figures


def _figure(table: Table) -> ReportedFigure:
    return table.made(
        ReportedFigure(
            year=int(table.number("year")),
            key=table.text("key"),
            label=table.text("label"),
            value=table.number("value"),
            unit=table.text("unit"),
            is_rounded_down=table.flag("is_rounded_down", default=False),
            quote=table.text("quote"),
            source=table.text("source"),
        )
    )
