-- $1 theme day
SELECT d.id, (SELECT count(*)::int FROM attendance a WHERE a.theme_day_id = d.id) AS "attendanceCount",
       (SELECT round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8
        FROM (SELECT m.id FROM member m WHERE m.organization_id = d.organization_id
              UNION ALL
              SELECT g.member_id FROM attachment g WHERE g.organization_id = d.organization_id
              AND 'ACTIVITIES' = ANY(g.rights) AND COALESCE(g.began_on, d.held_on) <= d.held_on
              AND (g.ended_on IS NULL OR g.ended_on > d.held_on)) e
        LEFT JOIN attendance a ON a.theme_day_id = d.id AND a.member_id = e.id
        WHERE NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = e.id AND x.began_on <= d.held_on
                          AND COALESCE(x.ended_on, d.held_on) >= d.held_on)) AS "attendanceRate"
FROM theme_day d WHERE d.id = $1
