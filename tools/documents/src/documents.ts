import { asyncApi } from './asyncapi.ts';
import { dashboard } from './dashboard.ts';
import type { GeneratedDocument } from './document.ts';
import { metricsPage } from './metrics-page.ts';
import { openApi } from './openapi.ts';
import { topicSchemas } from './topic-schemas.ts';

/** Everything that is made from the code. @param root the checkout, whose sources are read */
export async function generatedDocuments(root: string): Promise<GeneratedDocument[]> {
  const schemas = topicSchemas(root);
  return [await metricsPage(), await openApi(), ...schemas.documents, asyncApi(schemas), dashboard()];
}
