import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { UNKNOWN } from './format.ts';
import { useStore } from './store.ts';
import { colours } from './theme.ts';
import { chartOptions, type Series } from './chart-options.ts';

export interface ChartProps {
  readonly title: string;
  readonly at: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number | null) => string;
  /** How far back it reaches, from the latest sample. */
  readonly seconds: number;
  /** The least height of the scale. */
  readonly floor: number;
  /** The steps between the lines of its scale, where those of ten would not read well. */
  readonly steps?: readonly number[];
  /** What a screen reader is told of it. */
  readonly summary: string;
}

/** What one or two numbers have come to over time. Beside the drawing stand the numbers of now, or of the moment under the pointer. */
export function Chart({ title, at, seconds, series, format, floor, steps, summary }: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const round = useStore(colours);
  const id = useId();
  const data = [at, ...series.map(({ values }) => values)] as unknown as uPlot.AlignedData;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const size = { width: element.clientWidth, height: element.clientHeight };
    const made = new uPlot(chartOptions({ element, size, series, format, floor, steps, onPoint: setPointed }), data, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
    // Made anew only if its colours change; its series stay the same ones, and the data follow below.
  }, [round]);

  useEffect(() => {
    const end = at.at(-1) ?? Date.now() / 1_000;
    plot.current?.setData(data, false);
    plot.current?.setScale('x', { min: end - seconds, max: end });
  }, [at]);

  const index = pointed ?? at.length - 1;
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span class="chart-title">{title}</span>
        <span class="chart-values" aria-hidden="true">
          {series.map(({ name, colour, values }) => (
            <span key={name} class="chart-value">
              {series.length > 1 && <i class={`swatch swatch-${colour}`} />}
              {series.length > 1 && <span class="muted">{name} </span>}
              <b>{values[index] === undefined ? UNKNOWN : format(values[index])}</b>
            </span>
          ))}
        </span>
        <span class="visually-hidden">{summary}</span>
      </figcaption>
      <div class="chart-box" ref={box} aria-hidden="true" />
    </figure>
  );
}
