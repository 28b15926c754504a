"""书记: each branch has one of its own full members; towns and committees name none in the file."""

from collections import defaultdict
from random import Random

from demo.members import Member
from demo.organizations import Organization


def choose_secretaries(branches: list[Organization], members: list[Member], random: Random) -> dict[str, str]:
    """Identity numbers by the code of the branch: one who was confirmed by the election, and is under 60
    in 2020, where there is one."""
    full: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if member.confirmed_on:
            full[member.branch].append(member)
    chosen = {}
    for branch in branches:
        fitting = [member for member in full[branch.code] if _is_fitting(member, branch)]
        chosen[branch.code] = random.choice(fitting or full[branch.code]).number
    return chosen


def _is_fitting(member: Member, branch: Organization) -> bool:
    was_confirmed = member.confirmed_on is not None and member.confirmed_on <= branch.elected_on
    return was_confirmed and member.born.year > 1960
