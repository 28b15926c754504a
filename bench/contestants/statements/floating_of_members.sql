SELECT member_id, id, destination FROM floating_member WHERE member_id = ANY($1::uuid[]) AND returned_on IS NULL
