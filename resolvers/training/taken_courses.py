"""A course as it was taken: what is given to record it, and what of that cannot be."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from resolvers.refusals import Refusals
from resolvers.training.courses import MOST_HOURS, check_new_course
from runtime.clock import today

MOST_MEMBERS = 500


@dataclass(frozen=True)
class Taken:
    """A course as it was taken: one of `course_id`, `new_course`, `session_id`, and who took it."""

    completed_on: date
    course_id: str | None = None
    new_course: dict[str, Any] | None = None
    session_id: str | None = None
    started_on: date | None = None
    days: float | None = None
    half_days: int | None = None
    member_ids: list[str] | None = None
    organization_id: str | None = None
    hours_spent: list[tuple[str, float]] = field(default_factory=list)


def faults_of(taken: Taken) -> Refusals:
    refusals = Refusals()
    if [taken.course_id, taken.new_course, taken.session_id].count(None) != 2:
        refusals.add(
            "COURSE_MISSING",
            "请给出 courseId、newCourse、sessionId 其中之一。",
            "Give one of courseId, newCourse and sessionId.",
        )
    if taken.new_course is not None:
        check_new_course(taken.new_course, refusals)
    if taken.completed_on > today():
        refusals.add(
            "IN_THE_FUTURE",
            f"{taken.completed_on} 晚于今天, 请在完成后登记。",
            f"{taken.completed_on} is in the future; record the course when it is over.",
        )
    if taken.organization_id is None and not 1 <= len(taken.member_ids or ()) <= MOST_MEMBERS:
        too_many(refusals)
    if taken.organization_id is not None and taken.member_ids is not None:
        refusals.add(
            "MEMBERS_NAMED_TWICE",
            "memberIds 和 organizationId 只能给出一个。",
            "Give either memberIds or organizationId.",
        )
    if any(not 0 <= time <= MOST_HOURS for _, time in taken.hours_spent):
        refusals.add(
            "HOURS_OUT_OF_BOUNDS",
            f"实际学时须在 0 到 {MOST_HOURS} 之间, 请核对。",
            f"Hours spent are from 0 to {MOST_HOURS}; check them.",
        )
    return refusals


def too_many(refusals: Refusals) -> None:
    refusals.add(
        "TOO_MANY_MEMBERS",
        f"一次登记 1 到 {MOST_MEMBERS} 人, 请分批登记。",
        f"Record for 1 to {MOST_MEMBERS} members at a time; do it in parts.",
    )
