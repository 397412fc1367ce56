import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBasicAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { isJsonObject, MAX_BATCH_BYTES, parseMessage, readSharedFields, type MessageContext, type MessageType } from '#segment';
import { basicKey } from '../auth/basic-key.ts';
import { KeyRing } from '../auth/key-ring.ts';
import { writingSender } from '../auth/permitted-sender.ts';
import type { Sender } from '../auth/sender.ts';
import { writtenKey } from '../auth/written-key.ts';
import { Refusal } from '../http/refusal.ts';
import { RequestBody } from '../http/request-body.ts';
import { IntakeService } from '../intake/intake.service.ts';
import { originOf } from '../intake/origin.ts';
import { ApiTrackingAnswers, IdentifyBody, OtherBody, TrackBody } from './api-bodies.ts';
import { BatchEnvelope, readBatchEnvelope } from './batch-envelope.ts';
import { asEvent, refuseDeletions } from './no-deletions.ts';

interface Success {
  readonly success: true;
}

/**
 * Segment's HTTP Tracking API: what every Segment SDK speaks. A message that cannot be taken does not fail its request, because SDKs
 * drop a whole batch on a 4xx; it is counted (wire.md 1.1). Only a deletion is told, when the rest is written.
 */
@ApiTags('Tracking API')
@ApiBasicAuth('writeKey')
@ApiTrackingAnswers()
@Controller('v1')
export class TrackingController {
  constructor(
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(IntakeService) private readonly intake: IntakeService,
  ) {}

  @Post(['identify', 'i'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Who a user is: ids and traits' })
  @ApiBody({ type: IdentifyBody })
  identify(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    return this.takeOne('identify', request, body);
  }

  @Post(['track', 't'])
  @HttpCode(200)
  @ApiOperation({ summary: 'What a user did: an event and its properties' })
  @ApiBody({ type: TrackBody })
  track(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    return this.takeOne('track', request, body);
  }

  @Post(['page', 'p'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Answered and counted, not delivered' })
  @ApiBody({ type: OtherBody })
  page(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    return this.takeOne('page', request, body);
  }

  @Post(['screen', 's'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Answered and counted, not delivered' })
  @ApiBody({ type: OtherBody })
  screen(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    return this.takeOne('screen', request, body);
  }

  @Post(['group', 'g'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Answered and counted, not delivered' })
  @ApiBody({ type: OtherBody })
  group(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    return this.takeOne('group', request, body);
  }

  @Post(['alias', 'a'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Answered and counted, not delivered' })
  @ApiBody({ type: OtherBody })
  alias(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    return this.takeOne('alias', request, body);
  }

  @Post(['batch', 'import', 'b'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Up to 2,500 messages of any type; the ones that cannot be taken are counted by reason' })
  @ApiBody({ type: BatchEnvelope })
  async batch(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<Success> {
    const sender = this.senderOf(request, body);
    if (body !== undefined && body.raw.length > MAX_BATCH_BYTES) throw new Refusal(400, 'a batch has at most 500 KB');
    const envelope = readBatchEnvelope(body?.json);
    const shared = readSharedFields(envelope);
    if (typeof shared === 'string') throw new Refusal(400, `the batch cannot be merged into its messages: ${shared}`);

    const context: MessageContext = { ...contextOf(sender), shared };
    const messages = envelope.batch.map((item) => asEvent(parseMessage(item, context)));
    await this.intake.takeMessages(messages, originOf(request, sender));
    refuseDeletions(messages, 400);
    return { success: true };
  }

  private async takeOne(type: MessageType, request: FastifyRequest, body: RequestBody | undefined): Promise<Success> {
    const sender = this.senderOf(request, body);
    if (!isJsonObject(body?.json)) throw new Refusal(400, 'a message is a JSON object');
    const message = asEvent(parseMessage(body.json, { ...contextOf(sender), type }));
    await this.intake.takeMessages([message], originOf(request, sender));
    refuseDeletions([message], 400);
    // After it has been counted: here the message is the whole payload, and Segment answers 400 to an oversize one.
    if (message.kind === 'rejected' && message.reason === 'too_large') throw new Refusal(400, 'an event has at most 32 KB');
    return { success: true };
  }

  /** Who the write key says it is: from the header, else from the body, where browsers and some backends put it; unparsed as yet. */
  private senderOf(request: FastifyRequest, body: RequestBody | undefined): Sender {
    const key = basicKey(request.headers.authorization) ?? (body && writtenKey(body.raw));
    return writingSender(this.keys.check(key, 'write'));
  }
}

function contextOf({ source }: Sender): MessageContext {
  return { source: source.id, receivedAt: Date.now(), casing: 'exact', clock: 'sender', mayDelete: false };
}
