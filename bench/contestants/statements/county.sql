-- $1 code
SELECT c.id, c.code, c.name,
       (SELECT count(*)::int FROM organization o WHERE o.county_id = c.id AND o.dissolved_on IS NULL) AS "organizationCount",
       (SELECT count(*)::int FROM member m WHERE m.county_id = c.id) AS "memberCount",
       (SELECT count(*)::int FROM floating_member f WHERE f.county_id = c.id AND f.returned_on IS NULL) AS "floatingCount",
       (SELECT count(*)::int FROM delegate d WHERE d.county_id = c.id) AS "delegateCount"
FROM county c WHERE c.code = $1
