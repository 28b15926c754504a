// Mercurius with JIT over pg: node mercurius.mjs SOCKET_DIR PORT CONTESTANTS_DIR MEMBER
// One statement a field and level: roots and single rows by resolvers, what belongs to rows of a list by loaders.
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const [host, port, folder, viewerMember] = process.argv.slice(2);
const pool = new pg.Pool({ host, user: "dangjian", database: "dangjian", max: 10 });
const texts = Object.fromEntries(
  readdirSync(join(folder, "statements")).map((file) => [
    parse(file).name, readFileSync(join(folder, "statements", file), "utf8"),
  ]),
);
// A named statement is prepared once a connection.
const rows = async (name, ...values) => (await pool.query({ name, text: texts[name], values })).rows;
const row = async (name, ...values) => (await rows(name, ...values))[0] ?? null;
const china = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" });
const today = () => china.format(new Date());
const cursor = (...parts) => Buffer.from(JSON.stringify(parts)).toString("base64");
const edges = (nodes) => nodes.map((node) => ({ node }));
const clarified = (record) => record && { ...record, clarity: { clear: record.clear, total: record.total } };

/** A loader of one row for each parent: asked for all parents at once, found by `key`. */
const byKey = (name, parentKey, key, value = (found) => found ?? null) => ({
  async loader(queries) {
    const found = new Map();
    for (const each of await rows(name, queries.map(({ obj }) => obj[parentKey]))) found.set(each[key], each);
    return queries.map(({ obj }) => value(found.get(obj[parentKey])));
  },
  opts: { cache: false },
});

const resolvers = {
  Query: {
    viewer: () => ({}),
    organization: async (_, { id }) => row("organizations", [id]),
    async floatingMembers(_, { county, first }) {
      const [total, found] = await Promise.all([
        row("floating_total", county), rows("floating_members", county, first + 1, today()),
      ]);
      const page = found.slice(0, first).map(clarified);
      const pageInfo = { hasNextPage: found.length > first, endCursor: page.length ? cursor(page.at(-1).id) : null };
      return { totalCount: total.count, pageInfo, edges: edges(page) };
    },
    county: (_, { code }) => row("county", code),
  },
  Viewer: { member: () => row("member", viewerMember) },
  Member: {
    nextThemeDay: (member) => row("next_theme_day", member.organization_id, member.id, today()),
    async attendances(member, { first }) {
      const found = await rows("attendances", member.id, first);
      return {
        edges: edges(found.map((each) => ({
          id: each.id, checkedInAt: each.checked_in_at.toISOString(), method: each.method,
          themeDay: { id: each.theme_day_id, theme: each.theme, heldOn: each.held_on },
        }))),
      };
    },
    trainingYear: (member, { year }) => row("training_year", member.id, year, today()),
    duties: (member) => rows("duties", member.id, member.organization_id, today()),
  },
  Organization: {
    async members(organization, { first }) {
      const found = await rows("roster", organization.id, first + 1);
      const page = found.slice(0, first);
      const last = page.at(-1);
      const total = found.length > first
        ? (await row("member_counts", [organization.id])).count
        : found.length;
      const pageInfo = { hasNextPage: found.length > first, endCursor: last ? cursor(last.name_sort, last.id) : null };
      return { totalCount: total, pageInfo, edges: edges(page) };
    },
  },
  County: {
    attendanceRate: async (county, { month }) => (await row("county_rate", county.id, `${month}-01`)).rate,
    async branches(county, { first }) {
      const found = await rows("branches", county.id, first);
      const total = found.length < first ? found.length : (await row("branch_total", county.id)).count;
      return { totalCount: total, edges: edges(found) };
    },
  },
  Mutation: {
    async checkIn(_, { input }) {
      await row("check_in", input.themeDayId, input.memberId, today());
      const [made, themeDay] = await Promise.all([
        row("attendance_of", input.themeDayId, input.memberId), row("theme_day_count", input.themeDayId),
      ]);
      const attendance = made && {
        id: made.id, checkedInAt: made.checked_in_at.toISOString(), method: made.method,
        member: { id: made.member_id, name: made.name },
      };
      return { attendance, themeDay, refusals: [] };
    },
  },
};

const loaders = {
  Member: {
    organization: byKey("organizations", "organization_id", "id"),
    // One member's whole record, or of a list of members what a list shows.
    floating: {
      async loader(queries) {
        if (queries.length === 1) return [clarified(await row("floating_of_member", queries[0].obj.id, today()))];
        const found = new Map();
        for (const each of await rows("floating_of_members", queries.map(({ obj }) => obj.id)))
          found.set(each.member_id, each);
        return queries.map(({ obj }) => found.get(obj.id) ?? null);
      },
      opts: { cache: false },
    },
  },
  Organization: {
    secretary: byKey("secretaries", "id", "organization_id"),
    memberCount: byKey("member_counts", "id", "organization_id", (found) => found?.count ?? 0),
    floatingCount: byKey("floating_counts", "id", "organization_id", (found) => found?.count ?? 0),
    attendanceRate: {
      async loader(queries) {
        const found = new Map();
        const ids = queries.map(({ obj }) => obj.id);
        for (const each of await rows("attendance_rates", ids, `${queries[0].params.month}-01`))
          found.set(each.organization_id, each.rate);
        return queries.map(({ obj }) => found.get(obj.id) ?? null);
      },
      opts: { cache: false },
    },
  },
  FloatingMember: {
    member: byKey("members", "member_id", "id"),
    homeBranch: byKey("organizations", "home_branch_id", "id"),
    hostBranch: byKey("host_branches", "member_id", "member_id"),
  },
};

const app = fastify();
await app.register(mercurius, {
  schema: readFileSync(join(folder, "schema.graphql"), "utf8"), resolvers, loaders, jit: 1, graphiql: false,
});
await app.listen({ host: "127.0.0.1", port: Number(port) });
