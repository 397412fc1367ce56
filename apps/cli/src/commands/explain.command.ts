import { readFile } from 'node:fs/promises';
import { Command } from 'nest-commander';
import { loadCommonSettings, type CommonSettings, type Environment } from '#config';
import { explainEvent } from '#operations';
import { BridgeCommand } from '../bridge-command.ts';
import { CliError } from '../cli-error.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { renderExplanation } from '../render-explanation.ts';
import { chooseSource } from '../sources.ts';

interface ExplainOptions {
  readonly source?: string;
  readonly json?: boolean;
}

@Command({
  name: 'explain',
  arguments: '<file>',
  argsDescription: { file: 'a file with one Segment message as JSON, or - for standard input' },
  description: 'Show what would be sent to Extole for a Segment message, and why; sends nothing',
})
@Options(
  ['--source <id>', 'the source that it comes in by; needed if there are several'],
  ['--json', 'print the explanation as JSON'],
)
@Examples(
  [
    'bridge explain order.json',
    `echo '{"type":"track","event":"Signed Up","userId":"u1"}' | bridge explain -`,
    'MAPPING_FILE=mapping.yaml bridge explain order.json --json',
  ],
  [
    'Uses MAPPING_FILE, EXTOLE_LABELS and TOPIC_PARTITIONS, or SOURCES_FILE, as the apps do. Needs no broker.',
    'Exits with 1 for a message that ingest would refuse.',
  ],
)
export class ExplainCommand extends BridgeCommand {
  async run([file = '-']: string[], { source: id, json = false }: ExplainOptions = {}): Promise<void> {
    const settings = settingsWithoutSecrets(this.terminal.env);
    const source = chooseSource(settings, id);
    const explanation = explainEvent(await this.read(file), {
      source,
      partitions: settings.topics.partitions,
      ...(isSet(this.terminal.env, 'SUBJECT_HASH_KEY') ? { subjectHashKey: settings.subjectHashKey } : {}),
      receivedAt: Date.now(),
    });
    if (explanation.kind === 'refused') this.terminal.fail();
    this.terminal.print(json ? JSON.stringify(explanation) : renderExplanation(explanation));
  }

  private async read(file: string): Promise<unknown> {
    const content = file === '-' ? await this.terminal.readStdin() : await readFileOrFail(file);
    try {
      return JSON.parse(content);
    } catch {
      throw new CliError(`${file === '-' ? 'standard input' : file} is not JSON: give one Segment message`);
    }
  }
}

async function readFileOrFail(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CliError(`${file} cannot be read: give the path of a JSON file, or - for standard input`);
  }
}

/** Explaining calls nobody, so that it must not need what only a call needs: the two secrets that every app requires may be absent. */
function settingsWithoutSecrets(env: Environment): CommonSettings {
  const needsToken = !isSet(env, 'EXTOLE_ACCESS_TOKEN') && !isSet(env, 'SOURCES_FILE');
  return loadCommonSettings({
    ...env,
    ...(needsToken ? { EXTOLE_ACCESS_TOKEN: 'no-token-is-needed-to-explain' } : {}),
    ...(isSet(env, 'SUBJECT_HASH_KEY') ? {} : { SUBJECT_HASH_KEY: 'no-key-is-needed-to-explain' }),
  });
}

function isSet(env: Environment, name: string): boolean {
  return [name, `${name}_FILE`].some((variable) => env[variable] !== undefined && env[variable] !== '');
}
