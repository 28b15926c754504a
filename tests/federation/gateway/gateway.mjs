// node gateway.mjs SUPERGRAPH PARTNER: a gateway on loopback, the partner's subgraph inside it. Prints its address.
// What the partner knows is made up here from the ids that it is asked about; MEMBER names the member of its checks.
import { readFileSync } from "node:fs";
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

const [supergraph, partner] = process.argv.slice(2).map((file) => readFileSync(file, "utf8"));
const check = { id: "1", kind: "TEMPORARY", checkedOn: "2020-12-01", place: "610100", member: { id: process.env.MEMBER } };
const checks = () => ({
  totalCount: 1,
  pageInfo: { hasNextPage: false, hasPreviousPage: false },
  edges: [{ cursor: "1", node: check }],
});
const residence = ({ id }) => ({ kind: id === process.env.MEMBER ? "TEMPORARY" : "UNKNOWN", place: "610100" });
const schema = buildSubgraphSchema({
  typeDefs: parse(partner),
  resolvers: {
    Query: { residenceChecks: checks },
    Member: { residence, residenceChecks: checks },
    Organization: { policeStation: ({ name }) => `${name}的辖区派出所` },
  },
});

class WithTheReadersToken extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) request.http.headers.set("authorization", context.authorization);
  }
}
const gateway = new ApolloGateway({
  supergraphSdl: supergraph,
  buildService: ({ name, url }) =>
    name === "partner" ? new LocalGraphQLDataSource(schema) : new WithTheReadersToken({ url }),
});
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { host: "127.0.0.1", port: 0 },
  context: async ({ req }) => ({ authorization: req.headers.authorization }),
});
console.log(url);
