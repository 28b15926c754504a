import { useSyncExternalStore } from 'react';
import { operation } from './operations';

// The token lives in sessionStorage: it ends with the browser tab and is never written to disk by us.
const KEY = 'dangjian:session';
const EXPIRED = '登录已过期,请重新登录。 The session has expired, please sign in again.';
const NO_ANSWER = '服务器没有应答。 The server did not answer.';

const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
let state = { session: stored, notice: null };
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

/** `{ session: { token, expiresAt, viewer } | null, notice: string | null }`, kept current. */
export const useSession = () => useSyncExternalStore(subscribe, () => state);

export const signOut = () => change(null);
export const expire = () => change(null, EXPIRED);

/** The Authorization value, or null when nobody is signed in. */
export function bearer() {
  const { session } = state;
  if (!session) return null;
  if (Date.parse(session.expiresAt) > Date.now()) return `Bearer ${session.token}`;
  expire();
  return null;
}

/** Signs in through the contract's SignIn mutation; a refusal becomes the notice. */
export async function signIn(variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: operation('SignIn').query, operationName: 'SignIn', variables }),
  }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  const { token, expiresAt, viewer, refusals = [] } = answer?.data?.signIn ?? {};
  if (token) return change({ token, expiresAt, viewer });
  const reasons = (answer?.errors ?? refusals).map(({ message }) => message).join(' ');
  change(null, reasons || `${NO_ANSWER}${response ? ` (HTTP ${response.status})` : ''}`);
}
