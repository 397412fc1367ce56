import { getMetadataStorage, validateSync } from 'class-validator';
import { isJsonObject, type JsonObject } from '#segment';
import { didYouMean } from './did-you-mean.ts';
import type { FaultList } from './faults.ts';

/** Reads a section with a fixed set of keys: those that are valid, while every other key and value becomes a fault. */
export function readSection<T extends object>(Section: new () => T, value: unknown, faults: FaultList): T {
  const section = new Section();
  const given: JsonObject = isJsonObject(value) ? value : {};
  const known = keysOf(Section);

  for (const key of Object.keys(given)) {
    // Only known keys are copied: `__proto__: …` in a file is a fault, not a prototype.
    if (known.includes(key)) Object.assign(section, { [key]: given[key] ?? undefined });
    else faults.at(key).add(`unknown key${didYouMean(key, known) || `; known here: ${known.join(', ')}`}`);
  }

  for (const error of validateSync(section, { forbidUnknownValues: false })) {
    for (const message of new Set(Object.values(error.constraints ?? {}))) faults.at(error.property).add(message);
    // What is wrong is reported and then left out, so that the rest can be read on.
    Object.assign(section, { [error.property]: undefined });
  }
  return section;
}

/** The keys of a section are those that its class decorates: one list, not two. */
function keysOf(Section: new () => object): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(Section, '', false, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}
