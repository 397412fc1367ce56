import { openApiDocument } from '../../../apps/ingest/src/http/docs.ts';
import { jsonDocument, type GeneratedDocument } from './document.ts';
import { ingestWithoutALog } from './ingest-without-a-log.ts';

/** docs/interfaces/openapi.json: what ingest serves at `/docs-json`. */
export async function openApi(): Promise<GeneratedDocument> {
  const { app } = await ingestWithoutALog();
  const document = openApiDocument(app);
  await app.close();
  return jsonDocument('docs/interfaces/openapi.json', document);
}
