"""Findings of rule packs (规则包的判断结果) as they are stored and answered."""

from typing import Any


def as_row(finding: Any) -> dict[str, Any]:
    """A finding as it is stored and answered."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "citation": finding.citation,
        "proposes": str(finding.proposes) if finding.proposes else None,
        "rule_pack": finding.rule_pack,
        "rule_version": finding.rule_version,
    }
