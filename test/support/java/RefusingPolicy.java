import java.util.Map;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.server.policy.AlterConfigPolicy;
import org.apache.kafka.server.policy.CreateTopicPolicy;

/** Forbids what managed clusters are known to forbid; of topics under `strict.` also the time of the append. */
public class RefusingPolicy implements CreateTopicPolicy, AlterConfigPolicy {
  private static final long MIN_SEGMENT_BYTES = 52_428_800;

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}

  @Override
  public void validate(CreateTopicPolicy.RequestMetadata request) {
    check(request.topic(), request.configs());
  }

  @Override
  public void validate(AlterConfigPolicy.RequestMetadata request) {
    check(request.resource().name(), request.configs());
  }

  private void check(String topic, Map<String, String> settings) {
    if (settings.containsKey("unclean.leader.election.enable"))
      throw new PolicyViolationException("unclean.leader.election.enable may not be set here");
    if (Long.parseLong(settings.getOrDefault("segment.bytes", "1073741824")) < MIN_SEGMENT_BYTES)
      throw new PolicyViolationException("segment.bytes must be 52428800 or more");
    if (topic.startsWith("strict.") && settings.containsKey("message.timestamp.type"))
      throw new PolicyViolationException("message.timestamp.type may not be set here");
  }
}
