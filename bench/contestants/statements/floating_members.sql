-- $1 county's code, $2 how many and one more, $3 today
SELECT f.id, f.member_id, f.home_branch_id, f.left_on::text AS "leftOn", f.destination, f.contact_masked AS contact,
       f.employment, f.last_updated_on::text AS "lastUpdatedOn", 7 AS total,
       num_nonnulls(f.left_on, f.destination, f.contact_masked, f.employment, f.organizational_life, f.mindset,
                    f.contribution) AS clear,
       $3::date > (COALESCE(f.last_updated_on, f.left_on, $3::date) + interval '3 months')::date AS overdue
FROM floating_member f JOIN county c ON c.id = f.county_id
WHERE c.code = $1 AND f.returned_on IS NULL ORDER BY f.id LIMIT $2
