import { useEffect, useState } from 'react';
import { hasIdentityService, hint, signIn, signInElsewhere, signOut, useSession } from './session';

export function SignIn() {
  const { session, notice } = useSession();
  return (
    <header className="strip">
      <h1>
        党建云 <span>dangjian-cloud</span>
      </h1>
      <p className="notice" role="alert">
        {notice ?? hint(session)}
      </p>
      {session ? <SignedIn viewer={session.viewer} /> : <Form />}
    </header>
  );
}

function SignedIn({ viewer }) {
  const roles = viewer.roles.map(({ role, organization, county }) =>
    [role, organization?.name ?? county?.code].filter(Boolean).join(' · '),
  );
  return (
    <div className="who">
      <strong>{viewer.displayName}</strong>
      <span>{viewer.username}</span>
      <span className="roles" title={roles.join('\n')}>
        {roles.join(',')}
      </span>
      <button type="button" onClick={signOut}>
        退出 Sign out
      </button>
    </div>
  );
}

function Form() {
  const [busy, setBusy] = useState(false);
  const [elsewhere, setElsewhere] = useState(false);
  useEffect(() => void hasIdentityService().then(setElsewhere), []);

  async function submit(event) {
    event.preventDefault();
    const { username, password, oneTimeCode } = Object.fromEntries(new FormData(event.target));
    setBusy(true);
    await signIn({ username, password, oneTimeCode: oneTimeCode || null });
    setBusy(false);
  }

  return (
    <form onSubmit={submit}>
      <Field name="username" label="用户名 User" autoComplete="username" required />
      <Field name="password" label="密码 Password" type="password" autoComplete="current-password" required />
      <Field
        name="oneTimeCode"
        label="动态码 Code"
        title="如已启用 If enabled"
        autoComplete="one-time-code"
      />
      <button type="submit" disabled={busy}>
        登录 Sign in
      </button>
      {elsewhere && (
        <button type="button" onClick={signInElsewhere}>
          统一身份认证 Identity service
        </button>
      )}
    </form>
  );
}

const Field = ({ label, ...input }) => <input {...input} placeholder={label} aria-label={label} />;
