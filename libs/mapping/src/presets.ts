import type { Preset } from './event-rule.ts';
import { ECOMMERCE } from './presets/ecommerce.ts';

/** Presets by the name that the file uses. Their content is part of the mapping's version. */
export const PRESETS: ReadonlyMap<string, Preset> = new Map([['ecommerce', ECOMMERCE]]);
