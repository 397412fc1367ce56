/**
 * What people write first: a consumer that sends each message and awaits the answer, all partitions side by side. In order, one call a partition at a
 * time, without dedup; kafkajs commits by itself.
 */
import { Kafka, logLevel } from 'kafkajs';

const { BROKERS, TOPIC, GROUP, DESTINATION, PARTITIONS } = process.env;

const kafka = new Kafka({ brokers: [BROKERS], clientId: 'plain', logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: GROUP });
await consumer.connect();
await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
await consumer.run({
  partitionsConsumedConcurrently: Number(PARTITIONS),
  eachMessage: async ({ message }) => {
    const event = JSON.parse(message.value.toString());
    const response = await fetch(`${DESTINATION}/v6/async-events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
      body: JSON.stringify({
        event_name: event.event,
        event_time: event.timestamp,
        data: {
          ...event.properties,
          partner_user_id: event.userId,
          email: event.context.traits.email,
          extole_consumer_ip: event.context.ip,
          partner_event_id: event.messageId,
        },
      }),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    await response.arrayBuffer();
  },
});
