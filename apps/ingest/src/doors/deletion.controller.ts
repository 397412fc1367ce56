import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBasicAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { parseDeletion } from '#segment';
import { basicKey } from '../auth/basic-key.ts';
import { KeyRing } from '../auth/key-ring.ts';
import { permittedSender } from '../auth/permitted-sender.ts';
import { Refusal } from '../http/refusal.ts';
import { RequestBody } from '../http/request-body.ts';
import { IntakeService } from '../intake/intake.service.ts';
import { originOf } from '../intake/origin.ts';
import { DeletionAnswer, DeletionBody } from './api-bodies.ts';
import { AtDoor } from './door.ts';

/** Deletes a user. Needs a deletion key: a write key is public, and must never be enough to erase somebody. */
@ApiTags('Deletion')
@ApiBasicAuth('deletionKey')
@Controller('v1/delete')
export class DeletionController {
  constructor(
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(IntakeService) private readonly intake: IntakeService,
  ) {}

  @Post()
  @AtDoor('deletion')
  @HttpCode(202)
  @ApiOperation({ summary: 'Delete a user: no earlier event is sent to Extole any more, and Extole is told to erase' })
  @ApiBody({ type: DeletionBody })
  @ApiResponse({ status: 202, type: DeletionAnswer })
  @ApiResponse({ status: 400, description: 'No usable `userId`' })
  @ApiResponse({ status: 401, description: 'Unknown key' })
  @ApiResponse({ status: 403, description: 'A key of another kind, such as a write key' })
  @ApiResponse({ status: 503, description: 'Try again after `Retry-After` seconds' })
  async delete(@Req() request: FastifyRequest, @Body() body: RequestBody | undefined): Promise<DeletionAnswer> {
    const sender = permittedSender(this.keys.check(basicKey(request.headers.authorization), 'deletion'));
    const deletion = parseDeletion(body?.json);
    if (deletion.kind === 'rejected') throw new Refusal(400, `the deletion is malformed: ${deletion.reason}`);
    const deletionId = await this.intake.takeDeletion(deletion, originOf(request, sender));
    return { deletionId, status: 'accepted' };
  }
}
