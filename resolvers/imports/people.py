"""The members and organizations that rows name, and why a name may not stand."""

from datetime import date

from models.choices import OrganizationKind
from resolvers.imports import cells
from resolvers.imports.facts import Facts, KnownMember, KnownOrganization
from resolvers.imports.problems import ProblemCode
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Row
from runtime import idcard
from runtime.masks import masked_cell

NAME = Column("姓名", cells.person_name)
ID_NUMBER = Column("身份证号", cells.number_in_full, mask=masked_cell)

KINDS = {
    "党委": OrganizationKind.COMMITTEE,
    "党总支": OrganizationKind.GENERAL_BRANCH,
    "党支部": OrganizationKind.BRANCH,
    "临时党支部": OrganizationKind.TEMPORARY_BRANCH,
    "党小组": OrganizationKind.GROUP,
    "总支": OrganizationKind.GENERAL_BRANCH,
    "支部": OrganizationKind.BRANCH,
    "临时支部": OrganizationKind.TEMPORARY_BRANCH,
}
KIND_NAMES = {str(kind): name for name, kind in reversed(KINDS.items())}


def member_of(row: Row, facts: Facts) -> KnownMember | None:
    """The member whom the row names by identity number and name, or None with the reason noted."""
    number, name = row[ID_NUMBER], row[NAME]
    if number is None:
        return None
    member = facts.member_with(number)
    if member is None:
        row.refuse(ID_NUMBER, _why_unknown(number, name, facts))
    elif name is not None and name != member.name:
        row.refuse(NAME, RowProblem.NAME_MISMATCH, expected=member.name)
    return member


def check_lifetime(row: Row, column: Column[date], member: KnownMember | None) -> None:
    """Nothing happens to somebody before his birth: such a date is a slip of the pen, or of the person."""
    day = row[column]
    if member and day and day < member.born_on:
        row.refuse(column, RowProblem.BEFORE_BIRTH, born=member.born_on)


def organization_of(row: Row, column: Column[str], facts: Facts) -> KnownOrganization | None:
    """The organization whose code stands in the column, or None with the reason noted."""
    code = row[column]
    if code is None:
        return None
    organization = facts.organizations.get(code)
    if organization is None:
        is_refused = code in facts.refused.organizations
        row.refuse(column, RowProblem.ORGANIZATION_REFUSED if is_refused else RowProblem.ORGANIZATION_UNKNOWN)
    return organization


def standing_organization_of(row: Row, column: Column[str], facts: Facts) -> KnownOrganization | None:
    """The same for whom or what is there now: an organization that was merged or dissolved takes nobody in."""
    organization = organization_of(row, column, facts)
    if organization is not None and organization.is_dissolved:
        row.refuse(column, RowProblem.ORGANIZATION_DISSOLVED)
        return None
    return organization


def _why_unknown(number: str, name: str | None, facts: Facts) -> ProblemCode:
    if number in facts.refused.id_numbers:
        return RowProblem.MEMBER_REFUSED
    try:
        born = idcard.birth_date_of(idcard.normalized(number))
    except idcard.WrongIdentityNumber:
        return _what_is_wrong(number)
    is_refused = name is not None and (name, born) in facts.refused.people
    return RowProblem.MEMBER_REFUSED if is_refused else RowProblem.MEMBER_UNKNOWN


def _what_is_wrong(number: str) -> ProblemCode:
    try:
        cells.id_number(number)
    except cells.WrongCell as wrong:
        return wrong.code
    return RowProblem.MEMBER_UNKNOWN
