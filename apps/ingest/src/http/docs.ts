import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** Serves the OpenAPI document as `/docs-json`, and as a page without scripts or foreign hosts at `/docs`. */
export function serveDocs(app: NestFastifyApplication): void {
  const document = openApiDocument(app);
  const page = docsPage(document);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/docs-json', (_, reply) => reply.type('application/json; charset=utf-8').send(document));
  fastify.get('/docs', (_, reply) => reply.type('text/html; charset=utf-8').send(page));
}

/** The OpenAPI document of the doors. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  return SwaggerModule.createDocument(app, description());
}

function description(): ReturnType<DocumentBuilder['build']> {
  return new DocumentBuilder()
    .setTitle('Segment to Extole')
    .setDescription('Takes Segment events in, writes them to Kafka, and answers when they are safe there.')
    .setVersion('1')
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'A write key as user name, no password' }, 'writeKey')
    .addBasicAuth(
      { type: 'http', scheme: 'basic', description: "The account's Extole API key as user name, no password" },
      'extoleApiKey',
    )
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'A deletion key as user name, no password' }, 'deletionKey')
    .build();
}

function docsPage({ info, paths }: OpenAPIObject): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    (['get', 'post'] as const).flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [operationHtml(method, path, operation.summary ?? '', operation.responses)];
    }),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(info.title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}code{font-size:1.05em}dt{margin-top:1rem}dd{margin:0}li{color:#555}</style>
<h1>${html(info.title)}</h1>
<p>${html(info.description ?? '')} The whole description, for tools: <a href="docs-json">docs-json</a>.</p>
<dl>
${operations.join('\n')}
</dl>
</html>
`;
}

function operationHtml(method: string, path: string, summary: string, responses: object): string {
  const answers = Object.entries(responses as Record<string, { description?: string }>).map(
    ([status, response]) => `<li>${html(status)} ${html(response.description ?? '')}</li>`,
  );
  return `<dt><code>${method.toUpperCase()} ${html(path)}</code></dt><dd>${html(summary)}<ul>${answers.join('')}</ul></dd>`;
}

function html(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
