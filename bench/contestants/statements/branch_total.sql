SELECT count(*)::int AS count FROM organization WHERE county_id = $1 AND dissolved_on IS NULL
