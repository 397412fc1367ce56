export { canonicalJson } from './canonical-json.ts';
export { compileMapping, type MappingOptions } from './compile-mapping.ts';
export { createEvaluate } from './evaluate-record.ts';
export { explainMapping, type ExplainedField, type Explanation, type Omission } from './explain-mapping.ts';
export type { FieldOrigin } from './event-data.ts';
export { MappingError, type MappingFault } from './faults.ts';
export { mapEvent } from './map-event.ts';
export type {
  ExtoleRequest,
  FilteredEvent,
  MappedEvent,
  MappedRequest,
  Mapping,
  MappingWarning,
  MappingWarningCode,
  PartnerKey,
} from './mapping.ts';
export type { EventRule, Preset } from './event-rule.ts';
export { PRESETS } from './presets.ts';
export { MAPPING_WARNING_CODES } from './warnings.ts';
