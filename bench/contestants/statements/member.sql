SELECT id, name, standing, organization_id FROM member WHERE id = $1
