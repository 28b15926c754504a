-- $1 member, $2 how many
SELECT a.id, a.checked_in_at, NULLIF(a.method, 'IMPORTED') AS method,
       d.id AS theme_day_id, d.theme, d.held_on::text AS held_on
FROM attendance a JOIN theme_day d ON d.id = a.theme_day_id
WHERE a.member_id = $1 ORDER BY a.checked_in_at DESC, a.id DESC LIMIT $2
