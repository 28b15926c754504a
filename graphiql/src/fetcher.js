import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';
import { bearer, expire } from './session';
import { fileVariables, sendFiles } from './upload';

const URL = '/graphql';

async function authorizedFetch(url, init) {
  const authorization = await bearer();
  const headers = new Headers(init.headers);
  if (authorization && !headers.has('Authorization')) headers.set('Authorization', authorization);
  const response = await fetch(url, { ...init, headers });
  if (response.status === 401 && authorization) expire();
  return response;
}

/**
 * A GraphiQL fetcher for HTTP, graphql-transport-ws and file uploads.
 * Make a new one for every session: a socket keeps the session that it was opened with.
 */
export function createFetcher() {
  const wsClient = createClient({
    url: location.origin.replace(/^http/, 'ws') + URL,
    connectionParams: async () => {
      const authorization = await bearer();
      return authorization ? { authorization } : {};
    },
  });
  const send = createGraphiQLFetcher({ url: URL, wsClient, fetch: authorizedFetch });

  function fetcher(request, options) {
    const files = fileVariables(request, options?.documentAST);
    return files.length ? sendFiles(URL, request, options, files, authorizedFetch) : send(request, options);
  }
  fetcher.dispose = () => wsClient.dispose();
  return fetcher;
}
