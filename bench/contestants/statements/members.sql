SELECT id, name, phone_masked AS phone FROM member WHERE id = ANY($1::uuid[])
