-- $1 county, $2 the month's first day
SELECT round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8 AS rate
FROM theme_day d JOIN member m ON m.organization_id = d.organization_id
     AND NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = m.id AND x.began_on <= d.held_on
                     AND COALESCE(x.ended_on, d.held_on) >= d.held_on)
     LEFT JOIN attendance a ON a.theme_day_id = d.id AND a.member_id = m.id
WHERE d.county_id = $1 AND d.held_on >= $2::date AND d.held_on < $2::date + interval '1 month'
