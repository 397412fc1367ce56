import { randomBytes } from 'node:crypto';
import { Command } from 'nest-commander';
import { loadCommonSettings } from '#config';
import { ExtoleClient } from '#extole';
import { BridgeCommand, NOT_AS_IT_SHOULD_BE_EXIT_CODE } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { chooseSource } from '../sources.ts';
import { renderVerification } from '../verify/render-verification.ts';
import { syntheticEvent } from '../verify/synthetic-event.ts';
import { verifyAccount, type Verification } from '../verify/verify-account.ts';

interface VerifyOptions {
  readonly source?: string;
  readonly event?: string;
  readonly user?: string;
  readonly json?: boolean;
}

@Command({ name: 'verify', description: 'Send one made-up event to the configured Extole account, and show what came of it' })
@Options(
  ['--source <id>', 'whose account; needed if there are several'],
  ['--event <name>', "Segment's name of the event; default: one that nobody listens to"],
  ['--user <id>', 'the user id; default: a new made-up one'],
  ['--json', 'print {"source", "event", "userId", "messageId", "kind", "status", "eventId", "personId", "steps", "failure"}'],
)
@Examples(
  [
    'bridge verify                                   is the token right, does the way work?',
    'bridge verify --event conversion                does a programme take note of conversions?',
    'bridge verify --event "Order Completed" --user test-1 --json',
  ],
  [
    'The event goes through the mapping and the synchronous endpoint, past Kafka; it has the property bridge_verification. It is a real event to',
    'Extole: its programmes may act on it, and the person stays until the user is deleted (POST /v1/delete).',
    '',
    'Exit codes: 0 taken, and matched if --event was given; 1 not taken; 2 not understood; 3 taken (2xx), but the event of --event has matched nothing.',
  ],
)
export class VerifyCommand extends BridgeCommand {
  async run(_: string[], { source: id, event, user, json = false }: VerifyOptions = {}): Promise<void> {
    const source = chooseSource(loadCommonSettings(this.terminal.env), id);
    const sent = syntheticEvent(source, {
      unique: randomBytes(8).toString('hex'),
      now: Date.now(),
      ...(event !== undefined && { event }),
      ...(user !== undefined && { user }),
    });
    const client = new ExtoleClient(source.extole);
    try {
      const result = await verifyAccount(client, sent);
      this.terminal.fail(exitCodeOf(result, event !== undefined));
      this.terminal.print(
        json
          ? JSON.stringify({ source: source.id, event: sent.event, userId: sent.userId, messageId: sent.messageId, ...result })
          : renderVerification(source, sent, result),
      );
    } finally {
      await client.close();
    }
  }
}

function exitCodeOf({ kind }: Verification, isMeantToMatch: boolean): number {
  if (kind === 'refused') return 1;
  return isMeantToMatch && kind !== 'matched' ? NOT_AS_IT_SHOULD_BE_EXIT_CODE : 0;
}
