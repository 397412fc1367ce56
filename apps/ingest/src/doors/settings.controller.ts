import { Controller, Get, Header, Inject, Param, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { KeyRing } from '../auth/key-ring.ts';
import { Refusal } from '../http/refusal.ts';

/** What the browser SDK asks its `cdnURL` for before it sends anything; it sends where this says (wire.md 1.1). */
@ApiTags('Tracking API')
@Controller('v1/projects')
export class SettingsController {
  constructor(@Inject(KeyRing) private readonly keys: KeyRing) {}

  @Get(':writeKey/settings')
  // The answer depends on the host that was asked for, so no cache in between may keep it.
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: "The browser SDK's settings" })
  @ApiParam({ name: 'writeKey', type: String })
  @ApiResponse({ status: 200 })
  @ApiResponse({ status: 404, description: 'Unknown write key' })
  settings(@Req() request: FastifyRequest, @Param('writeKey') writeKey: string): object {
    if (this.keys.check(writeKey, 'write').kind !== 'permitted') throw new Refusal(404, 'the write key is unknown');
    return {
      integrations: {
        'Segment.io': { apiKey: writeKey, apiHost: `${request.host}/v1`, protocol: request.protocol },
      },
      // The SDK reports its own performance to Segment unless the rate says otherwise.
      metrics: { sampleRate: 0 },
      plan: { track: { __default: { enabled: true, integrations: {} } } },
      middlewareSettings: {},
      enabledMiddleware: {},
      remotePlugins: [],
    };
  }
}
