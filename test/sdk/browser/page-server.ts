import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { atTestEnd } from '../../support/test-end.ts';

/** The browser builds of Segment's SDK, as they are published. */
const BUNDLES = join(dirname(createRequire(import.meta.url).resolve('@segment/analytics-next/package.json')), 'dist', 'umd');

/** Serves one page, and the SDK's bundles below `/sdk/`; returns its origin. It ends with the test. */
export async function servePage(html: string): Promise<string> {
  const server = createServer((request, answer) => {
    const bundle = /^\/sdk\/([\w.-]+\.js)$/.exec(request.url ?? '')?.[1];
    if (bundle !== undefined) {
      readFile(join(BUNDLES, bundle)).then(
        (script) => answer.writeHead(200, { 'content-type': 'text/javascript' }).end(script),
        () => answer.writeHead(404).end(),
      );
    } else if (request.url === '/') answer.writeHead(200, { 'content-type': 'text/html' }).end(html);
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTestEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
