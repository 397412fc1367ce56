const SCALE = Number(process.env['CHAOS_SCALE'] ?? '1');

/** The sizes that the figures are meant for are those of scale 1. */
export function chaosScale(): number {
  return SCALE;
}

/** A count, or a time in milliseconds, at the scale of this run (`CHAOS_SCALE`, default 1); never less than `least`. */
export function scaled(full: number, least = 1): number {
  return Math.max(least, Math.round(full * SCALE));
}
