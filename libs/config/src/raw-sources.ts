import 'reflect-metadata';
import { Type } from 'class-transformer';
import { ArrayMinSize, IsArray, IsDefined, IsOptional, ValidateNested } from 'class-validator';
import { AFTER_DELETION, EVENTS_MODES } from './raw-environment.ts';
import { IsCount, IsHttpUrl, IsOneOf, IsRate, IsSourceId, IsText, IsTextList } from './validators.ts';

/** `extole:` of a source in the sources file. What is absent comes from the `EXTOLE_*` variables. */
export class RawExtole {
  @IsOptional() @IsHttpUrl() baseUrl?: string;
  /** Or `accessTokenFile`; one of the two is required. */
  @IsOptional() @IsText() accessToken?: string;
  @IsOptional() @IsText() accessTokenFile?: string;
  @IsOptional() @IsText() labels?: string;
  @IsOptional() @IsOneOf(EVENTS_MODES) mode?: 'async' | 'sync';
  @IsOptional() @IsCount(1, 100_000) maxConcurrency?: number | string;
  @IsOptional() @IsRate() rateLimit?: number | string;
  @IsOptional() @IsRate() personRateLimit?: number | string;
  @IsOptional() @IsCount(100, 600_000) timeoutMs?: number | string;
}

/** One entry under `sources:`. A field `…File` names a file that holds the secret, one per line where it is a list. */
export class RawSource {
  @IsSourceId() id?: string;
  @IsOptional() @IsArray({ message: 'a list' }) @IsTextList() writeKeys?: string[];
  @IsOptional() @IsText() writeKeysFile?: string;
  @IsOptional() @IsArray({ message: 'a list' }) @IsTextList() extoleApiKeys?: string[];
  @IsOptional() @IsText() extoleApiKeysFile?: string;
  @IsOptional() @IsArray({ message: 'a list' }) @IsTextList() deletionKeys?: string[];
  @IsOptional() @IsText() deletionKeysFile?: string;
  @IsOptional() @IsText() sharedSecret?: string;
  @IsOptional() @IsText() sharedSecretFile?: string;
  @IsDefined({ message: 'the Extole account of the source' })
  @ValidateNested({ message: 'a map' })
  @Type(() => RawExtole)
  extole?: RawExtole;
  /** A path relative to the sources file, or the mapping itself. */
  @IsOptional() mapping?: unknown;
  @IsOptional() @IsOneOf(AFTER_DELETION) afterDeletion?: 'accept' | 'suppress';
}

/** The whole sources file. */
export class RawSourcesFile {
  @IsArray({ message: 'a list of sources' })
  @ArrayMinSize(1, { message: 'at least one source' })
  @ValidateNested({ each: true, message: 'a map' })
  @Type(() => RawSource)
  sources?: RawSource[];
}
