SELECT id, name, kind FROM organization WHERE id = ANY($1::uuid[])
