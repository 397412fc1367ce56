import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBasicAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { parseMessage } from '#segment';
import { basicKey } from '../auth/basic-key.ts';
import { KeyRing } from '../auth/key-ring.ts';
import { permittedSender } from '../auth/permitted-sender.ts';
import { Refusal } from '../http/refusal.ts';
import { RequestBody } from '../http/request-body.ts';
import { IntakeService } from '../intake/intake.service.ts';
import { originOf } from '../intake/origin.ts';
import { OtherBody, type DeletionAnswer } from './api-bodies.ts';
import { AtDoor } from './door.ts';

/** Where Segment's own delivery service posts, one message at a time, when we are its destination (wire.md 1.1). */
@ApiTags('Segment destination')
@ApiBasicAuth('extoleApiKey')
@Controller('segment')
export class PartnerController {
  constructor(
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(IntakeService) private readonly intake: IntakeService,
  ) {}

  @Post()
  @AtDoor('partner')
  @HttpCode(202)
  @ApiOperation({ summary: 'One message, or a deletion: `type` is `delete`, or `userId` is the only field' })
  @ApiBody({ type: OtherBody })
  @ApiResponse({ status: 202, description: 'Written to the log' })
  @ApiResponse({ status: 400, description: 'Malformed' })
  @ApiResponse({ status: 401, description: 'Unknown key' })
  @ApiResponse({ status: 403, description: 'A key for another door' })
  @ApiResponse({ status: 501, description: 'A type that the destination does not take' })
  @ApiResponse({ status: 503, description: 'Try again after `Retry-After` seconds' })
  async take(
    @Req() request: FastifyRequest,
    @Body() body: RequestBody | undefined,
  ): Promise<{ status: 'accepted' } | DeletionAnswer> {
    const sender = permittedSender(this.keys.check(basicKey(request.headers.authorization), 'extole'));
    const message = parseMessage(body?.json, {
      source: sender.source.id,
      receivedAt: Date.now(),
      casing: 'any',
      clock: 'segment',
      mayDelete: true,
    });
    const origin = originOf(request, sender);
    if (message.kind === 'deletion') {
      return { deletionId: await this.intake.takeDeletion(message, origin), status: 'accepted' };
    }
    await this.intake.takeMessages([message], origin);
    switch (message.kind) {
      case 'accepted':
        return { status: 'accepted' };
      case 'unsupported':
        throw new Refusal(501, `messages of type ${message.type} are not supported`);
      case 'rejected':
        if (message.reason === 'unknown_type') throw new Refusal(501, 'messages of this type are not supported');
        throw new Refusal(400, `the message is malformed: ${message.reason}`);
    }
  }
}
