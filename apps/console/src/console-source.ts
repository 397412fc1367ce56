import type { PartitionReader } from '#event-log';
import type { Mapping } from '#mapping';
import type { LogAccess } from '#operations';
import type { IndexFollower } from './index/index-follower.ts';
import type { ReplayFollower } from './index/replay-follower.ts';
import type { SourceIndex } from './index/source-index.ts';
import { Refusal } from './http/refusal.ts';

/** A source, as the console reads and steers it. */
export interface ConsoleSource {
  readonly id: string;
  readonly log: LogAccess;
  /** For single records: fetches little, and does not wait for what is not there. */
  readonly records: PartitionReader;
  readonly mapping: Mapping;
  readonly index: SourceIndex;
  readonly follower: IndexFollower;
  readonly replays: ReplayFollower;
}

/** The configured sources, by id. */
export class ConsoleSources {
  private readonly byId: ReadonlyMap<string, ConsoleSource>;

  constructor(readonly all: readonly ConsoleSource[]) {
    this.byId = new Map(all.map((source) => [source.id, source]));
  }

  find(id: string): ConsoleSource | undefined {
    return this.byId.get(id);
  }

  /** @throws Refusal if there is none of that id */
  get(id: string): ConsoleSource {
    const source = this.byId.get(id);
    if (source === undefined)
      throw new Refusal(404, `there is no such source: choose one of ${[...this.byId.keys()].join(', ')}`);
    return source;
  }

  /** The named one, or all. @throws Refusal if there is none of that id */
  choose(id: string | undefined): readonly ConsoleSource[] {
    return id === undefined || id === '' ? this.all : [this.get(id)];
  }
}
