-- What PostGraphile answers besides columns and relations: computed columns and functions, as its manual has them.
-- In the bench's own database only; made anew by every run.
CREATE OR REPLACE FUNCTION bench_today() RETURNS date LANGUAGE sql STABLE AS
$$ SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date $$;
COMMENT ON FUNCTION bench_today() IS '@behavior -*';

CREATE OR REPLACE FUNCTION organization_secretary(o organization) RETURNS SETOF member ROWS 1 LANGUAGE sql STABLE AS $$
    SELECT m.* FROM member m JOIN office_term t ON t.member_id = m.id
    WHERE t.organization_id = o.id AND t.office = 'SECRETARY' AND t.ended_on IS NULL
$$;
COMMENT ON FUNCTION organization_secretary(organization) IS '@behavior -connection +list';

CREATE OR REPLACE FUNCTION member_floating(m member) RETURNS SETOF floating_member ROWS 1 LANGUAGE sql STABLE AS $$
    SELECT f.* FROM floating_member f WHERE f.member_id = m.id AND f.returned_on IS NULL
$$;
COMMENT ON FUNCTION member_floating(member) IS '@behavior -connection +list';

CREATE OR REPLACE FUNCTION member_next_theme_day(m member) RETURNS SETOF theme_day ROWS 1 LANGUAGE sql STABLE AS $$
    SELECT t.* FROM theme_day t WHERE t.organization_id = m.organization_id AND t.held_on >= bench_today()
    ORDER BY t.held_on LIMIT 1
$$;
COMMENT ON FUNCTION member_next_theme_day(member) IS '@behavior -connection +list';

CREATE OR REPLACE FUNCTION theme_day_status(t theme_day) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN t.held_on > bench_today() THEN 'SCHEDULED' WHEN t.held_on = bench_today() THEN 'OPEN' ELSE 'HELD' END
$$;
CREATE OR REPLACE FUNCTION theme_day_attended(t theme_day, by uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = t.id AND a.member_id = by)
$$;
CREATE OR REPLACE FUNCTION theme_day_attendance_count(t theme_day) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM attendance a WHERE a.theme_day_id = t.id
$$;
CREATE OR REPLACE FUNCTION theme_day_attendance_rate(d theme_day) RETURNS float8 LANGUAGE sql STABLE AS $$
    SELECT round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8
    FROM (SELECT m.id FROM member m WHERE m.organization_id = d.organization_id
          UNION ALL
          SELECT g.member_id FROM attachment g WHERE g.organization_id = d.organization_id
          AND 'ACTIVITIES' = ANY(g.rights) AND COALESCE(g.began_on, d.held_on) <= d.held_on
          AND (g.ended_on IS NULL OR g.ended_on > d.held_on)) e
    LEFT JOIN attendance a ON a.theme_day_id = d.id AND a.member_id = e.id
    WHERE NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = e.id AND x.began_on <= d.held_on
                      AND COALESCE(x.ended_on, d.held_on) >= d.held_on)
$$;

CREATE OR REPLACE FUNCTION member_required_hours(m member) RETURNS float8 LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM office_term t WHERE t.member_id = m.id AND t.ended_on IS NULL
           AND t.office IN ('SECRETARY', 'DEPUTY_SECRETARY', 'COMMITTEE_MEMBER')) THEN 56 ELSE 32 END::float8
$$;
CREATE OR REPLACE FUNCTION member_completed_hours(m member, year int) RETURNS float8 LANGUAGE sql STABLE AS $$
    SELECT (SELECT COALESCE(sum(LEAST(r.hours, r.hours_spent) * CASE WHEN r.started_on IS NULL THEN 1
                ELSE GREATEST(LEAST(r.completed_on + 1, make_date(year + 1, 1, 1))
                     - GREATEST(r.started_on, make_date(year, 1, 1)), 0)::float8 / (r.completed_on - r.started_on + 1) END), 0)
            FROM training_record r WHERE r.member_id = m.id AND r.completed_on >= make_date(year, 1, 1)
            AND (r.completed_on < make_date(year + 1, 1, 1) OR r.started_on < make_date(year + 1, 1, 1)))
           + (SELECT COALESCE(sum(a.hours), 0) FROM attendance a WHERE a.member_id = m.id AND a.hours > 0
              AND a.checked_in_at >= make_date(year, 1, 1) AND a.checked_in_at < make_date(year + 1, 1, 1))
$$;
CREATE OR REPLACE FUNCTION member_is_exempt(m member, on_day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM exemption e WHERE e.member_id = m.id AND e.began_on <= on_day
                   AND COALESCE(e.ended_on, on_day) >= on_day)
$$;
DO $$ BEGIN
    CREATE TYPE bench_training_year AS (year int, required_hours float8, completed_hours float8, met boolean);
    CREATE TYPE bench_duty AS (kind text, title text, due_on date, overdue boolean);
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE OR REPLACE FUNCTION member_training_year(m member, year int) RETURNS SETOF bench_training_year ROWS 1
LANGUAGE sql STABLE AS $$
    SELECT year, y.required, y.completed,
           y.completed >= y.required OR member_is_exempt(m, LEAST(bench_today(), make_date(year, 12, 31)))
    FROM (SELECT member_required_hours(m) AS required, member_completed_hours(m, year) AS completed) y
$$;
COMMENT ON FUNCTION member_training_year(member, int) IS '@behavior -connection +list';
CREATE OR REPLACE FUNCTION member_duties(m member) RETURNS SETOF bench_duty ROWS 3 LANGUAGE sql STABLE AS $$
    SELECT d.kind, d.title, d.due_on, d.due_on < bench_today() FROM (
        SELECT 'FLOATING_UPDATE' AS kind, '更新流动党员信息' AS title,
               (COALESCE(f.last_updated_on, f.left_on, bench_today()) + interval '3 months')::date AS due_on
        FROM floating_member f WHERE f.member_id = m.id AND f.returned_on IS NULL
        AND (f.last_updated_on >= date_trunc('quarter', bench_today())) IS NOT TRUE
        UNION ALL
        SELECT 'THEME_DAY', '参加主题党日: ' || t.theme, t.held_on FROM theme_day t
        WHERE t.organization_id = m.organization_id AND t.held_on >= date_trunc('month', bench_today())::date
        AND t.held_on < date_trunc('month', bench_today())::date + interval '2 months'
        AND NOT EXISTS (SELECT FROM attendance a WHERE a.theme_day_id = t.id AND a.member_id = m.id)
        AND NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = m.id AND x.began_on <= t.held_on
                        AND COALESCE(x.ended_on, t.held_on) >= t.held_on)
        UNION ALL
        SELECT 'TRAINING', '完成年度学时', make_date(extract(year FROM bench_today())::int, 12, 31)
        WHERE NOT member_is_exempt(m, bench_today())
        AND member_completed_hours(m, extract(year FROM bench_today())::int) < member_required_hours(m)
    ) d ORDER BY d.due_on, d.kind
$$;
COMMENT ON FUNCTION member_duties(member) IS '@behavior -connection +list';

CREATE OR REPLACE FUNCTION floating_member_clear(f floating_member) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT num_nonnulls(f.left_on, f.destination, f.contact_masked, f.employment, f.organizational_life, f.mindset,
                        f.contribution)
$$;
CREATE OR REPLACE FUNCTION floating_member_update_due_on(f floating_member) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (COALESCE(f.last_updated_on, f.left_on, bench_today()) + interval '3 months')::date
$$;
CREATE OR REPLACE FUNCTION floating_member_overdue(f floating_member) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT bench_today() > (COALESCE(f.last_updated_on, f.left_on, bench_today()) + interval '3 months')::date
$$;
CREATE OR REPLACE FUNCTION floating_member_host_branch(f floating_member) RETURNS SETOF organization ROWS 1
LANGUAGE sql STABLE AS $$
    SELECT o.* FROM attachment a JOIN organization o ON o.id = a.organization_id
    WHERE a.member_id = f.member_id AND a.kind = 'AWAY' AND a.ended_on IS NULL
    ORDER BY a.began_on DESC NULLS LAST, a.id LIMIT 1
$$;
COMMENT ON FUNCTION floating_member_host_branch(floating_member) IS '@behavior -connection +list';
CREATE OR REPLACE FUNCTION open_floating_members(county text) RETURNS SETOF floating_member LANGUAGE sql STABLE AS $$
    SELECT f.* FROM floating_member f
    WHERE f.county_id = (SELECT c.id FROM county c WHERE c.code = county) AND f.returned_on IS NULL ORDER BY f.id
$$;

CREATE OR REPLACE FUNCTION organization_member_count(o organization) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM member m WHERE m.organization_id = o.id
$$;
CREATE OR REPLACE FUNCTION organization_floating_count(o organization) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM floating_member f WHERE f.home_branch_id = o.id AND f.returned_on IS NULL
$$;
CREATE OR REPLACE FUNCTION organization_attendance_rate(o organization, month date) RETURNS float8 LANGUAGE sql STABLE AS $$
    SELECT round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8
    FROM (SELECT d.id, d.held_on, m.id AS member_id
          FROM theme_day d JOIN member m ON m.organization_id = d.organization_id
          WHERE d.organization_id = o.id AND d.held_on >= month AND d.held_on < month + interval '1 month'
          UNION ALL
          SELECT d.id, d.held_on, g.member_id FROM theme_day d JOIN attachment g ON g.organization_id = d.organization_id
               AND 'ACTIVITIES' = ANY(g.rights) AND COALESCE(g.began_on, d.held_on) <= d.held_on
               AND (g.ended_on IS NULL OR g.ended_on > d.held_on)
          WHERE d.organization_id = o.id AND d.held_on >= month AND d.held_on < month + interval '1 month') e
    LEFT JOIN attendance a ON a.theme_day_id = e.id AND a.member_id = e.member_id
    WHERE NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = e.member_id AND x.began_on <= e.held_on
                      AND COALESCE(x.ended_on, e.held_on) >= e.held_on)
$$;
CREATE OR REPLACE FUNCTION organization_members(o organization) RETURNS SETOF member LANGUAGE sql STABLE AS $$
    SELECT m.* FROM member m WHERE m.organization_id = o.id ORDER BY m.name_sort, m.id
$$;

CREATE OR REPLACE FUNCTION county_organization_count(c county) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM organization o WHERE o.county_id = c.id AND o.dissolved_on IS NULL
$$;
CREATE OR REPLACE FUNCTION county_member_count(c county) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM member m WHERE m.county_id = c.id
$$;
CREATE OR REPLACE FUNCTION county_floating_count(c county) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM floating_member f WHERE f.county_id = c.id AND f.returned_on IS NULL
$$;
CREATE OR REPLACE FUNCTION county_delegate_count(c county) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT count(*)::int FROM delegate d WHERE d.county_id = c.id
$$;
CREATE OR REPLACE FUNCTION county_attendance_rate(c county, month date) RETURNS float8 LANGUAGE sql STABLE AS $$
    SELECT round(count(a.id)::numeric / NULLIF(count(*), 0), 4)::float8
    FROM theme_day d JOIN member m ON m.organization_id = d.organization_id
         AND NOT EXISTS (SELECT FROM exemption x WHERE x.member_id = m.id AND x.began_on <= d.held_on
                         AND COALESCE(x.ended_on, d.held_on) >= d.held_on)
         LEFT JOIN attendance a ON a.theme_day_id = d.id AND a.member_id = m.id
    WHERE d.county_id = c.id AND d.held_on >= month AND d.held_on < month + interval '1 month'
$$;
CREATE OR REPLACE FUNCTION county_branches(c county) RETURNS SETOF organization LANGUAGE sql STABLE AS $$
    SELECT o.* FROM organization o WHERE o.county_id = c.id AND o.dissolved_on IS NULL ORDER BY o.code, o.id
$$;

CREATE OR REPLACE FUNCTION check_in(theme_day_id uuid, member_id uuid) RETURNS attendance LANGUAGE sql VOLATILE AS $$
    INSERT INTO attendance (id, theme_day_id, member_id, checked_in_at, method, hours)
    SELECT gen_random_uuid(), d.id, m.id, now(), 'BY_SECRETARY', d.study_hours
    FROM theme_day d JOIN member m ON m.organization_id = d.organization_id
    WHERE d.id = $1 AND m.id = $2 AND d.held_on = bench_today()
    ON CONFLICT (theme_day_id, member_id) DO NOTHING;
    SELECT a.* FROM attendance a WHERE a.theme_day_id = $1 AND a.member_id = $2
$$;
