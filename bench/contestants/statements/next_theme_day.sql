-- $1 branch, $2 member, $3 today
SELECT t.id, t.held_on::text AS "heldOn", t.theme,
       CASE WHEN t.held_on > $3 THEN 'SCHEDULED' WHEN t.held_on = $3 THEN 'OPEN' ELSE 'HELD' END AS status,
       EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = t.id AND a.member_id = $2) AS attended
FROM theme_day t WHERE t.organization_id = $1 AND t.held_on >= $3::date ORDER BY t.held_on LIMIT 1
