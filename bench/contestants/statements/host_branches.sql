SELECT DISTINCT ON (a.member_id) a.member_id, o.id, o.name
FROM attachment a JOIN organization o ON o.id = a.organization_id
WHERE a.member_id = ANY($1::uuid[]) AND a.kind = 'AWAY' AND a.ended_on IS NULL
ORDER BY a.member_id, a.began_on DESC NULLS LAST, a.id
