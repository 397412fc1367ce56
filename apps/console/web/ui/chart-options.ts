import type uPlot from 'uplot';

export interface Series {
  readonly name: string;
  /** The custom property that holds its colour. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

export interface ChartWish {
  /** Where the chart is drawn: there its colours hold. */
  readonly element: HTMLElement;
  readonly size: { readonly width: number; readonly height: number };
  readonly series: readonly Series[];
  readonly format: (value: number | null) => string;
  /** The least height of the scale, so that next to nothing does not look like a lot. */
  readonly floor: number;
  readonly steps: readonly number[] | undefined;
  /** The index of the sample under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
}

const FONT = '11px system-ui, sans-serif';
/** All charts show the same moment under the pointer. */
const CURSOR_GROUP = 'charts';

/** How a chart is drawn. */
export function chartOptions({ element, size, series, format, floor, steps, onPoint }: ChartWish): uPlot.Options {
  const colour = (name: string): string => colourOf(element, name);
  const axis = {
    stroke: colour('muted'),
    font: FONT,
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: { sync: { key: CURSOR_GROUP }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: true, auto: false }, y: { range: (_, __, max) => [0, Math.max(floor, (max ?? 0) * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 70, size: 22, values: (_, ticks) => ticks.map(clockText) },
      {
        ...axis,
        size: 52,
        space: 30,
        gap: 4,
        values: (_, ticks) => ticks.map((tick) => format(tick)),
        ...(steps !== undefined && { incrs: [...steps] }),
      },
    ],
    series: [
      {},
      ...series.map((one) => ({
        label: one.name,
        stroke: colour(one.colour),
        fill: colour(`${one.colour}-fill`),
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

/** What a custom property comes to in the scheme of now: a canvas follows no style sheet, and `light-dark()` is none of its colours. */
function colourOf(element: HTMLElement, name: string): string {
  element.style.color = `var(--${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color;
}

function clockText(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}
