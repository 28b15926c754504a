"""The demo county Jiangxian (140826, 绛县) for 2020, as the nine files that its office would send.

`python -m demo.county DIRECTORY` writes them. Nobody in them exists."""

import sys
from pathlib import Path
from random import Random

from demo import attendances
from demo.branches_away import branches_away
from demo.clearances import clearances_sheet
from demo.committees import committees
from demo.delegates import (
    choose_delegates,
    choose_delegates_who_left,
    delegates_sheet,
    post_changes_sheet,
)
from demo.floating_members import choose_floating_members, floating_members_sheet
from demo.members import county_members, members_sheet
from demo.organizations import BRANCH, organizations_sheet
from demo.secretaries import choose_secretaries, choose_village_heads
from demo.sheets import write_csv, write_workbook
from demo.theme_days import theme_days_sheet
from demo.training_records import training_records_sheet
from demo.units import units
from demo.villages import communities, villages


def write_county(directory: Path, *, seed: int = 140826) -> None:
    """Creates the directory. The same seed gives the same bytes."""

    def chance(noun: str) -> Random:
        """Each noun has its own, so that a change to one does not make the others anew."""
        return Random(f"{seed} {noun}")

    places = chance("organizations")
    organizations = [
        *committees(places),
        *villages(places),
        *communities(places),
        *branches_away(places),
        *units(places),
    ]
    branches = [organization for organization in organizations if organization.kind == BRANCH]
    members = county_members(branches, chance("members"))
    secretaries = choose_secretaries(branches, members, chance("secretaries"))
    heads = choose_village_heads(branches, secretaries, members, chance("village heads"))
    leading = set(secretaries.values())
    records = choose_floating_members(members, leading, chance("floating members"))
    floating = {record.member.number for record in records}
    delegates = choose_delegates(members, floating, chance("delegates"))
    left = choose_delegates_who_left(delegates, chance("delegates who left"))

    directory.mkdir(parents=True, exist_ok=True)
    for sheet in (
        organizations_sheet(organizations, secretaries, heads),
        members_sheet(members, floating),
        floating_members_sheet(records),
        theme_days_sheet(organizations, chance("theme days")),
        training_records_sheet(members, leading, chance("training records")),
        delegates_sheet(delegates),
        post_changes_sheet(left, chance("post changes")),
        clearances_sheet(delegates, left, chance("clearances")),
    ):
        write_workbook(directory, sheet)
    signed = attendances.attendance_rows(members, floating, chance("attendances"))
    write_csv(directory, attendances.NAME, attendances.HEADERS, signed)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m demo.county DIRECTORY")
    write_county(Path(sys.argv[1]))
