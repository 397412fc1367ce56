import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { ConsoleSettings } from '#config';
import { Metrics, type Logger } from '#observability';
import { HealthController } from './health/health.controller.ts';
import { ErrorFilter } from './http/error.filter.ts';
import { Guard } from './http/guard.ts';
import { SessionController } from './session/session.controller.ts';
import { LOG, SETTINGS } from './tokens.ts';

/** The console, put together. */
@Module({})
export class ConsoleModule {
  static register(settings: ConsoleSettings, log: Logger, guard: Guard): DynamicModule {
    return {
      module: ConsoleModule,
      controllers: [HealthController, SessionController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOG, useValue: log },
        { provide: Metrics, useFactory: () => new Metrics({ app: 'console' }) },
        { provide: Guard, useValue: guard },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
