SELECT home_branch_id AS organization_id, count(*)::int AS count FROM floating_member
WHERE home_branch_id = ANY($1::uuid[]) AND returned_on IS NULL GROUP BY 1
