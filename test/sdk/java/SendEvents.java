import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.ScreenMessage;
import com.segment.analytics.messages.TrackMessage;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sends the test's calls with Segment's own SDK, as a backend of a customer would: HOST WRITE_KEY USER_ID. */
public class SendEvents {
  public static void main(String[] args) throws InterruptedException {
    String host = args[0];
    String writeKey = args[1];
    String userId = args[2];
    CountDownLatch delivered = new CountDownLatch(4);
    Callback callback =
        new Callback() {
          @Override
          public void success(Message message) {
            delivered.countDown();
          }

          @Override
          public void failure(Message message, Throwable error) {
            System.err.println("not delivered: " + error);
            System.exit(1);
          }
        };
    Analytics analytics = Analytics.builder(writeKey).endpoint(host).callback(callback).build();

    analytics.enqueue(
        IdentifyMessage.builder()
            .userId(userId)
            .traits(Map.of("email", "grace@example.com", "lastName", "Hopper", "age", 45, "existingCustomer", true)));
    analytics.enqueue(
        TrackMessage.builder("conversion")
            .userId(userId)
            .properties(Map.of("partner_conversion_id", "p1", "cart_value", "99.99")));
    analytics.enqueue(ScreenMessage.builder("Home").userId(userId));
    analytics.enqueue(
        TrackMessage.builder("conversion")
            .userId(userId)
            .properties(Map.of("partner_conversion_id", "p2", "cart_value", "10.00")));
    analytics.flush();

    boolean all = delivered.await(20, TimeUnit.SECONDS);
    analytics.shutdown();
    if (!all) System.err.println("not delivered in time");
    System.exit(all ? 0 : 1);
  }
}
