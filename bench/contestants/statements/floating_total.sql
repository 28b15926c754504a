SELECT count(*)::int AS count FROM floating_member f JOIN county c ON c.id = f.county_id
WHERE c.code = $1 AND f.returned_on IS NULL
