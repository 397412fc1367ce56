import type { Preset } from '../event-rule.ts';

/**
 * Segment's e-commerce specification in Extole's words. A sender that names Extole's own field keeps its value; else the specification's field is used.
 *
 * Orders that are changed, refunded or cancelled keep their names and get no `partner_conversion_id`: Extole lets the first event with a unique
 * key win, so such an event could pass for a repeat of the conversion.
 */
export const ECOMMERCE: Preset = {
  'Signed Up': { as: 'registration' },
  'Order Completed': {
    as: 'conversion',
    data: {
      partner_conversion_id: ['properties.partner_conversion_id', 'properties.order_id', 'properties.orderId'],
      cart_value: ['properties.cart_value', 'properties.total', 'properties.revenue'],
    },
  },
  'Checkout Started': {
    data: { cart_value: ['properties.cart_value', 'properties.total', 'properties.value', 'properties.revenue'] },
  },
  'Order Updated': { data: { cart_value: ['properties.cart_value', 'properties.total', 'properties.revenue'] } },
  'Order Refunded': { data: { cart_value: ['properties.cart_value', 'properties.total'] } },
  'Order Cancelled': { data: { cart_value: ['properties.cart_value', 'properties.total', 'properties.revenue'] } },
};
