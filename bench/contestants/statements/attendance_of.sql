-- $1 theme day, $2 member
SELECT a.id, a.checked_in_at, a.method, m.id AS member_id, m.name
FROM attendance a JOIN member m ON m.id = a.member_id WHERE a.theme_day_id = $1 AND a.member_id = $2
