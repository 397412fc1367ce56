import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { IngestSettings } from '#config';
import type { Logger } from '#observability';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, parseMessage, type MessageContext } from '#segment';
import type { Sender } from '../auth/sender.ts';
import { SignatureRing, unknownSignature } from '../auth/webhook-signature.ts';
import { Refusal } from '../http/refusal.ts';
import { RequestBody } from '../http/request-body.ts';
import { IntakeService } from '../intake/intake.service.ts';
import { originOf } from '../intake/origin.ts';
import { LOGGER, SETTINGS } from '../tokens.ts';
import { OtherBody } from './api-bodies.ts';
import { AtDoor } from './door.ts';
import { asEvent, refuseDeletions } from './no-deletions.ts';

/** Where Segment's Webhooks destination posts: one event, or an array of them. */
@ApiTags('Segment webhooks')
@Controller('webhooks/segment')
export class WebhookController {
  constructor(
    @Inject(SignatureRing) private readonly signatures: SignatureRing,
    @Inject(IntakeService) private readonly intake: IntakeService,
    @Inject(SETTINGS) private readonly settings: IngestSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post()
  @AtDoor('webhook')
  @HttpCode(200)
  @ApiOperation({ summary: 'One event or an array of events, signed with the shared secret' })
  @ApiHeader({ name: 'X-Signature', description: 'Hex HMAC-SHA1 of the body' })
  @ApiBody({ type: OtherBody })
  @ApiResponse({ status: 200, description: 'Written to the log' })
  @ApiResponse({ status: 401, description: 'The signature is missing or not by a known secret' })
  @ApiResponse({ status: 403, description: 'The signature covers only the first event of the batch' })
  @ApiResponse({ status: 503, description: 'Try again after `Retry-After` seconds' })
  async take(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<{ success: true }> {
    const { sender, items } = this.signedItems(request, body);
    const context: MessageContext = {
      source: sender.source.id,
      receivedAt: Date.now(),
      casing: 'exact',
      clock: 'segment',
      mayDelete: false,
    };
    const messages = items.map((item) => asEvent(parseMessage(item, context)));
    await this.intake.takeMessages(messages, originOf(request, sender));
    // Segment shows the 501.
    refuseDeletions(messages, 501);
    return { success: true };
  }

  private signedItems(request: FastifyRequest, body: RequestBody | undefined): { sender: Sender; items: unknown[] } {
    const signer = body && this.signatures.signerOf(body.raw, request.headers['x-signature']);
    if (body === undefined || signer === undefined) throw new Refusal(401, unknownSignature);
    if (body.raw.length > MAX_BATCH_BYTES) throw new Refusal(400, 'the batch is too large');
    const items: unknown[] = Array.isArray(body.json) ? body.json : [body.json];
    this.logger.debug('webhook_signature_held', { source: signer.sender.source.id, kind: signer.covers, count: items.length });
    if (items.length > MAX_BATCH_EVENTS) throw new Refusal(400, 'the batch is too large');

    // Segment signs only the first event of a batch; whether the rest is believed is the operator's decision (wire.md 1.1).
    const isPartlySigned = signer.covers === 'first-event' && items.length > 1;
    if (isPartlySigned && this.settings.webhookBatchSignature === 'reject') {
      this.logger.warn('webhook_batch_refused', {
        source: signer.sender.source.id,
        kind: signer.covers,
        count: items.length,
        setting: 'WEBHOOK_BATCH_SIGNATURE',
      });
      throw new Refusal(
        403,
        'the signature covers only the first event: turn batching off, or allow it with WEBHOOK_BATCH_SIGNATURE',
      );
    }
    return { sender: signer.sender, items };
  }
}
