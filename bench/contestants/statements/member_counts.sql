SELECT organization_id, count(*)::int AS count FROM member WHERE organization_id = ANY($1::uuid[]) GROUP BY 1
