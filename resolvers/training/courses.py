"""Courses (课程) of a county: the list, and the one that a write names or brings along."""

from typing import Any
from uuid import UUID

from resolvers.access import AccountViewer, Act
from resolvers.compiler.sources import Many
from resolvers.counties import BY_CODE
from resolvers.reach import reach_values
from resolvers.refusals import Refusals
from runtime.database import connection
from runtime.identifiers import new_id

LONGEST_TITLE, LONGEST_FORM = 120, 30  # what the columns hold
MOST_HOURS = 1000
COLUMNS = "id, county_id, title, form, hours"

courses = Many(
    "course",
    f"{{row}}.{BY_CODE}",
    order={"title": "text", "id": "uuid"},
    filters={"search": "strpos(lower({row}.title), lower(trim({search}))) > 0"},
)
sessions = Many(
    "course_session",
    "{row}.course_id = {parent}.id",
    order={"started_on": "date", "id": "uuid"},
    descending=True,
)


async def course_for(
    viewer: AccountViewer, county_id: UUID, course_id: str | None, new_course: dict[str, Any] | None
) -> dict[str, Any] | None:
    """The course's row: the new one, or the county's one of that title; by its id, or None where it has none."""
    if new_course is None:
        columns = ", ".join(f"target.{column}" for column in COLUMNS.split(", "))
        found = await reach_values(viewer, Act.RECORD_TRAINING, "course", course_id, columns)
        return found if found and found["county_id"] == county_id else None
    title, form = new_course["title"].strip(), new_course["form"].strip()
    await connection().execute_query_dict(
        "INSERT INTO course (id, county_id, title, form, hours) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (county_id, title) DO NOTHING",
        [new_id(), county_id, title, form, new_course["hours"]],
    )
    (row,) = await connection().execute_query_dict(
        f"SELECT {COLUMNS} FROM course WHERE county_id = $1 AND title = $2", [county_id, title]
    )
    return dict(row)


def check_new_course(new_course: dict[str, Any], refusals: Refusals) -> None:
    if not new_course["title"].strip() or not new_course["form"].strip():
        refusals.add(
            "COURSE_UNNAMED",
            "课程名称和形式不能为空, 请填写。",
            "A course needs a title and a form; give both.",
        )
    if len(new_course["title"]) > LONGEST_TITLE or len(new_course["form"]) > LONGEST_FORM:
        refusals.add(
            "TEXT_TOO_LONG",
            f"课程名称不超过 {LONGEST_TITLE} 个字, 形式不超过 {LONGEST_FORM} 个字, 请改短。",
            f"A title has at most {LONGEST_TITLE} characters, a form at most {LONGEST_FORM}; shorten it.",
        )
    check_hours(new_course["hours"], refusals)


def check_hours(hours: float, refusals: Refusals) -> None:
    if not 0 < hours <= MOST_HOURS:
        refusals.add(
            "HOURS_OUT_OF_BOUNDS",
            f"学时须大于 0, 不超过 {MOST_HOURS}, 请核对。",
            f"Hours must be over 0 and at most {MOST_HOURS}; check them.",
        )


def no_such_course(refusals: Refusals) -> None:
    refusals.add(
        "COURSE_NOT_FOUND",
        "没有找到本县的这门课程, 请在课程列表中选择或用 newCourse 新建。",
        "There is no such course of the county; choose one of the list, or give newCourse.",
    )
