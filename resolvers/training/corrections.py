"""Correcting and withdrawing a training record (更正、撤回培训记录); the audit trail keeps what was."""

from datetime import date
from typing import Any

from models import Course, CourseSession, Member, TrainingRecord
from plugins.hours import hours_of_days
from resolvers.access import Act, who_asks
from resolvers.audit import append_audit
from resolvers.compiler.request import Payload, Request
from resolvers.compiler.sources import Reference
from resolvers.reach import reach
from resolvers.refusals import Refusals, refused
from resolvers.rules import county_rules
from resolvers.training.courses import MOST_HOURS, check_hours
from runtime.clock import today
from runtime.database import unit_of_work

LONGEST_REASON = 400

corrected = Reference("training_record")
withdrawn_from = Reference("member")


async def correct_training_record(
    request: Request,
    record_id: str,
    hours: float | None,
    completed_on: date | None,
    hours_spent: float | None,
    reason: str,
) -> Payload:
    """Change what is given of hours, day and time spent; None leaves a value as it is."""
    viewer = who_asks(request)
    refusals = _faults(hours, completed_on, hours_spent, reason)
    async with unit_of_work():
        record = await reach(viewer, Act.RECORD_TRAINING, TrainingRecord, record_id)
        if record is None:
            return {"record": None, "refusals": _not_found()}
        # Whoever records for the member waits here, so that no record of the new day comes in between.
        await Member.filter(id=record.member_id).select_for_update(no_key=True).get()
        given = {"hours": hours, "completed_on": completed_on, "hours_spent": hours_spent}
        before = {
            name: getattr(record, name)
            for name, value in given.items()
            if value is not None and value != getattr(record, name)
        }
        if not before and not refusals:
            refusals.add(
                "NOTHING_CHANGED",
                "与原记录相同, 没有要更正的内容; 请给出不同的学时、日期或实际学时。",
                "The record says so already; give other hours, another day or another time spent.",
            )
        session = await CourseSession.get_or_none(id=record.session_id) if record.session_id else None
        if completed_on is not None:
            await _check_day(record, session, completed_on, refusals)
        if hours is not None and record.hours < hours <= MOST_HOURS:
            await _check_whole(request, record, session, hours, refusals)
        if refusals:
            return {"record": record.id, "refusals": refusals.rows}
        for name in before:
            setattr(record, name, given[name])
        await record.save(update_fields=list(before))
        await append_audit(
            viewer,
            action="CORRECT_TRAINING_RECORD",
            subject_type="TrainingRecord",
            subject_id=record.id,
            county_id=record.county_id,
            detail={
                "before": _plain(before),
                "after": _plain({name: given[name] for name in before}),
                "reason": reason.strip(),
            },
        )
    return {"record": record.id, "refusals": []}


async def withdraw_training_record(request: Request, record_id: str, reason: str) -> Payload:
    """Take a record back that should not be there; whoever took the course may be recorded anew."""
    viewer = who_asks(request)
    refusals = _faults(None, None, None, reason)
    async with unit_of_work():
        record = await reach(viewer, Act.RECORD_TRAINING, TrainingRecord, record_id)
        if record is None:
            return {"member": None, "refusals": _not_found()}
        if refusals:
            return {"member": record.member_id, "refusals": refusals.rows}
        await record.delete()
        await append_audit(
            viewer,
            action="WITHDRAW_TRAINING_RECORD",
            subject_type="TrainingRecord",
            subject_id=record.id,
            county_id=record.county_id,
            detail={
                "before": _plain({name: getattr(record, name) for name in KEPT}),
                "reason": reason.strip(),
            },
        )
    return {"member": record.member_id, "refusals": []}


KEPT = (
    *("member_id", "course_id", "session_id", "form", "hours"),
    *("started_on", "completed_on", "hours_spent"),
)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        name: value if value is None or isinstance(value, float) else str(value)
        for name, value in values.items()
    }


async def _check_whole(
    request: Request, record: TrainingRecord, session: CourseSession | None, hours: float, refusals: Refusals
) -> None:
    """Nobody takes more than the whole of its session, or of the course where no days are known."""
    if session is not None and (session.days > 0 or session.half_days > 0):
        numbers = {
            name: float(str(county_rules(request).value(name, request.today)))
            for name in ("training.day_hours", "training.half_day_hours")
        }
        whole = float(hours_of_days(session.days, session.half_days, numbers))
    else:
        whole = (await Course.get(id=record.course_id)).hours
    if hours > whole:
        refusals.add(
            "HOURS_OVER_THE_COURSE",
            f"该课程或班次共 {whole:g} 学时, 不能更正为 {hours:g}; 天数更多的请撤回后按天数重新登记。",
            f"The whole is {whole:g} hours, so the record cannot have {hours:g}; if there were more days, withdraw it "
            "and record it anew with its days.",
        )


async def _check_day(
    record: TrainingRecord, session: CourseSession | None, completed_on: date, refusals: Refusals
) -> None:
    if session is not None and not session.started_on <= completed_on <= session.ended_on:
        refusals.add(
            "OUTSIDE_THE_SESSION",
            f"该班次为 {session.started_on} 至 {session.ended_on}, 更正的日期须在其间。",
            f"The session is from {session.started_on} to {session.ended_on}; the day must lie within.",
        )
    if record.started_on is not None and completed_on < record.started_on:
        refusals.add(
            "DATES_OUT_OF_ORDER",
            f"课程 {record.started_on} 才开始, 不能在 {completed_on} 完成, 请核对。",
            f"The course began on {record.started_on} and cannot be completed on {completed_on}; check the day.",
        )
    others = TrainingRecord.filter(
        member_id=record.member_id, course_id=record.course_id, completed_on=completed_on
    )
    if await others.exclude(id=record.id).exists():
        refusals.add(
            "ALREADY_RECORDED",
            f"该党员在 {completed_on} 已有这门课程的记录; 多余的一条请用 withdrawTrainingRecord 撤回。",
            f"The member has a record of this course on {completed_on}; withdraw the one too many.",
        )


def _faults(
    hours: float | None, completed_on: date | None, hours_spent: float | None, reason: str
) -> Refusals:
    refusals = Refusals()
    if hours is not None:
        check_hours(hours, refusals)
    if hours_spent is not None and not 0 <= hours_spent <= MOST_HOURS:
        refusals.add(
            "HOURS_OUT_OF_BOUNDS",
            f"实际学时须在 0 到 {MOST_HOURS} 之间, 请核对。",
            f"Hours spent are from 0 to {MOST_HOURS}; check them.",
        )
    if completed_on is not None and completed_on > today():
        refusals.add(
            "IN_THE_FUTURE",
            f"{completed_on} 晚于今天, 请核对日期。",
            f"{completed_on} is in the future; check the day.",
        )
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        refusals.add(
            "REASON_MISSING",
            f"请说明原因, 不超过 {LONGEST_REASON} 个字。",
            f"Give the reason, in at most {LONGEST_REASON} characters.",
        )
    return refusals


def _not_found() -> list[dict[str, Any]]:
    return refused(
        "RECORD_NOT_FOUND",
        "没有找到您可以更正的培训记录, 请核对编号。",
        "There is no training record for you to correct; check the id.",
    )
