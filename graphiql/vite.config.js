import { defineConfig } from 'vite';

// index.html is served at /graphql, everything else below /graphiql/.
export default defineConfig({
  base: '/graphiql/',
  build: {
    outDir: process.env.DANGJIAN_GRAPHIQL_OUT || '../var/graphiql',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: or blob: copies, every asset is a file of its own
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log),
    },
  },
  worker: { format: 'es' },
});
