#!/usr/bin/env node
// npm test. Only old syntax in this file, so that an old Node gets as far as the message; everything else is in lib/.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/test-run.mjs').then((run) => run.main(process.argv.slice(2)));
