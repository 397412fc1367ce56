import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '#segment';
import { compileMapping, MappingError } from '#mapping';
import type { FaultList } from './config-error.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * Reads a mapping file (YAML or JSON) and has the mapping library check it; every fault of it joins the list under the file's name.
 *
 * @param where who names the file, for the fault that it cannot be read
 */
export function readMappingFile(
  path: string,
  labels: string | undefined,
  where: string,
  faults: FaultList,
): JsonObject | undefined {
  const text = readTextFile(path);
  if (text === undefined) {
    faults.add(where, 'expected the path of a readable mapping file');
    return undefined;
  }
  try {
    return checkMapping(parse(text), labels, path, faults);
  } catch {
    // The parser's message quotes the text around the fault; the file's name is enough to look there.
    faults.add(path, 'expected YAML or JSON');
    return undefined;
  }
}

/** Checks a mapping that is already parsed; `where` stands before the path of each fault. */
export function checkMapping(
  config: unknown,
  labels: string | undefined,
  where: string,
  faults: FaultList,
): JsonObject | undefined {
  if (!isJsonObject(config)) {
    faults.add(where, 'expected a map (see the mapping file in the documentation)');
    return undefined;
  }
  try {
    compileMapping(config, labels === undefined ? {} : { labels });
    return config;
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    for (const { path, message } of error.faults) faults.add(path === '' ? where : `${where}: ${path}`, message);
    return undefined;
  }
}
