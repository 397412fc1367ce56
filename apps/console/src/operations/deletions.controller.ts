import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { deletionIdOf, parseDeletionId } from '#segment';
import type { Deletion, Deletions } from '../api/index.ts';
import { ConsoleSources, type ConsoleSource } from '../console-source.ts';
import { Refusal } from '../http/refusal.ts';
import type { KnownDeletion } from '../index/deletion-book.ts';
import { TimelineService } from '../timeline/timeline.service.ts';

@Controller('api/deletions')
export class DeletionsController {
  constructor(
    @Inject(ConsoleSources) private readonly sources: ConsoleSources,
    @Inject(TimelineService) private readonly timelines: TimelineService,
  ) {}

  @Get()
  list(@Query('source') id?: string, @Query('open') open?: string): Deletions {
    const chosen = this.sources.choose(id);
    const now = Date.now();
    const all = chosen.flatMap((source) => source.index.deletions.deletions.map((one) => deletionView(source.id, one, now)));
    const isOpen = ({ status }: Deletion): boolean => status === 'accepted';
    return {
      deletions: [...all.filter(isOpen).sort(longestWaiting), ...(open === 'true' ? [] : all.filter((one) => !isOpen(one)))],
      open: chosen.reduce((sum, { index }) => sum + index.deletions.openCount, 0),
      complete: chosen.every(({ follower }) => follower.behind === 0),
    };
  }

  @Get(':id')
  async one(@Param('id') id: string): Promise<Deletion> {
    const ref = parseDeletionId(id);
    const source = ref && this.sources.find(ref.source);
    const found = ref && source && (await this.find(source, ref.position));
    if (source === undefined || found === undefined)
      throw new Refusal(404, "no deletion of that id: it is another bridge's, or the log no longer reaches back to it");
    return deletionView(source.id, found, Date.now());
  }

  /** Of an older one than the book lists, its record and its outcome tell. */
  private async find(source: ConsoleSource, position: KnownDeletion['position']): Promise<KnownDeletion | undefined> {
    const known = source.index.deletions.at(position);
    if (known !== undefined) return known;
    const entry = (await this.timelines.entryAt(source, position))?.entry;
    if (entry?.type !== 'delete') return undefined;
    const { subject, receivedAt: requestedAt, outcome } = entry;
    return {
      deletionId: deletionIdOf({ source: source.id, position }),
      subject: subject as KnownDeletion['subject'],
      position,
      ...(requestedAt !== undefined && { requestedAt }),
      ...(outcome !== undefined && {
        ended: { at: outcome.at, taken: outcome.outcome === 'delivered', attempts: outcome.attempts },
      }),
    };
  }
}

function deletionView(
  source: string,
  { deletionId, subject, position, requestedAt, ended }: KnownDeletion,
  now: number,
): Deletion {
  const asked = requestedAt === undefined ? NaN : Date.parse(requestedAt);
  const until = ended === undefined ? now : Date.parse(ended.at);
  return {
    deletionId,
    source,
    subject,
    position,
    status: ended === undefined ? 'accepted' : ended.taken ? 'sent' : 'failed',
    requestedAt: requestedAt ?? null,
    endedAt: ended?.at ?? null,
    ageMs: Number.isNaN(asked) ? null : Math.max(0, until - asked),
    attempts: ended?.attempts ?? null,
  };
}

function longestWaiting(a: Deletion, b: Deletion): number {
  return (b.ageMs ?? 0) - (a.ageMs ?? 0);
}
