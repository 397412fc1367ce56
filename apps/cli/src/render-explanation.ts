import type { EventExplanation, ExplainedPlace, ExplainedRequest } from '#operations';
import { table } from './table.ts';

/** An explanation for a human to read. */
export function renderExplanation(explanation: EventExplanation): string {
  switch (explanation.kind) {
    case 'refused':
      return `refused: ${explanation.reason} (ingest counts it and does not write it to the log)`;
    case 'unsupported':
      return `not supported: ${explanation.type} (this destination takes identify, track and deletions)`;
    case 'erasure':
      return table([
        ...placeRows(explanation),
        ['ends as', 'erasure of this user, and of everything of theirs that comes before it in the log'],
      ]);
    case 'filtered':
      return table([
        ...placeRows(explanation),
        ['message', explanation.messageId],
        ['ends as', `filtered: ${explanation.reason}, decided by ${explanation.decidedBy}`],
      ]);
    case 'request':
      return renderRequest(explanation);
  }
}

function renderRequest(request: ExplainedPlace & ExplainedRequest): string {
  const { event, decidedBy, mappingVersion, dedup, messageId, mode, body, fields, parameters, omitted, warnings } = request;
  const facts = table([
    ...placeRows(request),
    ['message', messageId],
    ['sent as', `${event}, decided by ${decidedBy} (mapping ${mappingVersion}, ${mode} endpoint)`],
    ['known by', dedup === undefined ? 'messageId' : `${dedup.kind} ${dedup.key}, and messageId`],
  ]);
  return [
    facts,
    section('body', JSON.stringify(body, null, 2)),
    section('fields', table(fields.map(({ field, rule, from }) => [field, rule, from]))),
    ...(parameters === undefined
      ? []
      : [
          section(
            'then set on the person, as PUBLIC',
            table(Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)])),
          ),
        ]),
    ...(omitted.length === 0 ? [] : [section('not sent', table(omitted.map(({ source, reason }) => [source, reason])))]),
    ...(warnings.length === 0 ? [] : [section('warnings', table(warnings.map(({ code, message }) => [code, message])))]),
  ].join('\n\n');
}

function placeRows({ source, subject, hashedSubject, partition, partitions }: ExplainedPlace): string[][] {
  return [
    ['source', source],
    ['subject', hashedSubject === undefined ? subject : `${subject} (${hashedSubject})`],
    ['partition', `${partition} of ${partitions}`],
  ];
}

function section(title: string, content: string): string {
  return `${title}\n${content.replace(/^/gm, '  ')}`;
}
