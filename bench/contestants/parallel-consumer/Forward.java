import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Kafka to the destination with Confluent's Parallel Consumer: ordered by key, so many keys at a time, a thread for each call. */
public final class Forward {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  public static void main(String[] arguments) {
    var environment = System.getenv();
    var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var uri = URI.create(environment.get("DESTINATION") + "/v6/async-events");
    var options = ParallelConsumerOptions.<String, byte[]>builder()
        .consumer(consumer(environment.get("BROKERS"), environment.get("GROUP")))
        .ordering(ParallelConsumerOptions.ProcessingOrder.KEY)
        .maxConcurrency(Integer.parseInt(environment.get("CONCURRENCY")))
        .build();
    var processor = ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(environment.get("TOPIC")));
    processor.poll(context -> deliver(http, uri, context.getSingleConsumerRecord()));
    Runtime.getRuntime().addShutdownHook(new Thread(processor::close));
  }

  private static void deliver(HttpClient http, URI uri, ConsumerRecord<String, byte[]> message) {
    try {
      JsonNode event = JSON.readTree(message.value());
      String messageId = event.get("messageId").textValue();
      if (SEEN.contains(messageId)) return;
      var request = HttpRequest.newBuilder(uri)
          .header("Content-Type", "application/json")
          .header("Authorization", "Bearer bench")
          .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(bodyOf(event, messageId))))
          .build();
      int status = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
      // The library tries an event again whose function throws.
      if (status != 200) throw new IllegalStateException("status " + status);
      SEEN.add(messageId);
    } catch (Exception error) {
      throw new IllegalStateException(error);
    }
  }

  private static ObjectNode bodyOf(JsonNode event, String messageId) {
    ObjectNode data = ((ObjectNode) event.get("properties")).deepCopy();
    data.set("partner_user_id", event.get("userId"));
    data.set("email", event.at("/context/traits/email"));
    data.set("extole_consumer_ip", event.at("/context/ip"));
    data.put("partner_event_id", messageId);
    ObjectNode body = JSON.createObjectNode();
    body.set("event_name", event.get("event"));
    body.set("event_time", event.get("timestamp"));
    body.set("data", data);
    return body;
  }

  private static KafkaConsumer<String, byte[]> consumer(String brokers, String group) {
    var properties = new Properties();
    properties.put("bootstrap.servers", brokers);
    properties.put("group.id", group);
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    properties.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    properties.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    return new KafkaConsumer<>(properties);
  }
}
