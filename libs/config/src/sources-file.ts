import { dirname, resolve } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '#segment';
import type { FaultList } from './config-error.ts';
import { checkMapping, readMappingFile } from './mapping-file.ts';
import type { RawCommonEnvironment } from './raw-environment.ts';
import { RawSourcesFile, type RawSource } from './raw-sources.ts';
import { readTextFile } from './read-text-file.ts';
import { extoleSettingsOf, type SourceDraft } from './source-draft.ts';

/** The sources of a sources file. Paths inside it are relative to it. */
export function readSourcesFile(path: string, raw: RawCommonEnvironment, faults: FaultList): SourceDraft[] {
  const text = readTextFile(path);
  if (text === undefined) {
    faults.add('SOURCES_FILE', 'expected the path of a readable file');
    return [];
  }
  const content = parseYaml(text);
  if (!isJsonObject(content)) {
    faults.add(path, 'expected YAML with a list under `sources:`');
    return [];
  }
  const file = plainToInstance(RawSourcesFile, withoutEmptyFields(content));
  const errors = validateSync(file, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
  if (errors.length > 0) {
    errors.forEach((error) => addFaults(error, `${path}: `, faults));
    return [];
  }
  return (file.sources ?? []).map((source, index) => new SourceReader(path, `sources[${index}]`, raw, faults).read(source));
}

/** `sharedSecret:` with nothing behind it is null in YAML and means "not set", as an empty variable does. The mapping is left as it is. */
function withoutEmptyFields(content: JsonObject): JsonObject {
  const { sources } = content;
  if (!Array.isArray(sources)) return content;
  const filled = (value: JsonValue): JsonValue =>
    isJsonObject(value) ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) : value;
  return {
    ...content,
    sources: sources.map((source) => {
      const own = filled(source);
      return isJsonObject(own) && own['extole'] !== undefined ? { ...own, extole: filled(own['extole']) } : own;
    }),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function addFaults(error: ValidationError, prefix: string, faults: FaultList): void {
  const at = `${prefix}${error.property}`;
  for (const [rule, expected] of Object.entries(error.constraints ?? {})) {
    faults.add(at, rule === 'whitelistValidation' ? 'is no setting of a source' : `expected ${expected}`);
  }
  for (const child of error.children ?? []) {
    const isIndex = /^\d+$/.test(child.property);
    if (isIndex) addFaults({ ...child, property: `[${child.property}]` }, at, faults);
    else addFaults(child, `${at}.`, faults);
  }
}

/** Turns one valid entry of the file into settings; reads the files that it names. */
class SourceReader {
  private readonly directory: string;

  constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly raw: RawCommonEnvironment,
    private readonly faults: FaultList,
  ) {
    this.directory = dirname(file);
  }

  read(source: RawSource): SourceDraft {
    const account = source.extole ?? {};
    const accessToken = this.secret('extole.accessToken', account.accessToken, account.accessTokenFile);
    if (accessToken === undefined) this.fault('extole.accessToken', 'is required (or extole.accessTokenFile)');
    const extole = extoleSettingsOf({ ...account, accessToken: accessToken ?? '' }, this.raw);
    const sharedSecret = this.secret('sharedSecret', source.sharedSecret, source.sharedSecretFile);
    const mapping = this.mapping(source.mapping, extole.labels);
    return {
      settings: {
        id: source.id ?? '',
        writeKeys: this.secrets('writeKeys', source.writeKeys, source.writeKeysFile) ?? [],
        extoleApiKeys:
          this.secrets('extoleApiKeys', source.extoleApiKeys, source.extoleApiKeysFile) ??
          (accessToken === undefined ? [] : [accessToken]),
        ...(sharedSecret === undefined ? {} : { sharedSecret }),
        deletionKeys: this.secrets('deletionKeys', source.deletionKeys, source.deletionKeysFile) ?? [],
        extole,
        ...(mapping === undefined ? {} : { mapping }),
        afterDeletion: source.afterDeletion ?? 'accept',
      },
      where: (field) =>
        `${this.file}: ${this.path}.${field === 'accessToken' || field === 'baseUrl' ? `extole.${field}` : field}`,
    };
  }

  private secret(field: string, value: string | undefined, path: string | undefined): string | undefined {
    if (path === undefined) return value;
    if (value !== undefined) this.fault(`${field}File`, `is set together with ${field}: set one of the two`);
    const text = readTextFile(resolve(this.directory, path));
    if (text === undefined || text.trim() === '') {
      this.fault(`${field}File`, 'expected the path of a readable file that is not empty');
      return undefined;
    }
    return text.trim();
  }

  private secrets(field: string, values: readonly string[] | undefined, path: string | undefined): readonly string[] | undefined {
    if (path === undefined) return values;
    const text = this.secret(field, values === undefined ? undefined : '', path);
    return text?.split(/[\r\n]+/).map((line) => line.trim());
  }

  private mapping(mapping: unknown, labels: string | undefined): ReturnType<typeof checkMapping> {
    if (mapping === undefined || mapping === null) return undefined;
    const where = `${this.file}: ${this.path}.mapping`;
    if (typeof mapping !== 'string') return checkMapping(mapping, labels, where, this.faults);
    return readMappingFile(resolve(this.directory, mapping), labels, where, this.faults);
  }

  private fault(field: string, expected: string): void {
    this.faults.add(`${this.file}: ${this.path}.${field}`, expected);
  }
}
