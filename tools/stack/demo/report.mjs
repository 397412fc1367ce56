import { styleText } from 'node:util';
import { NO_BREAK, renderRows, wrap } from './table.mjs';

/** Where nothing tells how wide lines may be. */
const USUAL_WIDTH = 120;
const MAX_WIDTH = 160;
const HEADER = { left: 'SENT', right: 'EXTOLE RECEIVED', last: 'OUTCOME' };

/** The results for a person: a table per case, and what went wrong. */
export function printReport(results, out = process.stdout) {
  const width = Math.min(out.columns ?? USUAL_WIDTH, MAX_WIDTH);
  const coloured = out.isTTY === true && process.env.TERM !== 'dumb' && !process.env.NO_COLOR;
  const style = (format, text) => (coloured ? styleText(format, text) : text);
  const paint = (cell, text, row) => {
    if (row === HEADER) return style('dim', text);
    return cell === 'last' ? style(row.faulty ? 'red' : 'green', text) : text;
  };
  const print = (line) => out.write(`${line}\n`);

  for (const [index, { title, rows, faults }] of results.entries()) {
    const mark = faults.length === 0 ? style('green', '✔') : style('red', '✘');
    print('');
    wrap(`${index + 1}. ${title}`, width - 2).forEach((line, part) => print(`${part === 0 ? mark : ' '} ${style('bold', line)}`));
    for (const line of renderRows(HEADER, rows, width, paint)) print(line);
    for (const fault of faults) wrap(fault, width - 4).forEach((line, part) => print(`  ${part === 0 ? '→' : ' '} ${line}`));
  }

  const passed = results.filter(({ faults }) => faults.length === 0).length;
  print('');
  wrap(
    'Every event at Extole also has its event_time, and as partner_event_id the messageId that Segment gave it.',
    width,
  ).forEach((line) => print(style('dim', line)));
  print(
    passed === results.length
      ? style('green', `All ${passed} cases came out as documented.`)
      : style('red', `${passed} of ${results.length} cases came out as documented.`),
  );
}

/** The row of a step: what was sent, what Extole got of it, how it ended. */
export function rowOf({ step, outcome, received }) {
  return {
    left: `${callOf(step)} ${fieldsOf(step.sent)}`,
    right: received === undefined ? 'nothing' : receivedText(received),
    last: outcome?.outcome ?? 'none yet',
    faulty: outcome?.outcome !== step.outcome,
  };
}

function callOf({ call, event }) {
  if (call === 'delete') return 'POST /v1/delete';
  return call === 'track' ? `track '${event}'` : 'identify';
}

function receivedText({ erasure, eventName, data }) {
  return erasure === true ? 'erasure: everything of this user is removed' : `'${eventName}' ${fieldsOf(data)}`;
}

/** Text in quotes, so that money that stayed a text can be told from a number. A name and its value stay on one line. */
function fieldsOf(fields) {
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}`,
  );
  return `{${pairs.map((pair) => pair.replaceAll(' ', NO_BREAK)).join(', ')}}`;
}
