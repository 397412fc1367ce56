import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { ReplayState } from '#delivery';
import type { Logger } from '#observability';
import { changeReplay, offsetsOf, requestFor, writeRequest } from '#operations';
import type { Replay, ReplayPreview, Replays } from '../api/index.ts';
import { ConsoleSources } from '../console-source.ts';
import { BodyReader } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';
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
  async start(@Body() body: unknown): Promise<Replay> {
    const read = new BodyReader(body);
    const { id, log } = this.sources.get(read.required('source'));
    const { request } = await requestFor(log, readWish(read, Date.now()));
    if (request.ranges.length === 0) throw new Refusal(409, 'there is nothing in that range that the live log is done with');
    await writeRequest(log, request);
    this.log.info('replay_asked', { source: id, run: request.run });
    return replayView(id, { request, progress: new Map() });
  }

  @Post(':source/:run/pause')
  @HttpCode(200)
  pause(@Param('source') source: string, @Param('run') run: string): Promise<Replay> {
    return this.change(source, run, 'paused');
  }

  @Post(':source/:run/resume')
  @HttpCode(200)
  resume(@Param('source') source: string, @Param('run') run: string): Promise<Replay> {
    return this.change(source, run, 'running');
  }

  @Post(':source/:run/cancel')
  @HttpCode(200)
  cancel(@Param('source') source: string, @Param('run') run: string): Promise<Replay> {
    return this.change(source, run, 'cancelled');
  }

  private async change(id: string, run: string, state: ReplayState): Promise<Replay> {
    const replay = await changeReplay(this.sources.get(id).log, run, state);
    this.log.info('replay_changed', { source: id, run: replay.request.run, state });
    return replayView(id, replay);
  }
}
