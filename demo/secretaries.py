"""书记: each branch has one of its own full members; towns and committees name none in the file. 村委会主任: in most
villages the same person (一肩挑), in the others another member."""

from collections import defaultdict
from random import Random

from demo.figures import ONE_SHOULDER
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


def choose_village_heads(
    branches: list[Organization], secretaries: dict[str, str], members: list[Member], random: Random
) -> dict[str, str]:
    """Identity numbers by the code of the village's branch."""
    villages = [branch.code for branch in branches if branch.field == "行政村"]
    both = set(random.sample(villages, ONE_SHOULDER))
    others: dict[str, list[str]] = defaultdict(list)
    for member in members:
        if member.confirmed_on and member.number != secretaries[member.branch]:
            others[member.branch].append(member.number)
    return {code: secretaries[code] if code in both else random.choice(others[code]) for code in villages}


def _is_fitting(member: Member, branch: Organization) -> bool:
    was_confirmed = member.confirmed_on is not None and member.confirmed_on <= branch.elected_on
    return was_confirmed and member.born.year > 1960
