import { CANARY } from './json-text.ts';
import type { DoorName } from './hostile-case.ts';

export interface DoorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** The statuses that the doors are documented to answer with (contract.md, HTTP). */
const DOCUMENTED = [200, 202, 400, 401, 403, 404, 413, 415, 429, 501, 503];

/** What is wrong with an answer whatever it was an answer to; empty if nothing is. */
export function judge(door: DoorName, answer: DoorAnswer): string[] {
  const faults: string[] = [];
  if (!DOCUMENTED.includes(answer.status)) faults.push(`undocumented status ${answer.status}`);
  if (answer.text.includes(CANARY)) faults.push('echoes its input');
  if (!answer.contentType.startsWith('application/json')) faults.push(`content type ${answer.contentType}`);
  if ([429, 503].includes(answer.status) && !/^[1-9]\d*$/.test(answer.retryAfter ?? '')) faults.push('no Retry-After');
  const expected = shapeOf(door, answer.status);
  const shape = shapeIn(answer.text);
  if (!expected.includes(shape)) faults.push(`shape ${shape} instead of ${expected.join(' or ')}`);
  return faults;
}

/** The members of the answer's object; of `success` its value, of the others their type. */
function shapeIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return typeof body;
    const members = Object.entries(body).map(([name, value]) => `${name}:${name === 'success' ? String(value) : typeof value}`);
    return members.sort().join(' ');
  } catch {
    return 'no JSON';
  }
}

function shapeOf(door: DoorName, status: number): string[] {
  const isError = status >= 400;
  switch (door) {
    case 'tracking':
    case 'batch':
      return [isError ? 'message:string success:false' : 'success:true'];
    case 'partner':
      return isError ? ['message:string'] : ['status:string', 'deletionId:string status:string'];
    case 'webhook':
      return [isError ? 'message:string' : 'success:true'];
    case 'deletion':
      return [isError ? 'message:string success:false' : 'deletionId:string status:string'];
  }
}
