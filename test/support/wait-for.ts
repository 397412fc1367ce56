export { waitFor, type WaitOptions } from '../../tools/stack/lib/wait-for.mjs';
export { freePort } from '../../tools/stack/lib/ports.mjs';
