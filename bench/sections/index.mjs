import { forwarding } from './forwarding.mjs';

/** In the order of the report. */
export const SECTIONS = [forwarding];
