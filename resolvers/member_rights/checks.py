"""A delegate's own checks (本人资格核查): what was found about him, by which rule, from what (PIPL 24)."""

from resolvers.compiler.sources import Expression, Many

qualification_checks = Many(
    "qualification_check",
    "{row}.delegate_id IN (SELECT d.id FROM delegate d WHERE d.member_id = {parent}.id)",
    order={"id": "uuid"},
    descending=True,
)
quarter = Expression("SELECT r.quarter FROM qualification_review r WHERE r.id = {row}.review_id")
# Without the agencies' words, which are theirs to tell: whoever works with these reads them in `clearances`.
judged_from = Expression("{row}.facts - 'clearances'")
