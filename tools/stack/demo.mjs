#!/usr/bin/env node
// npm run demo. Only old syntax in this file, so that an old Node gets as far as the message; everything else is in demo/.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error('Node 20.19 or newer is needed; this is ' + process.versions.node + '.');
  process.exit(1);
}
import('./demo/main.mjs').then((demo) => demo.main(process.argv.slice(2)));
