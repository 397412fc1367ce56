import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Failure } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { signIn } from '../../session-store.ts';

export function SignInView(): JSX.Element {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<string>();
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
        <p class="muted">The value of CONSOLE_TOKEN, with which the console was started.</p>
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
