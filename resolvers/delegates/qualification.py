"""The quarterly check of delegates (一季一析), as it is read: the review, its checks, what was found and decided."""

from resolvers.compiler.sources import Derived, Expression, Many, One, Reference, Rows, SameRow
from resolvers.delegates.facts import is_reviewed, record_of

UNDECIDED = (
    "NOT EXISTS (SELECT FROM qualification_decision n "
    "WHERE n.qualification_check_id = k.id AND n.withdrawn_on IS NULL)"
)
PROPOSED = "k.outcome IN ('SUSPENSION_PROPOSED', 'TERMINATION_PROPOSED')"
CHECKS = "SELECT count(*) FROM qualification_check k WHERE k.review_id = {row}.id"
LAST_DAY = (
    "(make_date(left({row}.quarter, 4)::int, right({row}.quarter, 1)::int * 3, 1) "
    "+ interval '1 month' - interval '1 day')::date"
)

review = One(
    "qualification_review",
    "{row}.county_id = (SELECT c.id FROM county c WHERE c.code = {county:text}) AND {row}.quarter = {quarter}",
)
live_review = One("qualification_review", "{row}.id = {review_id}")
opened = Reference("qualification_review")
status = Expression(
    "CASE WHEN {row}.judging <> 'DONE' THEN 'JUDGING' "
    "WHEN EXISTS (SELECT FROM qualification_check k WHERE k.review_id = {row}.id "
    f"AND k.outcome = 'AWAITING_CLEARANCE' AND {UNDECIDED}) THEN 'AWAITING_CLEARANCES' "
    "WHEN EXISTS (SELECT FROM qualification_check k WHERE k.review_id = {row}.id "
    f"AND {PROPOSED} AND {UNDECIDED}) THEN 'AWAITING_DECISIONS' ELSE 'CLOSED' END"
)
progress = SameRow()
failure = Expression(
    "CASE '{language}' WHEN 'zh' THEN '核查中断, 已得出的结果保留; 排除原因后请重新开展: ' "
    "ELSE 'Judging stopped, what was judged stays; open the review again when this is repaired: ' END "
    "|| {row}.failure"
)
check_count = Expression(CHECKS)
awaiting_clearance = Expression(f"{CHECKS} AND k.outcome = 'AWAITING_CLEARANCE'")
overdue_clearances = Expression(
    "SELECT count(*) FROM clearance c WHERE c.county_id = {row}.county_id AND c.quarter = {row}.quarter "
    "AND c.opinion IS NULL AND c.due_on < {today}"
)
# By the same SQL that gathers the facts, so that stale is exactly what opening again would judge anew.
stale_count = Expression(
    "SELECT count(*) FROM delegate d LEFT JOIN qualification_check k "
    "ON k.delegate_id = d.id AND k.review_id = {row}.id "
    f"WHERE d.county_id = {{row}}.county_id AND {is_reviewed(LAST_DAY)} AND (k.id IS NULL OR ({UNDECIDED} "
    f"AND k.facts || {record_of('{row}.quarter', LAST_DAY)} <> k.facts))"
)
summary = Rows(
    "SELECT k.outcome, count(*) AS count FROM qualification_check k "
    "WHERE k.review_id = {row}.id GROUP BY k.outcome ORDER BY k.outcome"
)
checks = Many(
    "qualification_check",
    "{row}.review_id = {parent}.id",
    order={"id": "uuid"},
    filters={"outcome": "{row}.outcome = ANY({outcome})"},
    largest_page=1000,
)

delegate = One("delegate", "{row}.id = {parent}.delegate_id")
# Findings quote what an agency objected. Its words are for the office, which decides.
OBJECTED = (
    "EXISTS (SELECT FROM clearance c JOIN qualification_review r ON r.id = {row}.review_id "
    "WHERE c.delegate_id = {row}.delegate_id AND c.quarter = r.quarter AND c.opinion = 'OBJECTION')"
)
NOT_TOLD = (
    "CASE '{language}' WHEN 'zh' THEN '涉及有关机关的答复, 内容由作出决定的党组织告知。' "
    "ELSE 'It rests on an agency''s answer; the body that decides tells what it says.' END"
)
findings = Rows(
    f"SELECT f.code, f.severity, CASE WHEN {{shows:in_confidence qualification_check}} OR NOT {OBJECTED} "
    f"THEN f.message ELSE {NOT_TOLD} END AS message, f.citation, f.proposes, f.rule_pack, f.rule_version "
    "FROM jsonb_to_recordset({row}.findings) AS f(code text, severity text, message text, "
    "citation text, proposes text, rule_pack text, rule_version text)"
)
clearances = Rows(
    "SELECT c.* FROM clearance c JOIN qualification_review r ON r.quarter = c.quarter "
    "WHERE r.id = {row}.review_id AND c.delegate_id = {row}.delegate_id AND ({visible:clearance c}) "
    "ORDER BY c.agency"
)
decision = One(
    "qualification_decision", "{row}.qualification_check_id = {parent}.id AND {row}.withdrawn_on IS NULL"
)
withdrawn_decisions = Rows(
    "SELECT n.* FROM qualification_decision n WHERE n.qualification_check_id = {row}.id "
    "AND n.withdrawn_on IS NOT NULL AND ({visible:qualification_decision n}) ORDER BY n.withdrawn_on, n.id"
)
decided_by = Derived("SELECT {row}.decided_by AS display_name")
dissent = Rows(
    'SELECT x."by", x.opinion FROM jsonb_to_recordset({row}.dissent) AS x("by" text, opinion text) '
    "WHERE {shows:in_confidence qualification_decision}"
)
