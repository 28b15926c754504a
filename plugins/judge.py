"""One typed method for each noun, for whatever judges: the rules of a day, or a county's rules over time."""

from abc import ABC, abstractmethod

from plugins.contract import Finding
from plugins.facts import (
    BranchFacts,
    DelegateFacts,
    DuesFacts,
    Facts,
    FloatingFacts,
    MeetingFacts,
    TrainingFacts,
)


class Judge(ABC):
    @abstractmethod
    def judge(self, noun: str, facts: Facts) -> tuple[Finding, ...]:
        """All packs' findings by the text in force on `facts.on`. PackFailed names the pack that raised."""

    def judge_branch(self, facts: BranchFacts) -> tuple[Finding, ...]:
        return self.judge("branch", facts)

    def judge_delegate(self, facts: DelegateFacts) -> tuple[Finding, ...]:
        return self.judge("delegate", facts)

    def judge_training(self, facts: TrainingFacts) -> tuple[Finding, ...]:
        return self.judge("training", facts)

    def judge_floating(self, facts: FloatingFacts) -> tuple[Finding, ...]:
        return self.judge("floating", facts)

    def judge_meeting(self, facts: MeetingFacts) -> tuple[Finding, ...]:
        return self.judge("meeting", facts)

    def judge_dues(self, facts: DuesFacts) -> tuple[Finding, ...]:
        return self.judge("dues", facts)
