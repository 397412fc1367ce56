/**
 * The documented examples. A case is one user; its rounds are sent one after the other, each once the one before has its outcomes, and the steps of a round
 * together in one batch.
 *
 * A step says how it must end, and what of it Extole must have got: `{eventName, data}` with at least these fields, `{erasure: true}`, or undefined for nothing.
 * `run` is in every id, so that no run meets the users of another.
 */
export function demoCases(run) {
  const id = (name) => `${name}-${run}`;
  const john = { email: 'john.doe@example.com', firstName: 'John', lastName: 'Doe' };
  const johnAtExtole = { email: 'john.doe@example.com', first_name: 'John', last_name: 'Doe' };
  const registered = { email: 'john.doe@example.com', first_name: 'John', last_name: 'Doe', partner_user_id: id('registrant') };
  const purchase = { ...johnAtExtole, partner_conversion_id: id('purchaseId123'), cart_value: '99.99' };
  const returning = { email: `${id('056tf9eqw24')}@example.com`, partner_user_id: id('056tf9eqw24') };

  return [
    {
      title: 'Identify: custom traits become public parameters',
      userId: id('userId123'),
      rounds: [
        [
          identify({ ...john, age: 25, existingCustomer: true }, 'delivered', {
            ...johnAtExtole,
            partner_user_id: id('userId123'),
            age: 25,
            existingCustomer: true,
          }),
        ],
      ],
    },
    {
      title: 'Track: the event goes by its own name',
      userId: id('visitor'),
      rounds: [[track('Login Button Clicked', {}, 'delivered', { partner_user_id: id('visitor') })]],
    },
    {
      title: 'Registration twice: Extole gets one',
      userId: id('registrant'),
      rounds: [[track('registration', registered, 'delivered', registered), track('registration', registered, 'duplicate')]],
    },
    {
      title: 'Conversion twice: Extole gets one, its money still the text that was sent',
      userId: id('buyer'),
      rounds: [[track('conversion', purchase, 'delivered', purchase), track('conversion', purchase, 'duplicate')]],
    },
    {
      title: 'Re-mapped: your name for it becomes that of the programme',
      userId: id('newcomer'),
      rounds: [[renamed('Signed Up', 'registration', johnAtExtole, { ...johnAtExtole, partner_user_id: id('newcomer') })]],
    },
    {
      title: 'Audience: entered, then left, in this order',
      userId: id('member'),
      rounds: [[audience(id('member'), true), audience(id('member'), false)]],
    },
    {
      title: 'Deletion: erased at Extole; who comes back is new, so nothing is a repeat',
      userId: id('056tf9eqw24'),
      rounds: [
        [track('registration', returning, 'delivered', returning)],
        [{ call: 'delete', sent: { userId: id('056tf9eqw24') }, outcome: 'delivered', received: { erasure: true } }],
        [track('registration', returning, 'delivered', returning)],
      ],
    },
  ];
}

function identify(traits, outcome, data) {
  return { call: 'identify', sent: traits, outcome, received: { eventName: 'identify', data } };
}

function audience(userId, isMember) {
  const trait = { order_completed_last_30days: isMember };
  return identify(trait, 'delivered', { partner_user_id: userId, ...trait });
}

function track(event, properties, outcome, data) {
  return { call: 'track', event, sent: properties, outcome, received: data && { eventName: event, data } };
}

/** An event that arrives by another name, if there is a mapping for it. */
function renamed(event, eventName, properties, data) {
  return { call: 'track', event, sent: properties, outcome: 'delivered', received: { eventName, data } };
}
