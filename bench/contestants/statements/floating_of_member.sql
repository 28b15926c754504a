-- $1 member, $2 today
SELECT f.id, 7 AS total, num_nonnulls(f.left_on, f.destination, f.contact_masked, f.employment,
       f.organizational_life, f.mindset, f.contribution) AS clear,
       (COALESCE(f.last_updated_on, f.left_on, $2::date) + interval '3 months')::date::text AS "updateDueOn",
       $2::date > (COALESCE(f.last_updated_on, f.left_on, $2::date) + interval '3 months')::date AS overdue
FROM floating_member f WHERE f.member_id = $1 AND f.returned_on IS NULL
