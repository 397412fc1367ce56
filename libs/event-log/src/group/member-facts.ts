import { isJsonObject, type JsonObject } from '#segment';
import type { TopicPartition } from './topic-partition.ts';

/** What a member tells the leader about itself, in the group protocol's user data. */
export interface MemberFacts {
  readonly name: string;
  readonly owned: readonly TopicPartition[];
  /** Where its admin port is, for the console; absent from older versions. */
  readonly url?: string;
}

/** A forwarder, as the group's coordinator knows it. */
export interface DescribedMember {
  /** Stable over restarts; Kafka's member id for a member that does not say its own. */
  readonly name: string;
  /** The address that it has connected from. */
  readonly host: string;
  /** Where its admin port is, if it says so. */
  readonly url?: string;
  readonly partitions: readonly TopicPartition[];
}

export function encodeFacts(facts: MemberFacts): Buffer {
  return Buffer.from(JSON.stringify(facts));
}

/** Another version of this program may say something else here; it then simply owns nothing yet. */
export function parseFacts(userData: Buffer | undefined): MemberFacts | undefined {
  if (userData === undefined || userData.length === 0) return undefined;
  try {
    const facts: unknown = JSON.parse(userData.toString());
    if (!isJsonObject(facts)) return undefined;
    const { name, owned, url } = facts;
    if (typeof name !== 'string' || !Array.isArray(owned)) return undefined;
    // The leader shares out by what each says: one word that is none must not keep it from that.
    return { name, owned: owned.filter(isPlace), ...(typeof url === 'string' && { url }) };
  } catch {
    return undefined;
  }
}

function isPlace(value: unknown): value is TopicPartition & JsonObject {
  return isJsonObject(value) && typeof value['topic'] === 'string' && Number.isSafeInteger(value['partition']);
}
