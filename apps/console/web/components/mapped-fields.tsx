import type { JSX } from 'preact';
import type { Json, MappedField } from '../../src/api/index.ts';
import { sentence } from '../ui/format.ts';
import { Facts } from '../ui/facts.tsx';
import { JsonBlock } from '../ui/json-block.tsx';
import { Notice } from '../ui/notice.tsx';
import { Table } from '../ui/table.tsx';

export interface MappedFieldsProps {
  readonly decidedBy: string;
  readonly mappingVersion: string;
  readonly dedup?: { readonly kind: string; readonly key: string } | null;
  readonly fields: readonly MappedField[];
  /** Set on the person after the event. */
  readonly parameters?: { readonly [name: string]: Json };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** Which rule of the mapping did what. */
export function MappedFields({ decidedBy, mappingVersion, dedup, fields, parameters, warnings }: MappedFieldsProps): JSX.Element {
  return (
    <>
      {warnings.map(({ code, message }) => (
        <Notice key={`${code} ${message}`} tone="warn">
          <p>{sentence(message)}</p>
        </Notice>
      ))}
      <Facts
        facts={[
          ['Decided by', <code>{decidedBy}</code>],
          ['Mapping', mappingVersion],
          [
            'A repeat is known by',
            dedup === undefined || dedup === null ? 'its messageId' : `${dedup.kind} ${dedup.key}, and its messageId`,
          ],
        ]}
      />
      <Table
        caption="Which rule set which field"
        rows={fields}
        keyOf={({ field }) => field}
        columns={[
          { title: 'Field', cell: ({ field }) => <code>{field}</code> },
          { title: 'From', cell: ({ from }) => <code>{from}</code> },
          { title: 'Rule', cell: ({ rule }) => rule },
        ]}
      />
      {parameters !== undefined && (
        <>
          <h3>Then set on the person, as PUBLIC, where it differs</h3>
          <JsonBlock label="Set on the person" json={parameters} />
        </>
      )}
    </>
  );
}
