// Where GraphiQL keeps things. Tabs, variables and history may hold personal data, so they end with the
// browser tab; what somebody chose to keep (favourites) and the looks of the page stay.
const KEPT = [
  'graphiql:favorites',
  'graphiql:theme',
  'graphiql:visiblePlugin',
  'graphiql:docExplorerFlex',
  'graphiql:editorFlex',
  'graphiql:secondaryEditorFlex',
];
const FIRST = { 'graphiql:docExplorerFlex': '0.36', 'graphiql:secondaryEditorFlex': '2.4' };

const place = (key) => (KEPT.includes(key) ? localStorage : sessionStorage);

export const storage = {
  getItem: (key) => place(key).getItem(key) ?? FIRST[key] ?? null,
  setItem: (key, value) => place(key).setItem(key, value),
  removeItem: (key) => place(key).removeItem(key),
  clear() {
    for (const each of [localStorage, sessionStorage])
      for (const key of Object.keys(each)) if (key.startsWith('graphiql:')) each.removeItem(key);
  },
  get length() {
    return localStorage.length + sessionStorage.length;
  },
};
