import { IsArray, IsIn, IsInt, IsNotEmpty, IsObject, IsOptional, IsString, Min } from 'class-validator';

/*
 * The sections of a mapping file that have a fixed set of keys, as the contract names them. Maps whose keys are the customer's
 * (events, fields, traits) are `unknown` here and read by `read-mapping-file.ts`.
 * A key without a value (`track:`) counts as left out, as YAML writes it when everything below is commented out.
 */

const WHOLE_NUMBER = { message: 'expected a whole number from 1; raise it with each change' };
const SECTION = { message: 'expected keys and values below it' };
const NAME = { message: 'expected a name' };

export class TrackSection {
  @IsOptional()
  @IsIn(['pass', 'drop'], { message: 'expected pass or drop' })
  default?: 'pass' | 'drop';

  @IsOptional()
  @IsIn(['name', 'track'], { message: 'expected name or track' })
  eventName?: 'name' | 'track';

  @IsOptional()
  @IsObject({ message: 'expected event names, each with false, a name or {as, data}' })
  events?: unknown;
}

export class EventSection {
  @IsOptional()
  @IsString(NAME)
  @IsNotEmpty(NAME)
  as?: string;

  @IsOptional()
  @IsObject({ message: 'expected target fields, each with its source path' })
  data?: unknown;
}

export class ParametersSection {
  @IsOptional()
  @IsArray({ message: 'expected a list of trait names' })
  @IsString({ each: true, message: 'expected a list of trait names' })
  exclude?: string[];

  @IsOptional()
  @IsObject({ message: 'expected trait names, each with its new name' })
  rename?: unknown;

  @IsOptional()
  @IsIn(['event-data', 'person-data'], { message: 'expected event-data or person-data' })
  via?: 'event-data' | 'person-data';
}

export class IdentifySection {
  @IsOptional()
  @IsString(NAME)
  @IsNotEmpty(NAME)
  event?: string;

  @IsOptional()
  @IsObject(SECTION)
  parameters?: unknown;
}

export class MappingFile {
  @IsOptional()
  @IsInt(WHOLE_NUMBER)
  @Min(1, WHOLE_NUMBER)
  version?: number;

  @IsOptional()
  @IsObject(SECTION)
  track?: unknown;

  @IsOptional()
  @IsObject(SECTION)
  identify?: unknown;

  @IsOptional()
  @IsObject({ message: 'expected event names, each with the field that identifies it' })
  dedup?: unknown;

  @IsOptional()
  @IsArray({ message: 'expected a list of preset names' })
  presets?: unknown[];

  @IsOptional()
  @IsObject({ message: 'expected fields, each with its value' })
  constants?: unknown;
}
