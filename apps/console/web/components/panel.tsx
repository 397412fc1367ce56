import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

export interface PanelProps {
  readonly title: ComponentChildren;
  /** What stands at the right of the title. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Of the heading; 2 unless it lies inside another panel. */
  readonly level?: 2 | 3;
}

/** A part of a view, with a heading by which a screen reader finds it. */
export function Panel({ title, aside, children, class: extra = '', level = 2 }: PanelProps): JSX.Element {
  const id = useId();
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section class={`panel ${extra}`} aria-labelledby={id}>
      <div class="panel-head">
        <Heading id={id}>{title}</Heading>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </div>
      {children}
    </section>
  );
}
