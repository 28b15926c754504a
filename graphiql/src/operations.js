import { parse } from 'graphql';
import mobile from '../operations/mobile.graphql?raw';
import admin from '../operations/admin.graphql?raw';
import partner from '../operations/partner.graphql?raw';
import account from '../operations/account.graphql?raw';
import titles from '../operations/titles.json';
import variables from '../operations/variables.json';

/** The operations of one contract file, each with its source text as it stands there. */
function split(source) {
  return parse(source).definitions.map(({ loc, name, operation }) => ({
    name: name.value,
    kind: operation,
    title: titles[name.value],
    query: source.slice(loc.start, loc.end),
    variables: JSON.stringify(variables[name.value], null, 2),
  }));
}

export const groups = [
  { title: '手机端 Mobile', operations: split(mobile) },
  { title: '管理端 Admin', operations: split(admin) },
  { title: '协作单位 Partner', operations: split(partner) },
  { title: '账号 Account', operations: split(account) },
];

const all = groups.flatMap((group) => group.operations);

export const operation = (name) => all.find((each) => each.name === name);
