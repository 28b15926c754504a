"""What the calculators (测算) of votes and of dues share: whose rules they count by, and the texts of the day.

Whoever is signed in may calculate. A county that he does not see is answered by the national pack alone, just as
one that does not exist.
"""

from datetime import date

from plugins.timeline import Timeline
from resolvers.access import who_asks
from resolvers.compiler.request import Request

SEEN_COUNTY = "(SELECT c.code FROM county c WHERE c.code = {county:text} AND ({visible:county c}))"
ON = "COALESCE({on}, {today})"


def is_signed_in(request: Request) -> bool:
    return who_asks(request).account_id is not None


def rules_asked_for(request: Request, seen_county: str | None) -> Timeline:
    rules: Timeline = request.app.rules.of(seen_county).rules
    return rules


def texts_in_force(rules: Timeline, on: date) -> dict[str, str]:
    """Rule code -> citation of its wording on that day; a code without a wording then is left out."""
    return {
        rule.code: rule.citation
        for pack in rules.on(on).packs
        for rule in pack.manifest.rules
        if rule.in_force(on)
    }
