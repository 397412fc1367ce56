#!/usr/bin/env node
// npm start. Only old syntax in this file, so that an old Node gets as far as the message; everything else is in lib/.
import { requireNode } from './lib/node-version.mjs';

requireNode();
import('./lib/stack.mjs').then((stack) => stack.main());
