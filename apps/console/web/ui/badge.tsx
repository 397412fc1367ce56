import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** How something stands, in the four ways that the page has colours and shapes for. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle';

export const TONE_ICON: Readonly<Record<Tone, IconName>> = { good: 'good', warn: 'slowed', bad: 'bad', idle: 'idle' };

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }): JSX.Element {
  return (
    <span class={`badge tone-${tone}`}>
      <Icon name={TONE_ICON[tone]} />
      {children}
    </span>
  );
}
