import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, validateSync } from 'class-validator';
import { isJsonObject, MAX_BATCH_EVENTS, type JsonObject, type JsonValue } from '#segment';
import { Refusal } from '../http/refusal.ts';

/** The body of `/v1/batch` and `/v1/import`. Its messages are judged one by one; only the envelope can fail the whole. */
export class BatchEnvelope {
  @ApiProperty({
    type: 'array',
    items: { type: 'object' },
    maxItems: MAX_BATCH_EVENTS,
    description: 'Messages, each with its own `type`.',
  })
  @ArrayMaxSize(MAX_BATCH_EVENTS, { message: `a batch holds at most ${MAX_BATCH_EVENTS} events` })
  @IsArray({ message: 'a batch needs an array named batch' })
  readonly batch: JsonValue[];

  @ApiPropertyOptional({ type: String, description: 'Instead of Basic authentication.' })
  readonly writeKey?: JsonValue | undefined;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'When the request was sent, by the clock that made the timestamps.',
  })
  readonly sentAt?: JsonValue | undefined;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Merged into each message; its own wins.' })
  readonly context?: JsonValue | undefined;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Merged into each message; its own wins.' })
  readonly integrations?: JsonValue | undefined;

  // Field by field: Object.assign would let a key `__proto__` of the body replace the prototype that carries the validation.
  constructor(body: JsonObject) {
    this.batch = body['batch'] as JsonValue[];
    this.writeKey = body['writeKey'];
    this.sentAt = body['sentAt'];
    this.context = body['context'];
    this.integrations = body['integrations'];
  }
}

/** @throws Refusal (400) if `json` is no batch. */
export function readBatchEnvelope(json: unknown): BatchEnvelope {
  if (!isJsonObject(json)) throw new Refusal(400, 'a batch is a JSON object');
  const envelope = new BatchEnvelope(json);
  const [fault] = validateSync(envelope, { validationError: { target: false, value: false }, stopAtFirstError: true });
  if (fault !== undefined) throw new Refusal(400, Object.values(fault.constraints ?? {})[0] ?? 'the batch is malformed');
  return envelope;
}
