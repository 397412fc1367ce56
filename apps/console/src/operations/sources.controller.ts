import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Logger } from '#observability';
import { controlSource, type Actor, type ControlVerb } from '#operations';
import type { SourceControlled } from '../api/index.ts';
import { ConsoleSources } from '../console-source.ts';
import { Who } from '../http/operator.ts';
import { BodyReader } from '../http/read-body.ts';
import { LOG } from '../tokens.ts';

const MAX_NOTE = 200;

@Controller('api/sources')
export class SourcesController {
  constructor(
    @Inject(ConsoleSources) private readonly sources: ConsoleSources,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Post(':source/stop')
  @HttpCode(200)
  stop(@Who() who: Actor, @Param('source') source: string, @Body() body: unknown): Promise<SourceControlled> {
    return this.control(who, source, 'stop', new BodyReader(body).text('note', MAX_NOTE));
  }

  @Post(':source/resume')
  @HttpCode(200)
  resume(@Who() who: Actor, @Param('source') source: string): Promise<SourceControlled> {
    return this.control(who, source, 'resume');
  }

  @Post(':source/probe')
  @HttpCode(200)
  probe(@Who() who: Actor, @Param('source') source: string): Promise<SourceControlled> {
    return this.control(who, source, 'probe');
  }

  private async control(who: Actor, id: string, asked: ControlVerb, note?: string): Promise<SourceControlled> {
    const source = this.sources.get(id);
    const { at } = await controlSource(source.log, who, asked, note);
    this.log.warn('source_control_asked', { source: id, operation: asked, by: who.by });
    return { source: id, asked, at };
  }
}
