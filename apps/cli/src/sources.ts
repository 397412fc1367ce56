import type { CommonSettings, SourceSettings } from '#config';
import { CliError } from './cli-error.ts';

/** The sources that a command is about: all, or the one that is named. */
export function chooseSources(settings: CommonSettings, id: string | undefined): readonly SourceSettings[] {
  if (id === undefined) return settings.sources;
  const chosen = settings.sources.filter((source) => source.id === id);
  if (chosen.length === 0) throw new CliError(`there is no source ${id}: choose one of ${idsOf(settings)}`);
  return chosen;
}

/** The one source that a command is about; it has to be named if there are several. */
export function chooseSource(settings: CommonSettings, id: string | undefined): SourceSettings {
  const [first, ...others] = chooseSources(settings, id);
  if (first === undefined || others.length > 0)
    throw new CliError(`there are several sources: name one with --source (${idsOf(settings)})`);
  return first;
}

function idsOf(settings: CommonSettings): string {
  return settings.sources.map((source) => source.id).join(', ');
}
