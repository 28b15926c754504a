-- $1 member, $2 year, $3 today
SELECT y.year, y.required AS "requiredHours", y.completed AS "completedHours",
       y.is_exempt OR y.completed >= y.required AS met
FROM (
    SELECT $2::int AS year,
           CASE WHEN EXISTS (SELECT FROM office_term t WHERE t.member_id = $1 AND t.ended_on IS NULL
                AND t.office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER')) THEN 56 ELSE 32 END::float8 AS required,
           (SELECT COALESCE(sum(LEAST(r.hours, r.hours_spent) * CASE WHEN r.started_on IS NULL THEN 1
                ELSE GREATEST(LEAST(r.completed_on + 1, make_date($2 + 1, 1, 1))
                     - GREATEST(r.started_on, make_date($2, 1, 1)), 0)::float8 / (r.completed_on - r.started_on + 1) END), 0)
            FROM training_record r WHERE r.member_id = $1 AND r.completed_on >= make_date($2, 1, 1)
            AND (r.completed_on < make_date($2 + 1, 1, 1) OR r.started_on < make_date($2 + 1, 1, 1)))
           + (SELECT COALESCE(sum(a.hours), 0) FROM attendance a WHERE a.member_id = $1 AND a.hours > 0
              AND a.checked_in_at >= make_date($2, 1, 1) AND a.checked_in_at < make_date($2 + 1, 1, 1)) AS completed,
           EXISTS (SELECT FROM exemption e WHERE e.member_id = $1
                AND e.began_on <= LEAST($3::date, make_date($2, 12, 31))
                AND COALESCE(e.ended_on, 'infinity') >= LEAST($3::date, make_date($2, 12, 31))) AS is_exempt
) y
