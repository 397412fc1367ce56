import type { ComponentChildren, JSX } from 'preact';
import type { Role } from '../../src/api/index.ts';
import { may, operatorOf, session } from '../session-store.ts';
import { useStore } from '../ui/store.ts';

export interface PermittedProps {
  readonly role: Role;
  /** What they could do with it, to complete `To … takes the role`. */
  readonly to: string;
  readonly children: ComponentChildren;
}

/** What is there for those who have the role; everybody else is told what it takes. */
export function Permitted({ role, to, children }: PermittedProps): JSX.Element {
  const state = useStore(session);
  if (may(state, role)) return <>{children}</>;
  return (
    <p class="muted">
      To {to} takes the role {role}, which {operatorOf(state)?.name ?? 'nobody'} lacks: it is given in CONSOLE_USERS_FILE.
    </p>
  );
}
