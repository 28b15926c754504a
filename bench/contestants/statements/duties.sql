-- The open ones. $1 member, $2 branch, $3 today
SELECT d.kind, d.title, d.due_on::text AS "dueOn", d.due_on < $3::date AS overdue FROM (
    SELECT 'FLOATING_UPDATE' AS kind, '更新流动党员信息' AS title,
           (COALESCE(f.last_updated_on, f.left_on, $3::date) + interval '3 months')::date AS due_on
    FROM floating_member f WHERE f.member_id = $1 AND f.returned_on IS NULL
    AND (f.last_updated_on >= date_trunc('quarter', $3::date)) IS NOT TRUE
    UNION ALL
    SELECT 'THEME_DAY', '参加主题党日: ' || t.theme, t.held_on FROM theme_day t
    WHERE t.organization_id = $2 AND t.held_on >= date_trunc('month', $3::date)::date
    AND t.held_on < date_trunc('month', $3::date)::date + interval '2 months'
    AND NOT EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = t.id AND a.member_id = $1)
    AND NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = $1 AND x.began_on <= t.held_on
                    AND COALESCE(x.ended_on, t.held_on) >= t.held_on)
    UNION ALL
    SELECT 'TRAINING', '完成年度学时', make_date(extract(year FROM $3::date)::int, 12, 31)
    WHERE NOT EXISTS (SELECT FROM exemption e WHERE e.member_id = $1 AND e.began_on <= $3::date
                      AND COALESCE(e.ended_on, $3::date) >= $3::date)
    AND (SELECT COALESCE(sum(LEAST(r.hours, r.hours_spent)), 0) FROM training_record r WHERE r.member_id = $1
         AND r.completed_on >= date_trunc('year', $3::date) AND r.completed_on < date_trunc('year', $3::date) + interval '1 year')
        + (SELECT COALESCE(sum(a.hours), 0) FROM attendance a WHERE a.member_id = $1 AND a.hours > 0
           AND a.checked_in_at >= date_trunc('year', $3::date))
        < CASE WHEN EXISTS (SELECT FROM office_term t WHERE t.member_id = $1 AND t.ended_on IS NULL
          AND t.office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER')) THEN 56 ELSE 32 END
) d ORDER BY d.due_on, d.kind
