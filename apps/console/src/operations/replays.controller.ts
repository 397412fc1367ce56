import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { ReplayState } from '#delivery';
import type { Logger } from '#observability';
import { changeReplay, offsetsOf, requestFor, writeRequest, type Actor } from '#operations';
import type { Replay, ReplayPreview, Replays } from '../api/index.ts';
import { ConsoleSources } from '../console-source.ts';
import { Who } from '../http/operator.ts';
import { BodyReader } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';
import { Needs } from '../http/route-access.ts';
import { LOG } from '../tokens.ts';
import { readWish } from './read-wish.ts';
import { rehearseInTime } from './rehearse-in-time.ts';
import { examplesView, replayView } from './replay-view.ts';

@Controller('api/replays')
export class ReplaysController {
  constructor(
    @Inject(ConsoleSources) private readonly sources: ConsoleSources,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Get()
  list(@Query('source') source?: string): Replays {
    const replays = this.sources
      .choose(source)
      .flatMap(({ id, replays: follower }) => follower.replays.map((replay) => replayView(id, replay)));
    return { replays: replays.sort((a, b) => b.requestedAt.localeCompare(a.requestedAt)) };
  }

  @Get(':source/:run')
  one(@Param('source') id: string, @Param('run') run: string): Replay {
    const replay = this.sources.get(id).replays.replay(run);
    if (replay === undefined) throw new Refusal(404, `source ${id} has no such replay: see the list`);
    return replayView(id, replay);
  }

  @Post('preview')
  @Needs('look')
  @HttpCode(200)
  async preview(@Body() body: unknown): Promise<ReplayPreview> {
    const read = new BodyReader(body);
    const { log } = this.sources.get(read.required('source'));
    const { request, cut } = await requestFor(log, readWish(read, Date.now()));
    const rehearsal = await rehearseInTime(log, request);
    return { total: offsetsOf(request), results: rehearsal.results, examples: examplesView(rehearsal), cut };
  }

  @Post()
  @HttpCode(200)
  async start(@Who() who: Actor, @Body() body: unknown): Promise<Replay> {
    const read = new BodyReader(body);
    const { id, log } = this.sources.get(read.required('source'));
    const { request: wanted } = await requestFor(log, readWish(read, Date.now()));
    if (wanted.ranges.length === 0) throw new Refusal(409, 'there is nothing in that range that the live log is done with');
    const request = await writeRequest(log, who, 'replay', wanted);
    this.log.info('replay_asked', { source: id, run: request.run, by: who.by });
    return replayView(id, { request, progress: new Map() });
  }

  @Post(':source/:run/pause')
  @HttpCode(200)
  pause(@Who() who: Actor, @Param('source') source: string, @Param('run') run: string): Promise<Replay> {
    return this.change(who, source, run, 'paused');
  }

  @Post(':source/:run/resume')
  @HttpCode(200)
  resume(@Who() who: Actor, @Param('source') source: string, @Param('run') run: string): Promise<Replay> {
    return this.change(who, source, run, 'running');
  }

  @Post(':source/:run/cancel')
  @HttpCode(200)
  cancel(@Who() who: Actor, @Param('source') source: string, @Param('run') run: string): Promise<Replay> {
    return this.change(who, source, run, 'cancelled');
  }

  private async change(who: Actor, id: string, run: string, state: ReplayState): Promise<Replay> {
    const replay = await changeReplay(this.sources.get(id).log, who, run, state);
    this.log.info('replay_changed', { source: id, run: replay.request.run, state, by: who.by });
    return replayView(id, replay);
  }
}
