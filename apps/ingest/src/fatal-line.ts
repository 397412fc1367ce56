import { errorFields } from '#observability';

/**
 * The last log line of a process that has met a bug. Of the error its class, code and places: Node's own report would print the
 * message, which may quote what came in (P10).
 */
export function fatalLine(error: unknown, now: Date): string {
  const fields = { level: 'fatal', time: now.toISOString(), app: 'ingest', event: 'uncaught_exception', ...errorFields(error) };
  return `${JSON.stringify({ ...fields, stack: placesOf(error) })}\n`;
}

/** The stack without its first lines, which are the message. */
function placesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return (error.stack ?? '').split('\n').flatMap((line) => /^ {4}at .*/.exec(line)?.[0].trim() ?? []);
}
