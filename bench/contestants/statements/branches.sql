-- $1 county, $2 how many
SELECT id, code, name, kind, field FROM organization
WHERE county_id = $1 AND dissolved_on IS NULL ORDER BY code, id LIMIT $2
