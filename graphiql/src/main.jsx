import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './style.css';
import { useEffect, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createFetcher } from './fetcher';
import { operationList } from './OperationList';
import { operation } from './operations';
import { readsSchema, useSession } from './session';
import { SignIn } from './SignIn';
import { storage } from './storage';

const plugins = [operationList, explorerPlugin(), HISTORY_PLUGIN];

// The first tab of a new visit. GraphiQL takes a first tab's variables from its storage only.
if (!storage.getItem('graphiql:tabState')) {
  const { query, variables } = operation('CountyDashboard');
  storage.setItem('graphiql:query', query);
  storage.setItem('graphiql:variables', variables);
}

function App() {
  const { session } = useSession();
  // A new fetcher for every session: GraphiQL then reads the schema again, and no socket outlives its session.
  const fetcher = useMemo(createFetcher, [session?.id]);
  useEffect(() => fetcher.dispose, [fetcher]);
  return (
    <>
      <SignIn />
      <GraphiQL
        fetcher={fetcher}
        // null: GraphiQL does not ask for the schema, which the server gives to officials only.
        schema={readsSchema(session) ? undefined : null}
        storage={storage}
        plugins={plugins}
        visiblePlugin={operationList}
        defaultEditorToolsVisibility="variables"
        schemaDescription
      >
        <GraphiQL.Logo>{null}</GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

createRoot(document.getElementById('app')).render(<App />);
