import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Failure } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { signIn } from '../../session-store.ts';

export function SignInView({ takesTokens }: { readonly takesTokens: boolean }): JSX.Element {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<string>();
  if (!takesTokens) {
    return (
      <main class="page narrow">
        <h1>Segment → Extole</h1>
        <Notice tone="warn" title="Nobody has signed you in">
          <p>Open the console through the proxy that does: this one has no tokens (CONSOLE_TRUSTED_USER_HEADER).</p>
        </Notice>
      </main>
    );
  }
  return (
    <main class="page narrow">
      <h1>Segment → Extole</h1>
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn(token).then(setFailure);
        }}
      >
        <Field label="Console token">
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </Field>
        <p class="muted">
          Yours, as bridge console user has made it; or the value of CONSOLE_TOKEN, with which the console was started.
        </p>
        <Failure text={failure} />
        <div class="buttons">
          <button type="submit" class="primary">
            Sign in
          </button>
        </div>
      </form>
    </main>
  );
}
