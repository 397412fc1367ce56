import { faultsOf, type Step } from './verdict.mjs';

const delivered = { outcome: 'delivered' };
const conversion: Step = {
  call: 'track',
  event: 'conversion',
  outcome: 'delivered',
  received: { eventName: 'conversion', data: { cart_value: '99.99' } },
};
const repeat: Step = { call: 'track', event: 'conversion', outcome: 'duplicate' };
const deletion: Step = { call: 'delete', outcome: 'delivered', received: { erasure: true } };
const got = { eventName: 'conversion', data: { cart_value: '99.99', partner_user_id: 'u1' } };

describe('the verdict on a case of the demo', () => {
  it('finds no fault where outcomes and calls are as documented, further fields or not', () => {
    const results = [
      { step: conversion, outcome: delivered },
      { step: repeat, outcome: { outcome: 'duplicate' } },
      { step: deletion, outcome: delivered },
    ];

    expect(faultsOf({ results, received: [got, { erasure: true }] })).toEqual([]);
  });

  it('says which outcome is missing or another, and why', () => {
    const results = [
      { step: conversion, outcome: undefined },
      { step: repeat, outcome: { outcome: 'dead-lettered', status: 400, code: 'invalid_parameter' } },
    ];

    expect(faultsOf({ results, received: [got] })).toEqual([
      'conversion has no outcome: the forwarder has not got to it',
      'conversion ended as dead-lettered, not duplicate (400 invalid_parameter)',
    ]);
  });

  it('notices a repeat that reached Extole, and money that became a number', () => {
    const results = [{ step: conversion, outcome: delivered }];

    expect(faultsOf({ results, received: [got, got] })).toEqual(['Extole got conversion, conversion instead of conversion']);
    expect(faultsOf({ results, received: [{ eventName: 'conversion', data: { cart_value: 99.99 } }] })).toEqual([
      'Extole got cart_value 99.99 in conversion, not "99.99"',
    ]);
  });

  it('notices a changed order', () => {
    const member = (isMember: boolean): Step => ({
      call: 'identify',
      outcome: 'delivered',
      received: { eventName: 'identify', data: { isMember } },
    });
    const results = [member(true), member(false)].map((step) => ({ step, outcome: delivered }));
    const received = [false, true].map((isMember) => ({ eventName: 'identify', data: { isMember } }));

    expect(faultsOf({ results, received })).toHaveLength(2);
    expect(faultsOf({ results, received: received.toReversed() })).toEqual([]);
  });

  it('tells where the mapping is that an event lacks', () => {
    const step: Step = { ...conversion, event: 'Order Completed' };

    expect(faultsOf({ results: [{ step, outcome: delivered }], received: [{ eventName: 'Order Completed', data: {} }] })).toEqual(
      [expect.stringContaining('MAPPING_FILE=examples/mapping.yaml')],
    );
  });
});
