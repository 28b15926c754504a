-- $1 theme day, $2 member, $3 today. Once, whatever happens.
INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method, hours)
SELECT gen_random_uuid(), d.id, m.id, now(), 'BY_SECRETARY', d.study_hours
FROM theme_day d JOIN member m ON m.organization_id = d.organization_id
WHERE d.id = $1 AND m.id = $2 AND d.held_on = $3::date
ON CONFLICT (theme_day_id, member_id) DO NOTHING
