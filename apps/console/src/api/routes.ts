import type { Audit } from './audit.ts';
import type { DeadLetters, DeadLetterSelection, RedrivePreview } from './dead-letters.ts';
import type { Deletion, Deletions } from './deletions.ts';
import type { History, Overview, SourceControlled, StopSource } from './overview.ts';
import type { ExplainedMessage, ExplainMessage } from './playground.ts';
import type { Replay, ReplayPreview, Replays, ReplayWish } from './replays.ts';
import type { Login, Session } from './session.ts';
import type { Empty } from './shared.ts';
import type { EventDetail, Find, Found } from './timeline.ts';

/**
 * The console's API: what each route takes and answers with a 2xx. Anything else answers `ApiError`.
 *
 * Every POST needs the header `X-Bridge-Console: 1` (or `Authorization: Bearer <token>`), which no other site's page can send: that is
 * the guard against forged requests, besides what browsers say of a request's origin. A POST without fields takes `{}` or no body.
 */
export interface ApiRoutes {
  'GET /api/session': { readonly answer: Session };
  'POST /api/login': { readonly body: Login; readonly answer: Session };
  'POST /api/logout': { readonly body: Empty; readonly answer: Session };

  'GET /api/overview': { readonly answer: Overview };
  'GET /api/history': { readonly answer: History };
  /** Server-sent events: one `overview` a second, its data an Overview as JSON. */
  'GET /api/live': { readonly events: { readonly overview: Overview } };

  'POST /api/sources/{source}/stop': { readonly body: StopSource; readonly answer: SourceControlled };
  'POST /api/sources/{source}/resume': { readonly body: Empty; readonly answer: SourceControlled };
  'POST /api/sources/{source}/probe': { readonly body: Empty; readonly answer: SourceControlled };

  'POST /api/find': { readonly body: Find; readonly answer: Found };
  'GET /api/subjects/{source}/{subject}': { readonly answer: Found };
  'GET /api/events/{source}/{partition}/{offset}': { readonly answer: EventDetail };
  'POST /api/events/{source}/{partition}/{offset}/unmask': { readonly body: Empty; readonly answer: EventDetail };

  'GET /api/dead-letters': { readonly query: { readonly source?: string }; readonly answer: DeadLetters };
  'POST /api/dead-letters/preview': { readonly body: DeadLetterSelection; readonly answer: RedrivePreview };
  'POST /api/dead-letters/redrive': { readonly body: DeadLetterSelection; readonly answer: Replay };

  'GET /api/replays': { readonly query: { readonly source?: string }; readonly answer: Replays };
  'GET /api/replays/{source}/{run}': { readonly answer: Replay };
  'POST /api/replays/preview': { readonly body: ReplayWish; readonly answer: ReplayPreview };
  'POST /api/replays': { readonly body: ReplayWish; readonly answer: Replay };
  'POST /api/replays/{source}/{run}/pause': { readonly body: Empty; readonly answer: Replay };
  'POST /api/replays/{source}/{run}/resume': { readonly body: Empty; readonly answer: Replay };
  'POST /api/replays/{source}/{run}/cancel': { readonly body: Empty; readonly answer: Replay };

  'GET /api/audit': { readonly query: { readonly source?: string }; readonly answer: Audit };

  'GET /api/deletions': { readonly query: { readonly source?: string; readonly open?: 'true' }; readonly answer: Deletions };
  'GET /api/deletions/{id}': { readonly answer: Deletion };

  'POST /api/explain': { readonly body: ExplainMessage; readonly answer: ExplainedMessage };
}
