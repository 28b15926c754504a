"""The rule packs in force for a county (规则包), as officials read them, and what was decided about them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from plugins.registry import Pack, Rules
from plugins.timeline import Timeline
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row, Rows


def _packs(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    answers = []
    for row in rows:
        timeline, on = request.app.rules.of(row["code"]).rules, date.fromisoformat(row["on"])
        rules = timeline.on(on)
        answers.append([_pack(pack, rules, timeline, on) for pack in rules.packs])
    return answers


def _pack(pack: Pack, rules: Rules, timeline: Timeline, on: date) -> dict[str, Any]:
    manifest = pack.manifest
    is_national = manifest.county is None
    active_from, active_until = (manifest.effective_from, None) if is_national else timeline.span(on)
    return {
        "id": manifest.id,
        "name": manifest.name,
        "version": manifest.version,
        "effective_from": manifest.effective_from.isoformat(),
        "active_from": active_from.isoformat() if active_from else None,
        "active_until": active_until.isoformat() if active_until else None,
        "sources": [{"title": source.title, "section": source.section} for source in manifest.sources],
        "rules": [
            {
                "code": rule.code,
                "title": rule.title,
                "modality": str(rule.modality),
                "citation": rule.citation,
                "parameters": [
                    {
                        "name": parameter.name,
                        "value": float(parameter.value),
                        "unit": parameter.unit,
                        "description": parameter.description,
                    }
                    for parameter in rules.parameters_of(rule)
                ],
            }
            for rule in manifest.rules
        ],
    }


rule_packs = Computed({"code": "{row}.code", "on": "COALESCE({on}, {today})"}, _packs)
rule_pack_activations = Rows(
    "SELECT a.* FROM rule_pack_activation a "
    "WHERE a.county_id = {row}.id AND ({visible:rule_pack_activation a}) "
    "ORDER BY a.active_from DESC, a.recorded_at DESC"
)
