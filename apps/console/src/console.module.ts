import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { ConsoleSettings } from '#config';
import { Metrics, type Logger } from '#observability';
import { ConsoleSources } from './console-source.ts';
import { HealthController } from './health/health.controller.ts';
import { ErrorFilter } from './http/error.filter.ts';
import { Guard } from './http/guard.ts';
import { LiveController } from './live/live.controller.ts';
import { LiveService } from './live/live.service.ts';
import type { OpenSources } from './open-sources.ts';
import { AuditController } from './operations/audit.controller.ts';
import { DeadLettersController } from './operations/dead-letters.controller.ts';
import { DeletionsController } from './operations/deletions.controller.ts';
import { ExplainController } from './operations/explain.controller.ts';
import { ReplaysController } from './operations/replays.controller.ts';
import { SourcesController } from './operations/sources.controller.ts';
import { SessionController } from './session/session.controller.ts';
import { TimelineController } from './timeline/timeline.controller.ts';
import { TimelineService } from './timeline/timeline.service.ts';
import { LOG, SETTINGS } from './tokens.ts';

/** What the app is given; it opens nothing of its own but its port. */
export interface ConsoleParts {
  readonly settings: ConsoleSettings;
  readonly log: Logger;
  readonly guard: Guard;
  readonly metrics: Metrics;
  readonly opened: Pick<OpenSources, 'sources' | 'live'>;
}

@Module({})
export class ConsoleModule {
  static of({ settings, log, guard, metrics, opened }: ConsoleParts): DynamicModule {
    return {
      module: ConsoleModule,
      controllers: [
        HealthController,
        SessionController,
        LiveController,
        SourcesController,
        TimelineController,
        DeadLettersController,
        ReplaysController,
        DeletionsController,
        ExplainController,
        AuditController,
      ],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOG, useValue: log },
        { provide: Guard, useValue: guard },
        { provide: Metrics, useValue: metrics },
        { provide: ConsoleSources, useValue: opened.sources },
        { provide: LiveService, useValue: opened.live },
        { provide: TimelineService, useFactory: () => new TimelineService(opened.sources, opened.live) },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
