export type { Answer, CallKind } from './call.ts';
export { classifyError } from './classify-error.ts';
export { classifyResponse } from './classify-response.ts';
export { ExtoleOptionsError, type ExtoleClientOptions } from './client-options.ts';
export { erasureBody, type ErasureRequest } from './erasure-body.ts';
export type { EventStep } from './read-steps.ts';
export { ExtoleClient, type CallControl } from './extole-client.ts';
