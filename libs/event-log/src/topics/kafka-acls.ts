import type { Operation, Right } from './rights.ts';

/** All that is given on one topic or group: one line of `kafka-acls`. */
export interface Acl {
  readonly resource: Right['resource'];
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** The rights, one entry for each topic and group. */
export function aclsOf(rights: readonly Right[]): Acl[] {
  const acls = new Map<string, { resource: Right['resource']; name: string; operations: Operation[] }>();
  for (const { operation, resource, name } of rights) {
    const acl = acls.get(`${resource} ${name}`) ?? { resource, name, operations: [] };
    acl.operations.push(operation);
    acls.set(`${resource} ${name}`, acl);
  }
  return [...acls.values()];
}

/** The line of `kafka-acls` that gives it to `principal`, to be pasted into a shell. */
export function kafkaAclsLine({ resource, name, operations }: Acl, principal: string, brokers: readonly string[]): string {
  const words = ['kafka-acls', '--bootstrap-server', brokers.join(','), '--add', '--allow-principal', principal];
  const given = operations.flatMap((operation) => ['--operation', javaName(operation)]);
  return [...words, ...given, `--${resource}`, name].map(quoted).join(' ');
}

/** `DescribeConfigs`, as the tool's help has it. */
function javaName(operation: string): string {
  return operation
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** A principal may be the name of a certificate, with blanks and commas; anything else stands as it is. */
function quoted(text: string): string {
  return /^[\w.,:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
