import { maskBody, maskField, maskMessage } from './mask.ts';

describe('masking', () => {
  it('leaves keys and shape, what the message is and when it was; everything else may be personal', () => {
    const message = {
      type: 'track',
      event: 'Order Completed',
      messageId: 'm1',
      userId: 'john',
      timestamp: '2026-11-24T12:00:00.000Z',
      properties: { event: 'john', cart_value: 99.99, gift: true, note: null, empty: '', items: [{ type: 'x' }] },
      context: { ip: '10.1.2.3' },
      integrations: { All: false, 'Extole Platform': true },
    };
    expect(maskMessage(message)).toEqual({
      type: 'track',
      event: 'Order Completed',
      messageId: 'm1',
      userId: '•••',
      timestamp: '2026-11-24T12:00:00.000Z',
      properties: { event: '•••', cart_value: '•••', gift: true, note: null, empty: '', items: [{ type: '•••' }] },
      context: { ip: '•••' },
      integrations: { All: false, 'Extole Platform': true },
    });
  });

  it('shows of a request what is nobody’s', () => {
    const fields = [
      { field: 'email', value: 'john@example.com', rule: 'property', from: 'properties.email' },
      { field: 'labels', value: 'programme', rule: 'labels', from: 'labels' },
    ] as const;
    const body = { event_name: 'conversion', event_time: 't', data: { email: 'john@example.com', labels: 'programme' } };
    expect(maskBody(body, fields)).toEqual({
      event_name: 'conversion',
      event_time: 't',
      data: { email: '•••', labels: 'programme' },
    });
    expect(fields.map(maskField).map(({ value }) => value)).toEqual(['•••', 'programme']);
  });
});
