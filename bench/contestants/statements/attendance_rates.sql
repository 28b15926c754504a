-- $1 organizations, $2 the month's first day
SELECT e.organization_id, round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8 AS rate
FROM (
    SELECT d.id, d.organization_id, d.held_on, m.id AS member_id
    FROM theme_day d JOIN member m ON m.organization_id = d.organization_id
    WHERE d.organization_id = ANY($1::uuid[]) AND d.held_on >= $2::date AND d.held_on < $2::date + interval '1 month'
    UNION ALL
    SELECT d.id, d.organization_id, d.held_on, g.member_id
    FROM theme_day d JOIN attachment g ON g.organization_id = d.organization_id
         AND 'ACTIVITIES' = ANY(g.rights) AND COALESCE(g.began_on, d.held_on) <= d.held_on
         AND (g.ended_on IS NULL OR g.ended_on > d.held_on)
    WHERE d.organization_id = ANY($1::uuid[]) AND d.held_on >= $2::date AND d.held_on < $2::date + interval '1 month'
) e
LEFT JOIN attendance a ON a.theme_day_id = e.id AND a.member_id = e.member_id
WHERE NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = e.member_id AND x.began_on <= e.held_on
                  AND COALESCE(x.ended_on, e.held_on) >= e.held_on)
GROUP BY e.organization_id
