import { forwarding } from './forwarding.mjs';
import { functions } from './functions.mjs';
import { growth } from './growth.mjs';
import { hotUser } from './hot-user.mjs';
import { idle } from './idle.mjs';
import { ingest } from './ingest.mjs';
import { latency } from './latency.mjs';
import { window } from './window.mjs';

/** In the order of the report. */
export const SECTIONS = [forwarding, ingest, latency, hotUser, idle, functions, growth, window];
