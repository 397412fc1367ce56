import { StackError } from '../lib/errors.mjs';

/**
 * Sends as a customer would: events through Segment's own SDK, deletions as plain HTTP.
 *
 * `sendRound(userId, steps)` resolves when ingest has taken all of them, with what each can be found by: `{messageId}` of an event, `{deletionId}` of a deletion.
 */
export async function createSender({ ingestUrl, writeKey, deletionKey }) {
  // Not imported above: this file is loaded before the packages are installed.
  const { Analytics } = await import('@segment/analytics-node');
  const analytics = new Analytics({ writeKey, host: ingestUrl, maxRetries: 2 });
  // Every failure reaches its call's callback; without a listener it would end the process as well.
  analytics.on('error', () => {});

  const callSdk = (userId, { call, event, sent }) =>
    new Promise((resolve, reject) => {
      const done = (error, context) => {
        if (error) reject(new StackError(`Ingest (${ingestUrl}) has not taken the ${call}: ${reasonOf(error)}`));
        else resolve({ messageId: context.event.messageId });
      };
      if (call === 'identify') analytics.identify({ userId, traits: sent }, done);
      else analytics.track({ userId, event, properties: sent }, done);
    });

  const requestDeletion = async (body) => {
    const response = await fetch(`${ingestUrl}/v1/delete`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${deletionKey}:`).toString('base64')}`,
      },
      body: JSON.stringify(body),
    });
    const answer = await response.text();
    if (response.status !== 202)
      throw new StackError(`Ingest (${ingestUrl}) has not taken the deletion: ${response.status} ${answer}`);
    return { deletionId: JSON.parse(answer).deletionId };
  };

  return {
    async sendRound(userId, steps) {
      const taken = steps.map((step) => (step.call === 'delete' ? requestDeletion(step.sent) : callSdk(userId, step)));
      if (steps.some(({ call }) => call !== 'delete')) await analytics.flush();
      return Promise.all(taken);
    },
    close: () => analytics.closeAndFlush({ timeout: 2_000 }),
  };
}

function reasonOf({ message, reason }) {
  return reason?.message ?? message ?? 'no reason given';
}
