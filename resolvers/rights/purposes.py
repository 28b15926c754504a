"""What a masked value may be revealed for (查阅目的), and to which role: value -> purpose -> roles."""

from collections.abc import Mapping
from enum import StrEnum

from models.choices import Role


class Purpose(StrEnum):
    """Why somebody needs a masked value (查阅目的)."""

    CONTACT = "CONTACT"  # 联系党员
    VERIFY_IDENTITY = "VERIFY_IDENTITY"  # 核实身份
    TRANSFER = "TRANSFER"  # 转接组织关系
    QUALIFICATION_REVIEW = "QUALIFICATION_REVIEW"  # 资格审查
    CARE = "CARE"  # 走访慰问
    INSPECTION = "INSPECTION"  # 上级检查
    EMERGENCY = "EMERGENCY"  # 应急处置


_LEADERS = frozenset({Role.OFFICE, Role.TOWN, Role.SECRETARY})
_OFFICE = frozenset({Role.OFFICE})
_IN_EMERGENCY = frozenset({Role.EMERGENCY})
_TO_REACH_HIM: Mapping[Purpose | None, frozenset[Role]] = {
    Purpose.CONTACT: _LEADERS,
    Purpose.CARE: _LEADERS,
    Purpose.TRANSFER: frozenset({Role.OFFICE, Role.TOWN}),
    Purpose.EMERGENCY: _IN_EMERGENCY,
}

REVEALS: Mapping[str, Mapping[Purpose | None, frozenset[Role]]] = {
    "Member.idNumber": {
        Purpose.VERIFY_IDENTITY: _OFFICE,
        Purpose.TRANSFER: _OFFICE,
        Purpose.QUALIFICATION_REVIEW: _OFFICE,
        Purpose.INSPECTION: _OFFICE,
        Purpose.EMERGENCY: _IN_EMERGENCY,
    },
    "Member.phone": _TO_REACH_HIM,
    "Member.address": _TO_REACH_HIM,
    "FloatingMember.contact": _TO_REACH_HIM,
}
