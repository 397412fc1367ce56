#!/usr/bin/env node
// npm test. Only old syntax in this file, so that an old Node gets as far as the message; everything else is in lib/.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error('Node 20.19 or newer is needed; this is ' + process.versions.node + '.');
  process.exit(1);
}
import('./lib/test-run.mjs').then((run) => run.main(process.argv.slice(2)));
