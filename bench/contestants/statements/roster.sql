-- $1 branch, $2 how many and one more
SELECT id, name, gender, birth_date::text AS "birthDate", education, standing, joined_on::text AS "joinedOn",
       confirmed_on::text AS "confirmedOn", phone_masked AS phone, name_sort
FROM member WHERE organization_id = $1 ORDER BY name_sort, id LIMIT $2
