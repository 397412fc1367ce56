/** Messages to begin with: those of Segment's own documentation of this destination. */
export const EXAMPLES: Readonly<Record<string, object>> = {
  conversion: {
    type: 'track',
    userId: 'userId123',
    event: 'conversion',
    properties: {
      email: 'john.doe@example.com',
      first_name: 'John',
      last_name: 'Doe',
      partner_conversion_id: 'purchaseId123',
      cart_value: '99.99',
    },
  },
  registration: {
    type: 'track',
    userId: 'userId123',
    event: 'registration',
    properties: { email: 'john.doe@example.com', first_name: 'John', last_name: 'Doe', partner_user_id: 'userId123' },
  },
  identify: {
    type: 'identify',
    userId: 'userId123',
    traits: { email: 'john.doe@example.com', firstName: 'John', lastName: 'Doe', age: 25, existingCustomer: true },
  },
  deletion: { type: 'delete', userId: '056tf9eqw24' },
};

export const FIRST_EXAMPLE = 'conversion';
