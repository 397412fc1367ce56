import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { IngestSettings } from '#config';
import type { Logger, Metrics, Tracing } from '#observability';
import { KeyRing } from './auth/key-ring.ts';
import { SignatureRing } from './auth/webhook-signature.ts';
import { DeletionController } from './doors/deletion.controller.ts';
import { PartnerController } from './doors/partner.controller.ts';
import { SettingsController } from './doors/settings.controller.ts';
import { TrackingController } from './doors/tracking.controller.ts';
import { WebhookController } from './doors/webhook.controller.ts';
import { ErrorFilter } from './http/error.filter.ts';
import { IntakeMetrics } from './intake/intake-metrics.ts';
import { IntakeService } from './intake/intake.service.ts';
import type { RecordAppender } from './intake/record-appender.ts';
import { LOGGER, METRICS, RECORD_APPENDER, SETTINGS } from './tokens.ts';

/** What the app is given; it opens nothing of its own but its port. */
export interface IngestParts {
  readonly settings: IngestSettings;
  readonly appender: RecordAppender;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Off if absent. */
  readonly tracing?: Tracing;
}

@Module({})
export class IngestModule {
  static of({ settings, appender, logger, metrics }: IngestParts): DynamicModule {
    return {
      module: IngestModule,
      controllers: [TrackingController, PartnerController, WebhookController, DeletionController, SettingsController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: RECORD_APPENDER, useValue: appender },
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useValue: metrics },
        { provide: KeyRing, useValue: new KeyRing(settings.sources) },
        { provide: SignatureRing, useValue: new SignatureRing(settings.sources) },
        { provide: APP_FILTER, useClass: ErrorFilter },
        IntakeMetrics,
        IntakeService,
      ],
    };
  }
}
