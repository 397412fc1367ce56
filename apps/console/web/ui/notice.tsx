import type { ComponentChildren, JSX } from 'preact';
import { TONE_ICON, type Tone } from './badge.tsx';
import { Icon } from './icon.tsx';

export interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ComponentChildren;
  /** Told to a screen reader when it appears. */
  readonly isAlert?: boolean;
}

/** What is the matter, and what to do about it. */
export function Notice({ tone, title, children, isAlert = false }: NoticeProps): JSX.Element {
  return (
    <div class={`notice tone-${tone}`} {...(isAlert && { role: 'alert' })}>
      <Icon name={TONE_ICON[tone]} />
      <div>
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** A view, or a part of one, that has nothing to show, and why that is. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
