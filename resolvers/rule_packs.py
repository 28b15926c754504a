"""The rule packs in force for a county (规则包), as officials read them."""

from collections.abc import Sequence
from typing import Any

from plugins.registry import Pack, Rules
from resolvers.compiler.request import Request
from resolvers.compiler.sources import Computed, Row


def _packs(rows: Sequence[Row], request: Request) -> list[list[dict[str, Any]]]:
    answers = []
    for row in rows:
        rules = request.app.rules.of(row["code"]).rules
        answers.append([_pack(pack, rules) for pack in rules.packs])
    return answers


def _pack(pack: Pack, rules: Rules) -> dict[str, Any]:
    manifest = pack.manifest
    return {
        "id": manifest.id,
        "name": manifest.name,
        "version": manifest.version,
        "effective_from": manifest.effective_from.isoformat(),
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


rule_packs = Computed({"code": "{row}.code"}, _packs)
