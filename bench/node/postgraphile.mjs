// PostGraphile 5 as its manual sets it up for production, on one process: node postgraphile.mjs SOCKET_DIR PORT
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [host, port] = process.argv.slice(2);
const preset = {
  extends: [PostGraphileAmberPreset],
  // Lists may be ordered and filtered by every column, not only by those that an index begins with.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      poolConfig: { host, user: "dangjian", database: "dangjian", max: 10 },
      schemas: ["public"],
    }),
  ],
  grafast: { explain: false },
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false, watch: false },
};
const server = createServer();
server.on("error", (error) => { throw error; });
const serving = postgraphile(preset).createServ(grafserv);
await serving.addTo(server);
server.listen(Number(port), "127.0.0.1");
