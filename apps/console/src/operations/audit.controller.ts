import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Audit, AuditedAction } from '../api/index.ts';
import { ConsoleSources, type ConsoleSource } from '../console-source.ts';

@Controller('api/audit')
export class AuditController {
  constructor(@Inject(ConsoleSources) private readonly sources: ConsoleSources) {}

  @Get()
  list(@Query('source') id?: string): Audit {
    const chosen = this.sources.choose(id);
    return {
      actions: chosen.flatMap(actionsOf).sort((a, b) => b.at.localeCompare(a.at)),
      complete: chosen.every(({ replays }) => replays.audit.isComplete),
    };
  }
}

function actionsOf({ id, replays }: ConsoleSource): AuditedAction[] {
  return replays.audit.newest.map(({ action, at, by, via, run, partition, offset, subject, note }) => ({
    source: id,
    at,
    by,
    via,
    action,
    ...(run !== undefined && { run }),
    ...(partition !== undefined && (offset === undefined ? { partition } : { position: { partition, offset } })),
    ...(subject !== undefined && { subject }),
    ...(note !== undefined && { note }),
  }));
}
