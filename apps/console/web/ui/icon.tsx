import type { JSX } from 'preact';

/** Shapes of 16 by 16. A state has a shape of its own besides its colour. */
const SHAPES = {
  good: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm3.2 4.9-3.9 4.4-2.4-2.3.9-1 1.4 1.4 3-3.4 1 .9Z',
  slowed: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm.7 3v3.3l2.3 1.4-.7 1.2-3-1.9V4.5h1.4Z',
  bad: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2l3.7-3.7Zm2.1 3v4.3h1.4V4.5H7.3Zm0 5.6v1.4h1.4v-1.4H7.3Z',
  idle: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 1.5a5 5 0 1 1 0 10A5 5 0 0 1 8 3Zm-2.5 4.3v1.4h5V7.3h-5Z',
  search: 'M7 1.8a5.2 5.2 0 1 0 3.1 9.3l3 3 1-1-3-3A5.2 5.2 0 0 0 7 1.8Zm0 1.4a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6Z',
  light:
    'M8 4.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8ZM7.3.8h1.4v2.4H7.3V.8Zm0 12h1.4v2.4H7.3v-2.4ZM.8 7.3h2.4v1.4H.8V7.3Zm12 0h2.4v1.4h-2.4V7.3ZM2.4 3.4l1-1 1.7 1.7-1 1-1.7-1.7Zm8.5 8.5 1-1 1.7 1.7-1 1-1.7-1.7Zm0-7.8 1.7-1.7 1 1-1.7 1.7-1-1Zm-8.5 8.5 1.7-1.7 1 1-1.7 1.7-1-1Z',
  dark: 'M6.2 1.7a6.4 6.4 0 1 0 8.1 8.1A5.2 5.2 0 0 1 6.2 1.7Z',
  auto: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 1.5v10A5 5 0 0 1 8 3Z',
  link: 'M6.7 9.3a2.5 2.5 0 0 0 3.6 0l2.4-2.4a2.5 2.5 0 0 0-3.6-3.6l-1 1 .9 1 1-1a1.1 1.1 0 0 1 1.7 1.6L9.3 8.3a1.1 1.1 0 0 1-1.6 0l-1 1Zm2.6-2.6a2.5 2.5 0 0 0-3.6 0L3.3 9.1a2.5 2.5 0 0 0 3.6 3.6l1-1-.9-1-1 1a1.1 1.1 0 0 1-1.7-1.6l2.4-2.4a1.1 1.1 0 0 1 1.6 0l1-1Z',
} as const;

export type IconName = keyof typeof SHAPES;

/** Decoration only: the words beside it say the same. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
