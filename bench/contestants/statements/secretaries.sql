SELECT t.organization_id, m.id, m.name
FROM office_term t JOIN member m ON m.id = t.member_id
WHERE t.organization_id = ANY($1::uuid[]) AND t.office = 'SECRETARY' AND t.ended_on IS NULL
