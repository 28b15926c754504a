import strawberry

from resolvers.delegates import vacancies
from runtime.clock import today
from schema.context import Info
from schema.declare import field, root
from schema.delegates.delegates import Delegate
from schema.enums import VacancyEnd
from schema.pages import Connection
from schema.refusals import Refusal
from schema.scalars import Date


@strawberry.type(description="A seat whose delegate's standing ended (代表空缺), and how that was settled.")
class Vacancy:
    id: strawberry.ID = field("Key.")
    delegate: Delegate | None = field("Whose seat it was.", vacancies.delegate)
    opened_on: Date = field("When his standing ended (空缺日期).")
    resolution: VacancyEnd | None = field("How it ended (处理结果); null while the seat is open.")
    ended_on: Date | None = field("When it ended (处理日期).")
    decided_by: str | None = field("The body that said so (作出决定的机构).")
    reason: str | None = field("Why (理由).")
    successor: Delegate | None = field("Who was elected in his place (补选的代表).", vacancies.successor)


@strawberry.input(
    description="How a vacancy ended. Before the congress meets the electing unit holds a by-election, or the "
    "committee decides to hold none; the rules for a by-election in mid-term were not found in the sources, so the "
    "bodies' own decision is recorded as it is (届中补选的规定未查到)."
)
class EndVacancyInput:
    id: strawberry.ID = field("Which vacancy.")
    resolution: VacancyEnd = field("A by-election, or left vacant.")
    decided_by: str = field("The electing unit or the committee (作出决定的机构).")
    reason: str = field("Why (理由), at most 1,000 characters.")
    ended_on: Date | None = field(
        "When it ended (处理日期), not in the future; today without it.", default=None
    )
    successor_member_id: strawberry.ID | None = field(
        "The member elected (当选党员), for a by-election; a full member.", default=None
    )
    elected_on: Date | None = field("The day of the election (当选日期), for a by-election.", default=None)

    def ending(self) -> vacancies.Ending:
        return vacancies.Ending(
            resolution=self.resolution,
            decided_by=self.decided_by.strip(),
            reason=self.reason.strip(),
            ended_on=self.ended_on or today(),
            successor_member_id=str(self.successor_member_id) if self.successor_member_id else None,
            elected_on=self.elected_on,
        )


@strawberry.type(description="The answer to EndVacancy.")
class EndVacancyPayload:
    vacancy: Vacancy | None = field("The vacancy with its end.", vacancies.ended)
    refusals: list[Refusal] = field("Why nothing was recorded.")


@strawberry.type
class VacancyQuery:
    @root(
        "The vacancies among a county's delegates, the oldest first, at most 100 a page (代表空缺); `open: true` keeps "
        "those that nobody has settled.",
        vacancies.vacancies,
    )
    def vacancies(
        self, county: strawberry.ID, first: int, after: str | None = None, open: bool | None = None
    ) -> Connection[Vacancy]: ...


@strawberry.type
class VacancyMutation:
    @strawberry.mutation(
        description="Record how a vacancy ended (空缺处理): BY_ELECTION 补选 makes a new delegate to the same "
        "congress, LEFT_VACANT 决定不补选 none. Refused with VACANCY_NOT_FOUND, ALREADY_ENDED, ENDED_OUT_OF_ORDER, "
        "REASON_MISSING, BODY_MISSING, SUCCESSOR_MISSING, SUCCESSOR_NOT_ASKED, MEMBER_NOT_FOUND, ELECTED_OUT_OF_ORDER, "
        "SUCCESSOR_PROBATIONARY, ALREADY_DELEGATE."
    )
    async def end_vacancy(self, info: Info, input: EndVacancyInput) -> EndVacancyPayload:
        return await vacancies.end_vacancy(info.context, str(input.id), input.ending())
