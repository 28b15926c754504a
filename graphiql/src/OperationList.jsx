import { useEffect } from 'react';
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { groups } from './operations';

const KIND = { query: '查', mutation: '改', subscription: '听' };

/** Opens an operation: in its tab if it has one, in an empty tab, or in a new one. */
function useOpen() {
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor'),
  );
  return ({ name, query, variables }) => {
    const open = tabs.findIndex((tab) => tab.title === name);
    if (open >= 0) return changeTab(open);
    if (tabs[activeTabIndex].query) addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    updateActiveTabValues({ query, variables, operationName: name });
  };
}

function OperationList() {
  const open = useOpen();
  const shown = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.title);
  useEffect(() => {
    document.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  return (
    <nav className="operations">
      {groups.map(({ title, operations }) => (
        <section key={title}>
          <h2>{title}</h2>
          {operations.map((each) => (
            <button
              type="button"
              key={each.name}
              aria-current={each.name === shown}
              title={each.name}
              onClick={() => open(each)}
            >
              <i className={each.kind} title={each.kind}>
                {KIND[each.kind]}
              </i>
              <b>{each.title}</b>
              <span>{each.name}</span>
            </button>
          ))}
        </section>
      ))}
    </nav>
  );
}

const ListIcon = () => (
  <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
    <path d="M7.5 4.5h9M7.5 10h9M7.5 15.5h9M3.5 4.5h.01M3.5 10h.01M3.5 15.5h.01" />
  </svg>
);

export const operationList = { title: '操作 Operations', icon: ListIcon, content: OperationList };
