"""Types without resolvers of their own."""

from datetime import date, datetime

import strawberry


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Clarity:
    clear: int
    total: int


@strawberry.type
class Duty:
    kind: str
    title: str
    due_on: str
    overdue: bool


@strawberry.type
class TrainingYear:
    year: int
    required_hours: float
    completed_hours: float
    met: bool


@strawberry.type
class ThemeDay:
    id: strawberry.ID
    theme: str | None = None
    held_on: date | None = None
    status: str | None = None
    attended: bool | None = None
    attendance_count: int | None = None
    attendance_rate: float | None = None


@strawberry.type
class Person:
    """Whoever is only named."""

    id: strawberry.ID
    name: str
    phone: str | None = None


@strawberry.type
class Attendance:
    id: strawberry.ID
    checked_in_at: datetime
    method: str | None
    theme_day: ThemeDay | None = None
    member: Person | None = None


@strawberry.type
class AttendanceEdge:
    node: Attendance


@strawberry.type
class AttendanceConnection:
    edges: list[AttendanceEdge]


@strawberry.type
class Branch:
    """Whichever is only named."""

    id: strawberry.ID
    name: str


@strawberry.input
class CheckInInput:
    theme_day_id: strawberry.ID
    method: str
    member_id: strawberry.ID | None = None


@strawberry.type
class Refusal:
    code: str
    message: str
    citation: str | None


@strawberry.type
class CheckInPayload:
    attendance: Attendance | None
    theme_day: ThemeDay | None
    refusals: list[Refusal]
