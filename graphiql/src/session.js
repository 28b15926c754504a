import { useSyncExternalStore } from 'react';
import { operation } from './operations';

// The token lives in sessionStorage: it ends with the browser tab and is never written to disk by us.
const KEY = 'dangjian:session';
const ASKED = 'dangjian:asked';
const RENEW_BEFORE = 5 * 60_000;
const EXPIRED = '登录已过期,请重新登录。 The session has expired, please sign in again.';
const STEPS = {
  CHANGE_PASSWORD: '请先修改初始密码:左侧“修改密码”,然后重新登录。 Change your password first (ChangePassword), then sign in again.',
  ENROL_ONE_TIME_CODE:
    '请先绑定动态码:左侧“绑定动态码”,再“确认动态码”,然后重新登录。 Enrol a one-time code first (EnrolOneTimeCode, ConfirmOneTimeCode), then sign in again.',
};
const NO_ANSWER = '服务器没有应答。 The server did not answer.';

const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
let state = { session: stored, notice: STEPS[stored?.viewer.next] ?? null };
const listeners = new Set();

function change(session, notice = null) {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  state = { session, notice };
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** `{ session: { id, token, expiresAt, viewer } | null, notice: string | null }`, kept current. */
export const useSession = () => useSyncExternalStore(subscribe, () => state);

/** Whether the server lets this account read the schema; members and strangers send what the app sends. */
export const readsSchema = (session) => !!session?.viewer.roles.some(({ role }) => role !== 'MEMBER');

/** Why the editor knows no names, for whom it does not. */
export function hint(session) {
  if (!session) return '请先登录,才能读取接口结构。 Sign in to read the schema.';
  if (readsSchema(session)) return null;
  return '党员账号可发送左侧列出的操作,不显示接口结构。 Members may send the operations listed; the schema is for officials.';
}

export const expire = () => change(null, EXPIRED);

/** Ends the session on the server as well; that it cannot be reached keeps nobody signed in here. */
export function signOut() {
  if (state.session) send('SignOut', {}, state.session.token);
  change(null);
}

/** The Authorization value, or null when nobody is signed in. A token that ended while the machine slept is renewed. */
export async function bearer() {
  if (state.session && Date.parse(state.session.expiresAt) <= Date.now()) await renew();
  return state.session && `Bearer ${state.session.token}`;
}

/** Signs in through the contract's SignIn mutation; a refusal becomes the notice. */
export async function signIn(variables) {
  const { data, reasons } = await send('SignIn', variables);
  if (data?.token) return adopt(data.token);
  change(null, reasons);
}

/** Goes to the identity service. The mark tells that a token which comes back was asked for in this tab. */
export function signInElsewhere() {
  sessionStorage.setItem(ASKED, '1');
  location.assign('/sign-in');
}

/** Whether the server has an identity service to sign in with. */
export const hasIdentityService = () =>
  fetch('/sign-in', { method: 'HEAD' }).then(
    ({ ok }) => ok,
    () => false,
  );

async function send(name, variables, token) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: operation(name).query, operationName: name, variables }),
  }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  const data = Object.values(answer?.data ?? {})[0];
  const told = (answer?.errors ?? data?.refusals ?? []).map(({ message }) => message).join(' ');
  return { data, reasons: told || `${NO_ANSWER}${response ? ` (HTTP ${response.status})` : ''}` };
}

async function adopt(token) {
  const { data: viewer, reasons } = await send('WhoAmI', {}, token);
  if (!viewer) return change(null, reasons);
  change({ ...read(token), token, viewer }, STEPS[viewer.next]);
}

/** Which session a token is of, and until when it works. */
function read(token) {
  const { sid, exp } = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  return { id: sid, expiresAt: new Date(exp * 1000).toISOString() };
}

let renewing = null;

/** The next token, once however many ask. Without an answer the old one stays, and is tried again. */
function renew() {
  renewing ??= renewed().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewed() {
  const { session, notice } = state;
  const { data } = await send('RenewToken', { token: session.token });
  if (state.session !== session) return;
  if (data?.token) change({ ...session, ...read(data.token), token: data.token }, notice);
  else if (data || Date.parse(session.expiresAt) <= Date.now()) expire();
}

// Looked at often, since a timer of half an hour stands still while the machine sleeps.
setInterval(() => {
  if (state.session && Date.parse(state.session.expiresAt) - Date.now() < RENEW_BEFORE) renew();
}, 15_000);

// What the identity service's way back has brought, taken out of the address at once.
const brought = new URLSearchParams(location.hash.slice(1)).get('token');
if (brought) {
  history.replaceState(null, '', location.pathname);
  if (sessionStorage.getItem(ASKED)) adopt(brought);
  sessionStorage.removeItem(ASKED);
}
