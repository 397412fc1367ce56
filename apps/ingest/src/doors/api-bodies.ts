import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';

/** What all messages have; for the API description only. What is really accepted is decided by `parseMessage` in #segment. */
class CommonFields {
  @ApiPropertyOptional({ description: '`userId` or `anonymousId` is needed.', example: '056tf9eqw24' })
  readonly userId?: string;

  @ApiPropertyOptional({ example: '507f191e810c19729de860ea' })
  readonly anonymousId?: string;

  @ApiPropertyOptional({ maxLength: 99, description: 'The sender gives a repeat the same id; made from the content if absent.' })
  readonly messageId?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { ip: '203.0.113.7' } })
  readonly context?: object;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { All: false, 'Extole Platform': true } })
  readonly integrations?: object;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly timestamp?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly sentAt?: string;

  @ApiPropertyOptional({ description: 'Instead of Basic authentication.' })
  readonly writeKey?: string;
}

export class IdentifyBody extends CommonFields {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { email: 'ada@example.com', firstName: 'Ada' } })
  readonly traits?: object;
}

export class TrackBody extends CommonFields {
  @ApiProperty({ example: 'Order Completed' })
  readonly event!: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { order_id: 'o-1', total: '99.99' } })
  readonly properties?: object;
}

export class OtherBody extends CommonFields {
  @ApiPropertyOptional({ enum: ['identify', 'track', 'page', 'screen', 'group', 'alias', 'delete'] })
  readonly type?: string;
}

export class DeletionBody {
  @ApiProperty({ example: '056tf9eqw24' })
  readonly userId!: string;
}

export class DeletionAnswer {
  @ApiProperty({ description: 'Tells source, partition and offset of the tombstone; `bridge deletions --id` follows it.' })
  readonly deletionId!: string;

  @ApiProperty({ enum: ['accepted'] })
  readonly status!: 'accepted';
}

/** The answers that all paths of the tracking API have in common. */
export function ApiTrackingAnswers(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiResponse({ status: 400, description: 'Bad JSON; more than 32 KB an event, 500 KB or 2,500 events a batch; a deletion' }),
    ApiResponse({ status: 401, description: 'The write key is missing or unknown' }),
    ApiResponse({ status: 413, description: 'A body of more than 1 MB' }),
    ApiResponse({ status: 415, description: 'Neither JSON nor text/plain' }),
    ApiResponse({ status: 429, description: 'Try again after `Retry-After` seconds' }),
    ApiResponse({ status: 503, description: 'Try again after `Retry-After` seconds' }),
  );
}
