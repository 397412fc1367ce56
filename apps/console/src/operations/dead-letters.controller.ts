import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { Logger } from '#observability';
import { findDeadLetters, redriveRequest, writeRequest, type Actor, type DeadLetterFilter } from '#operations';
import type { DeadLetterExample, DeadLetterGroup, DeadLetters, RedrivePreview, Replay } from '../api/index.ts';
import { ConsoleSources, type ConsoleSource } from '../console-source.ts';
import { Who } from '../http/operator.ts';
import { BodyReader } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';
import { Needs } from '../http/route-access.ts';
import type { LetterGroup } from '../index/dead-letter-book.ts';
import { keyOf, LogView } from '../timeline/log-view.ts';
import { LOG } from '../tokens.ts';
import { rehearseInTime } from './rehearse-in-time.ts';
import { replayView } from './replay-view.ts';

@Controller('api/dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(ConsoleSources) private readonly sources: ConsoleSources,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Get()
  async list(@Query('source') id?: string): Promise<DeadLetters> {
    const chosen = this.sources.choose(id);
    const groups = await Promise.all(chosen.map((source) => groupsOf(source)));
    return {
      groups: groups.flat().sort((a, b) => b.count - a.count),
      complete: chosen.every(({ follower, index }) => follower.behind === 0 && index.deadLetters.isComplete),
    };
  }

  @Post('preview')
  @Needs('look')
  @HttpCode(200)
  async preview(@Body() body: unknown): Promise<RedrivePreview> {
    const { source, filter } = this.selectionOf(new BodyReader(body));
    const index = await findDeadLetters(source.log, filter);
    if (index.count === 0) return { count: 0, results: {} };
    const { results } = await rehearseInTime(source.log, redriveRequest(index, filter, {}));
    return { count: index.count, results };
  }

  @Post('redrive')
  @HttpCode(200)
  async redrive(@Who() who: Actor, @Body() body: unknown): Promise<Replay> {
    const read = new BodyReader(body);
    const { source, filter } = this.selectionOf(read);
    const rate = read.rate('rate');
    // The topic itself is asked, not the index, which may be a moment behind.
    const index = await findDeadLetters(source.log, filter);
    if (index.count === 0) throw new Refusal(409, 'there are no such dead letters (any more)');
    const wanted = redriveRequest(index, filter, { ...(rate !== undefined && { rate }) });
    const request = await writeRequest(source.log, who, 'redrive', wanted);
    this.log.info('redrive_asked', { source: source.id, run: request.run, count: index.count, by: who.by });
    return replayView(source.id, { request, progress: new Map() });
  }

  private selectionOf(read: BodyReader): { readonly source: ConsoleSource; readonly filter: DeadLetterFilter } {
    const source = this.sources.get(read.required('source'));
    const [code, event] = [read.text('code'), read.text('event')];
    return { source, filter: { ...(code !== undefined && { code }), ...(event !== undefined && { event }) } };
  }
}

async function groupsOf(source: ConsoleSource): Promise<DeadLetterGroup[]> {
  const groups = source.index.deadLetters.groups;
  const outcomes = await new LogView(source).outcomesOf(groups.flatMap(({ examples }) => examples));
  return groups.map(({ examples, ...group }: LetterGroup) => ({
    source: source.id,
    ...group,
    examples: examples.flatMap((position): DeadLetterExample[] => {
      const outcome = outcomes.get(keyOf(position));
      if (outcome?.outcome !== 'dead-lettered') return [];
      const { messageId, at, attempts, status, detail } = outcome;
      return [
        { position, messageId, at, attempts, ...(status !== undefined && { status }), ...(detail !== undefined && { detail }) },
      ];
    }),
  }));
}
