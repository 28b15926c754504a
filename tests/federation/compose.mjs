// node compose.mjs CORE.graphql PARTNER.graphql [URL]: composes the two subgraphs with two libraries. URL is the core's.
// Prints {library: {errors: [string], supergraph: string | null}} as JSON.
import { readFileSync } from "node:fs";
import * as apollo from "@apollo/composition";
import * as guild from "@theguild/federation-composition";
import { parse } from "graphql";

const [core, partner] = process.argv.slice(2, 4).map((file) => parse(readFileSync(file, "utf8")));
const subgraphs = [
  { name: "dangjian", url: process.argv[4] ?? "http://127.0.0.1:8000/graphql", typeDefs: core },
  { name: "partner", url: "http://127.0.0.1:8001/graphql", typeDefs: partner },
];

const told = ({ errors, supergraphSdl }) => ({
  errors: (errors ?? []).map((error) => error.message),
  supergraph: supergraphSdl ?? null,
});
console.log(
  JSON.stringify({
    "@apollo/composition": told(apollo.composeServices(subgraphs)),
    "@theguild/federation-composition": told(guild.composeServices(subgraphs)),
  }),
);
