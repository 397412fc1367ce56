import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Logger } from '#observability';
import { recordAction, type Actor } from '#operations';
import { toOffset, type Position } from '#segment';
import type { EventDetail, Found } from '../api/index.ts';
import { ConsoleSources } from '../console-source.ts';
import { Who } from '../http/operator.ts';
import { BodyReader } from '../http/read-body.ts';
import { Refusal } from '../http/refusal.ts';
import { Needs } from '../http/route-access.ts';
import { LOG } from '../tokens.ts';
import { eventDetail } from './event-detail.ts';
import { TimelineService } from './timeline.service.ts';

const HASH = /^[0-9a-f]{32}$/;

@Controller('api')
export class TimelineController {
  constructor(
    @Inject(ConsoleSources) private readonly sources: ConsoleSources,
    @Inject(TimelineService) private readonly timelines: TimelineService,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Post('find')
  @Needs('look')
  @HttpCode(200)
  async find(@Body() body: unknown): Promise<Found> {
    const read = new BodyReader(body);
    const [source, user, subject, messageId] = ['source', 'user', 'subject', 'messageId'].map((name) => read.text(name));
    if ([user, subject, messageId].filter((one) => one !== undefined).length !== 1)
      throw new Refusal(400, 'give one of user, subject and messageId');
    if (subject !== undefined && !HASH.test(subject))
      throw new Refusal(400, 'subject: expected 32 hex digits, as outcomes name a user');
    return this.timelines.find({
      ...(source !== undefined && { source }),
      ...(user !== undefined && { user }),
      ...(subject !== undefined && { subject }),
      ...(messageId !== undefined && { messageId }),
    });
  }

  @Get('subjects/:source/:subject')
  async ofSubject(@Param('source') source: string, @Param('subject') subject: string): Promise<Found> {
    if (!HASH.test(subject)) throw new Refusal(404, 'there is no such user: a link holds 32 hex digits');
    return this.timelines.find({ source, subject });
  }

  @Get('events/:source/:partition/:offset')
  async detail(
    @Param('source') source: string,
    @Param('partition') partition: string,
    @Param('offset') offset: string,
  ): Promise<EventDetail> {
    return this.detailAt(source, positionOf(partition, offset), true);
  }

  @Post('events/:source/:partition/:offset/unmask')
  @Needs('unmask')
  @HttpCode(200)
  async unmask(
    @Who() who: Actor,
    @Param('source') source: string,
    @Param('partition') partition: string,
    @Param('offset') offset: string,
  ): Promise<EventDetail> {
    const position = positionOf(partition, offset);
    const detail = await this.detailAt(source, position, false);
    // Which record somebody looks into; never what it holds (P10).
    await recordAction(this.sources.get(source).log, who, 'unmask', position);
    this.log.warn('personal_data_shown', { source, ...position, type: detail.entry.type, by: who.by });
    return detail;
  }

  private async detailAt(id: string, position: Position, masked: boolean): Promise<EventDetail> {
    const source = this.sources.get(id);
    const isOfTopic = position.partition < source.log.settings.topics.partitions;
    const found = isOfTopic ? await this.timelines.entryAt(source, position) : undefined;
    if (found === undefined) throw new Refusal(404, 'neither the log nor the outcomes hold a record at that position any more');
    return eventDetail(source, found.entry, found.record, masked);
  }
}

function positionOf(partition: string, offset: string): Position {
  if (!/^\d{1,5}$/.test(partition) || !/^\d{1,15}$/.test(offset))
    throw new Refusal(404, 'a position is a partition and an offset');
  return { partition: Number(partition), offset: toOffset(Number(offset)) };
}
