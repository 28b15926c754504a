import { getOperationAST } from 'graphql';

/** Names of the operation's variables whose type is Upload. */
export function fileVariables({ operationName }, document) {
  const operation = document && getOperationAST(document, operationName);
  return (operation?.variableDefinitions ?? [])
    .filter(({ type }) => (type.type ?? type).name?.value === 'Upload')
    .map(({ variable }) => variable.name.value);
}

/** Asks for each file, then sends the request as the GraphQL multipart form. */
export async function sendFiles(url, { query, operationName, variables }, options, names, fetch) {
  const body = new FormData();
  const blanks = Object.fromEntries(names.map((name) => [name, null]));
  body.append('operations', JSON.stringify({ query, operationName, variables: { ...variables, ...blanks } }));
  body.append('map', JSON.stringify(Object.fromEntries(names.map((name) => [name, [`variables.${name}`]]))));
  for (const name of names) {
    const file = await chooseFile();
    if (!file) throw new Error('没有选择文件,未发送。 No file chosen, nothing sent.');
    body.append(name, file);
  }
  const response = await fetch(url, { method: 'POST', headers: options?.headers, body });
  return response.json();
}

function chooseFile() {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.onchange = () => resolve(input.files[0]);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
