import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import type { ConsoleSettings } from '#config';
import { explainEvent } from '#operations';
import type { ExplainedMessage } from '../api/index.ts';
import { ConsoleSources } from '../console-source.ts';
import { BodyReader } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';
import { Needs } from '../http/route-access.ts';
import { SETTINGS } from '../tokens.ts';

@Controller('api/explain')
export class ExplainController {
  constructor(
    @Inject(SETTINGS) private readonly settings: ConsoleSettings,
    @Inject(ConsoleSources) private readonly sources: ConsoleSources,
  ) {}

  @Post()
  @Needs('look')
  @HttpCode(200)
  explain(@Body() body: unknown): ExplainedMessage {
    const read = new BodyReader(body);
    const { log } = this.sources.get(read.required('source'));
    const message = read.value('message');
    if (message === undefined) throw new Refusal(400, 'message is required: give one Segment message as JSON');
    return explainEvent(message, {
      source: log.source,
      partitions: this.settings.topics.partitions,
      subjectHashKey: this.settings.subjectHashKey,
      receivedAt: Date.now(),
    });
  }
}
