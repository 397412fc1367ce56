/** The calls of a user that have taken effect at the simulated Extole, in their order: `{eventName, data}`, or `{erasure: true}`, each with its `eventId`. */
export async function receivedOf(simulatorUrl, userId) {
  const response = await fetch(`${simulatorUrl}/_control/ledger?partner_user_id=${encodeURIComponent(userId)}`);
  const { entries } = await response.json();
  return entries.filter(({ applied }) => applied).map(receivedIn);
}

function receivedIn({ route, body }) {
  if (route.startsWith('/v4/erasures')) return { erasure: true };
  const { event_name: eventName, data } = JSON.parse(body);
  const { partner_event_id: eventId, ...fields } = data;
  return { eventName, data: fields, eventId };
}
