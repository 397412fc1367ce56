#!/usr/bin/env node
// npm run demo. Only old syntax in this file, so that an old Node gets as far as the message; everything else is in demo/.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./demo/main.mjs').then((demo) => demo.main(process.argv.slice(2)));
