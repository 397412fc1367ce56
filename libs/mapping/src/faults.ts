/** One thing wrong in a mapping file: where it stands in the file, and what to do about it. */
export interface MappingFault {
  /** As a reader finds it in the file: `track.events.Order Completed.data.cart_value`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A mapping file that cannot be used; `faults` lists everything that is wrong with it, so that one edit can mend it all. */
export class MappingError extends Error {
  readonly code = 'MAPPING_INVALID';

  constructor(readonly faults: readonly MappingFault[]) {
    super(`the mapping is not valid:\n${faults.map((fault) => `  ${describe(fault)}`).join('\n')}`);
    this.name = 'MappingError';
  }
}

function describe({ path, message }: MappingFault): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** Collects faults while a file is read to its end, at the path where the reader stands. */
export class FaultList {
  constructor(
    private readonly faults: MappingFault[] = [],
    private readonly path = '',
  ) {}

  /** The same list, one step deeper in the file. */
  at(key: string | number): FaultList {
    if (typeof key === 'number') return new FaultList(this.faults, `${this.path}[${key}]`);
    return new FaultList(this.faults, this.path === '' ? key : `${this.path}.${key}`);
  }

  add(message: string): void {
    this.faults.push({ path: this.path, message });
  }

  /** @throws MappingError if anything was added at any depth. */
  throwIfAny(): void {
    if (this.faults.length > 0) throw new MappingError(this.faults);
  }
}
